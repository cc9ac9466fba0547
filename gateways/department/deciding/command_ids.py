"""A command's id follows from its scope, so that it can be known again by either of them."""

from __future__ import annotations

import uuid

COMMAND_NAMESPACE = uuid.UUID("5b0a6a6e-5c7e-5d0f-9d0c-6c69616e646f")


def command_id_of(scope: str) -> str:
    """The id of the command with a scope (department, credential, key)."""
    return str(uuid.uuid5(COMMAND_NAMESPACE, scope))
