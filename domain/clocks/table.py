"""The table of every clock, and for each event type what it does to which clocks."""

from __future__ import annotations

from domain.clocks.rules import APPLICATION_RULES, PUSH_RULES
from domain.clocks.rules_campaign import CAMPAIGN_RULES
from domain.clocks.rules_cases import COMPLAINT_RULES
from domain.clocks.rules_delivery import DELIVERY_RULES
from domain.clocks.rules_draw import DRAW_RULES
from domain.clocks.rules_ending import AWAITING_EVENTS, ENDING_RULES
from domain.clocks.rules_filing_review import FILING_REVIEW_RULES
from domain.clocks.rules_held import HELD_ELSEWHERE
from domain.clocks.rules_inspections import INSPECTION_RULES
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
    *DRAW_RULES,
    *INSPECTION_RULES,
    *CAMPAIGN_RULES,
    *DELIVERY_RULES,
    *HELD_ELSEWHERE,
    *AWAITING_EVENTS,
)
"""Every clock of this part of the law, those without events yet included."""

RULES_BY_CODE: dict[str, ClockRule] = {rule.code: rule for rule in CLOCK_RULES}

BREACHED = "clock.deadline_breached.v1"
CORRECTED = "fact.corrected.v1"

Started = tuple[ClockRule, Start]
Stopped = tuple[str, ClockRule, Stop]
Altered = tuple[str, ClockRule, Extension | Pause]
"""A rule with the pattern by which a fact bears on it, and the kind of mark it leaves."""


def _index() -> tuple[dict[str, list[Started]], dict[str, list[Stopped]], dict[str, list[Altered]]]:
    starting: dict[str, list[Started]] = {}
    stopping: dict[str, list[Stopped]] = {}
    altering: dict[str, list[Altered]] = {}
    for rule in CLOCK_RULES:
        for start in rule.started_by:
            starting.setdefault(start.type, []).append((rule, start))
        for kind, stops in (
            ("STOP", rule.stopped_by),
            ("GROUND", rule.grounds),
            ("ACTED", rule.acted),
        ):
            for stop in stops:
                stopping.setdefault(stop.type, []).append((kind, rule, stop))
        for longer in rule.extended_by:
            kind = "LENGTH" if longer.in_all else "EXTEND"
            altering.setdefault(longer.type, []).append((kind, rule, longer))
        for pause in rule.paused_by:
            kind = "RESUME" if pause.resumes else "PAUSE"
            altering.setdefault(pause.type, []).append((kind, rule, pause))
    return starting, stopping, altering


STARTS, STOPS, CHANGES = _index()
"""For each event type: what it starts; what it ends, grounds or acts on; what it alters."""

TYPES: frozenset[str] = frozenset((*STARTS, *STOPS, *CHANGES, BREACHED, CORRECTED))
"""Every event type that bears on a clock."""
