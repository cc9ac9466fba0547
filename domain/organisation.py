"""Organisations: 市场监管's registration of market entities, and what it tells the registrant.

1. A unified social credit code is registered once and never used again
   (市场主体登记管理条例 21; GB 32100-2015).
2. Who registers is told at once which approvals the scope needs; the written promise not to
   operate before them is recorded where it was signed (双告知; S2 八).
3. A change of scope is told again in the same way. Cancellation (注销) and the revocation of
   the business licence (吊销营业执照) end the registration; nothing follows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Post,
    Read,
    Received,
    command,
    decides,
)
from domain.errors import Refusal
from domain.facts import Confidentiality, Fact, Recorded, fact
from domain.lead.disposal import disposed
from domain.lead.facts import Disposal, LeadKind
from domain.lead.state import Lead, find, reads_of
from domain.push.scope_matching import classify
from domain.terms import (
    Code,
    Identifier,
    OrganisationName,
    PersonRef,
    RegionCode,
    ScopeText,
    Term,
    Uscc,
)


class SubjectKind(StrEnum):
    """The kind of market entity (市场主体类型)."""

    ENTERPRISE = "ENTERPRISE"
    SELF_EMPLOYED = "SELF_EMPLOYED"
    COOPERATIVE = "COOPERATIVE"
    SOCIAL_ORGANISATION = "SOCIAL_ORGANISATION"
    PUBLIC_INSTITUTION = "PUBLIC_INSTITUTION"


class RegistrationChange(StrEnum):
    """What changed in a registration (变更类型)."""

    NAME = "NAME"
    ADDRESS = "ADDRESS"
    LEGAL_REP = "LEGAL_REP"
    SCOPE = "SCOPE"
    CANCELLED = "CANCELLED"
    BUSINESS_LICENCE_REVOKED = "BUSINESS_LICENCE_REVOKED"


@fact(
    "subject.registered.v1",
    family="registration",
    organs=("SAMR",),
    zh="市场主体登记",
    en="Subject registered",
    source="市场主体登记管理条例第21条",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class SubjectRegistered(Fact):
    """A market entity was registered; `region` is the supervising region, never read from the code."""

    uscc: Uscc
    name: OrganisationName
    kind: Annotated[SubjectKind, Term(zh="主体类型", en="Kind")]
    scope: ScopeText
    region: RegionCode
    registered_on: Annotated[date, Term(zh="登记日期", en="Registered on")]
    legal_representative: Annotated[
        PersonRef | None, Term(zh="法定代表人", en="Legal representative")
    ] = None


@fact(
    "subject.registration_changed.v1",
    family="registration",
    organs=("SAMR",),
    zh="登记事项变更",
    en="Registration changed",
    source="市场主体登记管理条例第24、31条",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class SubjectRegistrationChanged(Fact):
    """One registered item changed, or the registration ended (CANCELLED, BUSINESS_LICENCE_REVOKED).

    `before` and `after` hold the item as text; for SCOPE, `after` is the new scope. A change
    of legal representative carries a sealed reference and no text. `request` is the lead by
    which a revocation was asked for.
    """

    uscc: Uscc
    change: Annotated[RegistrationChange, Term(zh="变更类型", en="Change")]
    before: Annotated[str | None, Term(zh="变更前", en="Before", max_length=8000)] = None
    after: Annotated[str | None, Term(zh="变更后", en="After", max_length=8000)] = None
    changed_on: Annotated[date, Term(zh="变更日期", en="Changed on")]
    legal_representative: Annotated[
        PersonRef | None, Term(zh="法定代表人", en="Legal representative")
    ] = None
    request: Annotated[Identifier | None, Term(zh="所答复的提请", en="Request answered")] = None


@fact(
    "subject.registrant_notified.v1",
    family="registration",
    organs=("SAMR",),
    zh="双告知：已告知申请人",
    en="Registrant notified of approvals needed",
    source="辽宁省人力资源市场管理通知（2024-11-11）八；双告知",
)
@dataclass(frozen=True, kw_only=True)
class RegistrantNotified(Fact):
    """The registrar told the registrant which approvals the scope needs (双告知).

    `promise_signed_on` is the day the registrant promised in writing not to operate before
    approval; None where it did not sign.
    """

    uscc: Uscc
    approvals: Annotated[tuple[Code, ...], Term(zh="需办理的许可、备案", en="Approvals needed")]
    mapping_version: Identifier
    promise_signed_on: Annotated[date | None, Term(zh="承诺书签署日期", en="Promise signed on")] = (
        None
    )


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A market entity as registered now. `matter` is the matter its registration opened."""

    uscc: str
    name: str
    scope: str
    region: str
    matter: str
    registered_on: date
    address: str | None = None
    end: RegistrationChange | None = None
    ended_on: date | None = None


