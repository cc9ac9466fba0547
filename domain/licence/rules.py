"""What the acts on a licence share: who grants each type, and the subject that holds it.

1. Each type is granted by the organs that the law names (reference 3.1), in the procedures
   it offers; only 人社 offers commitment (令50 7; 3.4).
2. A licence follows registration and needs a registered scope that covers it (3.1).
3. Commitment is closed to a firm with an earlier false commitment until it is repaired
   (Henan [W]) and to grades C and D (S4; 3.4 item 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from domain import finding
from domain.commands import Context, Decided, History, Own, Read
from domain.errors import Refusal
from domain.facts import Fact
from domain.licence.facts import AnnulmentCause, LicenceType, Mode
from domain.licence.state import Licence, Licences, fold, stream_of
from domain.powers import for_itself
from domain.push.scope_matching import classify, mapping_on


@dataclass(frozen=True, kw_only=True)
class LicenceKind:
    """One row of reference 3.1: who grants it, and how.

    `validity` and `renewal` are names of regional settings, None where the law sets no
    period. `staff` says whether the least number of full-time staff is a condition, `scoped`
    whether the registered scope must cover it.
    """

    type: LicenceType
    zh: str
    en: str
    organs: tuple[str, ...]
    revokers: tuple[str, ...]
    modes: tuple[Mode, ...]
    validity: str | None
    renewal: str | None
    staff: bool
    scoped: bool
    source: str


KINDS: dict[LicenceType, LicenceKind] = {
    kind.type: kind
    for kind in (
        LicenceKind(
            type=LicenceType.LIC_HRS,
            zh="人力资源服务许可",
            en="Human-resources service licence",
            organs=("HRSS_APPR",),
            revokers=("HRSS_INSP",),
            modes=(Mode.GENERAL, Mode.COMMITMENT),
            validity="validity_years_LIC_HRS",
            renewal="renewal_days",
            staff=True,
            scoped=True,
            source="人力资源市场暂行条例第18条；人力资源服务机构管理规定第5至7条",
        ),
        LicenceKind(
            type=LicenceType.LIC_DISPATCH,
            zh="劳务派遣经营许可",
            en="Labour-dispatch licence",
            organs=("HRSS_APPR", "HRSS_LR"),
            revokers=("HRSS_INSP",),
            modes=(Mode.GENERAL, Mode.COMMITMENT),
            validity="validity_years_LIC_DISPATCH",
            renewal="renewal_days_LIC_DISPATCH",
            staff=False,
            scoped=True,
            source="劳动合同法第57条；劳务派遣行政许可实施办法",
        ),
        LicenceKind(
            type=LicenceType.QUAL_FLC,
            zh="对外劳务合作经营资格",
            en="Foreign labour cooperation qualification",
            organs=("COM",),
            revokers=("COM",),
            modes=(Mode.GENERAL,),
            validity=None,
            renewal=None,
            staff=False,
            scoped=True,
            source="对外劳务合作管理条例第5至7条",
        ),
        LicenceKind(
            type=LicenceType.PERMIT_EVENT,
            zh="大型群众性活动安全许可",
            en="Large-event safety permit",
            organs=("PSB",),
            revokers=(),
            modes=(Mode.GENERAL,),
            validity=None,
            renewal=None,
            staff=False,
            scoped=False,
            source="大型群众性活动安全管理条例第12至14条",
        ),
    )
}
"""Every kind of licence by its type."""


class WrongOrganForType(Refusal):
    """The organ does not deal with this type of licence."""

    zh = "{organ}不办理{type_zh}（{type}）。"
    en = "{organ} does not deal with {type}."
    next_zh = "请转交{holders}。"
    next_en = "Hand it to {holders}."
    source = "行政许可法第22条；平台许可种类表"
    field = "type"


class CommitmentNotOffered(Refusal):
    """This type knows the general procedure only."""

    zh = "{type_zh}（{type}）不适用告知承诺。"
    en = "{type} is not granted by commitment."
    next_zh = "请按一般程序申请。"
    next_en = "Apply in the general procedure."
    source = "平台许可种类表"
    field = "mode"


class CommitmentModeExcluded(Refusal):
    """The firm may not use the commitment procedure."""

    zh = "{organisation}不得适用告知承诺：{reason_zh}。"
    en = "{organisation} is excluded from the commitment procedure: {reason_en}."
    next_zh = "请按一般程序申请；信用修复后可再选择告知承诺。"
    next_en = "Apply in the general procedure; commitment is open again after credit repair."
    source = "许昌市人力资源服务机构诚信建设通知（2023）；平台规则（R15）"
    field = "mode"


class ScopeNotRegistered(Refusal):
    """The registered scope does not cover the licence."""

    zh = "{organisation}登记的经营范围“{scope}”不包含{type_zh}。"
    en = "The registered scope of {organisation}, “{scope}”, does not cover {type}."
    next_zh = "请先向市场监管部门变更经营范围。"
    next_en = "Have the scope changed with market regulation first."
    source = "人力资源市场暂行条例第18条"
    field = "organisation"


class ConditionsNotMet(Refusal):
    """A declared value is below the statutory condition."""

    zh = "专职工作人员{declared}人，少于规定的{least}人。"
    en = "{declared} full-time staff are declared; {least} are required."
    next_zh = "符合条件后再申请。"
    next_en = "Apply again once the condition is met."
    source = "人力资源服务机构管理规定第6条"
    field = "full_time_staff"


class NotInForce(Refusal):
    """There is no licence in force to act on."""

    zh = "{organisation}的{type}当前状态为{state}，不能办理。"
    en = "The {type} of {organisation} is {state}; nothing can be done with it."
    next_zh = "请核对许可状态；未取得或已终止的须重新申请。"
    next_en = "Check its state; what was never held or has ended must be applied for anew."
    source = "平台规则（许可状态）"
    field = "type"


def must_deal_with(context: Context, kind: LicenceType, organisation: str) -> LicenceKind:
    """The row of a type, where the acting organ (or the firm itself) may deal with it."""
    row = KINDS[kind]
    organ = context.post.organ
    if organ == "AGENCY":
        for_itself(context.post, organisation)
    elif organ not in row.organs:
        raise WrongOrganForType(
            organ=organ, type=kind.value, type_zh=row.zh, holders="、".join(row.organs)
        )
    return row


def read_all_types(uscc: str) -> tuple[Read, ...]:
    """The firm's streams of every type that 人社 grants by commitment."""
    return tuple(
        Own(stream=stream_of(uscc, row.type))
        for row in KINDS.values()
        if Mode.COMMITMENT in row.modes
    )


