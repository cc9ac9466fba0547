"""Reviewing a decision: upheld, changed, annulled, found unlawful, void (reference 12.3, 12.4).

1. The reconsideration organ and the court review what others decided; the organ that decided
   may correct itself; a superior may correct those below it. A stranger may not.
2. Reconsideration and judgment never make it worse for who asked (复议法 63, 行政诉讼法 77).
3. Annulled and void act from the first day; a decision found unlawful keeps standing.
4. What is annulled or void is not overturned again; what was upheld may be, by the court.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    Received,
    command,
    decides,
)
from domain.departments import covers
from domain.errors import Refusal
from domain.facts import CHINA, Recorded
from domain.lead.halves import both, known
from domain.review.correcting import StreamName
from domain.review.facts import (
    DecisionOverturned,
    Effect,
    OverturnedBy,
    OverturnResult,
    overturned_of,
    remedy_of,
)
from domain.terms import DocumentNumber, Identifier, MoneyFen, Reason, SubjectId, Term

REVIEWABLE: dict[str, str] = {
    "licence.application_handled.v1": "application_id",
    "licence.annulled.v1": "licence_id",
    "licence.revoked.v1": "licence_id",
    "licence.changed.v1": "licence_id",
    "licence.deregistered.v1": "licence_id",
    "case.penalty_decided.v1": "decision_id",
    "case.handling_decided.v1": "decision_id",
    "correction.ordered.v1": "order_id",
    "complaint.decided.v1": "complaint_id",
    "subject.registration_changed.v1": "uscc",
}
"""The facts that are decisions, and the field that is the decision's own id."""

UNDOES = (OverturnResult.ANNULLED, OverturnResult.VOID)
"""Results after which the decision stands no more."""


