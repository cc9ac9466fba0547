"""The register of inspectors (执法检查人员名录库): certificate, specialities, absence, relations.

1. Each organ enters its own people; the name lies in its vault, the register has the certificate.
2. Nobody inspects without a valid certificate (行政处罚法 42), while away, or after leaving.
3. A declared relation to a subject keeps an inspector from it (监察条例 16; 行政处罚法 43).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from domain.commands import Command, Context, Decided, History, Own, Post, command, decides
from domain.departments import covers, node_of
from domain.document.files import bureau_of
from domain.errors import Refusal
from domain.facts import Recorded
from domain.inspection.facts import (
    InspectorChanged,
    InspectorEntered,
    Member,
    RecusalGround,
    inspector_of,
)
from domain.lead.halves import known
from domain.terms import (
    CertificateNumber,
    Code,
    Identifier,
    PersonRef,
    RegionCode,
    SubjectId,
    Term,
)

_REGISTER = "鄂人社函〔2022〕97号二（一）（执法人员库）"


@command(zh="执法检查人员入库", en="Enter an inspector", source=_REGISTER)
@dataclass(frozen=True, kw_only=True)
class EnterInspector(Command):
    """Enters an inspector of the acting organ, or (`inspector` named) renews the entry."""

    inspector: Identifier | None = None
    certificate: CertificateNumber
    certificate_until: Annotated[date, Term(zh="执法证有效期至", en="Certificate valid until")]
    specialities: Annotated[tuple[Code, ...], Term(zh="专业类别", en="Specialities")] = ()
    person: Annotated[PersonRef | None, Term(zh="执法人员", en="Inspector's person")] = None
    region: RegionCode | None = None


@command(zh="登记执法检查人员变动", en="Change an inspector's availability", source=_REGISTER)
@dataclass(frozen=True, kw_only=True)
class ChangeInspector(Command):
    """Records that an inspector is away from one day to another, or left the register."""

    inspector: Identifier
    away_from: Annotated[date | None, Term(zh="不可用起日", en="Away from")] = None
    away_to: Annotated[date | None, Term(zh="不可用止日", en="Away to")] = None
    left: Annotated[bool, Term(zh="退出名录", en="Left")] = False


@command(
    zh="申报回避关系",
    en="Declare a relation to a subject",
    source="劳动保障监察条例第16条；行政处罚法第43条",
)
@dataclass(frozen=True, kw_only=True)
class DeclareRelation(Command):
    """Records that an inspector has an interest in a subject, or a relation to it."""

    inspector: Identifier
    organisation: SubjectId
    ground: Annotated[RecusalGround, Term(zh="回避事由", en="Ground")]


class InspectorUnknown(Refusal):
    """No such inspector is in the register."""

    zh = "执法检查人员名录库中没有{inspector}。"
    en = "No inspector {inspector} is in the register."
    next_zh = "请先办理入库，或核对编号和执法证号。"
    next_en = "Enter the inspector first, or check the number."
    source = _REGISTER
    field = "inspector"
    transient = True


class InspectorAlreadyEntered(Refusal):
    """The certificate stands in the register."""

    zh = "执法证号{certificate}已入库，编号{inspector}。"
    en = "The certificate {certificate} is in the register as {inspector}."
    next_zh = "续期或变更的，请写明人员编号后再次入库。"
    next_en = "Name the inspector to renew the entry."
    source = _REGISTER
    field = "certificate"


class InspectorOfOtherOrgan(Refusal):
    """Another organ's inspector."""

    zh = "执法人员{inspector}属于{organ}，不由{post}登记。"
    en = "The inspector {inspector} is of {organ}; {post} does not keep that entry."
    next_zh = "请由其所在机关办理。"
    next_en = "Let that organ do it."
    source = _REGISTER
    field = "inspector"


