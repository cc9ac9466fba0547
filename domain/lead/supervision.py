"""Supervised listing (挂牌督办; reference 7.5).

1. A superior organ of the same system (上级机关), or the leading group and its office, lists a
   case or lead with the organ that is in charge of it, its requirements and a term of its own.
2. It is released only when each listed requirement is proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.calendar.deadlines import Period, Unit, due
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.departments import covers, node_of
from domain.errors import Refusal
from domain.lead.channels import can_receive, is_superior
from domain.lead.facts import CaseSupervisionChanged, SupervisionAction, listing_of
from domain.lead.grounds import ground_of, reads_for
from domain.lead.halves import both, known
from domain.terms import Identifier, OrganCode, Reason, RegionCode, SubjectId, Term


@command(
    zh="挂牌督办",
    en="List a case for supervision",
    source="辽宁省人力资源市场管理通知（2024-11-11）十；平台规则（挂牌督办）",
)
@dataclass(frozen=True, kw_only=True)
class ListForSupervision(Command):
    """Lists a case or lead; `working_days` is the listing's own term."""

    about: Identifier
    organisation: SubjectId
    responsible_organ: OrganCode
    responsible_region: RegionCode | None = None
    requirements: Annotated[tuple[Reason, ...], Term(zh="督办要求", en="Requirements", min_items=1)]
    working_days: Annotated[
        int, Term(zh="办结期限（工作日）", en="Working days", minimum=1, maximum=250)
    ] = 30
    public: Annotated[bool, Term(zh="向社会公开", en="Public")] = False


@command(
    zh="解除挂牌督办",
    en="Release a case from supervision",
    source="平台规则（挂牌督办，办结条件经证明后解除）",
)
@dataclass(frozen=True, kw_only=True)
class ReleaseFromSupervision(Command):
    """Ends a listing; `proofs` answer the requirements one by one, in their order."""

    about: Identifier
    proofs: Annotated[tuple[Reason, ...], Term(zh="完成情况证明", en="Proofs", min_items=1)]


class SupervisedUnknown(Refusal):
    """The case or lead is not known to the listing department."""

    zh = "本部门没有编号为{about}的案件、线索或违法事项，或尚未收到。"
    en = "This department knows no case, lead or finding {about}, or has not received it yet."
    next_zh = "请核对编号；送达后可再次办理。"
    next_en = "Check the number; try again once it has arrived."
    source = "平台规则（挂牌督办）"
    field = "about"
    transient = True


class SupervisedSubjectDiffers(Refusal):
    """The case or lead concerns another subject."""

    zh = "{about}的对象是{subject}，不是{organisation}。"
    en = "{about} concerns {subject}, not {organisation}."
    next_zh = "请填写同一对象。"
    next_en = "Name the same subject."
    source = "平台规则（挂牌督办）"
    field = "organisation"


class SupervisedAlreadyClosed(Refusal):
    """Nothing is left to supervise."""

    zh = "{about}已办结，不再挂牌督办。"
    en = "{about} is closed and cannot be listed."
    next_zh = "如需重新办理，请先重新立案或另行交办。"
    next_en = "Have it reopened, or assign it anew."
    source = "平台规则（挂牌督办）"
    field = "about"


class NotSuperiorOfResponsible(Refusal):
    """Only a superior, or the coordinating office, lists another's case."""

    zh = "{organ}（{region}）不是{responsible_organ}（{responsible_region}）的上级机关，不能挂牌督办。"
    en = "{organ} in {region} is no superior of {responsible_organ} in {responsible_region}."
    next_zh = "请由上级机关或领导小组办公室挂牌督办。"
    next_en = "Let a superior or the leading group's office list it."
    source = "平台规则（挂牌督办）"
    field = "responsible_region"


class ResponsibleNotInCharge(Refusal):
    """The organ named as responsible does not deal with the case or lead."""

    zh = "{about}由{organ}所在系统承办，不能以{responsible_organ}为责任单位。"
    en = "{about} is with the department of {organ}; {responsible_organ} cannot answer for it."
    next_zh = "请将承办机关填为责任单位。"
    next_en = "Name the organ in charge as the responsible one."
    source = "平台规则（挂牌督办）"
    field = "responsible_organ"


class AlreadyUnderSupervision(Refusal):
    """The same organ has listed it."""

    zh = "{about}已由{organ}（{region}）挂牌督办，期限至{due}。"
    en = "{about} has been listed by {organ} in {region} until {due}."
    next_zh = "需要变更要求的，请先解除再挂牌。"
    next_en = "Release it before you list it with other requirements."
    source = "平台规则（挂牌督办）"
    field = "about"