@command(
    zh="登记复议、诉讼或自行纠正的结果",
    en="Overturn a decision",
    source="行政复议法第63至68条；行政诉讼法第69至78条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class OverturnDecision(Command):
    """Records the result of reviewing a decision; `target` is the id of the fact that recorded it."""

    organisation: SubjectId
    target: Identifier
    target_stream: StreamName | None = None
    by: Annotated[OverturnedBy, Term(zh="纠正途径", en="By")]
    result: Annotated[OverturnResult, Term(zh="结果", en="Result")]
    effect: Annotated[Effect | None, Term(zh="效力", en="Effect")] = None
    decided_on: Annotated[date | None, Term(zh="决定日期", en="Decided on")] = None
    document_no: DocumentNumber
    changed_fine_fen: MoneyFen | None = None
    reason: Reason
    remedy: Identifier | None = None


class DecisionNotKnown(Refusal):
    """No fact of this id has reached the department."""

    zh = "尚未收到编号为{target}的决定。"
    en = "No decision {target} has been recorded or received here."
    next_zh = "请核对事实编号；刚作出的决定稍后再办。"
    next_en = "Check the id of the fact; a decision made just now arrives in a moment."
    source = "行政复议法第20条；平台规则（以补偿事件更正）"
    field = "target"
    transient = True


class NotReviewable(Refusal):
    """The fact is no decision on somebody's legal position."""

    zh = "{type}不是可以复议、诉讼或纠正的决定。"
    en = "{type} is no decision that can be reviewed."
    next_zh = "请选择处罚、处理、许可等决定；一般事实请用“更正事实”。"
    next_en = (
        "Name a penalty, handling or licensing decision; correct other facts with CorrectFact."
    )
    source = "行政复议法第11、12条；行政诉讼法第12、13条"
    field = "target"


class DecisionOfAnother(Refusal):
    """The decision concerns somebody else."""

    zh = "决定{target}的相对人是{subject}，不是{organisation}。"
    en = "The decision {target} concerns {subject}, not {organisation}."
    next_zh = "请核对相对人与决定编号。"
    next_en = "Check whom the decision concerns."
    source = "行政复议法第14条"
    field = "organisation"


class NotTheReviewer(Refusal):
    """The organ does not review this decision in this way."""

    zh = "{organ}不能以{by}途径纠正{owner}的决定。"
    en = "{organ} cannot review the decision of {owner} by {by}."
    next_zh = "复议由复议机关、裁判由人民法院、自行纠正由原机关、上级纠正由其上级机关登记。"
    next_en = "Reconsideration, court, the deciding organ and its superior each record their own."
    source = "行政复议法第24条；行政诉讼法第14条；行政处罚法第75条"
    field = "by"


class ResultNotOfThisReview(Refusal):
    """This way of review has no such result."""

    zh = "{by}途径没有{result}这种结果。"
    en = "A review by {by} has no result {result}."
    next_zh = "自行纠正和上级纠正的结果为变更、撤销、确认违法或确认无效。"
    next_en = "Who corrects itself or those below changes, annuls, or finds unlawful or void."
    source = "行政复议法第63至68条；行政处罚法第75条"
    field = "result"


class EffectNotOfThisResult(Refusal):
    """The effect contradicts the result."""

    zh = "结果{result}不能具有{effect}的效力。"
    en = "A result {result} cannot have the effect {effect}."
    next_zh = "确认违法不溯及，确认无效自始无效；其他结果可留空用默认值。"
    next_en = "Unlawful keeps standing, void is void from the start; else leave it empty."
    source = "行政复议法第65、67条"
    field = "effect"


class AlreadyOverturned(Refusal):
    """The decision stands no more."""

    zh = "决定{target}已由{document_no}{result}。"
    en = "The decision {target} was {result} by {document_no}."
    next_zh = "无需再次登记；重新作出的决定是另一项决定。"
    next_en = "Nothing to record; a decision made anew is another decision."
    source = "行政复议法第64条；行政诉讼法第70条"
    field = "target"


class WorseForApplicant(Refusal):
    """The change is to the applicant's disadvantage."""

    zh = "变更后罚款{fine_fen}分高于原罚款{before_fen}分，不得作出更为不利的变更。"
    en = "A fine of {fine_fen} fen is above the {before_fen} fen before: never worse for who asked."
    next_zh = "请核对金额（单位：分）；罚款只能减少或不变。"
    next_en = "Check the amount, in fen: the fine can only fall."
    source = "行政复议法第63条；行政诉讼法第77条"
    field = "changed_fine_fen"


class ChangedFineMisplaced(Refusal):
    """A changed fine is missing, or given where nothing is changed."""

    zh = "结果为{result}时变更后罚款填写不当。"
    en = "With the result {result} the changed fine is missing or out of place."
    next_zh = "变更含罚款的处罚须填写变更后的罚款（分）；其他结果不填。"
    next_en = (
        "Give the new fine in fen where a penalty with a fine is changed; else leave it empty."
    )
    source = "行政复议法第63条"
    field = "changed_fine_fen"


class RemedyNotKnown(Refusal):
    """No remedy of this id is against this decision."""

    zh = "没有针对决定{target}的复议或诉讼{remedy}。"
    en = "No remedy {remedy} against the decision {target} is on record."
    next_zh = "请先登记申请与受理，或留空。"
    next_en = "Record the application and its acceptance first, or leave it empty."
    source = "行政复议法第30条；行政诉讼法第51条"
    field = "remedy"


class OverturnedInFuture(DateInFuture):
    """The review has not been decided yet."""

    field = "decided_on"


class OverturnedBeforeDecision(DateBeforeItsGround):
    """The review is dated before what it reviews."""

    field = "decided_on"


def _reads(asked: OverturnDecision) -> tuple[Read, ...]:
    return (
        *both(overturned_of(asked.target)),
        Received(event=asked.target),
        *((Own(stream=asked.target_stream),) if asked.target_stream else ()),
        *(both(remedy_of(asked.remedy)) if asked.remedy else ()),
    )


@decides(OverturnDecision, reads=_reads)
def overturn(asked: OverturnDecision, history: History, context: Context) -> Iterator[Decided]:
    """Records the result of a review of a decision that still stands, by who may review it."""
    target = reviewed(asked.target, asked.target_stream, history)
    if target.subject != asked.organisation:
        raise DecisionOfAnother(
            target=asked.target, subject=target.subject, organisation=asked.organisation
        )
    _must_review(asked, target, context)
    _must_stand(asked, history)
    fine = _changed_fine(asked, target)
    decided_on = asked.decided_on or context.today
    must_have_come(decided_on, context.today, OverturnedInFuture)
    must_follow(decided_on, decision_day(target), OverturnedBeforeDecision)
    _must_know_remedy(asked, history)
    yield Decided(
        stream=overturned_of(asked.target),
        subject=target.subject,
        matter=target.matter,
        region=target.region,
        effective=decided_on,
        decided=datetime.combine(decided_on, time(), CHINA),
        fact=DecisionOverturned(
            overturn_id=context.mint("OV"),
            remedy_id=asked.remedy,
            target=asked.target,
            target_type=target.type,
            decision_id=getattr(target.fact, REVIEWABLE[target.type]),
            owner_organ=target.organ,
            case_id=getattr(target.fact, "case_id", None),
            subject_id=asked.organisation,
            by=asked.by,
            result=asked.result,
            effect=_effect(asked),
            decided_on=decided_on,
            document_no=asked.document_no,
            changed_fine_fen=fine,
            reason=asked.reason,
        ),
    )


def reviewed(target: str, stream: str | None, history: History) -> Recorded[Any]:
    """The decision that is reviewed, from the own stream that is named or as it was received."""
    found = history.received(Received(event=target))
    if not found and stream is not None:
        found = tuple(one for one in history.own(stream) if one.id == target)
    if not found:
        raise DecisionNotKnown(target=target)
    if found[0].type not in REVIEWABLE:
        raise NotReviewable(type=found[0].type)
    return found[0]


def decision_day(target: Recorded[Any]) -> date:
    """The day on which a decision was made."""
    day = getattr(target.fact, "decided_on", None)
    if isinstance(day, date):
        return day
    return target.recorded_on if target.decided is None else target.decided.date()


def _must_review(asked: OverturnDecision, target: Recorded[Any], context: Context) -> None:
    organ, owner = context.post.organ, target.organ
    may = {
        OverturnedBy.RECONSIDERATION: organ == "RECON",
        OverturnedBy.COURT: organ == "COURT",
        OverturnedBy.SELF_CORRECTION: answers_for(organ, owner),
        OverturnedBy.SUPERIOR: answers_for(organ, owner)
        and context.post.region != target.region
        and covers(context.post.region, target.region),
    }[asked.by]
    if not may:
        raise NotTheReviewer(organ=organ, by=asked.by.value, owner=owner)
    own = asked.by in (OverturnedBy.SELF_CORRECTION, OverturnedBy.SUPERIOR)
    if own and asked.result in (OverturnResult.UPHELD, OverturnResult.PERFORM):
        raise ResultNotOfThisReview(by=asked.by.value, result=asked.result.value)


def answers_for(organ: str, owner: str) -> bool:
    """Whether an organ answers for another's decisions: itself, or the bureau for its offices."""
    return organ == owner or (organ == "HRSS" and owner.startswith("HRSS_"))


def _must_stand(asked: OverturnDecision, history: History) -> None:
    for one in known(history, overturned_of(asked.target)):
        if one.fact.result in UNDOES:
            raise AlreadyOverturned(
                target=asked.target,
                document_no=one.fact.document_no,
                result=one.fact.result.value,
            )


def _changed_fine(asked: OverturnDecision, target: Recorded[Any]) -> int | None:
    before = int(getattr(target.fact, "fine_fen", 0))
    changed = asked.result is OverturnResult.CHANGED and before > 0
    if changed != (asked.changed_fine_fen is not None):
        raise ChangedFineMisplaced(result=asked.result.value)
    fine = asked.changed_fine_fen
    asked_for = asked.by in (OverturnedBy.RECONSIDERATION, OverturnedBy.COURT)
    if fine is not None and fine > before and asked_for:
        raise WorseForApplicant(fine_fen=fine, before_fen=before)
    return fine


def _effect(asked: OverturnDecision) -> Effect:
    """The effect by 12.4 item 3, unless the document says otherwise within what the law allows."""
    result = asked.result
    reaches_back = result in (*UNDOES, OverturnResult.CHANGED)
    effect = asked.effect or (Effect.EX_TUNC if reaches_back else Effect.EX_NUNC)
    void_forward = result is OverturnResult.VOID and effect is Effect.EX_NUNC
    if void_forward or (not reaches_back and effect is Effect.EX_TUNC):
        raise EffectNotOfThisResult(result=result.value, effect=effect.value)
    return effect


def _must_know_remedy(asked: OverturnDecision, history: History) -> None:
    if asked.remedy is None:
        return
    steps = known(history, remedy_of(asked.remedy))
    if not any(one.fact.target == asked.target for one in steps):
        raise RemedyNotKnown(remedy=asked.remedy, target=asked.target)
