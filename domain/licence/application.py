"""Applications for a licence: from the first day until it is accepted or ended (reference 3.2, 3.4, 3.5).

1. An application opens a matter of its own, joined to the push it follows, else to the
   registration.
2. The applicant is told once of everything that is missing; silence for five working days
   is acceptance (行政许可法 32).
3. In the general procedure an application is accepted before it is denied.
4. The term to decide is extended once, by ten working days, with a reason (行政许可法 42).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from domain import organisation
from domain.calendar.deadlines import Period, Unit, due
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    command,
    decides,
)
from domain.errors import Refusal
from domain.licence.facts import (
    ApplicationOutcome,
    CompletionSubmitted,
    DecisionTermExtended,
    LicenceApplicationHandled,
    LicenceApplied,
    LicenceType,
    Mode,
    Type,
)
from domain.licence.rules import (
    LicenceKind,
    must_be_open_to_commitment,
    must_cover,
    must_deal_with,
    must_meet_conditions,
    read_all_types,
    reads_licences,
)
from domain.licence.state import Application, ApplicationState, Licences, fold, stream_of
from domain.matter import MatterLinked
from domain.matter import stream_of as matter_stream
from domain.push import push_claim
from domain.terms import (
    Code,
    Identifier,
    PersonRef,
    Persons,
    Reason,
    ShortText,
    Term,
    Uscc,
)

TERM_TO_TELL = Period(5, Unit.WD)
"""DL-LIC-01: the term to ask for completion (行政许可法 32)."""


@command(zh="登记许可申请", en="Record a licence application", source="人力资源市场暂行条例第19条")
@dataclass(frozen=True, kw_only=True)
class ApplyForLicence(Command):
    """Records an application in the general or the commitment procedure."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    mode: Annotated[Mode, Term(zh="办理方式", en="Procedure")] = Mode.GENERAL
    scope: ShortText = "职业中介活动"
    online: Annotated[bool, Term(zh="开展网络招聘服务", en="Online recruitment")] = False
    full_time_staff: Persons | None = None
    checklist: Annotated[tuple[Code, ...], Term(zh="已提交材料", en="Materials")] = ()
    contact: Annotated[PersonRef | None, Term(zh="联系人", en="Contact")] = None


@command(zh="处理许可申请", en="Handle an application", source="行政许可法第32条")
@dataclass(frozen=True, kw_only=True)
class HandleLicenceApplication(Command):
    """Accepts, sends back for completion (everything at once), does not accept, or denies."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    outcome: Annotated[ApplicationOutcome, Term(zh="处理结果", en="Outcome")]
    missing: Annotated[tuple[ShortText, ...], Term(zh="需补正材料", en="Missing")] = ()
    reason: Reason | None = None


@command(zh="提交补正材料", en="Submit completion", source="行政许可法第32条")
@dataclass(frozen=True, kw_only=True)
class SubmitCompletion(Command):
    """Records that the applicant handed in what was missing."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS


