"""Notices, reconsideration and filing supervision (reference 8.1, DL-REF-09 to 15).

1. The sender records when it received a notice: its next term runs from that day.
2. Not filed: within 3 days it asks that police to reconsider, once, or suggests supervision to
   the procuratorate at once (Decree 310 art. 9). After an upheld refusal supervision is open.
3. The police answer the reconsideration; the procuratorate rejects what it does not support.
4. A request made in its term and recorded later is accepted. Once the term has run out without
   one, the refusal is final (`domain.referral.finality`) and no request follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Read,
    Received,
    command,
    decides,
)
from domain.errors import Refusal
from domain.facts import Recorded
from domain.referral.facts import (
    CriminalFilingDecided,
    FilingDecision,
    FilingNoticeReceived,
    FilingReviewDecided,
    FilingReviewRequested,
    ReviewKind,
    ReviewOutcome,
    police_of,
    stream_of,
    supervision_of,
)
from domain.referral.rules import (
    as_overseer,
    as_police,
    as_sender,
    on_referral,
    reads_of_overseer,
    reads_of_police,
    reads_of_sender,
)
from domain.referral.state import Referral
from domain.terms import DocumentNumber, Identifier, Reason, Term

OUTCOMES: dict[str, tuple[ReviewKind, tuple[ReviewOutcome, ...]]] = {
    "PSB": (ReviewKind.RECONSIDERATION, (ReviewOutcome.FILE, ReviewOutcome.UPHOLD)),
    "PROC": (ReviewKind.SUPERVISION, (ReviewOutcome.SUPERVISION_REJECTED,)),
}
"""Which review each organ decides, and how; told to file, the police file by their own decision."""


@command(
    zh="登记收到公安、检察机关通知",
    en="Record a notice received",
    source="行政执法机关移送涉嫌犯罪案件的规定第8、9、12条",
)
@dataclass(frozen=True, kw_only=True)
class RecordFilingNotice(Command):
    """Records the receipt of the oldest notice not yet recorded, or of the one named.

    `accepted` says that the sender asks for no further review: the refusal is final.
    """

    referral: Identifier
    concerns: Identifier | None = None
    received_on: Annotated[date | None, Term(zh="收到日期", en="Received on")] = None
    accepted: Annotated[bool, Term(zh="不再提请复核", en="No further review asked for")] = False


@command(
    zh="提请复议或建议立案监督",
    en="Request a filing review",
    source="行政执法机关移送涉嫌犯罪案件的规定第9条",
)
@dataclass(frozen=True, kw_only=True)
class RequestFilingReview(Command):
    """Asks the police to reconsider, or suggests supervision to the procuratorate."""

    referral: Identifier
    kind: Annotated[ReviewKind, Term(zh="复核种类", en="Kind")]
    requested_on: Annotated[date | None, Term(zh="提出日期", en="Requested on")] = None
    reason: Reason


@command(
    zh="决定复议或立案监督",
    en="Decide a filing review",
    source="行政执法机关移送涉嫌犯罪案件的规定第9条",
)
@dataclass(frozen=True, kw_only=True)
class DecideFilingReview(Command):
    """The police file on reconsideration or uphold; the procuratorate rejects supervision."""

    referral: Identifier
    outcome: Annotated[ReviewOutcome, Term(zh="结果", en="Outcome")]
    notice_no: DocumentNumber
    decided_on: Annotated[date | None, Term(zh="决定日期", en="Decided on")] = None
    reason: Reason | None = None


class NoNoticeToRecord(Refusal):
    """No decision waits to be recorded as received."""

    zh = "移送{referral}没有待登记的立案或复核通知。"
    en = "No notice about {referral} waits to be recorded."
    next_zh = "通知送达后登记；已登记的无需重复。"
    next_en = "Record it when it has arrived; what is recorded needs no more."
    source = "行政执法机关移送涉嫌犯罪案件的规定第8、9条"
    field = "referral"
    transient = True


class AcceptedOnlyWhenRefused(Refusal):
    """Only a refusal to file can be accepted."""

    zh = "该通知是立案，不存在不再提请复核。"
    en = "The notice says filed; there is no refusal to accept."
    next_zh = "请去掉“不再提请复核”。"
    next_en = "Leave out the acceptance."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9、10条"
    field = "accepted"


class FilingNoticeInFuture(DateInFuture):
    """The notice has not been received yet."""

    field = "received_on"


class FilingNoticeBeforeDecision(DateBeforeItsGround):
    """The notice is dated before what it tells."""

    field = "received_on"


class NothingToReview(Refusal):
    """No refusal to file was received that a review could be asked of."""

    zh = "移送{referral}没有可提请复核的不予立案通知，现处于{stage}。"
    en = "No refusal to file {referral} is on record to review; it stands at {stage}."
    next_zh = "收到不予立案通知并登记后再提请。"
    next_en = "Record the notice of refusal first."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9条"
    field = "referral"


class ReviewAlreadyRequested(Refusal):
    """Each review is asked for once."""

    zh = "移送{referral}已提请过{kind}，只能提请一次。"
    en = "The review {kind} of {referral} was asked for; that is done once."
    next_zh = "复议后仍有异议的，可以建议立案监督。"
    next_en = "After a reconsideration, supervision is open."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9条"
    field = "kind"


class ReconsiderationGivenUp(Refusal):
    """Who went to the procuratorate does not go back to the police."""

    zh = "移送{referral}已建议立案监督，不再向公安机关提请复议。"
    en = "Supervision of {referral} was suggested; the police are not asked to reconsider."
    next_zh = "请等待检察院的处理结果。"
    next_en = "Wait for the procuratorate."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9条"
    field = "kind"


class ReconsiderationPending(Refusal):
    """The reconsideration's outcome comes before supervision."""

    zh = "移送{referral}的复议结果尚未收到登记，不能同时建议立案监督。"
    en = "The reconsideration of {referral} has no recorded outcome; supervision waits for it."
    next_zh = "收到复议决定并登记后，仍有异议的再建议立案监督。"
    next_en = "Record the reconsideration decision first."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9条"
    field = "kind"


