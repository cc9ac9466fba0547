"""Risk warnings (风险预警): rules that count, and what each raises (reference 7.6).

1. RW-1: three complaints or reports about a subject within 90 days, YELLOW.
2. RW-2: five within 90 days, or ten complainants in one matter, ORANGE.
3. RW-3: a suspected crime, a proposed referral, or more than twenty persons affected, RED.
4. RW-4: two confirmed discrimination hits within 30 days, YELLOW.
5. RW-5: ten bad reviews within 90 days, YELLOW (S2 七 names bad reviews beside complaints).

No source fixes a number: all are settings of the region. A rule is not raised again about the
same subject within its window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.complaint.facts import ComplaintReceived
from domain.complaint.facts import stream_of as complaints_of
from domain.facts import Recorded
from domain.finding import ViolationFound
from domain.finding import stream_of as findings_of
from domain.lead.facts import LeadAssessed
from domain.online.facts import (
    BadReviewsRecorded,
    HitJudged,
    HitJudgement,
    ListCategory,
    reviews_of,
)
from domain.referral.facts import ReferralProposed
from domain.risk.facts import Level, RiskWarningRaised, stream_of
from domain.terms import Identifier, SubjectId


@command(
    zh="风险研判",
    en="Judge the risk of a subject",
    source="辽宁省人力资源市场管理通知（2024-11-11）七；平台规则（RW-1至RW-5）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class JudgeRisk(Command):
    """Counts what is known about a subject and raises the warnings that follow; `about` is the fact."""

    organisation: SubjectId
    about: Identifier


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the rules count from, on one day: the subject's complaints, findings and hits.

    `cause` is the fact that made the rules look.
    """

    complaints: tuple[Recorded[ComplaintReceived], ...]
    findings: tuple[Recorded[ViolationFound], ...]
    hits: tuple[Recorded[HitJudged], ...]
    reviews: tuple[Recorded[BadReviewsRecorded], ...]
    cause: Recorded[Any] | None
    on: date

    def recent_complaints(self, days: int) -> tuple[Recorded[ComplaintReceived], ...]:
        """The complaints received within so many days up to the day."""
        return tuple(one for one in self.complaints if within(one.fact.received_on, self.on, days))


def within(day: date, on: date, days: int) -> bool:
    """Whether a day lies at most so many calendar days before another, and not after it."""
    return on - timedelta(days=days) <= day <= on


@dataclass(frozen=True, kw_only=True)
class RiskRule:
    """One rule: what it raises, over which window, and the count that reaches its threshold.

    `counts` gives the count where the rule is met, None where it is not.
    """

    id: str
    level: Level
    window: str
    counts: Callable[[Known, Callable[[str], int]], int | None]
    zh: str
    en: str


def _many(known: Known, setting: Callable[[str], int]) -> int | None:
    count = len(known.recent_complaints(setting("risk_window_days")))
    return count if count >= setting("risk_complaints_yellow") else None


def _very_many(known: Known, setting: Callable[[str], int]) -> int | None:
    recent = known.recent_complaints(setting("risk_window_days"))
    if len(recent) >= setting("risk_complaints_orange"):
        return len(recent)
    persons: dict[str, int] = {}
    for one in recent:
        persons[one.matter] = persons.get(one.matter, 0) + one.fact.persons
    most = max(persons.values(), default=0)
    return most if most >= setting("risk_complainants_orange") else None


def _grave(known: Known, setting: Callable[[str], int]) -> int | None:
    cause = known.cause.fact if known.cause is not None else None
    persons = getattr(cause, "persons", None) or 0
    if persons > setting("risk_persons_red"):
        return persons
    if isinstance(cause, LeadAssessed) and cause.crime_suspected:
        return persons
    return persons if isinstance(cause, ReferralProposed) else None


