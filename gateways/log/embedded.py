"""The shared log in one local SQLite file: append-only, for a town that runs one process.

Theory of operation. Records lie in a table keyed (topic, partition, offset); beside it
stands where each partition ends, moved in the transaction of the append. An append is
durable when it returns (synchronous=FULL); appends of several threads that meet share one
transaction. Whoever appends tells the readers of those topics, and only them, in the same
process; one watcher for each opened log looks every 10 ms whether another process changed
the file, and does the same. Readers read a bounded number of rows and keep no transaction open.
Several processes may read and write; one writing process at a time is what runs well.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from gateways.log.embedded_reader import EmbeddedReader
from gateways.log.leases import Leases
from gateways.log.paging import Page
from gateways.log.port import (
    LogRecord,
    LogUnavailable,
    OutRecord,
    PositionOutOfRange,
    Positions,
    TopicMismatch,
    TopicPartition,
    TopicSpec,
)

APPLICATION_ID = 0x4C444C47
FORMAT = 1
BUSY_S_MAX = 30.0
WATCH_EVERY_S = 0.01

TABLES = """
create table topics (
    id integer primary key,
    name text not null unique,
    partitions integer not null
) strict;
create table ends (
    topic integer not null,
    partition integer not null,
    next_offset integer not null,
    primary key (topic, partition)
) strict, without rowid;
create table records (
    topic integer not null,
    partition integer not null,
    "offset" integer not null,
    key blob not null,
    value blob not null,
    primary key (topic, partition, "offset")
) strict, without rowid;
"""


class _Batch:
    """One caller's records on their way into a shared transaction."""

    __slots__ = ("done", "error", "records")

    def __init__(self, records: Sequence[OutRecord]) -> None:
        self.records = records
        self.done = False
        self.error: BaseException | None = None