class FilingRefusalFinal(Refusal):
    """No further review is open."""

    zh = "移送{referral}的不予立案已是终局，应恢复行政案件办理。"
    en = "The refusal to file {referral} is final; the administrative case goes on."
    next_zh = "请恢复行政案件，依法作出处理。"
    next_en = "Resume the administrative case and deal with it."
    source = "行政执法机关移送涉嫌犯罪案件的规定第10条"
    field = "referral"


class ReviewRequestedInFuture(DateInFuture):
    """The review has not been asked for yet."""

    field = "requested_on"


class ReviewRequestedBeforeNotice(DateBeforeItsGround):
    """The request is dated before the notice it answers."""

    field = "requested_on"


class ReviewNotRequested(Refusal):
    """Nobody asked this organ for a review that is still open."""

    zh = "移送{referral}没有待{organ}处理的复议或立案监督。"
    en = "No review of {referral} waits for {organ}."
    next_zh = "收到移送机关的提请后再办理。"
    next_en = "It can be done once the sender has asked."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9条"
    field = "referral"


class ReviewOutcomeNotThisOrgans(Refusal):
    """The outcome belongs to another organ's review."""

    zh = "{organ}不作出“{outcome}”的复核结果。"
    en = "{organ} does not decide {outcome}."
    next_zh = "公安机关复议决定立案或维持；检察院通知立案，或者不支持监督建议。"
    next_en = "The police file or uphold; the procuratorate tells them to file, or rejects."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9条"
    field = "outcome"


class ReviewNeedsReason(Refusal):
    """A review that changes nothing states why."""

    zh = "维持不予立案或者不支持监督建议，须说明理由。"
    en = "What upholds the refusal states its reasons."
    next_zh = "请填写理由。"
    next_en = "Enter the reasons."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9条"
    field = "reason"


class ReviewDecidedInFuture(DateInFuture):
    """The review has not been decided yet."""

    field = "decided_on"


class ReviewDecidedBeforeRequest(DateBeforeItsGround):
    """The decision is dated before the request."""

    field = "decided_on"


class FilingAlreadyDemanded(Refusal):
    """The police were told to file."""

    zh = "已于{demanded_on}通知公安机关对移送{referral}立案。"
    en = "The police were told on {demanded_on} to file {referral}."
    next_zh = "等待公安机关的立案决定。"
    next_en = "Wait for their decision."
    source = "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条"
    field = "referral"


Answer = CriminalFilingDecided | FilingReviewDecided


def _answers(history: History, referral: str) -> list[Recorded[Answer]]:
    """What police and procuratorate decided about a referral, oldest first."""
    found: list[Recorded[Any]] = [
        one
        for stream in (police_of(referral), supervision_of(referral))
        for one in history.received(Received(stream=stream))
        if isinstance(one.fact, CriminalFilingDecided | FilingReviewDecided)
    ]
    return sorted(found, key=lambda one: one.order)


@decides(RecordFilingNotice, reads=lambda asked: reads_of_sender(asked.referral))
def record(asked: RecordFilingNotice, history: History, context: Context) -> Iterator[Decided]:
    """Records that a notice was received: what it says now, and whether a review is open."""
    referral = as_sender(history, asked.referral)
    recorded = {one.concerns for one in referral.notices}
    told = next(
        (
            one
            for one in _answers(history, asked.referral)
            if one.id not in recorded and asked.concerns in (None, one.id)
        ),
        None,
    )
    if told is None:
        raise NoNoticeToRecord(referral=asked.referral)
    decision, after = _told(told.fact, referral)
    if asked.accepted and decision is FilingDecision.FILED:
        raise AcceptedOnlyWhenRefused()
    received_on = asked.received_on or context.today
    must_have_come(received_on, context.today, FilingNoticeInFuture)
    must_follow(received_on, told.fact.decided_on, FilingNoticeBeforeDecision)
    yield on_referral(
        stream_of(asked.referral),
        referral,
        FilingNoticeReceived(
            referral_id=asked.referral,
            about=referral.about,
            subject_id=referral.subject,
            concerns=told.id,
            decision=decision,
            after=after,
            received_on=received_on,
            final=decision is FilingDecision.NOT_FILED
            and (asked.accepted or after is ReviewKind.SUPERVISION),
        ),
    )


