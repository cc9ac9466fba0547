"""A draw as its facts make it: who committed, whose deposit is good, what is out, how it ended.

Each fact counts only from whom it may come: a commitment and a secret from the department that
they name, a deposit's check from the escrow, the ending from the department that opened the
draw. The first commitment of a department counts, so nobody exchanges a secret; a secret that
is not the one behind it counts as withheld.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.draw.commitment import commitment_of
from domain.draw.facts import (
    DepositChecked,
    DrawCommitted,
    DrawExecuted,
    DrawOpened,
    DrawRevealed,
    DrawVoided,
    RevealSource,
)
from domain.errors import Refusal
from domain.facts import Recorded

ESCROW = "oversight"
"""The node of the procuratorate, which holds the escrow."""


class DrawUnknown(Refusal):
    """This department knows no such draw."""

    zh = "本部门没有抽取{draw}的开启记录。"
    en = "This department knows no draw {draw}."
    next_zh = "请核对抽取编号；刚开启的，请稍候。"
    next_en = "Check the id; wait a moment where it was just opened."
    source = "平台规则（先承诺后揭示）"
    field = "draw"


class DrawAlreadyEnded(Refusal):
    """The draw was executed or voided."""

    zh = "抽取{draw}已{how}，不得再办理。"
    en = "The draw {draw} is over: it was {how_en}."
    next_zh = "作废的，请另行开启抽取；已完成的，请查看抽取记录。"
    next_en = "Open another draw where it was voided; look at the record where it was executed."
    source = "平台规则（先承诺后揭示）"
    field = "draw"


@dataclass(kw_only=True)
class Draw:
    """One draw: its opening, and by department what each did."""

    opened: Recorded[DrawOpened]
    committed: dict[str, Recorded[DrawCommitted]] = field(default_factory=dict)
    checked: dict[str, Recorded[DepositChecked]] = field(default_factory=dict)
    revealed: dict[str, Recorded[DrawRevealed]] = field(default_factory=dict)
    voided: Recorded[DrawVoided] | None = None
    executed: Recorded[DrawExecuted] | None = None

    @property
    def complete(self) -> bool:
        """Whether the escrow holds a good deposit of each department."""
        good = {name for name, one in self.checked.items() if one.fact.good}
        return good == set(self.opened.fact.departments)

    @property
    def all_revealed(self) -> bool:
        """Whether every secret is out."""
        return set(self.revealed) == set(self.opened.fact.departments)

    @property
    def ended(self) -> bool:
        """Whether nothing can happen any more."""
        return self.voided is not None or self.executed is not None

    def must_run(self) -> None:
        """Refuses an act on a draw that is over. Raises DrawAlreadyEnded."""
        if self.ended:
            void = self.voided is not None
            raise DrawAlreadyEnded(
                draw=self.opened.fact.draw_id,
                how="作废" if void else "完成",
                how_en="voided" if void else "executed",
            )


def fold(facts: Iterable[Recorded[Any]]) -> Draw | None:
    """The draw of these facts in their order; None where it was not opened."""
    ordered = sorted(facts, key=lambda one: one.order)
    opened = next((one for one in ordered if isinstance(one.fact, DrawOpened)), None)
    if opened is None:
        return None
    draw = Draw(opened=opened)
    for one in ordered:
        fact, sender = one.fact, one.department
        if isinstance(fact, DrawCommitted) and fact.department == sender:
            draw.committed.setdefault(sender, one)
        elif isinstance(fact, DepositChecked) and sender == ESCROW:
            draw.checked[fact.department] = one
        elif isinstance(fact, DrawRevealed) and _counts(fact, sender, draw):
            draw.revealed.setdefault(fact.department, one)
        elif isinstance(fact, DrawVoided) and sender == opened.department:
            draw.voided = one
        elif isinstance(fact, DrawExecuted) and sender == opened.department:
            draw.executed = one
    return draw


def _counts(fact: DrawRevealed, sender: str, draw: Draw) -> bool:
    """Whether a secret came from whom it may come, and is the one that was committed to."""
    from_escrow = fact.source is RevealSource.ESCROW
    committed = draw.committed.get(fact.department)
    if committed is None or sender != (ESCROW if from_escrow else fact.department):
        return False
    found = commitment_of(fact.draw_id, fact.department, bytes.fromhex(fact.secret))
    return found == committed.fact.commitment


def folded(facts: Iterable[Recorded[Any]], draw: str) -> Draw:
    """The draw of these facts. Raises DrawUnknown."""
    found = fold(facts)
    if found is None:
        raise DrawUnknown(draw=draw)
    return found
