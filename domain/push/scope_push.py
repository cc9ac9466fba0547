"""Pushes: 市场监管 sends a registered scope to 人社, which claims, guides and disposes (reference 4).

1. A registered or changed scope that matches a keyword is pushed to the supervising 人社,
   once for each registration fact (S2 八; R01).
2. 人社 claims the push, and tells a firm that needs a licence or a filing where and how to
   get it (R02, R03).
3. A claimed push ends in one outcome. LICENSED and FILED rest on a licence or filing, and
   follow by themselves from one that comes after the claim; NOT_OPERATING, OUT_OF_SCOPE and
   LEAD_OPENED are an officer's, with a reason (4.3).
4. What was registered before the platform is pushed by an officer, once (S1 四（一）).
5. A push that stays open for 30 working days raises a warning, once (4.3).

A push is two aggregates, each owner's half: `scope_push/<USCC>` at 市场监管 and
`push_claim/<USCC>` at 人社, joined by the facts they publish. What 人社 decides stands in
`domain.push.push_claim`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from domain import organisation
from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.errors import Refusal
from domain.facts import Fact, Recorded, fact
from domain.push.scope_matching import ScopeMatch, classify
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import (
    Code,
    Identifier,
    OrganisationName,
    Reason,
    RegionCode,
    ScopeText,
    ShortText,
    Term,
    Uscc,
)


class PushOutcome(StrEnum):
    """How 人社 disposed of a push (reference 4.3)."""

    LICENSED = "LICENSED"
    FILED = "FILED"
    NOT_OPERATING = "NOT_OPERATING"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    LEAD_OPENED = "LEAD_OPENED"


@fact(
    "push.scope_pushed.v1",
    family="push",
    organs=("SAMR",),
    zh="经营范围推送",
    en="Business scope pushed",
    source="辽宁省人力资源市场管理通知（2024-11-11）八；鄂人社函〔2022〕97号；平台规则（R01）",
)
@dataclass(frozen=True, kw_only=True)
class BusinessScopePushed(Fact):
    """市场监管 pushed a scope that matches a keyword to the supervising 人社.

    `phrases` are the keyword codes (K1..K8) left after negation, `excluded` those that a
    negation took away, `classes` their classes, `needs` the licence types and filing
    services to clarify. `registration_event` is the fact that gave rise to it.
    """

    push_id: Identifier
    uscc: Uscc
    name: OrganisationName
    scope: ScopeText
    phrases: Annotated[tuple[Code, ...], Term(zh="命中词", en="Phrases")]
    classes: Annotated[tuple[Code, ...], Term(zh="分类", en="Classes")]
    excluded: Annotated[tuple[Code, ...], Term(zh="排除的命中词", en="Excluded phrases")]
    needs: Annotated[tuple[Code, ...], Term(zh="需办理事项", en="Needs")]
    in_draw_population: Annotated[bool, Term(zh="属于抽查总体", en="In the draw population")]
    mapping_version: Identifier
    to_region: RegionCode
    registration_event: Identifier


@fact(
    "push.claimed.v1",
    family="push",
    organs=("HRSS_MKT",),
    zh="推送认领",
    en="Push claimed",
    source="平台规则（R02）",
)
@dataclass(frozen=True, kw_only=True)
class PushClaimed(Fact):
    """人社 claimed a push; with a class that needs a licence or filing, guidance is due (R03)."""

    push_id: Identifier
    uscc: Uscc
    needs: Annotated[tuple[Code, ...], Term(zh="需办理事项", en="Needs")]


@fact(
    "push.guidance_issued.v1",
    family="push",
    organs=("HRSS_MKT",),
    zh="许可备案指引",
    en="Licensing guidance issued",
    source="平台规则（R03）",
)
@dataclass(frozen=True, kw_only=True)
class LicensingGuidanceIssued(Fact):
    """人社 told the firm what it needs, where and how, and until when to reply."""

    push_id: Identifier
    uscc: Uscc
    needs: Annotated[tuple[Code, ...], Term(zh="需办理事项", en="Needs")]
    where: ShortText
    how: ShortText
    reply_due: Annotated[date | None, Term(zh="答复期限", en="Reply due")] = None


@fact(
    "push.disposed.v1",
    family="push",
    organs=("HRSS_MKT", "HRSS_APPR"),
    zh="推送办结",
    en="Push disposed",
    source="平台规则（推送办结）",
)
@dataclass(frozen=True, kw_only=True)
class PushDisposed(Fact):
    """A push reached its outcome; `basis` is the licence, filing, declaration or lead it rests on."""

    push_id: Identifier
    uscc: Uscc
    outcome: Annotated[PushOutcome, Term(zh="办结结果", en="Outcome")]
    basis: Identifier | None = None
    reason: Reason | None = None


@command(zh="推送经营范围", en="Push a business scope", source="平台规则（R01）", automatic=True)
@dataclass(frozen=True, kw_only=True)
class PushBusinessScope(Command):
    """R01: pushes the scope of a registration whose text matches 4.2."""

    organisation: Uscc
    registration_event: Identifier


@command(
    zh="推送存量经营范围",
    en="Push a standing scope",
    source=f"{CAMPAIGN_PLAN}四（一）；平台规则（存量主体推送）",
)
@dataclass(frozen=True, kw_only=True)
class PushStandingScope(Command):
    """Pushes the scope of a firm registered before the platform, as it stands today."""

    organisation: Uscc


class ScopeAlreadyPushed(Refusal):
    """The scope as it stands was pushed."""

    zh = "{organisation}现行经营范围已推送（{push}）。"
    en = "The scope of {organisation} as it stands was pushed as {push}."
    next_zh = "无需重复推送；经营范围变更时自动推送。"
    next_en = "Nothing is left to push; a change is pushed by itself."
    source = "平台规则（存量主体推送）"
    field = "organisation"


class ScopeNotWatched(Refusal):
    """The scope names none of the watched phrases."""

    zh = "{organisation}的经营范围“{scope}”不含关注的词语，无需推送。"
    en = "The scope of {organisation} names none of the watched phrases: {scope}."
    next_zh = "请核对主体；经营范围有误的，先办理变更登记。"
    next_en = "Check the firm, or have its scope changed first."
    source = "平台规则（R01）"
    field = "organisation"


class RegistrationEventUnknown(Refusal):
    """No registration or change of scope has this id."""

    zh = "{organisation}没有编号为{registration_event}的登记或经营范围变更。"
    en = "{organisation} has no registration or change of scope {registration_event}."
    next_zh = "请核对登记事件编号。"
    next_en = "Check the id of the registration fact."
    source = "平台规则（R01）"
    field = "registration_event"


def stream_of(uscc: str) -> str:
    """The stream of a firm's pushes at 市场监管."""
    return f"scope_push/{uscc}"


