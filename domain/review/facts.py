"""Overturned decisions and corrected facts (reference 12.3, 12.4).

1. Facts are never edited. `DecisionOverturned` points to a decision; the owner of each fact
   that rested on it says so with `FactCorrected`.
2. ANNULLED and VOID act from the first day; FOUND_UNLAWFUL leaves the decision standing;
   CHANGED replaces it. Both answers stay: as recorded then, as known now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.departments import ANY_FAMILY, PUBLIC
from domain.facts import Fact, fact
from domain.terms import DocumentNumber, Identifier, OrganCode, Reason, SubjectId, Term


class OverturnedBy(StrEnum):
    """Who overturned a decision."""

    RECONSIDERATION = "RECONSIDERATION"
    COURT = "COURT"
    SELF_CORRECTION = "SELF_CORRECTION"
    SUPERIOR = "SUPERIOR"


class OverturnResult(StrEnum):
    """With what result."""

    UPHELD = "UPHELD"
    ANNULLED = "ANNULLED"
    CHANGED = "CHANGED"
    FOUND_UNLAWFUL = "FOUND_UNLAWFUL"
    VOID = "VOID"
    PERFORM = "PERFORM"


class Effect(StrEnum):
    """From when an overturning counts."""

    EX_TUNC = "EX_TUNC"
    EX_NUNC = "EX_NUNC"


class CorrectionKind(StrEnum):
    """Whether a fact falls away or reads differently."""

    VOID = "VOID"
    REPLACE = "REPLACE"


class RemedyKind(StrEnum):
    """Administrative reconsideration or litigation."""

    RECONSIDERATION = "RECONSIDERATION"
    LITIGATION = "LITIGATION"
    APPEAL = "APPEAL"


class RemedyStep(StrEnum):
    """Where a remedy stands."""

    APPLIED = "APPLIED"
    ACCEPTED = "ACCEPTED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    SENT_TO_RESPONDENT = "SENT_TO_RESPONDENT"
    ANSWERED = "ANSWERED"
    EXTENDED = "EXTENDED"


Text = Annotated[
    str,
    Term(
        zh="事实内容（规范化JSON）", en="Canonical JSON", min_length=2, max_length=60_000, long=True
    ),
]


@fact(
    "review.remedy_step.v1",
    family="review",
    organs=("RECON", "COURT", "HRSS", "HRSS_APPR", "HRSS_LR", "HRSS_INSP", "SAMR", "COM"),
    zh="复议诉讼程序",
    en="Step of a remedy",
    source="行政复议法第20、30、48、62条；行政诉讼法第45、46、81、85、88条",
)
@dataclass(frozen=True, kw_only=True)
class RemedyStepTaken(Fact):
    """A remedy against a decision was applied for, accepted, sent, answered or extended."""

    remedy_id: Identifier
    kind: Annotated[RemedyKind, Term(zh="救济种类", en="Kind")]
    step: Annotated[RemedyStep, Term(zh="环节", en="Step")]
    target: Identifier
    subject_id: SubjectId
    respondent: OrganCode
    decision_id: Identifier | None = None
    on: Annotated[date, Term(zh="日期", en="On")]
    simple: Annotated[bool, Term(zh="简易程序", en="Simple procedure")] = False


@fact(
    "review.decision_overturned.v1",
    family="review",
    organs=("RECON", "COURT", "HRSS", "HRSS_APPR", "HRSS_LR", "HRSS_INSP", "SAMR", "COM"),
    zh="复议、诉讼或自行纠正的结果",
    en="Decision reviewed or overturned",
    source="行政复议法第63至68条；行政诉讼法第70至78条；行政许可法第69条",
)
@dataclass(frozen=True, kw_only=True)
class DecisionOverturned(Fact):
    """A decision was reviewed: upheld, changed, annulled, found unlawful or void.

    `target` is the id of the event that recorded the decision, `decision_id` the decision's
    own id, `changed_fine_fen` the fine that replaces the old one.
    """

    overturn_id: Identifier
    remedy_id: Identifier | None = None
    target: Identifier
    target_type: Identifier
    decision_id: Identifier
    case_id: Identifier | None = None
    owner_organ: OrganCode
    subject_id: SubjectId
    by: Annotated[OverturnedBy, Term(zh="纠正途径", en="By")]
    result: Annotated[OverturnResult, Term(zh="结果", en="Result")]
    effect: Annotated[Effect, Term(zh="效力", en="Effect")]
    decided_on: Annotated[date, Term(zh="决定日期", en="Decided on")]
    document_no: DocumentNumber
    changed_fine_fen: Annotated[
        int | None, Term(zh="变更后罚款（分）", en="Fine after the change", minimum=0)
    ] = None
    reason: Reason


@fact(
    "fact.corrected.v1",
    family=ANY_FAMILY,
    organs=(*PUBLIC, "AGENCY"),
    zh="更正事实",
    en="Fact corrected",
    source="平台规则（以补偿事件更正）",
)
@dataclass(frozen=True, kw_only=True)
class FactCorrected(Fact):
    """The owner voids a fact of its own, or replaces fields of it; the old fact stays on record.

    It stands in the stream of the fact it corrects and travels on the same topic. `target_data`
    is that fact's data as it was published, so that a reader finds the rows it touches;
    `replaces_with` holds the fields that read differently now. Its stamp, sequence and day of
    effect let a reader who meets the correction first put the fact in its place.
    """

    target_event_id: Identifier
    target_type: Identifier
    kind: Annotated[CorrectionKind, Term(zh="更正种类", en="Kind")]
    target_data: Text
    replaces_with: Text | None = None
    reason: Reason
    because: Identifier | None = None
    target_stamp: Annotated[
        int | None, Term(zh="原事实记录时刻", en="Stamp of the fact", minimum=1)
    ] = None
    target_sequence: Annotated[
        int | None, Term(zh="原事实序号", en="Sequence of the fact", minimum=1)
    ] = None
    target_effective: Annotated[date | None, Term(zh="原事实生效日期", en="Effect of the fact")] = (
        None
    )


def overturned_of(target: str) -> str:
    """The stream of the reviews of one decision, by the id of its event."""
    return f"overturned/{target}"


def remedy_of(remedy: str) -> str:
    """The stream of one remedy; each organ its own steps."""
    return f"remedy/{remedy}"
