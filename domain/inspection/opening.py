"""Inspections outside the draw: targeted, daily, written, key, commitment, patrol (reference 6.1).

1. Who coordinates does not inspect: leading groups, their offices and associations have no
   such power (Appendix D 9, 16), and townships register places only.
2. A double-random inspection comes from a draw and from nowhere else.
3. Key supervision names its ground, a check of a commitment the licence that rests on it.
4. Two inspectors at least go there (条例 34); what is done at a desk takes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, must_follow
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.errors import Refusal
from domain.facts import Recorded
from domain.inspection import inspectors
from domain.inspection.facts import (
    InspectionKind,
    InspectionOpened,
    inspector_of,
    relations_of,
    task_of,
)
from domain.inspection.items import list_for, reads_list
from domain.inspection.teams import TEAM_LEAST, InspectorHasRelation, TeamTooSmall
from domain.lead.grounds import ground_of, reads_for
from domain.lead.halves import both, known
from domain.licence import state as licences
from domain.licence.facts import LicenceType
from domain.terms import Code, Identifier, Reason, RegionCode, SubjectId, Term

AT_A_DESK = (InspectionKind.WRITTEN_REVIEW, InspectionKind.ONLINE_PATROL)
"""Kinds for which nobody enters premises."""

_CHECKED = (LicenceType.LIC_HRS, LicenceType.LIC_DISPATCH)


@command(
    zh="实施监督检查",
    en="Open an inspection outside the draw",
    source="人力资源市场暂行条例第34、35条；鄂人社函〔2022〕97号二（二）",
)
@dataclass(frozen=True, kw_only=True)
class OpenInspection(Command):
    """Approves an inspection outside the draw; `team` names inspectors of the register."""

    kind: Annotated[InspectionKind, Term(zh="检查种类", en="Kind")]
    organisation: SubjectId
    items: Annotated[tuple[Code, ...], Term(zh="检查事项", en="Items", min_items=1)]
    reason: Reason
    about: Identifier | None = None
    without_notice: Annotated[bool, Term(zh="不事先通知", en="Without notice")] = False
    team: Annotated[tuple[Identifier, ...], Term(zh="检查人员", en="Team", min_items=1)]
    window_to: Annotated[date, Term(zh="检查止日", en="Window to")]
    region: RegionCode | None = None


class DoubleRandomIsDrawn(Refusal):
    """A double-random inspection has no hand-picked object."""

    zh = "双随机检查的对象和人员只能由抽取产生，不得指定。"
    en = "Objects and inspectors of a double-random inspection are drawn, never picked."
    next_zh = "请拟定抽查计划并抽取，或者选择针对性检查并写明理由。"
    next_en = "Plan and draw, or open a targeted inspection with its reason."
    source = "人力资源市场暂行条例第35条"
    field = "kind"


class KeyInspectionNeedsGround(Refusal):
    """Key supervision rests on complaints, leads or an open case."""

    zh = "重点监管检查须写明所依据的投诉举报、线索、案件或违法事项，本部门未见{about}。"
    en = "A key inspection rests on a complaint, lead, case or finding; none is known as {about}."
    next_zh = "请填写编号；没有依据的，选择日常检查或者针对性检查。"
    next_en = "Name it, or open a daily or targeted inspection."
    source = "辽宁省人力资源市场管理通知（2024-11-11）七（重点监管）"
    field = "about"


class CommitmentCheckNeedsLicence(Refusal):
    """A commitment is checked where a licence rests on it."""

    zh = "{organisation}没有有效的许可，无从核查告知承诺。"
    en = "{organisation} holds no licence whose commitment could be checked."
    next_zh = "请核对对象；无证经营的，选择针对性检查。"
    next_en = "Check the subject; where it deals without a licence, open a targeted inspection."
    source = "辽宁省人力资源市场管理通知（2024-11-11）二（承诺核查）"
    field = "organisation"


class InspectionItemUnknown(Refusal):
    """The item is not in the territory's list."""

    zh = "{region}的抽查事项清单中没有事项{item}。"
    en = "The item list of {region} has no item {item}."
    next_zh = "请选择清单内事项，或先公布新版清单。"
    next_en = "Choose an item of the list, or publish a new version first."
    source = "鄂人社函〔2022〕97号三（三）（一单两库）"
    field = "items"