class InspectorLeft(Refusal):
    """The inspector left the register."""

    zh = "执法人员{inspector}已退出名录。"
    en = "The inspector {inspector} left the register."
    next_zh = "请重新入库，或另行抽取人员。"
    next_en = "Enter the inspector again, or draw another."
    source = _REGISTER
    field = "inspector"


class CertificateExpired(Refusal):
    """The certificate does not last."""

    zh = "执法人员{inspector}的执法证{certificate}有效期至{until}，不能在{needed}执法。"
    en = "The certificate {certificate} of {inspector} is valid to {until}, not on {needed}."
    next_zh = "请换证后更新名录，或抽取替补人员。"
    next_en = "Renew it and the entry, or draw a replacement."
    source = "行政处罚法第42条"
    field = "certificate_until"


class AbsenceIllFormed(Refusal):
    """A change says nothing, or an absence ends before it begins."""

    zh = "变动内容不成立：起日{start}，止日{end}。"
    en = "The change does not hold: away from {start} to {end}."
    next_zh = "请填写起止日期（止日不早于起日），或者选择退出名录。"
    next_en = "Enter both days in order, or say that the inspector left."
    source = _REGISTER
    field = "away_to"


class RelationAlreadyDeclared(Refusal):
    """The relation is on record."""

    zh = "执法人员{inspector}与{organisation}的回避关系已申报。"
    en = "The relation of {inspector} to {organisation} is declared already."
    next_zh = "无需再次申报。"
    next_en = "Nothing to do."
    source = "劳动保障监察条例第16条"
    field = "organisation"


@dataclass(frozen=True, kw_only=True)
class Inspector:
    """An inspector as the register has them: the last entry, absences, relations."""

    entry: InspectorEntered
    region: str
    matter: str
    left: bool = False
    away: tuple[tuple[date, date], ...] = ()
    relations: tuple[tuple[str, RecusalGround], ...] = ()

    @property
    def node(self) -> str:
        """The department."""
        return node_of(self.entry.organ).id

    @property
    def member(self) -> Member:
        """The inspector as one of a team."""
        return Member(
            inspector_id=self.entry.inspector_id,
            organ=self.entry.organ,
            certificate=self.entry.certificate,
        )

    def relation_to(self, subject: str) -> RecusalGround | None:
        """The declared ground against inspecting a subject."""
        return next((ground for named, ground in self.relations if named == subject), None)

    def absent(self, first: date, last: date) -> tuple[date, date] | None:
        """The absence that leaves no day between two days."""
        return next((one for one in self.away if one[0] <= first and last <= one[1]), None)


def fold(facts: Iterable[Recorded[Any]]) -> Inspector | None:
    """The inspector that the facts of one stream make."""
    found: Inspector | None = None
    for one in facts:
        match one.fact:
            case InspectorEntered() as entry if found is None:
                found = Inspector(entry=entry, region=one.region, matter=one.matter)
            case InspectorEntered() as entry if found is not None:
                found = replace(found, entry=entry, region=one.region, left=False)
            case InspectorChanged() as change if found is not None:
                found = _changed(found, change)
    return found


def _changed(found: Inspector, change: InspectorChanged) -> Inspector:
    if change.relation_to is not None and change.ground is not None:
        return replace(found, relations=(*found.relations, (change.relation_to, change.ground)))
    if change.away_from is not None and change.away_to is not None:
        found = replace(found, away=(*found.away, (change.away_from, change.away_to)))
    return replace(found, left=found.left or change.left)


def must_know(history: History, inspector: str) -> Inspector:
    """The inspector of either department, or InspectorUnknown."""
    found = fold(known(history, inspector_of(inspector)))
    if found is None:
        raise InspectorUnknown(inspector=inspector)
    return found


def must_be_certified(found: Inspector, needed: date) -> None:
    """Refuses one who left, or whose certificate is not valid on a day."""
    if found.left:
        raise InspectorLeft(inspector=found.entry.inspector_id)
    if found.entry.certificate_until < needed:
        raise CertificateExpired(
            inspector=found.entry.inspector_id,
            certificate=found.entry.certificate,
            until=found.entry.certificate_until,
            needed=needed,
        )