def evolve(state: Registration | None, recorded: Recorded[Any]) -> Registration | None:
    """The registration after one more fact of its stream."""
    match recorded.fact:
        case SubjectRegistered() as registered:
            return Registration(
                uscc=registered.uscc,
                name=registered.name,
                scope=registered.scope,
                region=registered.region,
                matter=recorded.matter,
                registered_on=registered.registered_on,
            )
        case SubjectRegistrationChanged() as changed if state is not None:
            after = changed.after or ""
            match changed.change:
                case RegistrationChange.NAME:
                    return replace(state, name=after)
                case RegistrationChange.ADDRESS:
                    return replace(state, address=after)
                case RegistrationChange.SCOPE:
                    return replace(state, scope=after)
                case RegistrationChange.LEGAL_REP:
                    return state
                case ending:
                    return replace(state, end=ending, ended_on=changed.changed_on)
        case _:
            return state


def fold(facts: Iterable[Recorded[Any]]) -> Registration | None:
    """The registration that a history of its stream amounts to; None before registration."""
    state: Registration | None = None
    for recorded in facts:
        state = evolve(state, recorded)
    return state


def stream_of(uscc: str) -> str:
    """The stream of one registration at 市场监管."""
    return f"organisation/{uscc}"


def known_registration(uscc: str) -> Received:
    """What another department reads to know a registration."""
    return Received(stream=stream_of(uscc))


@command(zh="登记市场主体", en="Register an organisation", source="市场主体登记管理条例第21条")
@dataclass(frozen=True, kw_only=True)
class RegisterOrganisation(Command):
    """Registers a market entity; the scope decides by itself whether a push follows (R01)."""

    organisation: Uscc
    name: OrganisationName
    kind: Annotated[SubjectKind, Term(zh="主体类型", en="Kind")] = SubjectKind.ENTERPRISE
    scope: ScopeText
    region: RegionCode | None = None
    registered_on: Annotated[date | None, Term(zh="登记日期", en="Registered on")] = None
    promise_signed_on: Annotated[date | None, Term(zh="承诺书签署日期", en="Promise signed on")] = (
        None
    )
    legal_representative: Annotated[
        PersonRef | None, Term(zh="法定代表人", en="Legal representative")
    ] = None


@command(zh="变更登记", en="Change a registration", source="市场主体登记管理条例第24、31条")
@dataclass(frozen=True, kw_only=True)
class ChangeRegistration(Command):
    """Records a change of one registered item, or the end of the registration.

    A revocation names the request that it answers: that lead has its outcome in the same act.
    """

    organisation: Uscc
    change: Annotated[RegistrationChange, Term(zh="变更类型", en="Change")]
    after: Annotated[str | None, Term(zh="变更后", en="After", max_length=8000, long=True)] = None
    changed_on: Annotated[date | None, Term(zh="变更日期", en="Changed on")] = None
    legal_representative: Annotated[
        PersonRef | None, Term(zh="法定代表人", en="Legal representative")
    ] = None
    request: Annotated[Identifier | None, Term(zh="所答复的提请", en="Request answered")] = None


class AlreadyRegistered(Refusal):
    """The code is registered."""

    zh = "{organisation}（{name}）已于{registered_on}登记。"
    en = "{organisation} ({name}) has been registered since {registered_on}."
    next_zh = "如登记事项有变，请办理变更登记。"
    next_en = "Record a change of registration instead."
    source = "市场主体登记管理条例第21条；GB 32100-2015"
    field = "organisation"


class NotRegistered(Refusal):
    """市场监管 has no such registration of its own."""

    zh = "{organisation}尚未登记。"
    en = "{organisation} is not registered."
    next_zh = "请核对代码，或先办理登记。"
    next_en = "Check the code, or register it first."
    source = "市场主体登记管理条例第3条"
    field = "organisation"