class NotUnderSupervision(Refusal):
    """No listing of this organ is open."""

    zh = "{about}没有由{organ}（{region}）挂牌的督办事项。"
    en = "{organ} in {region} has no open listing of {about}."
    next_zh = "请由挂牌的机关解除。"
    next_en = "Let the organ that listed it release it."
    source = "平台规则（挂牌督办）"
    field = "about"


class RequirementsNotProved(Refusal):
    """A listed requirement has no proof."""

    zh = "{about}有{required}项督办要求，只说明了{proved}项的完成情况。"
    en = "{about} was listed with {required} requirements; {proved} are proved."
    next_zh = "请逐项说明每一项要求的完成情况。"
    next_en = "Prove each requirement, one by one."
    source = "平台规则（挂牌督办，办结条件经证明后解除）"
    field = "proofs"


def _open(
    history: History, about: str, context: Context
) -> tuple[CaseSupervisionChanged, str] | None:
    """The open listing of the post's organ in its territory, and its matter."""
    found: tuple[CaseSupervisionChanged, str] | None = None
    for one in known(history, listing_of(about)):
        fact = one.fact
        if not isinstance(fact, CaseSupervisionChanged):
            continue
        if one.organ != context.post.organ or one.post.partition("@")[2] != context.post.region:
            continue
        found = (fact, one.matter) if fact.action is SupervisionAction.LISTED else None
    return found


def _reads(asked: ListForSupervision) -> tuple[Read, ...]:
    return (*both(listing_of(asked.about)), *reads_for(asked.about, asked.organisation))


@decides(ListForSupervision, reads=_reads)
def list_for_supervision(
    asked: ListForSupervision, history: History, context: Context
) -> Iterator[Decided]:
    """Lists an open case or lead of a subordinate territory, once for each superior."""
    about = asked.about
    ground = ground_of(history, about, asked.organisation)
    if ground is None:
        raise SupervisedUnknown(about=about)
    if ground.subject != asked.organisation:
        raise SupervisedSubjectDiffers(
            about=about, subject=ground.subject, organisation=asked.organisation
        )
    responsible = can_receive(asked.responsible_organ)
    if node_of(responsible) is not node_of(ground.organ):
        raise ResponsibleNotInCharge(about=about, organ=ground.organ, responsible_organ=responsible)
    region = asked.responsible_region or ground.region
    _check_level(responsible, region, context)
    if ground.closed:
        raise SupervisedAlreadyClosed(about=about)
    before = _open(history, about, context)
    if before is not None:
        raise AlreadyUnderSupervision(
            about=about,
            organ=context.post.organ,
            region=context.post.region,
            due=before[0].due.isoformat(),
        )
    yield _decided(
        ground.matter,
        CaseSupervisionChanged(
            listing_id=context.mint("SV"),
            action=SupervisionAction.LISTED,
            about=about,
            subject_id=asked.organisation,
            responsible_organ=asked.responsible_organ,
            responsible_region=region,
            requirements=asked.requirements,
            due=due(context.today, Period(asked.working_days, Unit.WD)).day,
            public=asked.public,
        ),
    )


def _check_level(responsible: str, region: str, context: Context) -> None:
    own, organ = context.post.region, context.post.organ
    coordinates = organ in ("LG", "LGO") and covers(own, region)
    above = is_superior(own, region) and node_of(organ) is node_of(responsible)
    if not coordinates and not above:
        raise NotSuperiorOfResponsible(
            organ=organ, region=own, responsible_organ=responsible, responsible_region=region
        )


@decides(ReleaseFromSupervision, reads=lambda asked: both(listing_of(asked.about)))
def release(asked: ReleaseFromSupervision, history: History, context: Context) -> Iterator[Decided]:
    """Ends a listing by the organ that made it, each of its requirements proved."""
    found = _open(history, asked.about, context)
    if found is None:
        raise NotUnderSupervision(
            about=asked.about, organ=context.post.organ, region=context.post.region
        )
    listed, matter = found
    if len(asked.proofs) < len(listed.requirements):
        raise RequirementsNotProved(
            about=asked.about, required=len(listed.requirements), proved=len(asked.proofs)
        )
    yield _decided(
        matter,
        CaseSupervisionChanged(
            listing_id=listed.listing_id,
            action=SupervisionAction.RELEASED,
            about=asked.about,
            subject_id=listed.subject_id,
            responsible_organ=listed.responsible_organ,
            responsible_region=listed.responsible_region,
            requirements=listed.requirements,
            due=listed.due,
            public=listed.public,
            proofs=asked.proofs,
        ),
    )


def _decided(matter: str, fact: CaseSupervisionChanged) -> Decided:
    return Decided(
        stream=listing_of(fact.about),
        subject=fact.subject_id,
        matter=matter,
        region=fact.responsible_region,
        fact=fact,
    )
