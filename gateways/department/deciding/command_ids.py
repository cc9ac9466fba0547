"""Ids that follow from what they name: a command's from its scope, what it begins from its own id."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable

COMMAND_NAMESPACE = uuid.UUID("5b0a6a6e-5c7e-5d0f-9d0c-6c69616e646f")


def scope_of(department: str, credential: str, key: str) -> str:
    """The scope of an idempotency key: within it the same key is the same act, for ever."""
    return f"{department}/{credential}/{key}"


def command_id_of(scope: str) -> str:
    """The id of the command with a scope, by either of which it can be known again."""
    return str(uuid.uuid5(COMMAND_NAMESPACE, scope))


def minting(command_id: str) -> Callable[[str], str]:
    """Ids that are always the same for the same command and order of asking."""
    counts: dict[str, int] = {}

    def mint(kind: str) -> str:
        counts[kind] = counts.get(kind, 0) + 1
        seed = f"{command_id}/{kind}/{counts[kind]}".encode()
        return f"{kind}-{base64.b32encode(hashlib.sha256(seed).digest()[:10]).decode()}"

    return mint