class SubjectUnknown(Refusal):
    """The registration has not reached this department (yet)."""

    zh = "本部门尚未收到{organisation}的登记信息。"
    en = "This department has received no registration of {organisation}."
    next_zh = "请核对代码；登记信息送达后可再次办理。"
    next_en = "Check the code; try again once the registration has arrived."
    source = "平台规则（先登记，后许可）"
    field = "organisation"
    transient = True


class SubjectEnded(Refusal):
    """The registration has ended."""

    zh = "{organisation}（{name}）已于{ended_on}终止（{end}）。"
    en = "{organisation} ({name}) ended on {ended_on} ({end})."
    next_zh = "对已终止的主体，只能办理许可注销。"
    next_en = "All that is left is to deregister what it holds."
    source = "市场主体登记管理条例第31条；行政许可法第70条"
    field = "organisation"


class RegistrationDateInFuture(DateInFuture):
    """The day of registration has not come."""

    field = "registered_on"


class PromiseDateInFuture(DateInFuture):
    """The day of the written promise has not come."""

    field = "promise_signed_on"


class ChangeDateInFuture(DateInFuture):
    """The day of the change has not come."""

    field = "changed_on"


class ChangeBeforeRegistration(DateBeforeItsGround):
    """The change is dated before the registration."""

    field = "changed_on"


class ChangeNeedsValue(Refusal):
    """The new value of the changed item is missing."""

    zh = "变更{change}须填写变更后的内容。"
    en = "A change of {change} needs its new value."
    next_zh = "请填写“变更后”（变更法定代表人的，填写法定代表人）。"
    next_en = "Fill in the new value (for the legal representative: the person)."
    source = "市场主体登记管理条例第24条"
    field = "after"


class NothingChanged(Refusal):
    """The new value is the old one."""

    zh = "{change}变更前后相同：{value}。"
    en = "{change} is {value} before and after."
    next_zh = "无需办理变更。"
    next_en = "There is nothing to change."
    source = "市场主体登记管理条例第24条"
    field = "after"


class RequestOnlyForRevocation(Refusal):
    """Another change answers no request to revoke."""

    zh = "只有吊销营业执照可以填写所答复的提请，{change}不填。"
    en = "Only a revocation of the business licence answers a request, {change} does not."
    next_zh = "请删去“所答复的提请”。"
    next_en = "Leave the request out."
    source = "辽宁省人力资源市场管理通知（2024-11-11）八"
    field = "request"


class RevocationRequestUnknown(Refusal):
    """No such request about this firm is with 市场监管."""

    zh = "没有关于{organisation}、待本机关答复的提请{request}。"
    en = "No request {request} about {organisation} waits for an answer here."
    next_zh = "请核对提请编号，并先签收、研判该提请。"
    next_en = "Check the request, sign for it and assess it first."
    source = "辽宁省人力资源市场管理通知（2024-11-11）八"
    field = "request"


ENDINGS = (RegistrationChange.CANCELLED, RegistrationChange.BUSINESS_LICENCE_REVOKED)


def received_registration(history: History, uscc: str) -> Registration:
    """The registration as another department received it, or SubjectUnknown."""
    registration = fold(history.received(known_registration(uscc)))
    if registration is None:
        raise SubjectUnknown(organisation=uscc)
    return registration


def must_exist(registration: Registration) -> Registration:
    """Refuses a subject whose registration has ended."""
    if registration.end is not None:
        raise SubjectEnded(
            organisation=registration.uscc,
            name=registration.name,
            ended_on=registration.ended_on,
            end=registration.end.value,
        )
    return registration


REQUESTS = (LeadKind.REVOCATION_REQUEST, LeadKind.REQUEST_TO_DEAL)
"""The kinds of lead that a revocation of the business licence answers."""


def _own(asked: RegisterOrganisation) -> tuple[Own, ...]:
    return (Own(stream=stream_of(asked.organisation)),)


def _own_and_request(asked: ChangeRegistration) -> tuple[Read, ...]:
    own = Own(stream=stream_of(asked.organisation))
    return (own, *(reads_of(asked.request) if asked.request is not None else ()))