class EmbeddedLog:
    """The shared log in the file `path`, made if it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._standing = threading.Lock()
        self._readers: frozenset[EmbeddedReader] = frozenset()
        self._topics: dict[str, tuple[int, int]] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._queue: list[_Batch] = []
        self._queue_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._closed = threading.Event()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._guarded():
            _prepare(path)
            self._inode = path.stat().st_ino
            self._write = self.connect()
            self._write.execute("pragma synchronous = full")
            self._watch = self.connect()
            self._load(self._watch)
        self._leases = Leases(path.with_name(path.name + "-leases"))
        self._watcher = threading.Thread(target=self._run_watch, name="log-watch", daemon=True)
        self._watcher.start()

    def connect(self) -> sqlite3.Connection:
        """A connection of its own to the log's file, without implicit transactions."""
        return sqlite3.connect(
            self._path, timeout=BUSY_S_MAX, isolation_level=None, check_same_thread=False
        )

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LogUnavailable(
                f"the log file {self._path} cannot be used: {error}; check that its disk has"
                " room and that it may be written, then try again"
            ) from error

    # Where the log stands

    def topic_id(self, name: str) -> int:
        """The number of a topic in this file. Raises TopicMismatch where there is none."""
        return self._topic(name)[0]

    def partitions(self, topics: Iterable[str]) -> list[TopicPartition]:
        """Every partition of the topics. Raises TopicMismatch for a topic that is not there."""
        return [(name, number) for name in topics for number in range(self._topic(name)[1])]

    def end(self, partition: TopicPartition) -> int:
        """The next offset of a partition, as far as this process has seen."""
        return self._ends.get(partition, 0)

    def _topic(self, name: str) -> tuple[int, int]:
        found = self._topics.get(name)
        if found is None:
            with self._guarded(), contextlib.closing(self.connect()) as connection:
                self._load(connection)
            found = self._topics.get(name)
        if found is None:
            raise TopicMismatch(f"the topic {name} is not on the log {self._path}")
        return found

    def _load(self, connection: sqlite3.Connection) -> dict[TopicPartition, int]:
        # Read and put down under one lock: ends read earlier must not replace later ones, or a
        # reader sleeps beside a record that has come.
        with self._standing:
            with _transaction(connection, "deferred"):
                topics = connection.execute("select name, id, partitions from topics").fetchall()
                ends = connection.execute(
                    "select topic, partition, next_offset from ends"
                ).fetchall()
            names = {number: name for name, number, _ in topics}
            self._topics = {name: (number, partitions) for name, number, partitions in topics}
            # An end may have gone back: somebody cut the file, and its readers must find out.
            before = self._ends
            now = {(names[topic], number): following for topic, number, following in ends}
            self._ends = now
        # A partition without an end any more counts as well: it was cut to nothing.
        self._tell({place[0] for place, _ in before.items() ^ now.items()})
        return now

    def _tell(self, topics: set[str]) -> None:
        """Wakes the readers of topics whose ends have moved."""
        if topics:
            for reader in self._readers:
                reader.look_at(topics)

    def _run_watch(self) -> None:
        seen = None
        while not self._closed.wait(WATCH_EVERY_S):
            # A failing disk shows in the append or the read, where somebody can be told.
            with contextlib.suppress(sqlite3.Error):
                version = self._watch.execute("pragma data_version").fetchone()[0]
                if version != seen:
                    self._load(self._watch)
                    seen = version
        self._watch.close()

    # The port

    def ensure_topics(self, topics: Iterable[TopicSpec]) -> None:
        """Creates what is missing; raises TopicMismatch where the partition count differs."""
        wrong = []
        with self._write_lock, self._guarded(), _transaction(self._write):
            for spec in topics:
                self._write.execute(
                    "insert into topics (name, partitions) values (?, ?) on conflict do nothing",
                    (spec.name, spec.partitions),
                )
                (stands,) = self._write.execute(
                    "select partitions from topics where name = ?", (spec.name,)
                ).fetchone()
                if stands != spec.partitions:
                    wrong.append(f"{spec.name} has {stands} partitions, not {spec.partitions}")
            if wrong:
                raise TopicMismatch("; ".join(wrong))
        with self._guarded(), contextlib.closing(self.connect()) as connection:
            self._load(connection)

    def writer(self, name: str) -> EmbeddedWriter:
        """A writer for one relay."""
        return EmbeddedWriter(self)

    def reader(
        self, name: str, topics: Sequence[str], positions: Positions, *, shared: bool = True
    ) -> EmbeddedReader:
        """A reader; of `shared` readers of one name one holds all partitions at a time."""
        lease = self._leases.lease(name) if shared else None
        reader = EmbeddedReader(self, topics, positions, lease)
        with self._standing:
            self._readers |= {reader}
        return reader

    def forget(self, reader: EmbeddedReader) -> None:
        """Tells a reader nothing more: it is closed."""
        with self._standing:
            self._readers -= {reader}

    def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """The next offset of each partition: everything below it is on the disk."""
        with self._guarded(), contextlib.closing(self.connect()) as connection:
            ends = dict(self._load(connection))
        return {place: ends.get(place, 0) for place in self.partitions(topics)}

    def begins(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """The first offset of each partition that still stands; its end where none does."""
        begins = self.ends(topics)
        with self._guarded(), contextlib.closing(self.connect()) as connection:
            for topic, partition in begins:
                (first,) = connection.execute(
                    'select min("offset") from records where topic = ? and partition = ?',
                    (self.topic_id(topic), partition),
                ).fetchone()
                if first is not None:
                    begins[topic, partition] = first
        return begins

    def tail(self, topic: str, partition: int, count: int) -> list[LogRecord]:
        """The last `count` records of a partition, oldest first."""
        with self._guarded(), contextlib.closing(self.connect()) as connection:
            rows = connection.execute(
                'select "offset", key, value from records where topic = ? and partition = ?'
                ' order by "offset" desc limit ?',
                (self.topic_id(topic), partition, count),
            ).fetchall()
        return [LogRecord(topic, partition, *row) for row in reversed(rows)]

    def read(
        self, positions: Mapping[TopicPartition, int], *, limit: int, bytes_max: int
    ) -> list[LogRecord]:
        """The records from the positions on; see the port."""
        with self._guarded(), contextlib.closing(self.connect()) as connection:
            behind = {
                place: at
                for place, at in sorted(positions.items())
                if at < self._checked_end(connection, place, at)
            }
            page = Page(limit, bytes_max, max(1, len(behind)))
            for (topic, partition), at in behind.items():
                # Closed at once where the page is full: no open cursor holds the log back.
                with contextlib.closing(connection.cursor()) as rows:
                    rows.execute(
                        'select "offset", key, value from records where topic = ? and partition = ?'
                        ' and "offset" >= ? order by "offset" limit ?',
                        (self.topic_id(topic), partition, at, page.share),
                    )
                    while page.wants(topic, partition) and (row := rows.fetchone()):
                        page.take(LogRecord(topic, partition, *row))
        return page.records

    def _checked_end(self, connection: sqlite3.Connection, place: TopicPartition, at: int) -> int:
        found = connection.execute(
            "select next_offset from ends where topic = ? and partition = ?",
            (self.topic_id(place[0]), place[1]),
        ).fetchone()
        end: int = found[0] if found else 0
        if not 0 <= at <= end:
            raise PositionOutOfRange(*place, at, 0, end)
        return end

    def close(self) -> None:
        """Stops the watcher and closes the file."""
        self._closed.set()
        self._watcher.join()
        with self._write_lock:
            self._write.close()
        self._leases.close()

    # Appending

    def append(self, records: Sequence[OutRecord]) -> None:
        """Appends durably; callers that wait for one another share one transaction."""
        for record in records:
            if not 0 <= record.partition < self._topic(record.topic)[1]:
                raise TopicMismatch(f"{record.topic} has no partition {record.partition}")
        mine = _Batch(records)
        with self._queue_lock:
            self._queue.append(mine)
        with self._write_lock:
            if not mine.done:
                with self._queue_lock:
                    batches, self._queue = self._queue, []
                self._commit(batches)
        if mine.error is not None:
            raise LogUnavailable(str(mine.error)) from mine.error

    def _commit(self, batches: list[_Batch]) -> None:
        ends: dict[TopicPartition, int] = {}
        failure: BaseException | None = None
        try:
            self._must_be_in_place()
            with self._guarded(), _transaction(self._write):
                self._insert(batches, ends)
        except BaseException as error:
            failure = error
        # Whatever happened, nobody who waits may take an unwritten batch for written.
        for batch in batches:
            batch.error, batch.done = failure, True
        if failure is None:
            with self._standing:
                self._ends.update(
                    {place: end for place, end in ends.items() if end > self.end(place)}
                )
            self._tell({topic for topic, _ in ends})
        elif not isinstance(failure, Exception):
            raise failure

    def _must_be_in_place(self) -> None:
        """Raises LogUnavailable where the file was taken away: what is written then is lost."""
        try:
            stands = self._path.stat().st_ino
        except FileNotFoundError:
            stands = None
        if stands != self._inode:
            raise LogUnavailable(
                f"the log file {self._path} was removed or replaced while it was open: stop every"
                " process that uses it and start again; what is not on it is sent from the stores"
            )

    def _insert(self, batches: list[_Batch], ends: dict[TopicPartition, int]) -> None:
        rows = []
        for batch in batches:
            for record in batch.records:
                place = record.topic, record.partition
                topic = self._topics[record.topic][0]
                if place not in ends:
                    found = self._write.execute(
                        "select next_offset from ends where topic = ? and partition = ?",
                        (topic, record.partition),
                    ).fetchone()
                    ends[place] = found[0] if found else 0
                rows.append((topic, record.partition, ends[place], record.key, record.value))
                ends[place] += 1
        self._write.executemany("insert into records values (?, ?, ?, ?, ?)", rows)
        self._write.executemany(
            "insert into ends values (?, ?, ?)"
            " on conflict do update set next_offset = excluded.next_offset",
            [(self._topics[topic][0], number, end) for (topic, number), end in ends.items()],
        )


class EmbeddedWriter:
    """Appends records to an embedded log."""

    def __init__(self, log: EmbeddedLog) -> None:
        self._log = log

    def append(self, records: Sequence[OutRecord]) -> None:
        """Returns once every record is on the disk; on LogUnavailable none of them is."""
        if records:
            self._log.append(records)

    def close(self) -> None:
        """Nothing is held: the log keeps the file open."""


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection, kind: str = "immediate") -> Iterator[None]:
    connection.execute(f"begin {kind}")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def _prepare(path: Path) -> None:
    """Makes the tables once, however many processes start together."""
    deadline = time.monotonic() + BUSY_S_MAX
    with contextlib.closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
        while True:
            try:
                # The change to WAL does not wait for other openers by itself.
                connection.execute("pragma journal_mode = wal")
                with _transaction(connection):
                    _create_or_check(connection, path)
                return
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
                if not busy or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


def _create_or_check(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("pragma application_id").fetchone()[0]
    stands = connection.execute("pragma user_version").fetchone()[0]
    empty = connection.execute("select count(*) from sqlite_master").fetchone()[0] == 0
    if empty:
        for statement in TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {FORMAT}")
    elif (application, stands) != (APPLICATION_ID, FORMAT):
        raise LogUnavailable(
            f"{path} is not a shared log of format {FORMAT}; give another path for the log"
        )
