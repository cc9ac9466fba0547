"""Hearing, legal review and collective discussion, which come before a decision.

1. A party with the right to it asks for a hearing within 5 working days of the notice (行政处罚法
   64(1)); before 2021-07-15 within three days.
2. Time and place are told 7 working days before (64(2)); who stays away has given it up (64(6)).
3. Legal review comes before decisions of public interest, after a hearing, and in complex cases
   (58); complex and grave cases are discussed by the heads together (57(2)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.calendar.deadlines import Period, Unit, due
from domain.calendar.working_days import CALENDAR
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.enforcement.case import Case
from domain.enforcement.conducting import must_be_party, must_run, on_case, own_case
from domain.enforcement.facts import (
    CaseDiscussed,
    CaseId,
    HearingHeld,
    HearingNotified,
    HearingRequested,
    InvestigationConcluded,
    LegalReviewDone,
    PenaltyNoticeServed,
    ReviewOpinion,
)
from domain.enforcement.notice import (
    WHILE_HEARD,
    must_be_concluded,
    must_be_notified,
    must_be_undecided,
)
from domain.errors import Refusal
from domain.powers import for_itself
from domain.terms import FileRef, Reason, ShortText, SubjectId, Term
from domain.violations.penalty_law import LAW_2021

HEARING_NOTICE_DAYS = 7
"""行政处罚法 64(2): seven working days before the hearing (85)."""


@command(zh="要求听证", en="Request a hearing", source="行政处罚法第64条第（一）项")
@dataclass(frozen=True, kw_only=True)
class RequestHearing(Command):
    """The party asks for a hearing, itself or through the organ that received its request."""

    case: CaseId
    party: Annotated[SubjectId | None, Term(zh="当事人", en="Party")] = None
    requested_on: Annotated[date | None, Term(zh="要求日期", en="Requested on")] = None


@command(zh="通知听证", en="Notify the hearing", source="行政处罚法第64条第（二）项")
@dataclass(frozen=True, kw_only=True)
class NotifyHearing(Command):
    """Tells the party time and place, seven working days before."""

    case: CaseId
    party: Annotated[SubjectId | None, Term(zh="当事人", en="Party")] = None
    notified_on: Annotated[date | None, Term(zh="通知日期", en="Notified on")] = None
    hearing_on: Annotated[date, Term(zh="听证日期", en="Hearing on")]
    place: ShortText


@command(zh="登记听证", en="Hold the hearing", source="行政处罚法第64、65条")
@dataclass(frozen=True, kw_only=True)
class HoldHearing(Command):
    """Records the hearing, or that the party stayed away."""

    case: CaseId
    party: Annotated[SubjectId | None, Term(zh="当事人", en="Party")] = None
    held_on: Annotated[date | None, Term(zh="听证日期", en="Held on")] = None
    attended: Annotated[bool, Term(zh="当事人到场", en="Attended")] = True
    record: Annotated[FileRef | None, Term(zh="听证笔录", en="Record of the hearing")] = None


@command(zh="法制审核", en="Review legality", source="行政处罚法第58条")
@dataclass(frozen=True, kw_only=True)
class ReviewLegality(Command):
    """Legal review agrees with what is proposed, or asks for a change."""

    case: CaseId
    opinion: Annotated[ReviewOpinion, Term(zh="审核意见", en="Opinion")]
    reason: Reason


@command(zh="集体讨论", en="Discuss the case", source="行政处罚法第57条第2款")
@dataclass(frozen=True, kw_only=True)
class DiscussCase(Command):
    """The heads discuss a complex or grave case together."""

    case: CaseId
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    opinion: Annotated[ReviewOpinion, Term(zh="讨论意见", en="Opinion")]
    present: Annotated[int, Term(zh="到会人数", en="Present", minimum=2, maximum=99, example="5")]


class NoHearingRight(Refusal):
    """What is intended gives no right to a hearing."""

    zh = "案件{case}拟作出的处罚不属于可以要求听证的范围。"
    en = "What is intended in {case} gives no right to a hearing."
    next_zh = "当事人可以陈述、申辩。"
    next_en = "The party may still state its case."
    source = "行政处罚法第63条"
    field = "case"


class HearingAlreadyRequested(Refusal):
    """The party asked already."""

    zh = "案件{case}已于{requested_on}要求听证。"
    en = "A hearing in {case} was requested on {requested_on}."
    next_zh = "无需重复提出。"
    next_en = "Nothing to request."
    source = "行政处罚法第64条第（一）项"
    field = "case"


class HearingRequestTooLate(Refusal):
    """The term to ask for a hearing has passed."""

    zh = "告知书于{served_on}送达，要求听证的期限{until}届满，{requested_on}提出已逾期。"
    en = "The notice was served on {served_on}; the term ended on {until}, before {requested_on}."
    next_zh = "请告知当事人可以陈述、申辩。"
    next_en = "Tell the party that it may still state its case."
    source = "行政处罚法第64条第（一）项、第85条"
    field = "requested_on"


class HearingNotRequested(Refusal):
    """Nobody asked for a hearing."""

    zh = "案件{case}没有听证要求。"
    en = "No hearing was requested in {case}."
    next_zh = "无需组织听证。"
    next_en = "No hearing is needed."
    source = "行政处罚法第64条"
    field = "case"


class HearingNotNotified(Refusal):
    """The party was not told time and place."""

    zh = "案件{case}尚未通知听证的时间、地点。"
    en = "The party of {case} was not told when and where it is heard."
    next_zh = "请先通知听证。"
    next_en = "Notify the hearing first."
    source = "行政处罚法第64条第（二）项"
    field = "case"


class HearingTooSoon(Refusal):
    """The hearing lies less than seven working days after its notice."""

    zh = "{notified_on}通知、{hearing_on}听证，不足七个工作日（最早{earliest}）。"
    en = "A hearing on {hearing_on} told on {notified_on} is too soon; {earliest} is the earliest."
    next_zh = "请推迟听证日期。"
    next_en = "Choose a later day."
    source = "行政处罚法第64条第（二）项、第85条"
    field = "hearing_on"


class HearingAlreadyHeld(Refusal):
    """The hearing took place."""

    zh = "案件{case}已于{held_on}举行听证。"
    en = "The hearing in {case} was held on {held_on}."
    next_zh = "无需再次登记。"
    next_en = "Nothing to record."
    source = "行政处罚法第64条"
    field = "case"


class HearingRequestInFuture(DateInFuture):
    """The request has not come yet."""

    field = "requested_on"


class RequestedBeforeNotice(DateBeforeItsGround):
    """The request is dated before the notice."""

    field = "requested_on"


class HearingNoticeInFuture(DateInFuture):
    """The party has not been told yet."""

    field = "notified_on"


class NotifiedBeforeRequest(DateBeforeItsGround):
    """The hearing is told before it was asked for."""

    field = "notified_on"


class HearingInFuture(DateInFuture):
    """The hearing has not been held yet."""

    field = "held_on"


class HeldBeforeItsDay(DateBeforeItsGround):
    """The hearing is held before the day that the party was told."""

    field = "held_on"


class ReviewerHandledCase(Refusal):
    """The post that conducted the case reviews it."""

    zh = "案件{case}由岗位{post}办理，不能由其自行审核。"
    en = "{post} conducted {case} and may not review it."
    next_zh = "请由法制审核岗位审核。"
    next_en = "Leave it to the post for legal review."
    source = "行政处罚法第58条"
    field = "case"


class DiscussionInFuture(DateInFuture):
    """The discussion has not taken place yet."""

    field = "on"


class DiscussedBeforeConclusion(DateBeforeItsGround):
    """The discussion is dated before the investigation ended."""

    field = "on"


def hearing_term(notice: PenaltyNoticeServed) -> date:
    """The last day to ask for a hearing, by the law of the day of the notice."""
    old = notice.served_on < LAW_2021.valid_from
    return due(notice.served_on, Period(3, Unit.CD) if old else Period(5, Unit.WD)).day


_Asked = RequestHearing | NotifyHearing | HoldHearing | ReviewLegality | DiscussCase


def _own(asked: _Asked) -> tuple[Read, ...]:
    return (own_case(asked.case),)


@decides(RequestHearing, reads=_own)
def request(asked: RequestHearing, history: History, context: Context) -> Iterator[Decided]:
    """Takes the request of a party that has the right, in time, once."""
    firm = context.post.organ == "AGENCY"
    case = must_run(history, asked.case, None if firm else context.post.organ, WHILE_HEARD)
    party = must_be_party(case, asked.party or (_firm(case, context) if firm else None))
    for_itself(context.post, party)
    must_be_undecided(case, party)
    notice = must_be_notified(case, party)
    asked_before = case.proceeding(party).hearing_requested_on
    if not notice.hearing_right:
        raise NoHearingRight(case=asked.case)
    if asked_before is not None:
        raise HearingAlreadyRequested(case=asked.case, requested_on=asked_before)
    requested_on = asked.requested_on or context.today
    must_have_come(requested_on, context.today, HearingRequestInFuture)
    must_follow(requested_on, notice.served_on, RequestedBeforeNotice)
    until = hearing_term(notice)
    if requested_on > until:
        raise HearingRequestTooLate(
            served_on=notice.served_on, until=until, requested_on=requested_on
        )
    yield on_case(
        case,
        HearingRequested(case_id=case.case_id, subject_id=party, requested_on=requested_on),
        party=party,
        effective=requested_on,
    )


def _firm(case: Case, context: Context) -> str | None:
    """The party of the case that a firm's post acts for."""
    named = context.post.id.split("@")[0].removeprefix("AGENCY:")
    return named if named in case.parties else None


