"""Missed deadlines as facts: declared once, owned by the debtor's department (reference 0.3 item 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.departments import PUBLIC
from domain.errors import Refusal
from domain.facts import Fact, fact, stamp_of
from domain.terms import Code, Identifier, Term


@fact(
    "clock.deadline_breached.v1",
    family="clock",
    organs=PUBLIC,
    zh="逾期",
    en="Deadline breached",
    source="平台规则（时限逾期）",
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
    zh="宣告逾期", en="Declare a deadline breached", source="平台规则（时限逾期）", automatic=True
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


class TermStillRunning(Refusal):
    """The term has not ended."""

    zh = "时限{code}（{clock}）至{due_at}届满，尚未逾期。"
    en = "The term {code} ({clock}) ends at {due_at}; nobody is late."
    next_zh = "届满后自动宣告。"
    next_en = "It is declared by itself when it ends."
    source = "平台规则（时限逾期）"
    transient = True


def stream_of(clock: str) -> str:
    """The stream of one clock: empty, or one breach."""
    return f"clock/{clock}"


@decides(DeclareDeadlineBreached, reads=lambda asked: (Own(stream=stream_of(asked.clock)),))
def declare(
    asked: DeclareDeadlineBreached, history: History, context: Context
) -> Iterator[Decided]:
    """Records a missed term once, and not before its end."""
    if history.own(stream_of(asked.clock)):
        return
    if context.now < stamp_of(asked.due_at):
        raise TermStillRunning(code=asked.code, clock=asked.clock, due_at=asked.due_at.isoformat())
    yield Decided(
        stream=stream_of(asked.clock),
        subject=asked.subject,
        matter=asked.matter,
        region=asked.region,
        occurred=asked.due_at,
        effective=asked.due,
        fact=DeadlineBreached(
            clock_id=asked.clock,
            code=asked.code,
            owner=asked.owner,
            due=asked.due,
            due_at=asked.due_at,
            source_event=asked.source_event,
            rule_version=asked.rule_version,
            calendar_version=asked.calendar_version,
        ),
    )
