"""The departments that run in this process, as the edge asks for them."""

from __future__ import annotations

from fastapi import Request

from gateways.department.node import Department
from gateways.department.platform import Platform
from gateways.http import problems
from gateways.http.accounts import Identity


def department_here(platform: Platform, name: str) -> Department:
    """A department by its name; a 503 problem where it runs elsewhere."""
    department = platform.departments.get(name)
    if department is None:
        raise problems.not_here(name)
    return department


def department_of(request: Request, identity: Identity) -> Department:
    """The department of the post that asks."""
    return department_here(request.app.state.platform, identity.department)