@command(zh="延长许可决定期限", en="Extend the decision term", source="行政许可法第42条")
@dataclass(frozen=True, kw_only=True)
class ExtendDecisionTerm(Command):
    """Extends the term to decide by 10 working days, once, with a reason."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    reason: Reason


@command(
    zh="视为受理",
    en="Deem an application accepted",
    source="行政许可法第32条第1款第（四）项",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class DeemApplicationAccepted(Command):
    """Silence for five working days: the application counts as accepted from its receipt."""

    organisation: Uscc
    type: Type
    application: Identifier


class LicenceAlreadyHeld(Refusal):
    """A licence of this type is in force."""

    zh = "{organisation}已持有{type}（{licence}），有效期至{valid_to}。"
    en = "{organisation} holds {type} ({licence}), valid to {valid_to}."
    next_zh = "请办理变更或延续。"
    next_en = "Apply for a change or a renewal."
    source = "行政许可法第49、50条"
    field = "type"


class ApplicationOpen(Refusal):
    """An application is being dealt with."""

    zh = "{organisation}的{type}申请（{application}）正在办理。"
    en = "An application of {organisation} for {type} is open ({application})."
    next_zh = "请先办结或撤回该申请。"
    next_en = "Decide or withdraw it first."
    source = "平台规则（许可状态）"
    field = "type"


class NoOpenApplication(Refusal):
    """There is nothing to decide on."""

    zh = "{organisation}没有办理中的{type}申请。"
    en = "{organisation} has no open application for {type}."
    next_zh = "请先登记申请。"
    next_en = "Record an application first."
    source = "行政许可法第29条"
    field = "organisation"


class ApplicationNotAccepted(Refusal):
    """In the general procedure acceptance comes first."""

    zh = "申请{application}当前为{state}，一般程序须先受理。"
    en = "The application {application} is {state}; the general procedure accepts it first."
    next_zh = "请先受理申请；已要求补正的，待补正后受理。"
    next_en = "Accept it first; one sent back must be completed before."
    source = "行政许可法第32、34条"
    field = "organisation"


class ApplicationAlreadyAccepted(Refusal):
    """The application is accepted; it can only be decided."""

    zh = "申请{application}已受理，不能再作“{outcome}”处理。"
    en = "The application {application} is accepted; {outcome} comes too late."
    next_zh = "请作出准予或不予许可的决定。"
    next_en = "Grant or deny the licence."
    source = "行政许可法第32、38条"
    field = "outcome"


class ToldBefore(Refusal):
    """The applicant was told of what is missing before."""

    zh = "申请{application}已一次性告知补正内容，不得再次要求补正。"
    en = "The applicant of {application} was told once of everything missing."
    next_zh = "请受理，或说明理由不予受理。"
    next_en = "Accept it, or refuse acceptance with a reason."
    source = "行政许可法第32条第1款第（四）项"
    field = "outcome"


class MissingNotNamed(Refusal):
    """A request for completion names nothing."""

    zh = "要求补正须一次告知需补正的全部内容。"
    en = "A request for completion must name everything that is missing."
    next_zh = "请列出需补正材料。"
    next_en = "List what is missing."
    source = "行政许可法第32条第1款第（四）项"
    field = "missing"


class ReasonMissing(Refusal):
    """A refusal of the application gives no reason."""

    zh = "“{outcome}”须说明理由。"
    en = "{outcome} needs a reason."
    next_zh = "请填写理由。"
    next_en = "Give the reason."
    source = "行政许可法第32、38条"
    field = "reason"


class NothingToComplete(Refusal):
    """Nothing was asked for."""

    zh = "申请{application}未要求补正。"
    en = "Nothing is missing from the application {application}."
    next_zh = "无需补正。"
    next_en = "There is nothing to hand in."
    source = "行政许可法第32条"
    field = "organisation"


class TermExtendedBefore(Refusal):
    """The term to decide was extended."""

    zh = "申请{application}的决定期限已延长过一次。"
    en = "The term to decide on {application} was extended before."
    next_zh = "请在延长后的期限内决定。"
    next_en = "Decide within the extended term."
    source = "行政许可法第42条"
    field = "organisation"


class CommitmentDecidedOnTheSpot(Refusal):
    """A commitment has no term to extend."""

    zh = "告知承诺当场决定，没有可延长的期限。"
    en = "A commitment is decided on the spot; there is no term to extend."
    next_zh = "请作出决定。"
    next_en = "Decide it."
    source = "人力资源服务机构管理规定第7条"
    field = "organisation"


class TermToTellRunning(Refusal):
    """Five working days have not passed in silence."""

    zh = "申请{application}的告知期限至{due}，尚未届满。"
    en = "The term to tell the applicant of {application} runs to {due}."
    next_zh = "期限届满后自动视为受理。"
    next_en = "It counts as accepted when the term has ended."
    source = "行政许可法第32条第1款第（四）项"
    transient = True


def reads_firm(asked: ApplyForLicence) -> tuple[Read, ...]:
    uscc = asked.organisation
    own = Own(stream=stream_of(uscc, asked.type))
    others = tuple(one for one in read_all_types(uscc) if one != own)
    return (
        own,
        *others,
        organisation.known_registration(uscc),
        *push_claim.read_pushes(uscc),
    )


def open_application(licences: Licences, uscc: str, kind: LicenceType) -> Application:
    if licences.application is None:
        raise NoOpenApplication(organisation=uscc, type=kind.value)
    return licences.application


def _may_replace(row: LicenceKind, valid_to: date | None, context: Context) -> bool:
    """Whether it is too late to renew, so that only a new application is left."""
    if row.renewal is None or valid_to is None:
        return False
    return context.today > valid_to - timedelta(days=int(context.policy[row.renewal]))


def must_not_hold(licences: Licences, row: LicenceKind, uscc: str, context: Context) -> date | None:
    """Refuses a second licence beside one in force; gives the last day of one that runs out."""
    standing = licences.standing(context.today)
    if standing is None:
        return None
    too_late_to_renew = standing.renewal_applied_on is None and _may_replace(
        row, standing.valid_to, context
    )
    if not too_late_to_renew:
        raise LicenceAlreadyHeld(
            organisation=uscc,
            type=row.type.value,
            licence=standing.licence_id,
            valid_to=standing.valid_to,
        )
    return standing.valid_to


@decides(ApplyForLicence, reads=reads_firm)
def apply(asked: ApplyForLicence, history: History, context: Context) -> Iterator[Decided]:
    """Opens an application and its matter, joined to the matter it came from."""
    uscc = asked.organisation
    row = must_deal_with(context, asked.type, uscc)
    registration = organisation.must_exist(organisation.received_registration(history, uscc))
    licences = fold(history.own(stream_of(uscc, asked.type)))
    if licences.application is not None:
        raise ApplicationOpen(
            organisation=uscc,
            type=asked.type.value,
            application=licences.application.application_id,
        )
    must_not_hold(licences, row, uscc, context)
    if asked.mode is Mode.COMMITMENT:
        must_be_open_to_commitment(row, uscc, history)
    must_cover(row, uscc, registration.scope, context.today)
    must_meet_conditions(row, asked.full_time_staff, context.policy)
    matter = context.mint("M")
    origin = push_claim.claimed_matter(history, uscc)
    yield Decided(
        stream=stream_of(uscc, asked.type),
        subject=uscc,
        matter=matter,
        region=registration.region,
        fact=LicenceApplied(
            application_id=context.mint("A"),
            uscc=uscc,
            type=asked.type,
            mode=asked.mode,
            scope=asked.scope,
            online=asked.online,
            full_time_staff=asked.full_time_staff,
            checklist=asked.checklist,
            applied_on=context.today,
            contact=asked.contact,
        ),
    )
    yield Decided(
        stream=matter_stream(matter),
        subject=uscc,
        matter=matter,
        region=registration.region,
        fact=MatterLinked(
            one=matter,
            other=origin or registration.matter,
            because="许可申请源于该推送" if origin else "许可申请源于该登记",
        ),
    )


@decides(HandleLicenceApplication, reads=reads_licences)
def handle(
    asked: HandleLicenceApplication, history: History, context: Context
) -> Iterator[Decided]:
    """Accepts, sends back once, does not accept, denies, or records a withdrawal."""
    uscc, outcome = asked.organisation, asked.outcome
    must_deal_with(context, asked.type, uscc)
    application = open_application(fold(history.own(stream_of(uscc, asked.type))), uscc, asked.type)
    accepted = application.state is ApplicationState.ACCEPTED
    before_acceptance = (
        ApplicationOutcome.ACCEPTED,
        ApplicationOutcome.COMPLETION_REQUESTED,
        ApplicationOutcome.NOT_ACCEPTED,
    )
    if accepted and outcome in before_acceptance:
        raise ApplicationAlreadyAccepted(
            application=application.application_id, outcome=outcome.value
        )
    if outcome is ApplicationOutcome.COMPLETION_REQUESTED:
        if application.told_once:
            raise ToldBefore(application=application.application_id)
        if not asked.missing:
            raise MissingNotNamed()
    returned = application.state is ApplicationState.RETURNED_FOR_COMPLETION
    denies_unaccepted = (
        outcome is ApplicationOutcome.DENIED and application.mode is Mode.GENERAL and not accepted
    )
    if denies_unaccepted or (returned and outcome is ApplicationOutcome.ACCEPTED):
        raise ApplicationNotAccepted(
            application=application.application_id, state=application.state.value
        )
    if outcome in (ApplicationOutcome.NOT_ACCEPTED, ApplicationOutcome.DENIED) and not asked.reason:
        raise ReasonMissing(outcome=outcome.value)
    yield _on_application(
        application,
        uscc,
        asked.type,
        LicenceApplicationHandled(
            application_id=application.application_id,
            uscc=uscc,
            type=asked.type,
            outcome=outcome,
            missing=asked.missing,
            reason=asked.reason,
        ),
    )


@decides(SubmitCompletion, reads=reads_licences)
def complete(asked: SubmitCompletion, history: History, context: Context) -> Iterator[Decided]:
    """Opens an application again that was sent back."""
    uscc = asked.organisation
    must_deal_with(context, asked.type, uscc)
    application = open_application(fold(history.own(stream_of(uscc, asked.type))), uscc, asked.type)
    if application.state is not ApplicationState.RETURNED_FOR_COMPLETION:
        raise NothingToComplete(application=application.application_id)
    yield _on_application(
        application,
        uscc,
        asked.type,
        CompletionSubmitted(application_id=application.application_id, uscc=uscc, type=asked.type),
    )


@decides(ExtendDecisionTerm, reads=reads_licences)
def extend(asked: ExtendDecisionTerm, history: History, context: Context) -> Iterator[Decided]:
    """Extends the term of the general procedure, once."""
    uscc = asked.organisation
    must_deal_with(context, asked.type, uscc)
    application = open_application(fold(history.own(stream_of(uscc, asked.type))), uscc, asked.type)
    if application.mode is Mode.COMMITMENT:
        raise CommitmentDecidedOnTheSpot()
    if application.extended:
        raise TermExtendedBefore(application=application.application_id)
    yield _on_application(
        application,
        uscc,
        asked.type,
        DecisionTermExtended(
            application_id=application.application_id,
            uscc=uscc,
            type=asked.type,
            reason=asked.reason,
        ),
    )


@decides(DeemApplicationAccepted, reads=reads_licences)
def deem_accepted(
    asked: DeemApplicationAccepted, history: History, context: Context
) -> Iterator[Decided]:
    """Accepts by silence; an application handled in time gives nothing."""
    uscc = asked.organisation
    application = fold(history.own(stream_of(uscc, asked.type))).application
    if (
        application is None
        or application.application_id != asked.application
        or application.state is not ApplicationState.APPLIED
        or application.mode is Mode.COMMITMENT
    ):
        return
    term = due(application.handed_in_on, TERM_TO_TELL)
    if context.now < term.at:
        raise TermToTellRunning(application=asked.application, due=term.day)
    yield _on_application(
        application,
        uscc,
        asked.type,
        LicenceApplicationHandled(
            application_id=application.application_id,
            uscc=uscc,
            type=asked.type,
            outcome=ApplicationOutcome.ACCEPTED,
            deemed=True,
        ),
    )


def _on_application(
    application: Application,
    uscc: str,
    kind: LicenceType,
    fact: LicenceApplicationHandled | CompletionSubmitted | DecisionTermExtended,
) -> Decided:
    return Decided(
        stream=stream_of(uscc, kind),
        subject=uscc,
        matter=application.matter,
        region=application.region,
        fact=fact,
    )
