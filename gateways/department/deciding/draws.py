"""What the edge does for a draw: keys and deposits of the escrow, lines of frozen files.

The decisions stay pure: they are given the means to seal, to open and to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gateways.department.database import Database
from gateways.files.store import FileStore
from gateways.trust import escrow, foretold
from gateways.trust.vault import Vault

_SAMPLE_KEY = ("EK-REHEARSAL", "A" * 60)


class Draws:
    """The means of one department's draws; a simulated store seals the same bytes twice."""

    def __init__(
        self,
        files: FileStore,
        database: Database,
        vault: Vault,
        draw: Callable[[int], bytes],
        *,
        simulated: bool,
    ) -> None:
        self._files, self._database, self._vault, self._draw = files, database, vault, draw
        self._simulated = simulated

    def prepared(
        self, name: str, data: Mapping[str, Any], *, rehearsed: bool = False
    ) -> dict[str, Any]:
        """The data with a pair of keys made for the escrow; a rehearsal makes none.

        A key that is named must be one that is kept here; else it is left out and refused.
        """
        found = dict(data)
        if name != "PublishEscrowKey":
            return found
        given = found.get("key"), found.get("public_key")
        if given == (None, None):
            found["key"], found["public_key"] = _SAMPLE_KEY if rehearsed else self._made()
        elif given[0] is None or self._kept(str(given[0])) != given[1]:
            found["public_key"] = None
        return found

    def seal(self, public_key: str, label: bytes, secret: bytes) -> str:
        """A deposit for the escrow."""
        if self._simulated:
            return foretold.seal(public_key, label, secret, self._draw)
        return escrow.seal(public_key, label, secret)

    def unseal(self, key: str, label: bytes, deposit: str) -> bytes | None:
        """The secret of a deposit; None where it does not open. Raises EscrowKeyLost."""
        with self._database.reading() as connection:
            private = escrow.kept_private(connection, self._vault.escrow_wrapping, key)
        return escrow.open_sealed(private, label, deposit)

    def lines(self, sha256: str) -> Iterator[bytes]:
        """The lines of a kept file, once the whole has been found unchanged.

        Raises FileNotKept, FileDamaged before the first line.
        """
        self._files.verify(sha256)
        return _lines(self._files, sha256)

    def _made(self) -> tuple[str, str]:
        with self._database.writing() as connection:
            return escrow.make_key(connection, self._vault.escrow_wrapping, self._draw)

    def _kept(self, key: str) -> str | None:
        with self._database.reading() as connection:
            return escrow.kept_public(connection, key)


def _lines(files: FileStore, sha256: str) -> Iterator[bytes]:
    with files.path(sha256).open("rb") as file:
        yield from file
