"""How the issuer judges each unit's work at the end (成效评估), and whom it recommends.

A unit that is recommended was judged good. A later judgement stands beside the earlier one, and
counts; it may come after the campaign is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.campaign import state
from domain.campaign.facts import Merit, UnitEvaluated, campaign_of
from domain.commands import Command, Context, Decided, History, command, decides
from domain.errors import Refusal
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import Identifier, Reason, RegionCode, Term


@command(zh="评估单位成效", en="Evaluate a unit", source=f"{CAMPAIGN_PLAN}四（三）（成效评估）")
@dataclass(frozen=True, kw_only=True)
class EvaluateUnit(Command):
    """Judges a unit's work in the campaign."""

    campaign: Identifier
    unit: RegionCode
    merit: Annotated[Merit, Term(zh="评估结果", en="Judged")]
    recommended: Annotated[bool, Term(zh="推荐表扬", en="Recommended")] = False
    remark: Reason


class RecommendedNotGood(Refusal):
    """A unit was recommended whose work was not judged good."""

    zh = "{unit}的评估结果不是“好”，不能推荐表扬。"
    en = "{unit} was not judged good and cannot be recommended."
    next_zh = "请核对评估结果，或不作推荐。"
    next_en = "Check the judgement, or do not recommend it."
    source = f"{CAMPAIGN_PLAN}四（三）（成效评估）；平台规则（推荐表扬）"
    field = "recommended"


@decides(EvaluateUnit, reads=lambda asked: (state.read(asked.campaign),))
def evaluate(asked: EvaluateUnit, history: History, context: Context) -> Iterator[Decided]:
    """Records the issuer's judgement of a unit."""
    found = state.known(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    state.must_be_unit(found, asked.unit)
    if asked.recommended and asked.merit is not Merit.GOOD:
        raise RecommendedNotGood(unit=asked.unit)
    yield Decided(
        stream=campaign_of(found.id),
        subject=found.id,
        matter=found.matter,
        region=asked.unit,
        fact=UnitEvaluated(
            campaign_id=found.id,
            unit=asked.unit,
            merit=asked.merit,
            recommended=asked.recommended,
            remark=asked.remark,
        ),
    )
