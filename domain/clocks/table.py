"""The table of every clock, and for each event type what it does to which clocks."""

from __future__ import annotations

from domain.clocks.rules import APPLICATION_RULES, PUSH_RULES
from domain.clocks.rules_cases import COMPLAINT_RULES
from domain.clocks.rules_ending import AWAITING_EVENTS, ENDING_RULES
from domain.clocks.rules_filing_review import FILING_REVIEW_RULES
from domain.clocks.rules_held import HELD_ELSEWHERE
from domain.clocks.rules_leads import LEAD_RULES
from domain.clocks.rules_penalties import PENALTY_RULES
from domain.clocks.rules_referral import REFERRAL_RULES
from domain.clocks.rules_review import REVIEW_RULES
from domain.clocks.rules_risk import RISK_RULES
from domain.clocks.words import ClockRule, Extension, Pause, Start, Stop

CLOCK_RULES: tuple[ClockRule, ...] = (
    *PUSH_RULES,
    *APPLICATION_RULES,
    *ENDING_RULES,
    *LEAD_RULES,
    *RISK_RULES,
    *COMPLAINT_RULES,
    *PENALTY_RULES,
    *REFERRAL_RULES,
    *FILING_REVIEW_RULES,
    *REVIEW_RULES,
    *HELD_ELSEWHERE,
    *AWAITING_EVENTS,
)
"""Every clock of this part of the law, those without events yet included."""

RULES_BY_CODE: dict[str, ClockRule] = {rule.code: rule for rule in CLOCK_RULES}

BREACHED = "clock.deadline_breached.v1"
CORRECTED = "fact.corrected.v1"

Pattern = Stop | Extension | Pause


def _index() -> tuple[
    dict[str, tuple[tuple[ClockRule, Start], ...]],
    dict[str, tuple[tuple[str, ClockRule, Pattern], ...]],
]:
    starting: dict[str, list[tuple[ClockRule, Start]]] = {}
    ending: dict[str, list[tuple[str, ClockRule, Pattern]]] = {}
    for rule in CLOCK_RULES:
        for start in rule.started_by:
            starting.setdefault(start.type, []).append((rule, start))
        marks: tuple[tuple[str, tuple[Pattern, ...]], ...] = (
            ("STOP", rule.stopped_by),
            ("GROUND", rule.grounds),
            ("EXTEND", tuple(one for one in rule.extended_by if not one.in_all)),
            ("LENGTH", tuple(one for one in rule.extended_by if one.in_all)),
            ("PAUSE", tuple(one for one in rule.paused_by if not one.resumes)),
            ("RESUME", tuple(one for one in rule.paused_by if one.resumes)),
            ("ACTED", rule.acted),
        )
        for kind, patterns in marks:
            for pattern in patterns:
                ending.setdefault(pattern.type, []).append((kind, rule, pattern))
    return (
        {name: tuple(found) for name, found in starting.items()},
        {name: tuple(found) for name, found in ending.items()},
    )


STARTS, OTHERS = _index()

STARTING: frozenset[str] = frozenset(STARTS)
"""Every event type that starts a clock."""

TYPES: frozenset[str] = frozenset(STARTS) | frozenset(OTHERS) | {BREACHED, CORRECTED}
"""Every event type that bears on a clock."""