class InspectionAboutUnknown(Refusal):
    """What the inspection is said to be about is not known here."""

    zh = "本部门没有编号为{about}的投诉举报、线索、案件或违法事项。"
    en = "This department knows no complaint, lead, case or finding {about}."
    next_zh = "请核对编号，或者不填。"
    next_en = "Check the number, or leave it out."
    source = "平台规则（事项关联）"
    field = "about"


class WindowEndsBeforeToday(DateBeforeItsGround):
    """An inspection that ends before it was approved."""

    field = "window_to"


def _reads(asked: OpenInspection) -> tuple[Read, ...]:
    return (
        *both(relations_of(asked.organisation)),
        *(read for name in dict.fromkeys(asked.team) for read in both(inspector_of(name))),
        *reads_list(asked.region or ""),
        *reads_for(asked.about, asked.organisation),
        *(read for kind in _CHECKED for read in both(licences.stream_of(asked.organisation, kind))),
    )


def _licensed(history: History, organisation: str, on: date) -> Recorded[Any] | None:
    """The first fact of a licence in force."""
    for kind in _CHECKED:
        facts = known(history, licences.stream_of(organisation, kind))
        if facts and licences.fold(facts).in_force(on) is not None:
            return facts[0]
    return None


def _matter(asked: OpenInspection, history: History, context: Context) -> str:
    """The matter of what the inspection rests on, else its place's, else a fresh one."""
    if asked.kind is InspectionKind.COMMITMENT_CHECK:
        licence = _licensed(history, asked.organisation, context.today)
        if licence is None:
            raise CommitmentCheckNeedsLicence(organisation=asked.organisation)
        if asked.about is None:
            return licence.matter
    if asked.kind is InspectionKind.KEY and asked.about is None:
        raise KeyInspectionNeedsGround(about="—")
    if asked.about is not None:
        ground = ground_of(history, asked.about, asked.organisation)
        if ground is not None:
            return ground.matter
        if asked.kind is InspectionKind.KEY:
            raise KeyInspectionNeedsGround(about=asked.about)
        raise InspectionAboutUnknown(about=asked.about)
    place = known(history, relations_of(asked.organisation))
    return place[0].matter if place else context.mint("M")


@decides(OpenInspection, reads=_reads)
def open_one(asked: OpenInspection, history: History, context: Context) -> Iterator[Decided]:
    """Approves an inspection with its items, reason and certified team."""
    if asked.kind is InspectionKind.DOUBLE_RANDOM:
        raise DoubleRandomIsDrawn()
    must_follow(asked.window_to, context.today, WindowEndsBeforeToday)
    region = asked.region or context.region
    listed = {one.code for one in list_for(history, region)}
    for item in asked.items:
        if item not in listed:
            raise InspectionItemUnknown(item=item, region=region)
    members = dict.fromkeys(asked.team)
    least = 1 if asked.kind in AT_A_DESK else TEAM_LEAST
    if len(members) < least:
        raise TeamTooSmall(count=len(members), least=least)
    team = []
    for name in members:
        found = inspectors.must_know(history, name)
        inspectors.must_be_certified(found, asked.window_to)
        relation = found.relation_to(asked.organisation)
        if relation is not None:
            raise InspectorHasRelation(
                inspector=name, organisation=asked.organisation, ground=relation.value
            )
        team.append(found.member)
    task = context.mint("TSK")
    yield Decided(
        stream=task_of(task),
        subject=asked.organisation,
        matter=_matter(asked, history, context),
        region=region,
        fact=InspectionOpened(
            task_id=task,
            kind=asked.kind,
            subject_id=asked.organisation,
            region=region,
            items=tuple(dict.fromkeys(asked.items)),
            reason=asked.reason,
            about=asked.about,
            without_notice=asked.without_notice,
            team=tuple(team),
            window_to=asked.window_to,
        ),
    )
