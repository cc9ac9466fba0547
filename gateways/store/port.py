"""The event store as a department sees it: one transaction for versions, ids, sequence and bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from gateways.store.planning import Plan


@dataclass(frozen=True, slots=True)
class Draft:
    """An event decided and not yet recorded.

    `envelope` holds every attribute that does not depend on the store's head; the store
    adds `source`, `recorded`, `sequence`, `partitionsequence` and `streamversion` under
    the lock and makes the bytes once. `topic` is the log topic, or None for facts of the
    owner alone, which get a sequence of their own and are never published.
    """

    stream: str
    type: str
    topic: str | None
    partition: int
    key: str
    envelope: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Append:
    """All that one command brings about, to be recorded whole or not at all.

    `expected` is the version each touched stream had when it was folded (0 for none).
    `scope` is (department, credential, idempotency key) as one string, kept for ever;
    `body_digest` is a keyed digest of the command's body. `cause_stamp` is the stamp of
    the fact that caused it, 0 if none. `now` is the writer's clock in microseconds.
    """

    command_id: str
    scope: str
    body_digest: str
    command_name: str
    expected: Mapping[str, int]
    drafts: Sequence[Draft]
    now: int
    cause_stamp: int = 0


class StoredEvent(Struct, frozen=True, gc=False):
    """An event as it stands in the store: exactly the bytes that are published.

    A struct, because the relay makes one for every event that goes out.
    """

    sequence: int
    stamp: int
    stream: str
    stream_version: int
    type: str
    topic: str | None
    partition: int
    partition_sequence: int
    key: str
    body: bytes


class Appended(NamedTuple):
    """One event of an acknowledged command, and where it stands."""

    id: str
    type: str
    sequence: int
    stamp: int
    topic: str | None
    partition: int
    partition_sequence: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command is recorded, with these events."""

    command_id: str
    events: tuple[Appended, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same scope and body were recorded before: the same answer again."""

    answer: Accepted


@dataclass(frozen=True, slots=True)
class OtherBody:
    """The same scope was recorded before with another body: refused (409)."""

    command_id: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stream moved on since it was folded; decide again."""

    stream: str
    expected: int
    actual: int


Outcome = Accepted | Repeated | OtherBody | Conflict


@dataclass(frozen=True, slots=True)
class Head:
    """Where a store stands: its last sequence and stamp, who it is, real or simulated."""

    sequence: int
    stamp: int
    incarnation: str
    mode: str
    private_sequence: int = 0


class StoreUnavailable(Exception):
    """The database cannot be reached, is locked for too long or its disk is full; retry can help."""


class StoreHeldBack(StoreUnavailable):
    """The store is not the one that wrote the log's tails; it acknowledges nothing until mended."""


class WrongDatabaseVersion(Exception):
    """The database has another schema version; the message says which command to run."""


class EnvelopeTooLarge(Exception):
    """An event's bytes exceed 256 KiB; nothing of its command is recorded. Shorten it or attach a file."""


class InvalidAppend(ValueError):
    """An append that no store can hold: a draft on a stream without `expected`, a text too long."""


class OtherStore(Exception):
    """The store was created in another mode or for another department; the two never mix."""


class StoreForked(Exception):
    """The topic is ahead of the store or differs from it: a restored or forked store; stop."""


class EventStore(Protocol):
    """One department's event store."""

    department: str

    def append(self, append: Append) -> Outcome:
        """Records one command; callers in many threads are committed together.

        Raises EnvelopeTooLarge, NotCanonical or InvalidAppend where it cannot be recorded at
        all, StoreUnavailable where giving the same command again can help: it is recorded at
        most once.
        """
        ...

    def append_many(self, appends: Sequence[Append]) -> list[Outcome]:
        """Records several commands in one transaction; one that conflicts drops out alone.

        A later one sees the streams and scopes of an earlier one. Where one raises (as in
        `append`), none of them is recorded.
        """
        ...

    def find_command(self, scope: str) -> tuple[str, Accepted] | None:
        """(body digest, answer) of a recorded command scope."""
        ...

    def stream(self, stream: str) -> list[StoredEvent]:
        """A stream whole, oldest first."""
        ...

    def newest(self, stream: str) -> StoredEvent | None:
        """The last event of a stream; None for a stream without any."""
        ...

    def after(self, sequence: int, *, limit: int) -> list[StoredEvent]:
        """Published events after a sequence, in order."""
        ...

    def private_after(self, sequence: int, *, limit: int) -> list[StoredEvent]:
        """Owner-only events after a private sequence, in order."""
        ...

    def partition_after(
        self, topic: str, partition: int, partition_sequence: int, *, limit: int
    ) -> list[StoredEvent]:
        """Events of one partition after a partition sequence, in order."""
        ...

    def partition_ends(self) -> dict[tuple[str, int], int]:
        """The last partition sequence given out for each (topic, partition)."""
        ...

    def head(self) -> Head:
        """Where the store stands."""
        ...

    def close_at(self, now: int) -> Head:
        """Advances the head's stamp to at least `now`: nothing later is recorded at or before it."""
        ...

    def cursor(self) -> int:
        """The relay's cursor: every event up to this sequence is acknowledged by the log."""
        ...

    def move_cursor(self, old: int, new: int) -> bool:
        """Moves the cursor by compare-and-set; False where another relay moved it."""
        ...

    def lease(self, role: str, holder: str, ttl_s: float) -> bool:
        """Takes or renews a role's lease by the database's clock; False where another holds it."""
        ...

    def release(self, role: str, holder: str) -> None:
        """Gives a lease back at once."""
        ...

    def fetch_back(self, made: Plan, *, incarnation: str) -> None:
        """Writes events that stand on the log already, with their own sequences and stamps.

        For a restored store alone, while nobody appends to it. A command that stands under the same scope is replaced. The store goes on under another
        `incarnation`.
        """
        ...

    def guarded_by(self, check: Callable[[], None]) -> None:
        """Calls `check` before the first append and after each lost connection.

        For behind either an older copy may have been put in the store's place. What it raises
        refuses the append.
        """
        ...

    def on_append(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after each commit of this process (a hint, not a promise)."""
        ...

    def close(self) -> None:
        """Stops the writer thread and releases connections."""
        ...
