"""Findings and orders to correct (责令改正): neither is a penalty (reference 12.2).

1. A finding names a code of the catalogue and what it is about: a licence, an inspection, a lead.
2. An order names open findings and a term in working days; the term is the order's own. Unless
   it names them, it covers what its own organ found.
3. Whether it was obeyed is verified: CORRECTED at any time, a refusal when it is declared,
   NOT_CORRECTED only when the term has ended (R05).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from domain.calendar.deadlines import Period, Unit, due
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.errors import Refusal
from domain.facts import Fact, Recorded, fact
from domain.finding import ViolationFound, stream_of
from domain.terms import Identifier, Reason, SubjectId, Term


class CorrectionOutcome(StrEnum):
    """What verification of an order to correct found."""

    CORRECTED = "CORRECTED"
    NOT_CORRECTED = "NOT_CORRECTED"
    REFUSED = "REFUSED"


ORGANS = ("HRSS_APPR", "HRSS_LR", "HRSS_MKT", "HRSS_INSP", "SAMR", "COM", "DRC")


@fact(
    "correction.ordered.v1",
    family="enforcement",
    organs=ORGANS,
    zh="责令改正",
    en="Correction ordered",
    source="平台规则（R05）；行政处罚法第28条",
)
@dataclass(frozen=True, kw_only=True)
class CorrectionOrdered(Fact):
    """The firm was ordered to correct findings by `due`; the term is the order's own."""

    order_id: Identifier
    subject_id: SubjectId
    finding_ids: Annotated[tuple[Identifier, ...], Term(zh="违法事项编号", en="Findings")]
    about: Identifier
    due: Annotated[date, Term(zh="改正期限", en="Due")]
    working_days: Annotated[
        int, Term(zh="期限（工作日）", en="Working days", minimum=1, maximum=250, example="10")
    ]


@fact(
    "correction.verified.v1",
    family="enforcement",
    organs=ORGANS,
    zh="改正核查",
    en="Correction verified",
    source="平台规则（R05）",
)
@dataclass(frozen=True, kw_only=True)
class CorrectionVerified(Fact):
    """The outcome of checking an order; NOT_CORRECTED and REFUSED open the next act (R05)."""

    order_id: Identifier
    subject_id: SubjectId
    about: Identifier
    outcome: Annotated[CorrectionOutcome, Term(zh="改正结果", en="Outcome")]
    remark: Reason | None = None


@command(zh="责令改正", en="Order a correction", source="平台规则（R05）")
@dataclass(frozen=True, kw_only=True)
class OrderCorrection(Command):
    """Orders open findings of a firm to be corrected in `working_days`: those named, or the organ's own."""

    organisation: SubjectId
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项编号", en="Findings")] = ()
    working_days: Annotated[
        int, Term(zh="期限（工作日）", en="Working days", minimum=1, maximum=250)
    ] = 10