def _told(answer: Answer, referral: Referral) -> tuple[FilingDecision, ReviewKind | None]:
    """What a notice says now, and after which review."""
    if isinstance(answer, FilingReviewDecided):
        files = answer.outcome is ReviewOutcome.FILE
        return (FilingDecision.FILED if files else FilingDecision.NOT_FILED), answer.kind
    demanded = (
        answer.decision is FilingDecision.FILED
        and referral.filing_demanded_on is not None
        and referral.asked(ReviewKind.SUPERVISION) is not None
    )
    return answer.decision, ReviewKind.SUPERVISION if demanded else None


@decides(RequestFilingReview, reads=lambda asked: reads_of_sender(asked.referral))
def request(asked: RequestFilingReview, history: History, context: Context) -> Iterator[Decided]:
    """Asks for the review that is open; the police's reconsideration once."""
    referral = as_sender(history, asked.referral)
    refusals = [one for one in referral.notices if one.decision is FilingDecision.NOT_FILED]
    if not refusals or referral.filed:
        raise NothingToReview(referral=asked.referral, stage=referral.stage.value)
    requested_on = asked.requested_on or context.today
    if referral.final_on(requested_on):
        raise FilingRefusalFinal(referral=asked.referral)
    if referral.asked(asked.kind) is not None:
        raise ReviewAlreadyRequested(referral=asked.referral, kind=asked.kind.value)
    if asked.kind is ReviewKind.RECONSIDERATION:
        if referral.asked(ReviewKind.SUPERVISION) is not None:
            raise ReconsiderationGivenUp(referral=asked.referral)
    elif (
        referral.asked(ReviewKind.RECONSIDERATION) is not None
        and refusals[-1].after is not ReviewKind.RECONSIDERATION
    ):
        raise ReconsiderationPending(referral=asked.referral)
    must_have_come(requested_on, context.today, ReviewRequestedInFuture)
    must_follow(requested_on, refusals[-1].received_on, ReviewRequestedBeforeNotice)
    yield on_referral(
        stream_of(asked.referral),
        referral,
        FilingReviewRequested(
            referral_id=asked.referral,
            about=referral.about,
            subject_id=referral.subject,
            kind=asked.kind,
            requested_on=requested_on,
            reason=asked.reason,
        ),
    )


def _reads_to_decide(asked: DecideFilingReview) -> tuple[Read, ...]:
    """Police and procuratorate alike: each has its own half at home."""
    return (*reads_of_police(asked.referral), *reads_of_overseer(asked.referral))


@decides(DecideFilingReview, reads=_reads_to_decide)
def decide(asked: DecideFilingReview, history: History, context: Context) -> Iterator[Decided]:
    """The police answer the reconsideration, the procuratorate the suggestion to supervise."""
    organ = context.post.organ
    kind, outcomes = OUTCOMES[organ]
    if asked.outcome not in outcomes:
        raise ReviewOutcomeNotThisOrgans(organ=organ, outcome=asked.outcome.value)
    by_police = kind is ReviewKind.RECONSIDERATION
    referral = (as_police if by_police else as_overseer)(history, asked.referral)
    wanted = referral.asked(kind)
    if wanted is None or referral.reviewed(kind) is not None or referral.filed:
        raise ReviewNotRequested(referral=asked.referral, organ=organ)
    if not by_police and referral.filing_demanded_on is not None:
        raise FilingAlreadyDemanded(
            referral=asked.referral, demanded_on=referral.filing_demanded_on
        )
    if asked.outcome is not ReviewOutcome.FILE and asked.reason is None:
        raise ReviewNeedsReason()
    decided_on = asked.decided_on or context.today
    must_have_come(decided_on, context.today, ReviewDecidedInFuture)
    must_follow(decided_on, wanted.requested_on, ReviewDecidedBeforeRequest)
    yield on_referral(
        (police_of if by_police else supervision_of)(asked.referral),
        referral,
        FilingReviewDecided(
            referral_id=asked.referral,
            subject_id=referral.subject,
            kind=kind,
            outcome=asked.outcome,
            decided_on=decided_on,
            notice_no=asked.notice_no,
            reason=asked.reason,
        ),
        region=referral.at,
        decided=context.moment,
    )
