"""A refusal to file becomes final by itself when nobody asks for a review (Decree 310 art. 9, 10).

1. A notice of refusal opens 3 days, the notice of an upheld reconsideration 3 days more.
2. At the end of the last day without a request the referring organ's record says so; the
   administrative case then goes on.
3. What was accepted, filed or asked about meanwhile gives nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.calendar.deadlines import Period, Unit, due
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.errors import Refusal
from domain.facts import Recorded
from domain.referral.facts import (
    FilingDecision,
    FilingNoticeReceived,
    FilingRefusalBecameFinal,
    ReviewKind,
    stream_of,
)
from domain.referral.rules import as_sender, on_referral, reads_of_sender
from domain.referral.state import Referral
from domain.terms import Identifier

REVIEW_TERM = Period(3, Unit.CD)
"""三日 of Decree 310 art. 9: calendar days that roll (reference 0.3)."""


@command(
    zh="登记不予立案终局",
    en="Record that a refusal to file is final",
    source="行政执法机关移送涉嫌犯罪案件的规定第9、10条",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class RecordFinalRefusal(Command):
    """Records that the term opened by a notice has passed without a request for review."""

    referral: Identifier
    notice: Identifier


class ReviewTermRunning(Refusal):
    """The term to ask for a review has not passed."""

    zh = "移送{referral}提请复核的期限至{last_day}，尚未届满。"
    en = "A review of {referral} may be asked for until {last_day}."
    next_zh = "期限届满无人提请的，自动登记为终局。"
    next_en = "The refusal is final when that day has passed without a request."
    source = "行政执法机关移送涉嫌犯罪案件的规定第9条"
    field = "referral"
    transient = True


def _reads(asked: RecordFinalRefusal) -> tuple[Read, ...]:
    return reads_of_sender(asked.referral)


@decides(RecordFinalRefusal, reads=_reads)
def record(asked: RecordFinalRefusal, history: History, context: Context) -> Iterator[Decided]:
    """Records the end of the term, if the notice still is the last word."""
    stream = stream_of(asked.referral)
    referral = as_sender(history, asked.referral)
    notice = _notice(history, stream, asked)
    if notice is None or referral.filed or referral.final or _asked_since(referral, notice):
        return
    end = due(notice.received_on, REVIEW_TERM)
    if context.now < end.at:
        raise ReviewTermRunning(referral=asked.referral, last_day=end.day)
    yield on_referral(
        stream,
        referral,
        FilingRefusalBecameFinal(
            referral_id=asked.referral,
            about=referral.about,
            subject_id=referral.subject,
            notice=asked.notice,
            on=end.day,
        ),
    )


def _notice(
    history: History, stream: str, asked: RecordFinalRefusal
) -> FilingNoticeReceived | None:
    """The notice of refusal that opened the term; None where it stands no more."""
    found: Recorded[FilingNoticeReceived] | None = next(
        (
            one
            for one in history.own(stream)
            if one.id == asked.notice and isinstance(one.fact, FilingNoticeReceived)
        ),
        None,
    )
    if found is None or found.fact.decision is not FilingDecision.NOT_FILED:
        return None
    return found.fact


def _asked_since(referral: Referral, notice: FilingNoticeReceived) -> bool:
    """Whether the review that this notice opened was asked for."""
    if notice.after is None:
        return bool(referral.requested)
    return referral.asked(ReviewKind.SUPERVISION) is not None