@command(zh="核查改正情况", en="Verify a correction", source="平台规则（R05）")
@dataclass(frozen=True, kw_only=True)
class VerifyCorrection(Command):
    """Records whether the open order of a firm was obeyed; NOT_CORRECTED not before its term ends."""

    organisation: SubjectId
    order: Identifier | None = None
    outcome: Annotated[CorrectionOutcome, Term(zh="改正结果", en="Outcome")]
    remark: Reason | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A violation found by an organ; `ordered` once an order names it."""

    finding_id: str
    organ: str
    about: str
    matter: str
    region: str
    ordered: bool = False


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order to correct; `outcome` once it is verified."""

    order_id: str
    about: str
    matter: str
    region: str
    due: date
    outcome: CorrectionOutcome | None = None


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """A firm's findings and orders, oldest first."""

    findings: tuple[Finding, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def unordered(self) -> tuple[Finding, ...]:
        """The findings that no order names."""
        return tuple(one for one in self.findings if not one.ordered)

    @property
    def running(self) -> tuple[Order, ...]:
        """The orders not yet verified."""
        return tuple(one for one in self.orders if one.outcome is None)

    def about(self, thing: str) -> tuple[Order, ...]:
        """The orders about a licence, inspection or lead."""
        return tuple(one for one in self.orders if one.about == thing)


def evolve(state: Corrections, recorded: Recorded[Any]) -> Corrections:
    """The findings and orders after one more fact."""
    match recorded.fact:
        case ViolationFound() as found:
            finding = Finding(
                finding_id=found.finding_id,
                organ=recorded.organ,
                about=found.about,
                matter=recorded.matter,
                region=recorded.region,
            )
            return replace(state, findings=(*state.findings, finding))
        case CorrectionOrdered() as ordered:
            order = Order(
                order_id=ordered.order_id,
                about=ordered.about,
                matter=recorded.matter,
                region=recorded.region,
                due=ordered.due,
            )
            return Corrections(
                findings=tuple(
                    replace(one, ordered=one.ordered or one.finding_id in ordered.finding_ids)
                    for one in state.findings
                ),
                orders=(*state.orders, order),
            )
        case CorrectionVerified() as verified:
            return replace(
                state,
                orders=tuple(
                    replace(one, outcome=verified.outcome)
                    if one.order_id == verified.order_id
                    else one
                    for one in state.orders
                ),
            )
        case _:
            return state


def fold(facts: Iterable[Recorded[Any]]) -> Corrections:
    """The findings and orders that a history amounts to."""
    state = Corrections()
    for recorded in facts:
        state = evolve(state, recorded)
    return state


class NothingToCorrect(Refusal):
    """No finding waits for an order."""

    zh = "{organisation}没有待责令改正的违法事项。"
    en = "{organisation} has no finding that waits for an order."
    next_zh = "请先记录发现的违法事项或承诺核查结果。"
    next_en = "Record the finding or the failed verification first."
    source = "行政处罚法第28条；平台规则（R05）"
    field = "organisation"


class FindingNotOpen(Refusal):
    """A named finding is not known here, or an order names it already."""

    zh = "{organisation}没有待责令改正的违法事项{finding}。"
    en = "{organisation} has no finding {finding} that waits for an order."
    next_zh = "请核对违法事项编号；已责令改正的无需再次责令。"
    next_en = "Check the identifier; what an order names needs no second one."
    source = "行政处罚法第28条；平台规则（R05）"
    field = "findings"


class NoOpenOrder(Refusal):
    """No order waits for verification."""

    zh = "{organisation}没有待核查的责令改正{order}。"
    en = "{organisation} has no order {order} that waits for verification."
    next_zh = "请核对责令改正编号；已核查的无需再次核查。"
    next_en = "Check the order; what was verified needs no more."
    source = "平台规则（R05）"
    field = "order"


class OrderAmbiguous(Refusal):
    """Several orders are open and none is named."""

    zh = "{organisation}有{count}项待核查的责令改正：{orders}。"
    en = "{organisation} has {count} open orders: {orders}."
    next_zh = "请指明责令改正编号。"
    next_en = "Name the order."
    source = "平台规则（R05）"
    field = "order"


class CorrectionTermRunning(Refusal):
    """The firm still has time to correct."""

    zh = "责令改正{order}期限至{due}（含当日），今天是{today}，不能认定未改正。"
    en = "The order {order} runs to {due} inclusive; on {today} nobody is late."
    next_zh = "期限届满后再核查；已改正的可随时认定。"
    next_en = "Verify it when the term has ended; CORRECTED may be recorded at any time."
    source = "民法典第202、1259条；平台规则（R05）"
    field = "outcome"


def _reads(asked: OrderCorrection | VerifyCorrection) -> tuple[Read, ...]:
    return (Own(stream=stream_of(asked.organisation)),)


@decides(OrderCorrection, reads=_reads)
def order(asked: OrderCorrection, history: History, context: Context) -> Iterator[Decided]:
    """Orders open findings to be corrected: one order for each thing they are about."""
    uscc = asked.organisation
    waiting = fold(history.own(stream_of(uscc))).unordered
    for named_id in asked.findings:
        if all(one.finding_id != named_id for one in waiting):
            raise FindingNotOpen(organisation=uscc, finding=named_id)
    findings = tuple(
        one
        for one in waiting
        if one.finding_id in asked.findings
        or (not asked.findings and one.organ == context.post.organ)
    )
    if not findings:
        raise NothingToCorrect(organisation=uscc)
    until = due(context.today, Period(asked.working_days, Unit.WD)).day
    for about in dict.fromkeys(one.about for one in findings):
        named = [one for one in findings if one.about == about]
        yield Decided(
            stream=stream_of(uscc),
            subject=uscc,
            matter=named[0].matter,
            region=named[0].region,
            decided=context.moment,
            fact=CorrectionOrdered(
                order_id=context.mint("C"),
                subject_id=uscc,
                finding_ids=tuple(one.finding_id for one in named),
                about=about,
                due=until,
                working_days=asked.working_days,
            ),
        )


@decides(VerifyCorrection, reads=_reads)
def verify(asked: VerifyCorrection, history: History, context: Context) -> Iterator[Decided]:
    """Records whether an order was obeyed; within its term nobody is late."""
    uscc = asked.organisation
    running = fold(history.own(stream_of(uscc))).running
    if asked.order is None and len(running) > 1:
        raise OrderAmbiguous(
            organisation=uscc,
            count=len(running),
            orders="、".join(one.order_id for one in running),
        )
    meant = [one for one in running if asked.order in (None, one.order_id)]
    if not meant:
        raise NoOpenOrder(organisation=uscc, order=asked.order or "")
    named = meant[0]
    if asked.outcome is CorrectionOutcome.NOT_CORRECTED and context.today <= named.due:
        raise CorrectionTermRunning(order=named.order_id, due=named.due, today=context.today)
    yield Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=named.matter,
        region=named.region,
        fact=CorrectionVerified(
            order_id=named.order_id,
            subject_id=uscc,
            about=named.about,
            outcome=asked.outcome,
            remark=asked.remark,
        ),
    )