@decides(
    PushBusinessScope,
    reads=lambda asked: (
        Own(stream=organisation.stream_of(asked.organisation)),
        Own(stream=stream_of(asked.organisation)),
    ),
)
def push(asked: PushBusinessScope, history: History, context: Context) -> Iterator[Decided]:
    """Pushes the scope of one registration fact; a scope without a keyword gives no push."""
    uscc = asked.organisation
    pushed = history.own(stream_of(uscc))
    if any(one.fact.registration_event == asked.registration_event for one in pushed):
        return
    registration: organisation.Registration | None = None
    for recorded in history.own(organisation.stream_of(uscc)):
        registration = organisation.evolve(registration, recorded)
        if recorded.id == asked.registration_event:
            break
    else:
        registration = None
    if registration is None:
        raise RegistrationEventUnknown(
            organisation=uscc, registration_event=asked.registration_event
        )
    found = classify(registration.scope, on=context.today)
    if found.phrases:
        yield _pushed(registration, found, asked.registration_event, context)


@decides(
    PushStandingScope,
    reads=lambda asked: (
        Own(stream=organisation.stream_of(asked.organisation)),
        Own(stream=stream_of(asked.organisation)),
    ),
)
def push_standing(
    asked: PushStandingScope, history: History, context: Context
) -> Iterator[Decided]:
    """Pushes a standing scope once; a change of it is pushed by itself."""
    uscc = asked.organisation
    facts = history.own(organisation.stream_of(uscc))
    known = organisation.fold(facts)
    if known is None:
        raise organisation.NotRegistered(organisation=uscc)
    registration = organisation.must_exist(known)
    scoped = [one for one in facts if _tells_a_scope(one)][-1]
    for one in history.own(stream_of(uscc)):
        if one.fact.registration_event == scoped.id:
            raise ScopeAlreadyPushed(organisation=uscc, push=one.fact.push_id)
    found = classify(registration.scope, on=context.today)
    if not found.phrases:
        raise ScopeNotWatched(organisation=uscc, scope=registration.scope)
    yield _pushed(registration, found, scoped.id, context)


def _tells_a_scope(one: Recorded[Any]) -> bool:
    fact = one.fact
    return isinstance(fact, organisation.SubjectRegistered) or (
        isinstance(fact, organisation.SubjectRegistrationChanged)
        and fact.change is organisation.RegistrationChange.SCOPE
    )


def _pushed(
    registration: organisation.Registration, found: ScopeMatch, event: str, context: Context
) -> Decided:
    uscc = registration.uscc
    return Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=registration.matter,
        region=registration.region,
        fact=BusinessScopePushed(
            push_id=context.mint("P"),
            uscc=uscc,
            name=registration.name,
            scope=registration.scope,
            phrases=found.phrases,
            classes=found.classes,
            excluded=found.excluded,
            needs=found.needs,
            in_draw_population=found.in_draw_population,
            mapping_version=found.mapping_version,
            to_region=registration.region,
            registration_event=event,
        ),
    )