def _requested(case: Case, party: str) -> date:
    proceeding = case.proceeding(party)
    if proceeding.hearing_requested_on is None:
        raise HearingNotRequested(case=case.case_id)
    if proceeding.hearing is not None:
        raise HearingAlreadyHeld(case=case.case_id, held_on=proceeding.hearing.held_on)
    return proceeding.hearing_requested_on


@decides(NotifyHearing, reads=_own)
def notify(asked: NotifyHearing, history: History, context: Context) -> Iterator[Decided]:
    """Tells time and place early enough; told again, the later notice counts."""
    case = must_run(history, asked.case, context.post.organ, WHILE_HEARD)
    party = must_be_party(case, asked.party)
    requested_on = _requested(case, party)
    notified_on = asked.notified_on or context.today
    must_have_come(notified_on, context.today, HearingNoticeInFuture)
    must_follow(notified_on, requested_on, NotifiedBeforeRequest)
    earliest = CALENDAR.add_working_days(notified_on, HEARING_NOTICE_DAYS)
    if asked.hearing_on < earliest:
        raise HearingTooSoon(
            notified_on=notified_on, hearing_on=asked.hearing_on, earliest=earliest
        )
    yield on_case(
        case,
        HearingNotified(
            case_id=case.case_id,
            subject_id=party,
            notified_on=notified_on,
            hearing_on=asked.hearing_on,
            place=asked.place,
        ),
        party=party,
        effective=notified_on,
    )