def _discriminates(known: Known, setting: Callable[[str], int]) -> int | None:
    days = setting("risk_hits_window_days")
    hits = {
        one.fact.hit_id
        for one in known.hits
        if one.fact.judgement is HitJudgement.CONFIRMED
        and ListCategory.DISCRIMINATION in one.fact.categories
        and within(one.recorded_on, known.on, days)
    }
    return len(hits) if len(hits) >= setting("risk_hits_yellow") else None


def _badly_reviewed(known: Known, setting: Callable[[str], int]) -> int | None:
    days = setting("risk_window_days")
    count = sum(one.fact.count for one in known.reviews if within(one.fact.to_day, known.on, days))
    return count if count >= setting("risk_bad_reviews_yellow") else None


RISK_RULES: tuple[RiskRule, ...] = (
    RiskRule(
        id="RW-1",
        level=Level.YELLOW,
        window="risk_window_days",
        counts=_many,
        zh="90日内同一对象有3件以上投诉举报",
        en="Three complaints or reports about one subject within 90 days",
    ),
    RiskRule(
        id="RW-2",
        level=Level.ORANGE,
        window="risk_window_days",
        counts=_very_many,
        zh="90日内有5件以上投诉举报，或同一事项有10名以上投诉人",
        en="Five within 90 days, or ten complainants in one matter",
    ),
    RiskRule(
        id="RW-3",
        level=Level.RED,
        window="risk_window_days",
        counts=_grave,
        zh="涉嫌犯罪、提出移送，或受影响人数超过20人",
        en="A suspected crime, a proposed referral, or more than 20 persons affected",
    ),
    RiskRule(
        id="RW-4",
        level=Level.YELLOW,
        window="risk_hits_window_days",
        counts=_discriminates,
        zh="30日内就业歧视关键词命中经确认2次以上",
        en="Two confirmed discrimination hits within 30 days",
    ),
    RiskRule(
        id="RW-5",
        level=Level.YELLOW,
        window="risk_window_days",
        counts=_badly_reviewed,
        zh="90日内有10条以上不良评价",
        en="Ten bad reviews within 90 days",
    ),
)
"""Every rule, in the order in which it is looked at."""


def _reads(asked: JudgeRisk) -> tuple[Read, ...]:
    subject = asked.organisation
    streams = (complaints_of(subject), findings_of(subject), reviews_of(subject))
    return (Own(stream=stream_of(subject)), *(Own(stream=one) for one in streams))


@decides(JudgeRisk, reads=_reads)
def judge(asked: JudgeRisk, history: History, context: Context) -> Iterator[Decided]:
    """Raises each warning whose rule is met and was not raised within its window."""
    subject = asked.organisation
    reviews = history.own(reviews_of(subject))
    facts = history.own(complaints_of(subject)), history.own(findings_of(subject))
    known = Known(
        complaints=tuple(one for one in facts[0] if isinstance(one.fact, ComplaintReceived)),
        findings=tuple(one for one in facts[1] if isinstance(one.fact, ViolationFound)),
        hits=tuple(one for one in reviews if isinstance(one.fact, HitJudged)),
        reviews=tuple(one for one in reviews if isinstance(one.fact, BadReviewsRecorded)),
        cause=context.cause,
        on=context.today,
    )
    raised = [
        one for one in history.own(stream_of(subject)) if isinstance(one.fact, RiskWarningRaised)
    ]
    cause = context.cause
    matter = cause.matter if cause is not None else context.mint("M")
    region = cause.region if cause is not None else context.region
    for rule in RISK_RULES:
        days = int(context.policy[rule.window])
        if any(
            one.fact.rule == rule.id and within(one.recorded_on, context.today, days)
            for one in raised
        ):
            continue
        count = rule.counts(known, lambda name: int(context.policy[name]))
        if count is None:
            continue
        yield Decided(
            stream=stream_of(subject),
            subject=subject,
            matter=matter,
            region=region,
            fact=RiskWarningRaised(
                warning_id=context.mint("RW"),
                subject_id=subject,
                rule=rule.id,
                level=rule.level,
                about=asked.about,
                count=count or None,
            ),
        )
