"""The projections of one department: built anew beside the live ones, compared, put in place.

Nothing here writes an intent or an event: only the intake forms intents, and it is not asked.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy import update

from domain.departments import NODES
from gateways.department.database import Database
from gateways.rebuilding import differing, standing, swapping
from gateways.rebuilding.differing import Difference, Summary
from gateways.rebuilding.filling import Filling, Pace
from gateways.rebuilding.refused import (
    BuiltByAnother,
    CutOverByAnother,
    Interfered,
    NotCaughtUp,
    NothingBuilt,
    NothingKept,
    NotLookedAt,
    OtherVersion,
    UnknownProjection,
)
from gateways.rebuilding.standing import Standing
from gateways.rebuilding.tables import (
    CUTTING,
    FILLING,
    FOLLOWING,
    NEW,
    PREVIOUS,
    REBUILDS,
)
from gateways.rebuilding.tailing import holes_at_the_start
from gateways.rebuilding.versions import live_version
from gateways.store.port import StoreUnavailable
from projections.catalogue import PROJECTIONS
from projections.reader import Projection

_log = structlog.get_logger()

TRIES = 50

Tell = Callable[[Standing], None]


class Rebuild:
    """The rebuilds of one department's projections, on behalf of one person."""

    def __init__(
        self, department: str, database: Database, by: str, *, pace: Pace | None = None
    ) -> None:
        self.department, self._database, self.by = department, database, by
        self._holder, self._pace = standing.this_builder(by), pace

    def projection(self, name: str) -> Projection:
        """A projection that this department keeps. Raises UnknownProjection."""
        known = NODES[self.department].projections
        if name not in known:
            raise UnknownProjection(self.department, name, ", ".join(known))
        return PROJECTIONS[name]

    def standing(self, name: str, copy: str = NEW) -> Standing | None:
        """Where a copy stands; None where there is none."""
        with self._database.reading() as connection:
            return standing.standing(connection, name, copy)

    def build(self, name: str, *, again: bool = False, tell: Tell = lambda _: None) -> Standing:
        """Fills a copy, from where it stood if one was begun, until it has caught up.

        `again` begins anew. Raises BuiltByAnother where a living process builds it.
        """
        projection = self.projection(name)
        standing.ensure(self._database)
        self._claim(projection, again=again)
        filling = self._filling(projection, NEW)
        try:
            filling.fill(tell)
        except Interfered:
            raise self._taken_over(name) from None
        self.follow(name)
        found = self.standing(name)
        if found is None:
            raise self._nothing_built(name)
        tell(found)
        return found

    def follow(self, name: str, copy: str = NEW) -> int:
        """Takes in what has come since; how many facts. Raises NothingBuilt where it is gone."""
        filling = self._filling(self.projection(name), copy)
        for _ in range(TRIES):
            try:
                return filling.follow()
            except Interfered:
                if self.standing(name, copy) is None:
                    raise self._nothing_built(name) from None
        return 0

    def diff(self, name: str, each: Callable[[Difference], None] = lambda _: None) -> Summary:
        """What a cutover would change; its digest is noted, so that a cutover can name it."""
        projection, known = self._built(name)
        for _ in range(TRIES):
            try:
                with self._database.reading() as connection:
                    versions = (live_version(connection, projection), known.version)
                summary = differing.compare(
                    self._database, projection, NEW, versions=versions, each=each
                )
                break
            except Interfered:
                continue
        else:
            raise NotCaughtUp(name, 1)
        with self._database.writing() as connection:
            connection.execute(
                update(REBUILDS)
                .where(REBUILDS.c.projection == name, REBUILDS.c.copy == NEW)
                .values(diff_digest=summary.digest, diff_rows=summary.rows, diff_at=standing.now())
            )
        return summary

    def cutover(self, name: str, *, digest: str | None = None, yes: bool = False) -> int:
        """Puts the rebuilt tables in place of the live ones; facts taken in while the intake waited.

        `digest` is that of the last comparison; `yes` does without one. What an earlier cutover
        kept is dropped once this one stands: where it fails, one can still go back to that.
        """
        projection, known = self._built(name)
        if known.version != projection.version:
            raise OtherVersion(name, known.version, projection.version)
        if not yes and (known.diff_digest is None or digest != known.diff_digest):
            raise NotLookedAt(name, known.diff_digest)
        self._claim_cutover(name)
        try:
            self._sweep(name)
            taken = self._swap(projection, NEW)
        except BaseException:
            self._give_back(name)
            raise
        try:
            self._sweep(name)
        except StoreUnavailable as error:
            # The cutover stands: the next build, cutover or drop sweeps what is left.
            _log.warning("replaced tables are left", projection=name, error=str(error))
        return taken

    def rollback(self, name: str) -> int:
        """Puts the previous tables back, brought up to the present; those replaced are kept."""
        projection = self.projection(name)
        standing.ensure(self._database)
        with self._database.reading() as connection:
            kept = standing.standing(connection, name, PREVIOUS)
            if kept is None:
                raise NothingKept(name)
            swapping.check_layout(connection, projection, PREVIOUS)
        return self._swap(projection, PREVIOUS, since=kept.cut_at)

    def drop(self, name: str, copy: str) -> bool:
        """Removes a copy; whether there was one. Raises BuiltByAnother while it is filled or put in place."""
        projection = self.projection(name)
        standing.ensure(self._database)
        known = self.standing(name, copy)
        if known is not None and self._at_work(known):
            raise BuiltByAnother(name, known.holder)
        try:
            return standing.drop(self._database, projection.name, copy, known=known, pause_s=0.01)
        except Interfered:
            raise self._taken_over(name, copy) from None

    def _sweep(self, name: str) -> None:
        standing.sweep(self._database, name, pause_s=0.01)

    def _filling(self, projection: Projection, copy: str) -> Filling:
        return Filling(self._database, projection, copy, pace=self._pace)

    def _claim(self, projection: Projection, *, again: bool) -> None:
        """Makes the copy, or takes over one whose builder is gone."""
        name = projection.name
        known = self.standing(name)
        if known is not None and self._at_work(known):
            raise BuiltByAnother(name, known.holder)
        self._sweep(name)
        if again or known is None or known.version != projection.version:
            # Also tables of which no row tells: a drop that was killed leaves them.
            standing.drop(self._database, name, NEW, pause_s=0.01)
            known = None
        try:
            with self._database.writing() as connection:
                if known is not None:
                    standing.moved(connection, known, holder=self._holder)
                    return
                other = standing.standing(connection, name, NEW)
                if other is not None:
                    raise BuiltByAnother(name, other.holder)
                standing.begin(connection, projection, self._holder)
                holes_at_the_start(connection, name, NEW)
        except Interfered:
            raise self._taken_over(name) from None

    def _claim_cutover(self, name: str) -> None:
        """Says that we cut over: only who says so first drops what was kept before."""
        for _ in range(TRIES):
            with self._database.reading() as connection:
                known = standing.standing(connection, name, NEW)
            if known is None:
                raise self._nothing_built(name)
            other = known.state == CUTTING and known.holder != self._holder
            if other and standing.is_at_work(known.holder, known.heard):
                raise CutOverByAnother(name, known.holder)
            try:
                with self._database.writing() as connection:
                    standing.moved(connection, known, state=CUTTING, holder=self._holder)
                return
            except Interfered:
                continue
        raise CutOverByAnother(name, "?")

    def _give_back(self, name: str) -> None:
        """Lets others cut over where we did not."""
        with self._database.writing() as connection:
            connection.execute(
                update(REBUILDS)
                .where(
                    REBUILDS.c.projection == name,
                    REBUILDS.c.copy == NEW,
                    REBUILDS.c.holder == self._holder,
                    REBUILDS.c.state == CUTTING,
                )
                .values(state=FOLLOWING)
            )

    def _built(self, name: str) -> tuple[Projection, Standing]:
        """A copy that was filled. Raises NothingBuilt, NotCaughtUp."""
        projection = self.projection(name)
        standing.ensure(self._database)
        known = self.standing(name)
        if known is None:
            raise self._nothing_built(name)
        if known.state == FILLING:
            raise NotCaughtUp(name, known.facts - known.done)
        return projection, known

    def _swap(self, projection: Projection, copy: str, since: int | None = None) -> int:
        for _ in range(TRIES):
            with self._database.reading() as connection:
                version = live_version(connection, projection)
            try:
                return swapping.swap(
                    self._database,
                    projection,
                    copy,
                    by=self.by,
                    live_version=version,
                    since=since,
                )
            except Interfered:
                if self.standing(projection.name, copy) is None:
                    break
        raise self._nothing_built(projection.name)

    def _at_work(self, known: Standing) -> bool:
        return (
            known.state in (FILLING, CUTTING)
            and known.holder != self._holder
            and standing.is_at_work(known.holder, known.heard)
        )

    def _taken_over(self, name: str, copy: str = NEW) -> BuiltByAnother:
        known = self.standing(name, copy)
        return BuiltByAnother(name, known.holder if known is not None else "?")

    def _nothing_built(self, name: str) -> NothingBuilt:
        known = self.standing(name, PREVIOUS)
        return NothingBuilt(name, known.cut_by or "" if known is not None else "")
