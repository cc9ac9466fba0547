"""What a store of either database does alike: the same statements over the same tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from gateways.store.identity import Identity
from gateways.store.planning import read_answer
from gateways.store.port import Accepted, Append, Head, Outcome, StoredEvent
from gateways.store.writer import Writer


class StoreTables(ABC):
    """The part of `gateways.store.port.EventStore` that is the same on both databases.

    Each says for itself how a statement is run, with `?` for a value. `NUMBER` is its column that
    counts published events up from 1 and owner-only ones down from -1; `NOW` the clock of its
    leases, in seconds.
    """

    NUMBER: ClassVar[str]
    NOW: ClassVar[str]
    identity: Identity
    _writer: Writer

    @abstractmethod
    def _read(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """The rows of one statement. Raises StoreUnavailable."""

    @abstractmethod
    def _write(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        """What one statement returns, in a transaction of its own. Raises StoreUnavailable."""

    def append(self, append: Append) -> Outcome:
        """Records one command; see the port."""
        return self._writer.append((append,))[0]

    def append_many(self, appends: Sequence[Append]) -> list[Outcome]:
        """Records several commands in one transaction; see the port."""
        return self._writer.append(appends) if appends else []

    def on_append(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after each commit of this process (a hint, not a promise)."""
        self._writer.on_append(listener)

    def find_command(self, scope: str) -> tuple[str, Accepted] | None:
        """(body digest, answer) of a recorded command scope."""
        rows = self._read(
            "SELECT body_digest, command_id, answer FROM commands WHERE scope = ?", (scope,)
        )
        return (rows[0][0], read_answer(rows[0][1], rows[0][2])) if rows else None

    def stream(self, stream: str) -> list[StoredEvent]:
        """A stream whole, oldest first."""
        return self._events("WHERE originator_id = ? ORDER BY originator_version", (stream,))

    def newest(self, stream: str) -> StoredEvent | None:
        """The last event of a stream; None for a stream without any."""
        found = self._events(
            "WHERE originator_id = ? ORDER BY originator_version DESC LIMIT 1", (stream,)
        )
        return found[0] if found else None

    def after(self, sequence: int, *, limit: int) -> list[StoredEvent]:
        """Published events after a sequence, in order."""
        return self._events(
            f"WHERE {self.NUMBER} > ? ORDER BY {self.NUMBER} LIMIT ?", (max(sequence, 0), limit)
        )

    def private_after(self, sequence: int, *, limit: int) -> list[StoredEvent]:
        """Owner-only events after a private sequence, in order."""
        return self._events(
            f"WHERE {self.NUMBER} < ? ORDER BY {self.NUMBER} DESC LIMIT ?",
            (-max(sequence, 0), limit),
        )

    def partition_after(
        self, topic: str, partition: int, partition_sequence: int, *, limit: int
    ) -> list[StoredEvent]:
        """Events of one partition after a partition sequence, in order."""
        return self._events(
            "WHERE log_topic = ? AND log_partition = ? AND partition_sequence > ?"
            " ORDER BY partition_sequence LIMIT ?",
            (topic, partition, partition_sequence, limit),
        )

    def partition_ends(self) -> dict[tuple[str, int], int]:
        """The last partition sequence given out for each (topic, partition)."""
        rows = self._read("SELECT topic, log_partition, last_sequence FROM partition_ends")
        return {(topic, partition): last for topic, partition, last in rows}

    def head(self) -> Head:
        """Where the store stands."""
        return self._head(*self._read("SELECT sequence, private_sequence, stamp FROM head")[0])

    def cursor(self) -> int:
        """The relay's cursor: every event up to this sequence is acknowledged by the log."""
        return int(self._read("SELECT sequence FROM relay_cursor")[0][0])

    def move_cursor(self, old: int, new: int) -> bool:
        """Moves the cursor by compare-and-set; False where another relay moved it."""
        return bool(
            self._write(
                "UPDATE relay_cursor SET sequence = ? WHERE sequence = ? RETURNING 1", (new, old)
            )
        )

    def lease(self, role: str, holder: str, ttl_s: float) -> bool:
        """Takes or renews a role's lease; False where another holds it."""
        return bool(
            self._write(
                f"INSERT INTO leases VALUES (?, ?, {self.NOW} + ?) ON CONFLICT (role) DO UPDATE"
                " SET holder = excluded.holder, expires_at = excluded.expires_at"
                f" WHERE leases.holder = excluded.holder OR leases.expires_at < {self.NOW}"
                " RETURNING 1",
                (role, holder, ttl_s),
            )
        )

    def release(self, role: str, holder: str) -> None:
        """Gives a lease back at once."""
        self._write("DELETE FROM leases WHERE role = ? AND holder = ? RETURNING 1", (role, holder))

    def _head(self, sequence: int, private: int, stamp: int) -> Head:
        return Head(sequence, stamp, self.identity.incarnation, self.identity.mode, private)

    def _events(self, where: str, values: tuple[Any, ...]) -> list[StoredEvent]:
        rows = self._read(
            f"SELECT {self.NUMBER}, stamp, originator_id, originator_version, topic, log_topic,"
            f" log_partition, partition_sequence, record_key, state FROM stored_events {where}",
            values,
        )
        return [StoredEvent(abs(number), *rest) for number, *rest in rows]
