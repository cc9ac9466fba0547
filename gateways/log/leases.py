"""Leases of the embedded log: of several readers of one name, one reads at a time.

They lie in a file of their own, so that renewing one never waits for the log's writer.
A lease that is not renewed lapses, and another reader takes over. The clock is this
machine's: all processes of an embedded log run on one.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
import uuid
from pathlib import Path

from gateways.log.port import LogUnavailable

TTL_S = 3.0
RENEW_EVERY_S = 1.0
BUSY_S_MAX = 10.0


class Leases:
    """The lease file beside a log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(
                path, timeout=BUSY_S_MAX, isolation_level=None, check_same_thread=False
            )
            # A lease lost with the power is a lease that has lapsed: no need to sync.
            self._connection.execute("pragma synchronous = off")
            self._connection.execute(
                "create table if not exists leases"
                " (name text primary key, holder text not null, expires real not null) strict"
            )
        except sqlite3.Error as error:
            raise LogUnavailable(f"the lease file {path} cannot be used: {error}") from error

    def lease(self, name: str) -> Lease:
        """A lease to try for."""
        return Lease(self, name)

    def take(self, name: str, holder: str) -> bool:
        """Takes or renews; False where another holds it or the file cannot be written."""
        now = time.time()
        with self._lock:
            try:
                taken = self._connection.execute(
                    "insert into leases values (?, ?, ?) on conflict do update"
                    " set holder = excluded.holder, expires = excluded.expires"
                    " where holder = excluded.holder or expires < ? returning 1",
                    (name, holder, now + TTL_S, now),
                ).fetchall()
            except sqlite3.Error:
                return False  # nobody holds a lease that nobody can renew
        return bool(taken)

    def give_back(self, name: str, holder: str) -> None:
        """Ends a lease at once. One that cannot be ended lapses."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._connection.execute(
                "delete from leases where name = ? and holder = ?", (name, holder)
            )

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()


class Lease:
    """One reader's claim to a name. `term` counts the times it was won."""

    def __init__(self, leases: Leases, name: str) -> None:
        self._leases, self._name, self._holder = leases, name, uuid.uuid4().hex
        self._renewed: float | None = None
        self.term = 0

    def held(self) -> bool:
        """True while this reader holds the lease; tries to take or renew it when due."""
        now = time.monotonic()
        if self._renewed is not None and now - self._renewed < RENEW_EVERY_S:
            return True
        # A pause longer than the lease may hide that another reader held it meanwhile.
        lapsed = self._renewed is None or now - self._renewed >= TTL_S
        if not self._leases.take(self._name, self._holder):
            self._renewed = None
            return False
        if lapsed:
            self.term += 1
        self._renewed = now
        return True

    def release(self) -> None:
        """Gives the lease back, so that another reader need not wait."""
        self._leases.give_back(self._name, self._holder)
        self._renewed = None
