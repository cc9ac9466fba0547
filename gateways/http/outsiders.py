"""Posts without public power: firms and associations act for themselves and read no office's records.

Their posts stand with the department that regulates them, so what its readers hold would lie
open to the regulated: who inspects them, and when.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from domain.departments import NODES
from gateways.contracts.inbound import OUTSIDERS
from gateways.http.accounts import Identity
from gateways.http.problems import Said, forbidden


def is_outsider(identity: Identity) -> bool:
    """Whether a post has no public power."""
    return identity.post.organ in OUTSIDERS


def must_hold_office(identity: Identity) -> None:
    """Refuses a post without public power."""
    if is_outsider(identity):
        raise forbidden(
            Said(
                zh="被监管的机构和行业协会不查阅部门内部的办理记录；公开的结果见结果公示和机构名录",
                en="The regulated and their association do not read an office's records; what is "
                "public stands in the published results and in the directory",
            )
        )


def officials_only(request: Request) -> None:
    """Keeps a signed-in post without public power out of a page; signing in is the page's own."""
    identity: Identity | None = request.app.state.sessions.identity(request)
    if identity is not None:
        must_hold_office(identity)


def readers_only(projection: str, told: Said) -> Callable[[Request], None]:
    """Keeps a signed-in post out whose department does not read a projection, as told."""

    def read(request: Request) -> None:
        officials_only(request)
        identity: Identity | None = request.app.state.sessions.identity(request)
        if identity is not None and projection not in NODES[identity.department].projections:
            raise forbidden(told)

    return read
