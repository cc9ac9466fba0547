"""The cap of a year: how many inspections a territory may make of what it plans and draws.

1. A territory publishes how many inspections it makes in a year; none published: no cap.
2. A plan by number counts with its number from its approval. A plan by share counts with what
   its draw draws, and is held to the cap when that draw is opened.
3. A local extra draw counts for the place that makes it, a draw that the provincial platform
   sent down for the territory that it was sent to. A voided draw counts for nothing.
4. Complaints and leads are not bound by it.
"""

from __future__ import annotations

from domain.commands import Context, History, Received
from domain.draw.facts import DrawOpened, DrawVoided, InspectionPlanApproved
from domain.draw.plan import DrawKind
from domain.errors import Refusal
from domain.inspection.facts import OutsideDrawEntered

CAP = "annual_inspection_cap"

_COUNTED = (
    InspectionPlanApproved.TYPE,
    DrawOpened.TYPE,
    DrawVoided.TYPE,
    OutsideDrawEntered.TYPE,
)


class AnnualCapExceeded(Refusal):
    """The inspections of a year exceed the number that the territory published."""

    zh = "{region}{year}年公布的涉企检查上限为{cap}户次，已安排{planned}户次，本次{size}户次，超出上限。"
    en = (
        "{region} published at most {cap} inspections for {year}; {planned} are planned and this "
        "adds {size}."
    )
    next_zh = "请减少抽取数量，或合并检查；投诉举报和线索核查不受此限。"
    next_en = "Draw fewer, or join inspections; complaints and leads are not bound by it."
    source = "国办发〔2024〕54号（未经原文核对）；平台规则（年度检查上限，可配置）"
    field = "plan"


def counted_in(region: str) -> Received:
    """The read of what counts in a territory."""
    return Received(region=region, types=_COUNTED)


def must_keep_cap(region: str, year: int, size: int, history: History, context: Context) -> None:
    """Refuses `size` inspections more in a year than the territory published.

    A plan and what is drawn under it are of the year in which its window begins. An extra draw
    under the plan of a higher territory is of the year in which it was opened.
    """
    cap = int(context.policy.get(CAP, 0))
    if not cap:
        return
    planned = _planned(region, year, history)
    if planned + size > cap:
        raise AnnualCapExceeded(region=region, year=year, cap=cap, planned=planned, size=size)


def _planned(region: str, year: int, history: History) -> int:
    facts = history.received(counted_in(region))
    plans = {
        one.fact.plan_id: one.fact for one in facts if isinstance(one.fact, InspectionPlanApproved)
    }
    void = {one.fact.draw_id for one in facts if isinstance(one.fact, DrawVoided)}
    planned = sum(
        one.size or 0
        for one in plans.values()
        if one.region == region and one.window_from.year == year
    )
    for recorded in facts:
        one = recorded.fact
        if isinstance(one, OutsideDrawEntered):
            planned += one.drawn if one.region == region and one.window_from.year == year else 0
        elif (
            isinstance(one, DrawOpened)
            and one.kind is DrawKind.OBJECTS
            and one.region == region
            and one.draw_id not in void
        ):
            plan = plans.get(one.plan_id)
            if one.extra or plan is None:
                counts = recorded.recorded_on.year == year
            else:
                counts = plan.size is None and plan.window_from.year == year
            planned += one.size if counts else 0
    return planned
