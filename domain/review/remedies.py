"""Reconsideration and litigation, step by step (reference 12.3).

1. A remedy is applied for, accepted or not, sent to the respondent, answered with evidence,
   and ends with the result of the review; a silent application counts as accepted.
2. The reconsideration organ and the court record their own steps; the respondent its answer.
3. The respondent is who decided, or the bureau for its offices.
4. The term to decide is extended once; the simple procedure of 30 days is not extended.
5. A remedy does not suspend the decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, Received, command, decides
from domain.errors import Refusal
from domain.facts import Recorded
from domain.lead.halves import both, known
from domain.review.facts import RemedyKind, RemedyStep, RemedyStepTaken, remedy_of
from domain.review.overturning import (
    REVIEWABLE,
    DecisionOfAnother,
    answers_for,
    decision_day,
    reviewed,
)
from domain.review.pending import remedies_of, reviews_about
from domain.terms import Identifier, OrganCode, SubjectId, Term

FOLLOWS: dict[RemedyStep, tuple[RemedyStep, ...]] = {
    RemedyStep.ACCEPTED: (RemedyStep.APPLIED,),
    RemedyStep.NOT_ACCEPTED: (RemedyStep.APPLIED,),
    RemedyStep.SENT_TO_RESPONDENT: (RemedyStep.ACCEPTED, RemedyStep.EXTENDED),
    RemedyStep.ANSWERED: (RemedyStep.SENT_TO_RESPONDENT, RemedyStep.EXTENDED),
    RemedyStep.EXTENDED: (
        RemedyStep.ACCEPTED,
        RemedyStep.SENT_TO_RESPONDENT,
        RemedyStep.ANSWERED,
    ),
}
"""Each step and those that may stand last before it."""

KEEPER = {
    RemedyKind.RECONSIDERATION: "RECON",
    RemedyKind.LITIGATION: "COURT",
    RemedyKind.APPEAL: "COURT",
}
"""Who records the steps of a remedy, but for the answer."""


@command(
    zh="登记复议诉讼程序",
    en="Record a step of a remedy",
    source="行政复议法第20、30、48、62条；行政诉讼法第45、46、51、67、81、85、88条",
)
@dataclass(frozen=True, kw_only=True)
class RecordRemedyStep(Command):
    """Records a step of a remedy; the first, APPLIED, opens it and names no remedy."""

    organisation: SubjectId
    remedy: Identifier | None = None
    kind: Annotated[RemedyKind, Term(zh="救济种类", en="Kind")]
    step: Annotated[RemedyStep, Term(zh="环节", en="Step")]
    target: Identifier
    respondent: OrganCode
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    simple: Annotated[bool, Term(zh="简易程序", en="Simple procedure")] = False


class RemedyNotOpen(Refusal):
    """The remedy is not on record, or a first step names one."""

    zh = "{step}对应的救济编号不正确：申请时不填编号，其他环节须填已登记的编号。"
    en = "The remedy for {step} is wrong: an application names none, other steps a recorded one."
    next_zh = "请先登记申请，随后各环节使用其编号。"
    next_en = "Record the application first and use its id for what follows."
    source = "行政复议法第22条；行政诉讼法第50条"
    field = "remedy"


class RemedyStepOutOfOrder(Refusal):
    """The step does not follow what stands last."""

    zh = "救济{remedy}目前为{last}，不能登记{step}。"
    en = "The remedy {remedy} stands at {last}; {step} does not follow."
    next_zh = "请按申请、受理、送达被申请人、答复的顺序登记；延长只有一次。"
    next_en = "Record application, acceptance, sending and answer in order; it is extended once."
    source = "行政复议法第30、48、62条；行政诉讼法第51、67条"
    field = "step"


class NotKeeperOfRemedy(Refusal):
    """The step belongs to another organ."""

    zh = "{kind}的环节{step}应由{keeper}登记，{organ}不能登记。"
    en = "The step {step} of a {kind} is recorded by {keeper}, not by {organ}."
    next_zh = "请由{keeper}登记。"
    next_en = "Let {keeper} record it."
    source = "行政复议法第24、48条；行政诉讼法第14、67条"
    field = "step"


class RespondentMismatch(Refusal):
    """The respondent did not make the decision."""

    zh = "决定由{owner}作出，被申请人（被告）不能是{respondent}。"
    en = "{owner} made the decision; {respondent} is not its respondent."
    next_zh = "请填写作出决定的机关或其所属部门。"
    next_en = "Name the organ that decided, or its bureau."
    source = "行政复议法第19条；行政诉讼法第26条"
    field = "respondent"


class AnotherRemedyPending(Refusal):
    """Another remedy against the decision is pending."""

    zh = "对该决定的{kind}（{remedy}）自{since}起正在办理，不能同时申请{wanted}。"
    en = (
        "A {kind} ({remedy}) against this decision is pending since {since}: no {wanted} beside it."
    )
    next_zh = "请等待结果；对复议决定不服的，可以自收到之日起十五日内起诉。"
    next_en = "Wait for its result; the court may be asked within fifteen days of it."
    source = "行政诉讼法第44、45条；行政复议法第29条"
    field = "kind"


class RemedyOutOfTurn(Refusal):
    """The kind of remedy was used, or comes no more after the court."""

    zh = "该决定已经{before}，不能再申请{wanted}。"
    en = "The decision has been through {before}; {wanted} does not follow."
    next_zh = "复议后可以起诉，一审后可以上诉；已经裁判的，依审判监督程序申诉。"
    next_en = "Litigation follows reconsideration, an appeal litigation; then only a retrial."
    source = "行政诉讼法第44、85、90条；行政复议法第29条"
    field = "kind"


class SimpleNotExtended(Refusal):
    """The simple procedure has no extension."""

    zh = "救济{remedy}适用简易程序，审理期限不得延长。"
    en = "The remedy {remedy} runs in the simple procedure, whose term is not extended."
    next_zh = "请在期限内作出决定，或先转为普通程序。"
    next_en = "Decide in time, or turn to the ordinary procedure first."
    source = "行政复议法第54、62条"
    field = "step"


class RemedyStepInFuture(DateInFuture):
    """The step has not been taken yet."""

    field = "on"


class RemedyStepTooEarly(DateBeforeItsGround):
    """The step is dated before what it follows."""

    field = "on"


def _reads(asked: RecordRemedyStep) -> tuple[Read, ...]:
    halves = both(remedy_of(asked.remedy)) if asked.remedy else ()
    return (Received(event=asked.target), reviews_about(asked.organisation), *halves)


@decides(RecordRemedyStep, reads=_reads)
def record(asked: RecordRemedyStep, history: History, context: Context) -> Iterator[Decided]:
    """Records a step in its order, by whose step it is, about the decision that was attacked."""
    target = reviewed(asked.target, None, history)
    if target.subject != asked.organisation:
        raise DecisionOfAnother(
            target=asked.target, subject=target.subject, organisation=asked.organisation
        )
    if not answers_for(asked.respondent, target.organ):
        raise RespondentMismatch(owner=target.organ, respondent=asked.respondent)
    _must_be_whose(asked, context)
    steps = _steps(asked, history)
    if asked.step is RemedyStep.APPLIED:
        _must_be_its_turn(asked, history)
    on = asked.on or context.today
    must_have_come(on, context.today, RemedyStepInFuture)
    must_follow(on, steps[-1].fact.on if steps else decision_day(target), RemedyStepTooEarly)
    remedy = asked.remedy or context.mint("RM")
    yield Decided(
        stream=remedy_of(remedy),
        subject=target.subject,
        matter=target.matter,
        region=target.region,
        effective=on,
        fact=RemedyStepTaken(
            remedy_id=remedy,
            kind=asked.kind,
            step=asked.step,
            target=asked.target,
            subject_id=asked.organisation,
            respondent=asked.respondent,
            decision_id=getattr(target.fact, REVIEWABLE[target.type]),
            on=on,
            simple=asked.simple or any(one.fact.simple for one in steps),
        ),
    )


BEFORE: dict[RemedyKind, tuple[RemedyKind, ...]] = {
    RemedyKind.RECONSIDERATION: (),
    RemedyKind.LITIGATION: (RemedyKind.RECONSIDERATION,),
    RemedyKind.APPEAL: (RemedyKind.RECONSIDERATION, RemedyKind.LITIGATION),
}
"""Each remedy and those that may have ended before it."""


def _must_be_its_turn(asked: RecordRemedyStep, history: History) -> None:
    for one in remedies_of(history.received(reviews_about(asked.organisation)), asked.target):
        words = {"wanted": asked.kind.value}
        if one.until is None:
            raise AnotherRemedyPending(
                kind=one.kind.value, remedy=one.remedy_id, since=one.since, **words
            )
        if one.accepted and one.kind not in BEFORE[asked.kind]:
            raise RemedyOutOfTurn(before=one.kind.value, **words)


def _must_be_whose(asked: RecordRemedyStep, context: Context) -> None:
    answer = asked.step is RemedyStep.ANSWERED
    keeper = asked.respondent if answer else KEEPER[asked.kind]
    organ = context.post.organ
    if organ != keeper and not (answer and answers_for(organ, keeper)):
        raise NotKeeperOfRemedy(
            kind=asked.kind.value, step=asked.step.value, keeper=keeper, organ=organ
        )


def _steps(asked: RecordRemedyStep, history: History) -> tuple[Recorded[Any], ...]:
    """The steps so far, when this one may follow them."""
    first = asked.step is RemedyStep.APPLIED
    if first != (asked.remedy is None):
        raise RemedyNotOpen(step=asked.step.value)
    if asked.remedy is None:
        return ()
    steps = known(history, remedy_of(asked.remedy))
    of_this = [
        one for one in steps if (one.fact.target, one.fact.kind) == (asked.target, asked.kind)
    ]
    if not steps or len(of_this) != len(steps):
        raise RemedyNotOpen(step=asked.step.value)
    taken = [one.fact.step for one in steps]
    if taken[-1] not in FOLLOWS[asked.step] or asked.step in taken:
        raise RemedyStepOutOfOrder(remedy=asked.remedy, last=taken[-1].value, step=asked.step.value)
    if asked.step is RemedyStep.EXTENDED and any(one.fact.simple for one in steps):
        raise SimpleNotExtended(remedy=asked.remedy)
    return steps