def _request(asked: ChangeRegistration, history: History, post: Post) -> Lead | None:
    """The request that a revocation answers; None where it answers none."""
    if asked.request is None:
        return None
    if asked.change is not RegistrationChange.BUSINESS_LICENCE_REVOKED:
        raise RequestOnlyForRevocation(change=asked.change.value)
    lead = find(history, asked.request)
    if (
        lead is None
        or lead.sent.kind not in REQUESTS
        or lead.sent.subject_id != asked.organisation
        or not lead.received_by(post)
        or lead.assessed is None
        or lead.disposed is not None
    ):
        raise RevocationRequestUnknown(organisation=asked.organisation, request=asked.request)
    return lead


def _tell_registrant(
    uscc: str, scope: str, region: str, matter: str, promise: date | None, context: Context
) -> Iterator[Decided]:
    found = classify(scope, on=context.today)
    if found.needs:
        yield Decided(
            stream=stream_of(uscc),
            subject=uscc,
            matter=matter,
            region=region,
            fact=RegistrantNotified(
                uscc=uscc,
                approvals=tuple(found.needs),
                mapping_version=found.mapping_version,
                promise_signed_on=promise,
            ),
        )


@decides(RegisterOrganisation, reads=_own)
def register(asked: RegisterOrganisation, history: History, context: Context) -> Iterator[Decided]:
    """Registers a code once, and tells the registrant which approvals its scope needs."""
    uscc = asked.organisation
    before = fold(history.own(stream_of(uscc)))
    if before is not None:
        raise AlreadyRegistered(
            organisation=uscc, name=before.name, registered_on=before.registered_on
        )
    registered_on = asked.registered_on or context.today
    must_have_come(registered_on, context.today, RegistrationDateInFuture)
    if asked.promise_signed_on is not None:
        must_have_come(asked.promise_signed_on, context.today, PromiseDateInFuture)
    region, matter = asked.region or context.region, context.mint("M")
    yield Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=matter,
        region=region,
        effective=registered_on,
        fact=SubjectRegistered(
            uscc=uscc,
            name=asked.name,
            kind=asked.kind,
            scope=asked.scope,
            region=region,
            registered_on=registered_on,
            legal_representative=asked.legal_representative,
        ),
    )
    yield from _tell_registrant(uscc, asked.scope, region, matter, asked.promise_signed_on, context)


@decides(ChangeRegistration, reads=_own_and_request)
def change_registration(
    asked: ChangeRegistration, history: History, context: Context
) -> Iterator[Decided]:
    """Records a change; a new scope is told to the registrant again; an end is final."""
    uscc, change = asked.organisation, asked.change
    before = fold(history.own(stream_of(uscc)))
    if before is None:
        raise NotRegistered(organisation=uscc)
    must_exist(before)
    changed_on = asked.changed_on or context.today
    must_have_come(changed_on, context.today, ChangeDateInFuture)
    must_follow(changed_on, before.registered_on, ChangeBeforeRegistration)
    request = _request(asked, history, context.post)
    was = {
        RegistrationChange.NAME: before.name,
        RegistrationChange.ADDRESS: before.address,
        RegistrationChange.SCOPE: before.scope,
    }.get(change)
    named = asked.legal_representative if change is RegistrationChange.LEGAL_REP else asked.after
    if change not in ENDINGS:
        if not named:
            raise ChangeNeedsValue(change=change.value)
        if named == was:
            raise NothingChanged(change=change.value, value=was)
    textual = change is not RegistrationChange.LEGAL_REP and change not in ENDINGS
    yield Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=before.matter,
        region=before.region,
        effective=changed_on,
        fact=SubjectRegistrationChanged(
            uscc=uscc,
            change=change,
            before=was,
            after=asked.after if textual else None,
            changed_on=changed_on,
            legal_representative=asked.legal_representative
            if change is RegistrationChange.LEGAL_REP
            else None,
            request=asked.request,
        ),
    )
    if request is not None:
        yield disposed(request, Disposal.REGISTRATION_CHANGED, uscc)
    if change is RegistrationChange.SCOPE and asked.after:
        yield from _tell_registrant(uscc, asked.after, before.region, before.matter, None, context)
