"""Teams that the provincial platform drew, taken over from its files (reference 6.2).

1. Where the province drew the inspectors of an object too, its team is entered with the
   certificates that it names; it then inspects and records its result like any other.
2. What holds for every team holds for it: two at least, one of each department, everyone in the
   register with a certificate that lasts, nobody away or with a relation to the subject.
3. The same team again is nothing new. Another one is entered only after a recusal: it keeps
   whoever was left, and none that was recused.
4. Where the inspectors were drawn here, that draw counts, so that nobody chooses between two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.inspection import inspectors
from domain.inspection import task as tasks
from domain.inspection.facts import TeamMatched, inspector_of, outside_draw_of, task_of
from domain.inspection.inspectors import Inspector, InspectorUnknown
from domain.inspection.outside import DrawnInFuture, OutsideDrawUnknown, entered
from domain.inspection.sending import TaskNotClaimed
from domain.inspection.task import Task
from domain.inspection.teams import (
    InspectorAlreadyRecused,
    TaskOfEarlierDraw,
    TeamAlreadyMatched,
    draws_under,
    first_draw_for,
    must_be_fit,
    must_be_joint,
)
from domain.lead.halves import both, known
from domain.terms import CertificateNumber, Identifier, SubjectId, Term


@command(
    zh="登记省级平台检查组",
    en="Enter a team of the provincial platform",
    source="鄂人社函〔2022〕97号二（一）；人力资源市场暂行条例第34条",
)
@dataclass(frozen=True, kw_only=True)
class EnterOutsideTeam(Command):
    """Enters the team that the province drew for an object; `draw` is the object's own draw.

    `members` are certificates; of one who changed it since the number in the register.
    """

    draw: Identifier
    organisation: SubjectId
    members: Annotated[
        tuple[CertificateNumber, ...], Term(zh="检查组执法证号", en="Certificates", min_items=1)
    ]
    drawn_on: Annotated[date, Term(zh="抽取日期", en="Drawn on")]


class TeamDrawnBeforeObjects(DateBeforeItsGround):
    """A team that was drawn before the objects."""

    field = "drawn_on"


def _entry(member: str) -> str:
    """The register's number of a member."""
    return member if member.startswith("INS-") else f"INS-{member}"


def _reads(asked: EnterOutsideTeam) -> tuple[Read, ...]:
    return (
        *both(outside_draw_of(asked.draw)),
        *both(task_of(tasks.task_id(asked.draw, asked.organisation))),
        *(read for one in dict.fromkeys(asked.members) for read in both(inspector_of(_entry(one)))),
    )


def _draws_beside(asked: EnterOutsideTeam, history: History) -> tuple[Read, ...]:
    draw = entered(history, asked.draw)
    return () if draw is None else (draws_under(draw.plan_id),)


@decides(EnterOutsideTeam, reads=_reads, then=_draws_beside)
def enter_team(asked: EnterOutsideTeam, history: History, context: Context) -> Iterator[Decided]:
    """Makes the inspectors that the province drew the team of a task, once."""
    draw = entered(history, asked.draw)
    if draw is None:
        raise OutsideDrawUnknown(draw=asked.draw)
    task = tasks.must_know(history, tasks.task_id(asked.draw, asked.organisation))
    people = [_member(one, history) for one in dict.fromkeys(asked.members)]
    team = tuple(one.member for one in people)
    if task.matched == asked.draw and set(task.team) == set(team) and not task.vacant:
        return
    tasks.must_be_open(task)
    must_have_come(asked.drawn_on, context.today, DrawnInFuture)
    must_follow(asked.drawn_on, draw.drawn_on, TeamDrawnBeforeObjects)
    missing = sorted({"hr", "samr"} - set(task.claimed))
    if missing:
        raise TaskNotClaimed(task=task.task_id, missing="、".join(missing))
    ours = first_draw_for(task.task_id, draw.plan_id, history)
    if ours is not None:
        raise TaskOfEarlierDraw(task=task.task_id, draw=ours)
    _must_be_free(task, people, asked.draw)
    for one in people:
        must_be_fit(one, task, context)
    must_be_joint(team)
    yield tasks.of(
        task,
        TeamMatched(task_id=task.task_id, subject_id=task.subject, draw_id=asked.draw, team=team),
        effective=asked.drawn_on,
    )


def _member(member: str, history: History) -> Inspector:
    """The inspector who holds a certificate now. Raises InspectorUnknown."""
    found = inspectors.fold(known(history, inspector_of(_entry(member))))
    if found is None or member not in (found.entry.certificate, found.entry.inspector_id):
        raise InspectorUnknown(inspector=member)
    return found


def _must_be_free(task: Task, people: list[Inspector], draw: str) -> None:
    """Refuses whoever was recused, and another team where no place is empty."""
    names = [one.entry.inspector_id for one in people]
    for name in names:
        if name in task.recused:
            raise InspectorAlreadyRecused(inspector=name, task=task.task_id)
    if task.matched is None:
        return
    left = {one.inspector_id for one in task.team}
    if task.matched != draw or not task.vacant or not left <= set(names):
        raise TeamAlreadyMatched(task=task.task_id, draw=task.matched)
