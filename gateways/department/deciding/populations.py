"""The freezing of a population: from the department's registers to a kept file, before a draw opens.

1. Objects come from the object register by the plan's predicate, of the territory that draws;
   an extra draw leaves out what already has a task under the plan. Each has the class and the
   tags that stand on the day of the freezing.
2. Inspectors come from the register of inspectors: those who may inspect in the plan's window.
   A replacement comes from the department of the recused one, without those of the team.
3. The file holds the canonical lines of `domain.draw.population` and is content-addressed: the
   same register gives the same file. The decision reads it again and computes its hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from tempfile import TemporaryFile
from typing import IO, Any

import msgspec
from sqlalchemy import Connection

from domain.commands import Post
from domain.draw.facts import InspectionPlanApproved, PlanDrafted, plan_of
from domain.draw.plan import DrawKind
from domain.draw.planning import DEPARTMENTS, approval
from domain.draw.population import DrawObject, freeze
from domain.facts import Recorded, instant
from domain.inspection.facts import (
    InspectorRecused,
    OutsideDrawEntered,
    TaskSent,
    TeamMatched,
    task_of,
)
from domain.inspection.outside import of_task
from domain.terms import FileRef
from gateways.department.database import Database
from gateways.files.keeping import Files
from projections import inspections

History = Callable[[str], tuple[Recorded[Any], ...]]
"""The facts of a stream, the department's own half and the received one, oldest first."""

CHUNK_BYTES = 1 << 20
TEXT = "text/plain"


class Populations:
    """The populations that one department freezes."""

    def __init__(self, files: Files, database: Database, history: History) -> None:
        self._files, self._database, self._history = files, database, history

    def prepared(
        self, name: str, data: Mapping[str, Any], post: Post, region: str, now: int
    ) -> dict[str, Any]:
        """The data of a draw being opened with its population frozen, unless one was given.

        Without an approved plan nothing is frozen: the decision says what is missing. Raises
        PopulationEmpty, ObjectIllFormed, ObjectTwiceInPopulation.
        """
        found = dict(data)
        if name != "OpenDraw" or found.get("population") is not None:
            return found
        facts = self._history(plan_of(found["plan"]))
        plan: Recorded[Any] | None = approval(facts)
        drafts = [one.fact for one in facts if isinstance(one.fact, PlanDrafted)]
        if not facts and found.get("tasks"):
            plan = of_task(self._history, found["tasks"][0], found["plan"])
        drawn_by_plan = DrawKind(found["kind"]) is DrawKind.OBJECTS
        if plan is None or (drawn_by_plan and not drafts):
            return found
        with self._database.reading() as connection:
            if drawn_by_plan:
                objects = self._objects(connection, found, drafts[-1], region, now)
            else:
                objects = self._inspectors(connection, found, plan.fact, region)
            found["population"] = msgspec.to_builtins(self.freeze(objects, post, now))
        return found

    def freeze(self, objects: Iterable[DrawObject], post: Post, now: int) -> FileRef:
        """Keeps the canonical lines of these objects; memory holds them once while they are sorted.

        Raises PopulationEmpty, ObjectIllFormed, ObjectTwiceInPopulation; nothing is kept then.
        """
        with TemporaryFile() as lines:
            freeze(objects, lines.write)
            lines.seek(0)
            return self._files.keep(_chunks(lines), TEXT, post, now=now)

    def _objects(
        self,
        connection: Connection,
        asked: Mapping[str, Any],
        drafted: PlanDrafted,
        region: str,
        now: int,
    ) -> Iterator[DrawObject]:
        return inspections.population(
            connection,
            drafted.predicate,
            region,
            on=instant(now).date(),
            tags=drafted.tags,
            only=drafted.only_tags,
            grade_scheme=drafted.grade_scheme,
            beside=asked["plan"] if asked.get("extra") else None,
        )

    def _inspectors(
        self,
        connection: Connection,
        asked: Mapping[str, Any],
        plan: InspectionPlanApproved | OutsideDrawEntered,
        region: str,
    ) -> Iterator[DrawObject]:
        tasks = tuple(asked.get("tasks") or ())
        histories = [self._history(task_of(task)) for task in tasks[:2]]
        department, excluded = None, set[str]()
        if DrawKind(asked["kind"]) is DrawKind.REPLACEMENT and histories:
            department, excluded = self._replaced(connection, asked, tasks[0], histories[0])
        return inspections.inspector_population(
            connection,
            region,
            window_from=plan.window_from,
            window_to=plan.window_to,
            subjects=_subjects(histories[0]) if len(histories) == 1 else (),
            excluded=excluded,
            department=department,
            tags=DEPARTMENTS,
        )

    def _replaced(
        self,
        connection: Connection,
        asked: Mapping[str, Any],
        task: str,
        facts: tuple[Recorded[Any], ...],
    ) -> tuple[str | None, set[str]]:
        """Whose place a replacement takes: the department, and who cannot take it."""
        recused = [one.fact.inspector_id for one in facts if isinstance(one.fact, InspectorRecused)]
        teams = [one.fact.team for one in facts if isinstance(one.fact, TeamMatched)]
        excluded = {*recused, *(one.inspector_id for team in teams for one in team)}
        made = sum(
            draw["state"] != "VOIDED" and task in draw["tasks"].split(",")
            for draw in inspections.draws(
                connection, plan_id=asked["plan"], kind=DrawKind.REPLACEMENT.value, limit=10_000
            )
        )
        if made >= len(recused):
            return None, excluded
        return inspections.department_of(connection, recused[made]), excluded


def _subjects(facts: tuple[Recorded[Any], ...]) -> tuple[str, ...]:
    return tuple(one.fact.subject_id for one in facts if isinstance(one.fact, TaskSent))


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(CHUNK_BYTES):
        yield part