@decides(HoldHearing, reads=_own)
def hold(asked: HoldHearing, history: History, context: Context) -> Iterator[Decided]:
    """Records the hearing, not before the day the party was told."""
    case = must_run(history, asked.case, context.post.organ, WHILE_HEARD)
    party = must_be_party(case, asked.party)
    _requested(case, party)
    told = case.proceeding(party).hearing_notice
    if told is None:
        raise HearingNotNotified(case=asked.case)
    held_on = asked.held_on or context.today
    must_have_come(held_on, context.today, HearingInFuture)
    must_follow(held_on, told.hearing_on, HeldBeforeItsDay)
    yield on_case(
        case,
        HearingHeld(
            case_id=case.case_id,
            subject_id=party,
            held_on=held_on,
            notified_on=told.notified_on,
            attended=asked.attended,
            record=asked.record,
        ),
        party=party,
        effective=held_on,
    )


def _pending(case: Case) -> tuple[InvestigationConcluded, ...]:
    """What was established of the parties that no decision stands against, at least of one."""
    found = tuple(
        one.concluded
        for one in case.proceedings
        if one.concluded is not None and not case.against(one.party)
    )
    if not found:
        must_be_undecided(case, case.subject)
        must_be_concluded(case, case.subject)
    return found


@decides(ReviewLegality, reads=_own)
def review(asked: ReviewLegality, history: History, context: Context) -> Iterator[Decided]:
    """Records the opinion of legal review, which is not that of who conducted the case."""
    case = must_run(history, asked.case, None)
    _pending(case)
    if context.post.role and context.post.id == case.concluded_by:
        raise ReviewerHandledCase(case=asked.case, post=context.post.id)
    yield on_case(
        case,
        LegalReviewDone(
            case_id=case.case_id,
            subject_id=case.subject,
            opinion=asked.opinion,
            reason=asked.reason,
        ),
    )


@decides(DiscussCase, reads=_own)
def discuss(asked: DiscussCase, history: History, context: Context) -> Iterator[Decided]:
    """Records what the heads concluded together."""
    case = must_run(history, asked.case, None)
    concluded_on = max(one.concluded_on for one in _pending(case))
    on = asked.on or context.today
    must_have_come(on, context.today, DiscussionInFuture)
    must_follow(on, concluded_on, DiscussedBeforeConclusion)
    yield on_case(
        case,
        CaseDiscussed(
            case_id=case.case_id,
            subject_id=case.subject,
            on=on,
            opinion=asked.opinion,
            present=asked.present,
        ),
        effective=on,
    )
