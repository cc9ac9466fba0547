"""Clocks of the shared log itself: what was set aside waits for somebody, and not for ever."""

from __future__ import annotations

from datetime import date

from domain.clocks.conditions import OFFICE, WD
from domain.clocks.words import ClockRule, Seen, Start, Stop, field
from domain.delivery.facts import ParkedSettled, RecordsParked
from domain.facts import CHINA


def _waiting_since(seen: Seen) -> date:
    """The day on which the oldest record was set aside: another cause is no new term."""
    since: date = seen.fact.since.astimezone(CHINA).date()
    return since


DELIVERY_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="DL-QUARANTINE",
        zh="处理隔离记录",
        en="Deal with parked records",
        debtor=OFFICE,
        owner=None,
        period=WD(1),
        setting="quarantine_working_days",
        basis="平台规则（隔离处理，默认1个工作日，可配置）",
        mark="P",
        started_by=(Start(type=RecordsParked.TYPE, key=field("group"), on=_waiting_since),),
        stopped_by=(Stop(type=ParkedSettled.TYPE, key=field("group")),),
        on_elapse="breach",
        commands=("ReleaseParked", "FixParked", "DiscardParked"),
    ),
)
"""Terms of what could not be delivered."""
