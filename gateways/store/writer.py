"""Group commit: one thread per store records what many threads append, in one transaction.

Theory of operation. A caller queues its entry (one append, or a list that belongs together)
and waits. The writer thread takes all that is queued, up to a bound, and hands it to the
database's `commit`, which locks the head, plans and commits. A conflict or a repeat is an
outcome and drops out alone; an entry that cannot be recorded at all is answered its error and
the others go on. When the connection is lost at an unknown moment the batch is planned anew
under the head's lock: the scopes show which of its commands stand already, so nothing is
recorded twice and nothing that is recorded is reported as failed.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from threading import Condition, Lock, Thread
from time import sleep

from gateways.store.planning import Unplannable, inspect
from gateways.store.port import Accepted, Append, Outcome, Repeated, StoreUnavailable

LOG = logging.getLogger(__name__)

LARGEST_BATCH = 256
"""Appends in one transaction; a list appended together is never divided."""

GATHERING_SECONDS = 0.0001
"""How long the writer lets a crowd gather that was answered a moment ago."""


class ConnectionLost(Exception):
    """The connection broke; whether the transaction was committed is not known."""


class Entry:
    """What one caller waits for."""

    __slots__ = ("appends", "done", "error", "outcomes", "planned")

    def __init__(self, appends: Sequence[Append]) -> None:
        self.appends = appends
        self.outcomes: list[Outcome] = []
        self.error: BaseException | None = None
        self.planned: list[Outcome] = []
        self.done = Lock()
        self.done.acquire()

    def answer(self, outcomes: list[Outcome]) -> None:
        """Settles the entry; what an interrupted attempt recorded counts as accepted."""
        if self.planned:
            outcomes = [
                now.answer if isinstance(now, Repeated) and isinstance(before, Accepted) else now
                for now, before in zip(outcomes, self.planned, strict=True)
            ]
        self.outcomes = outcomes
        self.done.release()

    def fail(self, error: BaseException) -> None:
        """Settles the entry with the error that its caller gets."""
        self.error = error
        self.done.release()


Commit = Callable[[Sequence[Append], Callable[[list[Outcome]], None]], list[Outcome]]
"""Records appends in one transaction; tells `planned` the outcomes before it commits.

Raises Unplannable, ConnectionLost or StoreUnavailable; any other error means that the
transaction was rolled back.
"""


class Writer:
    """The one thread of a store that writes."""

    def __init__(self, name: str, commit: Commit, *, largest_batch: int = LARGEST_BATCH) -> None:
        self._commit = commit
        self._largest = largest_batch
        self._queue: deque[Entry] = deque()
        self._wake = Condition(Lock())
        self._stopping = False
        self._answered = 0
        self._listeners: list[Callable[[], None]] = []
        self._thread = Thread(target=self._run, name=f"store-{name}", daemon=True)
        self._thread.start()

    def append(self, appends: Sequence[Append]) -> list[Outcome]:
        """Records appends with what other threads append at the same time."""
        for append in appends:
            inspect(append)
        entry = Entry(appends)
        with self._wake:
            if self._stopping:
                raise StoreUnavailable("the store is closed: open it again")
            self._queue.append(entry)
            self._wake.notify()
        entry.done.acquire()
        if entry.error is not None:
            raise entry.error
        return entry.outcomes

    def on_append(self, listener: Callable[[], None]) -> None:
        """Calls `listener` on the writer's thread after each commit; it must be short."""
        self._listeners.append(listener)

    def close(self) -> None:
        """Records what is queued and stops the thread."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._queue and not self._stopping:
                    self._wake.wait()
                if not self._queue:
                    return
                crowd = len(self._queue) + self._answered
            if len(self._queue) < crowd and self._answered > 1:
                # Those just answered are about to come back: one commit for all is cheaper.
                sleep(GATHERING_SECONDS)
            with self._wake:
                batch = self._take()
            self._record(batch)
            self._answered = len(batch)

    def _take(self) -> list[Entry]:
        batch = [self._queue.popleft()]
        size = len(batch[0].appends)
        while self._queue and size + len(self._queue[0].appends) <= self._largest:
            batch.append(self._queue.popleft())
            size += len(batch[-1].appends)
        return batch

    def _record(self, batch: list[Entry], *, again: bool = True) -> None:
        """Settles every entry of a batch, whatever happens."""
        while batch:
            appends = [append for entry in batch for append in entry.appends]
            try:
                outcomes = self._commit(appends, partial(_remember, batch))
            except Unplannable as refused:
                culprit = _entry_at(batch, refused.place)
                batch = [entry for entry in batch if entry is not culprit]
                culprit.fail(refused.error)
            except ConnectionLost as lost:
                if not again:
                    return _fail(batch, StoreUnavailable(str(lost)))
                again = False
            except StoreUnavailable as error:
                return _fail(batch, error)
            except Exception as error:
                # Rolled back for a reason that no rule foresaw: find the entry at fault.
                if len(batch) == 1:
                    return _fail(batch, error)
                for entry in batch:
                    self._record([entry], again=again)
                return None
            except BaseException as error:
                _fail(batch, error)
                raise
            else:
                place = 0
                for entry in batch:
                    entry.answer(outcomes[place : place + len(entry.appends)])
                    place += len(entry.appends)
                self._tell()
                return None
        return None

    def _tell(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:
                # What is recorded stays recorded; listeners are hints and must not stop the writer.
                LOG.exception("a listener of the store failed")


def _remember(batch: Sequence[Entry], planned: list[Outcome]) -> None:
    place = 0
    for entry in batch:
        if not entry.planned:
            entry.planned = planned[place : place + len(entry.appends)]
        place += len(entry.appends)


def _entry_at(batch: Sequence[Entry], place: int) -> Entry:
    for entry in batch:
        if place < len(entry.appends):
            return entry
        place -= len(entry.appends)
    raise IndexError(place)


def _fail(batch: Sequence[Entry], error: BaseException) -> None:
    for entry in batch:
        entry.fail(type(error)(*error.args) if isinstance(error, StoreUnavailable) else error)
