"""Facts into a copy: first all of the received log subject by subject, then what comes in after.

Facts about one subject stand together in that order, so that most rows are made once, whole,
and only added. Each chunk is a transaction of its own, with the place it reached: a process
that is killed goes on from there, and a fact that goes in twice changes nothing.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError

from domain.facts import Recorded
from gateways.department.database import Database
from gateways.rebuilding.refused import FactNotApplied, Interfered
from gateways.rebuilding.standing import Standing, make_indexes, moved, standing
from gateways.rebuilding.tables import FILLING, FOLLOWING, NEW, CopyRows, copies
from gateways.rebuilding.tailing import Tail, facts_of, move, read_tail, wanted
from projections.reader import Projection
from projections.received import RECEIVED

Bodies = list[tuple[str, str, bytes]]
"""(subject, event id, bytes) of records."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How much goes into one transaction, and which part of the time is left to others."""

    facts: int
    pause: float = 0.0


PACES = {"postgresql": Pace(facts=10_000), "sqlite": Pace(facts=500, pause=0.3)}
"""On SQLite the file has one writer: the intake must find it free again soon. A PostgreSQL server
shares its cores by itself, and nothing that a filling writes is in the intake's way."""


@dataclass(frozen=True)
class _Page:
    """A chunk: where it begins, its records, their facts, where it ends (None: nothing more)."""

    at: Standing
    records: int
    facts: list[Recorded[Any]]
    reached: dict[str, Any] | None


