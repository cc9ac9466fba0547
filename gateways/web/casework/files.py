"""Files that facts name, with an address where the reader may open them.

The rule is the one that opening a file asks (domain.document.access), put to what the reader's
own department has received; the keeping department has the last word when the file is opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import Request
from sqlalchemy import Connection

from domain.document import access
from domain.document.facts import DocumentSealed
from domain.document.files import may_open
from domain.document.naming import files_of
from domain.errors import Refusal
from domain.facts import Recorded
from domain.review.standing import corrections, standing
from gateways.contracts.envelope import fact_of
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.web.rendering import Words, page_language
from projections import documents, received


def facts_of(conn: Connection, steps: Iterable[dict[str, Any]]) -> list[Recorded[Any]]:
    """The facts behind the steps of a lead, case or referral, oldest first."""
    return [received.of_event(conn, step["event_id"], fact_of) for step in steps]


def of_facts(
    request: Request, conn: Connection, identity: Identity, facts: Iterable[Recorded[Any]]
) -> dict[str, str | None]:
    """The files that facts name, by digest: the address for the post, None if closed to it."""
    found: dict[str, list[Recorded[Any]]] = {}
    for one in facts:
        for sha256 in files_of(one.fact):
            found.setdefault(sha256, []).append(one)
    return {
        sha256: address(request, conn, identity, sha256, named) for sha256, named in found.items()
    }


def address(
    request: Request,
    conn: Connection,
    identity: Identity,
    sha256: str,
    named: list[Recorded[Any]],
) -> str | None:
    """Where the post opens a file that these facts name; None where it may not."""
    own = identity.department
    words = Words(page_language(request))
    rows = department_of(request, identity).files.rows(sha256)
    if any(may_open(identity.post.organ, identity.post.region, r.organ, r.region) for r in rows):
        return words.url(f"/files/{sha256}")
    for keeper in dict.fromkeys(one.department for one in named):
        sent = [
            one
            for one in named
            if one.department == keeper
            and (keeper != own or any(access.may_send(one, r.organ, r.region) for r in rows))
        ]
        told = {
            stream: standing(facts := received.of_stream(conn, stream, fact_of), corrections(facts))
            for stream in access.streams_about(sent)
        }
        try:
            access.opened_by(sha256, identity.post, sent, told, keeper)
        except Refusal:
            continue
        return words.url(f"/files/{sha256}", department=keeper if keeper != own else None)
    return None


def letters_about(conn: Connection, about: str) -> list[tuple[dict[str, Any], Recorded[Any]]]:
    """The sealed letters about a lead that this department knows of, each with its fact."""
    found = []
    for kind in sorted(access.LETTERS):
        for row in documents.documents(conn, about=about, kind=kind):
            paper = documents.document(conn, row["document_id"])
            sealed = [
                step["event_id"]
                for step in (paper or {"steps": ()})["steps"]
                if step["type"] == DocumentSealed.TYPE
            ]
            if sealed:
                found.append((row, received.of_event(conn, sealed[-1], fact_of)))
    return found