def must_be_open_to_commitment(
    row: LicenceKind, uscc: str, history: History, grade: str | None = None
) -> None:
    """Refuses the commitment procedure where the type or the firm's record closes it.

    `grade` is the firm's credit grade as far as this department knows one.
    """
    if Mode.COMMITMENT not in row.modes:
        raise CommitmentNotOffered(type=row.type.value, type_zh=row.zh)
    for read in read_all_types(uscc):
        assert isinstance(read, Own)
        if _broke_a_commitment(fold(history.own(read.stream))):
            raise CommitmentModeExcluded(
                organisation=uscc,
                reason_zh="此前承诺不实，尚未完成信用修复",
                reason_en="an earlier commitment was false and is not repaired",
            )
    if grade in ("C", "D"):
        raise CommitmentModeExcluded(
            organisation=uscc,
            reason_zh=f"信用等级为{grade}",
            reason_en=f"its credit grade is {grade}",
        )


def _broke_a_commitment(licences: Licences) -> bool:
    return licences.false_commitment or any(
        one.annulled_for in (AnnulmentCause.FALSE_COMMITMENT, AnnulmentCause.FRAUD_OR_BRIBERY)
        for one in licences.held
    )


def must_cover(row: LicenceKind, uscc: str, scope: str, on: date) -> None:
    """Refuses a registered scope that does not cover the licence.

    A phrase that surely needs the licence covers it. A phrase that only may need it covers
    it unless the scope excludes, by name, a phrase that does.
    """
    if not row.scoped:
        return
    found = classify(scope, on=on)
    standing = {*found.phrases, *found.watch}
    phrases = [one for one in mapping_on(on).phrases if row.type.value in one.needs]
    surely = any(one.code in standing and one.certain for one in phrases)
    perhaps = any(one.code in standing for one in phrases)
    excluded = any(one.code in found.excluded and one.certain for one in phrases)
    if not surely and (excluded or not perhaps):
        raise ScopeNotRegistered(
            organisation=uscc, scope=scope, type=row.type.value, type_zh=row.zh
        )


def must_meet_conditions(row: LicenceKind, declared: int | None, policy: Mapping[str, Any]) -> None:
    """Refuses a declared staff below the least. What is not declared the officer examines."""
    least = int(policy.get("full_time_staff_min", 3))
    if row.staff and declared is not None and declared < least:
        raise ConditionsNotMet(declared=declared, least=least)


def validity_years(row: LicenceKind, asked: int | None, policy: Mapping[str, Any]) -> int | None:
    """The years of a grant: as asked, else the region's, else none."""
    if asked is not None or row.validity is None:
        return asked
    return int(policy[row.validity])


class OnLicence(Protocol):
    """A command about one firm's licences of one type."""

    @property
    def organisation(self) -> str:
        """The firm's unified social credit code."""
        ...

    @property
    def type(self) -> LicenceType:
        """The licence type."""
        ...


def reads_licences(asked: OnLicence) -> tuple[Read, ...]:
    """What to read to know the licences that a command is about."""
    return (Own(stream=stream_of(asked.organisation, asked.type)),)


def reads_with_findings(asked: OnLicence) -> tuple[Read, ...]:
    """The licences that a command is about, with what was found of their holder."""
    return (*reads_licences(asked), Own(stream=finding.stream_of(asked.organisation)))


def licences_of(asked: OnLicence, history: History) -> Licences:
    """The licences that a command is about."""
    return fold(history.own(stream_of(asked.organisation, asked.type)))


def standing(asked: OnLicence, history: History, context: Context) -> Licence:
    """The licence in force (or suspended), dealt with by an organ that may, else NotInForce."""
    must_deal_with(context, asked.type, asked.organisation)
    return standing_licence(
        licences_of(asked, history), asked.organisation, asked.type, context.today
    )


def standing_licence(licences: Licences, uscc: str, kind: LicenceType, day: date) -> Licence:
    """The licence that is in force or suspended on a day, or NotInForce with its state."""
    standing = licences.standing(day)
    if standing is None:
        last = licences.latest
        raise NotInForce(
            organisation=uscc,
            type=kind.value,
            state="NONE" if last is None else last.state_on(day).value,
        )
    return standing


def on_licence(
    licence: Licence, uscc: str, kind: LicenceType, fact: Fact, *, effective: date | None = None
) -> Decided:
    """A fact on a licence's own stream, in its matter and region."""
    return Decided(
        stream=stream_of(uscc, kind),
        subject=uscc,
        matter=licence.matter,
        region=licence.region,
        effective=effective,
        fact=fact,
    )