class Filling:
    """One copy of one projection of one department, being brought up to the received log."""

    def __init__(
        self,
        database: Database,
        projection: Projection,
        copy: str = NEW,
        *,
        pace: Pace | None = None,
    ) -> None:
        self._database, self._projection, self._copy = database, projection, copy
        self._pace = pace or PACES[database.dialect]
        self._placed = copies(projection.name, copy)
        self._rate = 0.0

    def fill(self, tell: Callable[[Standing], None] = lambda _: None) -> None:
        """Fills the copy from where it stands until it follows. Raises Interfered, FactNotApplied.

        While the database writes a chunk, the next one is read and decoded beside it.
        """
        with ThreadPoolExecutor(max_workers=1) as beside, _uncollected():
            ahead: Future[_Page] | None = None
            while True:
                began = time.perf_counter()
                known = self._known()
                tell(known)
                if known.state != FILLING:
                    return
                page = ahead.result() if ahead is not None else self._read(known)
                if page.at.step != known.step:
                    page = self._read(known)
                if page.reached is None:
                    self._follow_from_here(known)
                    ahead = None
                    continue
                after = replace(
                    known, step=known.step + 1, done=known.done + page.records, **page.reached
                )
                ahead = beside.submit(self._read, after)
                self._write(known, page)
                self._rest(began)
                if page.facts:
                    self._note_rate(len(page.facts) / max(time.perf_counter() - began, 1e-6))

    def _known(self) -> Standing:
        with self._database.reading() as connection:
            known = standing(connection, self._projection.name, self._copy)
        if known is None:
            raise Interfered(f"the copy of {self._projection.name} was dropped")
        return known

    def _read(self, at: Standing) -> _Page:
        """The chunk that begins where a copy stands, decoded."""
        with self._database.reading() as connection:
            bodies, reached = self._page(connection, at)
        facts = facts_of((body for _, _, body in bodies), self._projection)
        return _Page(at, len(bodies), facts, reached)

    def _write(self, known: Standing, page: _Page) -> None:
        """One transaction: the facts of a chunk, and the place that the copy has reached."""
        with self._database.writing() as connection:
            self._lightly(connection)
            moved(
                connection,
                known,
                done=known.done + page.records,
                rate=round(self._rate) or known.rate,
                **(page.reached or {}),
            )
            self._apply(connection, page.facts)

    def read_alone(self) -> int:
        """Reads what a filling reads, and does nothing with it; how many facts. For benchmarks."""
        with self._database.reading() as connection:
            known = standing(connection, self._projection.name, self._copy)
        count = 0
        while known is not None:
            with self._database.reading() as connection:
                bodies, reached = self._page(connection, known)
            if reached is None:
                break
            count += len(bodies)
            known = replace(known, done=count, **reached)
        return count

    def follow(self) -> int:
        """Takes in what has come to the received log since; how many facts. Raises Interfered."""
        taken = 0
        while True:
            began = time.perf_counter()
            found, more = self._step()
            taken += found
            if not more:
                return taken
            self._rest(began)

    def _step(self) -> tuple[int, bool]:
        with self._database.reading() as connection:
            known = standing(connection, self._projection.name, self._copy)
            if known is None:
                raise Interfered(f"the copy of {self._projection.name} was dropped")
            tail = read_tail(connection, self._projection, self._copy, self._pace.facts)
        if not tail:
            return 0, False
        with self._database.writing() as connection:
            self.take(connection, known, tail)
        return len(tail.facts), tail.more

    def take(self, connection: Connection, known: Standing, tail: Tail) -> None:
        """Applies a piece of the tail within the caller's transaction."""
        moved(connection, known)
        move(connection, self._projection.name, self._copy, tail)
        self._apply(connection, tail.facts)

    def finish(self, connection: Connection) -> int:
        """Takes in all that is left within the caller's transaction, which keeps the intake out."""
        taken = 0
        while True:
            known = standing(connection, self._projection.name, self._copy)
            if known is None:
                raise Interfered(f"the copy of {self._projection.name} was dropped")
            tail = read_tail(connection, self._projection, self._copy, self._pace.facts)
            if not tail:
                return taken
            self.take(connection, known, tail)
            taken += len(tail.facts)

    def behind(self, connection: Connection) -> int:
        """How many facts are not in the copy yet, counted up to a few thousand."""
        return len(read_tail(connection, self._projection, self._copy, self._pace.facts).facts)

    def _page(
        self, connection: Connection, known: Standing
    ) -> tuple[Bodies, dict[str, Any] | None]:
        """The next facts and where they end; no end where there is nothing more."""
        limit = self._pace.facts
        if known.within_subject is not None:
            bodies = self._bodies(
                connection,
                (RECEIVED.c.subject == known.within_subject)
                & (RECEIVED.c.event_id > known.after_event),
                RECEIVED.c.event_id,
                limit,
            )
            if len(bodies) == limit:
                return bodies, {"after_event": bodies[-1][1]}
            return bodies, {
                "after_subject": known.within_subject,
                "within_subject": None,
                "after_event": "",
            }
        after = RECEIVED.c.subject > known.after_subject
        if known.done == 0 and not known.after_subject:
            after = RECEIVED.c.subject >= ""
        bodies = self._bodies(connection, after, RECEIVED.c.subject, limit)
        if not bodies:
            return [], None
        last = bodies[-1][0]
        if len(bodies) < limit:
            return bodies, {"after_subject": last}
        whole = [one for one in bodies if one[0] != last]
        if not whole:
            # A subject with more facts than a chunk holds goes in by itself, event by event.
            return [], {"within_subject": last, "after_event": ""}
        return whole, {"after_subject": whole[-1][0]}

    def _bodies(self, connection: Connection, where: Any, order: Any, limit: int) -> Bodies:
        query = (
            select(RECEIVED.c.subject, RECEIVED.c.event_id, RECEIVED.c.body)
            .where(where)
            .order_by(order)
            .limit(limit)
        )
        return _fetched(connection, wanted(query, self._projection))

    def _follow_from_here(self, known: Standing) -> None:
        with self._database.writing() as connection:
            moved(connection, known, state=FOLLOWING)
            if connection.dialect.name == "postgresql":
                make_indexes(connection, self._projection.name)

    def _apply(self, connection: Connection, facts: Sequence[Recorded[Any]]) -> None:
        if not facts:
            return
        rows = CopyRows(connection, self._placed)
        try:
            self._projection.apply(facts, rows)
            rows.flush()
        except (OperationalError, Interfered):
            raise
        except Exception as error:
            self._raise_culprit(facts, error)
            raise

    def _raise_culprit(self, facts: Sequence[Recorded[Any]], error: Exception) -> None:
        """Names the fact that alone cannot be applied; nothing is kept of the search."""
        with self._database.engine.connect() as apart:
            for fact in facts:
                try:
                    self._projection.apply([fact], CopyRows(apart, self._placed))
                except OperationalError:
                    raise
                except Exception as wrong:
                    apart.rollback()
                    name = self._projection.name
                    raise FactNotApplied(name, fact.id, fact.type, wrong) from error
            apart.rollback()

    def _lightly(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            # What a crash of the server takes away is built again from the place that stands.
            connection.execute(text("SET LOCAL synchronous_commit = off"))

    def _rest(self, began: float) -> None:
        """Leaves a part of the time to the intake."""
        time.sleep((time.perf_counter() - began) * self._pace.pause)

    def _note_rate(self, rate: float) -> None:
        self._rate = rate if not self._rate else 0.8 * self._rate + 0.2 * rate


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection: facts and rows hold no cycles, and looking for some takes a third."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _fetched(connection: Connection, query: Any) -> Bodies:
    return [(row[0], row[1], bytes(row[2])) for row in connection.execute(query)]
