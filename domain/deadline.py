"""Missed deadlines as facts: declared once, owned by the debtor's department (reference 0.3 item 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Fact, fact
from domain.matter import ANY
from domain.terms import Code, Identifier, Term


@fact(
    "clock.deadline_breached.v1",
    family="clock",
    organs=ANY,
    zh="逾期",
    en="Deadline breached",
    source="reference 0.3 item 9",
)
@dataclass(frozen=True, kw_only=True)
class DeadlineBreached(Fact):
    """An office missed a statutory clock; names the clock, its owner, its due time and its start."""

    clock_id: Identifier
    code: Code
    owner: Code
    due: Annotated[date, Term(zh="到期日", en="Due")]
    due_at: Annotated[datetime, Term(zh="到期时刻", en="Due instant")]
    source_event: Identifier
    rule_version: Identifier
    calendar_version: Identifier


@command(
    zh="宣告逾期", en="Declare a deadline breached", source="reference 0.3 item 9", automatic=True
)
@dataclass(frozen=True, kw_only=True)
class DeclareDeadlineBreached(Command):
    """Given by the clock at the second a term ends unmet."""

    clock: Identifier
    code: Code
    owner: Code
    due: Annotated[date, Term(zh="到期日", en="Due")]
    due_at: Annotated[datetime, Term(zh="到期时刻", en="Due instant")]
    source_event: Identifier
    subject: Identifier
    matter: Identifier
    region: Identifier
    rule_version: Identifier
    calendar_version: Identifier