def _own(history: History, inspector: str, post: Post) -> Inspector:
    found = fold(history.own(inspector_of(inspector)))
    if found is None:
        raise InspectorUnknown(inspector=inspector)
    same_house = bureau_of(found.entry.organ) == bureau_of(post.organ)
    if not same_house or not covers(post.region, found.region):
        raise InspectorOfOtherOrgan(
            inspector=inspector, organ=f"{found.entry.organ}@{found.region}", post=post.id
        )
    return found


def entry_id(asked: EnterInspector) -> str:
    """The number of an entry: the one that is named, else that of the certificate."""
    return asked.inspector or f"INS-{asked.certificate}"


@decides(EnterInspector, reads=lambda asked: (Own(stream=inspector_of(entry_id(asked))),))
def enter(asked: EnterInspector, history: History, context: Context) -> Iterator[Decided]:
    """Enters an inspector once under a certificate; a named one is renewed."""
    inspector = entry_id(asked)
    if asked.inspector is not None:
        before: Inspector | None = _own(history, inspector, context.post)
    else:
        found = fold(history.own(inspector_of(inspector)))
        if found is not None and not found.left:
            raise InspectorAlreadyEntered(certificate=asked.certificate, inspector=inspector)
        before = found
    if asked.certificate_until < context.today:
        raise CertificateExpired(
            inspector=inspector,
            certificate=asked.certificate,
            until=asked.certificate_until,
            needed=context.today,
        )
    person = asked.person
    if person is None and before is not None:
        person = before.entry.person
    yield Decided(
        stream=inspector_of(inspector),
        subject=inspector,
        matter=before.matter if before else context.mint("M"),
        region=context.region,
        fact=InspectorEntered(
            inspector_id=inspector,
            organ=context.post.organ,
            region=context.region,
            certificate=asked.certificate,
            certificate_until=asked.certificate_until,
            specialities=asked.specialities,
            person=person,
        ),
    )


def _of(found: Inspector, fact: InspectorChanged) -> Decided:
    return Decided(
        stream=inspector_of(fact.inspector_id),
        subject=fact.inspector_id,
        matter=found.matter,
        region=found.region,
        fact=fact,
    )


@decides(ChangeInspector, reads=lambda asked: (Own(stream=inspector_of(asked.inspector)),))
def change(asked: ChangeInspector, history: History, context: Context) -> Iterator[Decided]:
    """Records an absence of stated days, or that the inspector left."""
    found = _own(history, asked.inspector, context.post)
    if found.left:
        raise InspectorLeft(inspector=asked.inspector)
    start, end = asked.away_from, asked.away_to
    both_days = start is not None and end is not None and start <= end
    if not both_days and (not asked.left or start is not None or end is not None):
        raise AbsenceIllFormed(start=start or "—", end=end or "—")
    yield _of(
        found,
        InspectorChanged(
            inspector_id=asked.inspector,
            organ=found.entry.organ,
            away_from=start,
            away_to=end,
            left=asked.left,
        ),
    )


@decides(DeclareRelation, reads=lambda asked: (Own(stream=inspector_of(asked.inspector)),))
def declare(asked: DeclareRelation, history: History, context: Context) -> Iterator[Decided]:
    """Records a relation once; whoever has one is not matched to that subject."""
    found = _own(history, asked.inspector, context.post)
    if (asked.organisation, asked.ground) in found.relations:
        raise RelationAlreadyDeclared(inspector=asked.inspector, organisation=asked.organisation)
    yield _of(
        found,
        InspectorChanged(
            inspector_id=asked.inspector,
            organ=found.entry.organ,
            relation_to=asked.organisation,
            ground=asked.ground,
        ),
    )
