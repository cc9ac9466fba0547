"""After the scenario: what it lacks. A case resumed and decided, the decision overturned.

The police return the case; notice, hearing, penalty, payment and publication follow; the
decision is annulled on reconsideration; leads are disposed, listing and measure are lifted.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.complaint.facts import ComplaintCompleted, ComplaintDecided, ComplaintOutcome
from domain.enforcement.facts import (
    CaseClosed,
    CaseOutcome,
    CasePeriodChanged,
    CaseReopened,
    HearingHeld,
    HearingNotified,
    HearingRequested,
    InvestigationConcluded,
    LegalReviewDone,
    Measure,
    MeasureKind,
    Payment,
    PenaltyDecided,
    PenaltyNoticeServed,
    PenaltyPerformed,
    PenaltyServed,
    PeriodChange,
    PeriodGround,
    PublicationChanged,
    PublicationKind,
    PublicationStep,
    ReviewOpinion,
    ServiceMethod,
)
from domain.lead.facts import (
    CaseSupervisionChanged,
    Disposal,
    LeadDisposed,
    LeadKind,
    LeadSource,
    LeadTransferred,
    Stage,
    SupervisionAction,
)
from domain.online.facts import (
    BadReviewsRecorded,
    DisposalAnswer,
    Keyword,
    KeywordListPublished,
    ListCategory,
    OnlineDisposalTaken,
)
from domain.referral.facts import CriminalCaseOutcomeRecorded, CriminalOutcome
from domain.review.facts import (
    DecisionOverturned,
    Effect,
    OverturnedBy,
    OverturnResult,
    RemedyKind,
    RemedyStep,
    RemedyStepTaken,
)
from tests.projections.casework import (
    CAC,
    CASE,
    HEAD,
    INSP,
    LEAD,
    MKT,
    PENALTY_LEAD,
    PSB,
    REFERRAL,
    tell,
)
from tests.projections.facts import LN_A, REGION, Log

DECISION = "PD-A"
RECON = "oversight/RECON"
OF_CASE: dict[str, Any] = {"case_id": CASE, "subject_id": LN_A}
OF_DECISION: dict[str, Any] = {**OF_CASE, "decision_id": DECISION}


def ending(log: Log) -> Log:
    """2025-05-06 to 2025-09-20."""
    back = CriminalCaseOutcomeRecorded(
        referral_id=REFERRAL,
        subject_id=LN_A,
        outcome=CriminalOutcome.RETURNED_FOR_ADMIN,
        on=date(2025, 5, 6),
        to_organ="HRSS_INSP",
    )
    tell(log, PSB, f"criminal_outcome/{REFERRAL}", back, "2025-05-06T09:00")
    _decided(log)
    _published(log)
    _told(log)
    _overturned(log)
    _lifted(log)
    return log


def _decided(log: Log) -> None:
    measures = (
        Measure(
            kind=MeasureKind.FINE,
            amount_fen=5_000_000,
            code="V-LIC-04",
            basis="人力资源市场暂行条例第42条第1款",
        ),
        Measure(
            kind=MeasureKind.CONFISCATE_INCOME,
            amount_fen=34_200_000,
            code="V-LIC-04",
            basis="人力资源市场暂行条例第42条第1款",
        ),
    )
    steps: tuple[tuple[str, Any], ...] = (
        (
            "2025-05-06T10:00",
            CasePeriodChanged(
                **OF_CASE,
                kind=PeriodChange.RESUMED,
                ground=PeriodGround.RETURNED_FOR_ADMIN,
                on=date(2025, 5, 6),
                about=REFERRAL,
            ),
        ),
        (
            "2025-05-07T10:00",
            CasePeriodChanged(
                **OF_CASE,
                kind=PeriodChange.EXTENDED,
                ground=PeriodGround.COMPLEX,
                on=date(2025, 5, 7),
                working_days=30,
                calendar_days=30,
                approver="HRSS@210103",
            ),
        ),
        (
            "2025-05-12T10:00",
            InvestigationConcluded(
                **OF_CASE,
                concluded_on=date(2025, 5, 12),
                illegal_income_fen=34_200_000,
                persons=9,
                serious=True,
                proposal="没收违法所得并处罚款",
            ),
        ),
        (
            "2025-05-13T10:00",
            PenaltyNoticeServed(
                **OF_CASE,
                notice_no="沈河人社罚告字〔2025〕1号",
                proposed=measures,
                hearing_right=True,
                served_on=date(2025, 5, 13),
            ),
        ),
        ("2025-05-15T10:00", HearingRequested(**OF_CASE, requested_on=date(2025, 5, 15))),
        (
            "2025-05-16T10:00",
            HearingNotified(
                **OF_CASE,
                notified_on=date(2025, 5, 16),
                hearing_on=date(2025, 5, 28),
                place="二楼会议室",
            ),
        ),
        (
            "2025-05-28T15:00",
            HearingHeld(**OF_CASE, held_on=date(2025, 5, 28), notified_on=date(2025, 5, 16)),
        ),
        (
            "2025-05-29T15:00",
            LegalReviewDone(**OF_CASE, opinion=ReviewOpinion.AGREED, reason="事实清楚"),
        ),
        (
            "2025-06-03T10:00",
            PenaltyDecided(
                **OF_DECISION,
                decision_no="沈河人社罚字〔2025〕1号",
                measures=measures,
                fine_fen=5_000_000,
                confiscated_fen=34_200_000,
                codes=("V-LIC-04",),
                decided_on=date(2025, 6, 3),
                law_of=date(2025, 2, 10),
                reason="未经许可开展职业中介",
            ),
        ),
        (
            "2025-06-04T10:00",
            PenaltyServed(
                **OF_DECISION,
                served_on=date(2025, 6, 4),
                method=ServiceMethod.DIRECT,
                has_fine=True,
            ),
        ),
        (
            "2025-06-10T10:00",
            PenaltyPerformed(
                **OF_DECISION,
                kind=Payment.PAID,
                amount_fen=39_200_000,
                on=date(2025, 6, 10),
                settled=True,
            ),
        ),
        (
            "2025-06-11T10:00",
            CaseClosed(
                **OF_CASE,
                outcome=CaseOutcome.PENALISED,
                closed_on=date(2025, 6, 11),
                leads=(PENALTY_LEAD,),
                reason="处罚已履行",
            ),
        ),
    )
    for at, fact in steps:
        tell(log, INSP, f"case/{CASE}", fact, at)


def _published(log: Log) -> None:
    for step, at, channel in (
        (PublicationStep.APPROVED, "2025-06-05T09:00", None),
        (PublicationStep.REDACTED, "2025-06-05T10:00", None),
        (PublicationStep.PUBLISHED, "2025-06-05T11:00", "局官方网站"),
    ):
        publication(log, step, at, channel)


def publication(log: Log, step: PublicationStep, at: str, channel: str | None = None) -> None:
    changed = PublicationChanged(
        publication_id="PB-1",
        case_id=CASE,
        decision_id=DECISION,
        subject_id=LN_A,
        kind=PublicationKind.DECISION,
        step=step,
        on=date.fromisoformat(at[:10]),
        channel=channel,
    )
    tell(log, INSP, f"case/{CASE}", changed, at)


def _told(log: Log) -> None:
    disposed = LeadDisposed(
        lead_id=PENALTY_LEAD, subject_id=LN_A, outcome=Disposal.CASE_CLOSED, basis=CASE
    )
    tell(log, INSP, f"lead_receipt/{PENALTY_LEAD}", disposed, "2025-06-11T11:00")
    notice = LeadTransferred(
        lead_id="LD-3",
        kind=LeadKind.OUTCOME_NOTICE,
        stage=Stage.DISPOSE,
        source=LeadSource.OTHER_ORGAN,
        round=1,
        from_organ="HRSS_INSP",
        from_region=REGION,
        to_organ="HRSS_MKT",
        to_region=REGION,
        subject_id=LN_A,
        summary="已作出行政处罚并结案",
        about=PENALTY_LEAD,
        outcome=Disposal.CASE_CLOSED,
    )
    tell(log, INSP, "lead/LD-3", notice, "2025-06-12T09:00")
    no = LeadDisposed(lead_id=LEAD, subject_id=LN_A, outcome=Disposal.NO_ACTION, basis=CASE)
    tell(log, MKT, f"lead_receipt/{LEAD}", no, "2025-06-12T10:00")
    asked = LeadTransferred(
        lead_id="LD-4",
        kind=LeadKind.REVOCATION_REQUEST,
        stage=Stage.DISPOSE,
        source=LeadSource.OTHER_ORGAN,
        round=1,
        from_organ="HRSS_INSP",
        from_region=REGION,
        to_organ="SAMR",
        to_region=REGION,
        subject_id=LN_A,
        codes=("V-LIC-04",),
        summary="提请吊销营业执照",
        about=CASE,
    )
    tell(log, INSP, "lead/LD-4", asked, "2025-06-13T09:00")


def _overturned(log: Log) -> None:
    decided = next(one.fact for one in log.taken if one.fact.type == PenaltyDecided.TYPE)
    for step, at in (
        (RemedyStep.APPLIED, "2025-06-20T09:00"),
        (RemedyStep.ACCEPTED, "2025-06-24T09:00"),
        (RemedyStep.EXTENDED, "2025-08-01T09:00"),
    ):
        taken = RemedyStepTaken(
            remedy_id="RM-1",
            kind=RemedyKind.RECONSIDERATION,
            step=step,
            target=decided.id,
            subject_id=LN_A,
            respondent="HRSS_INSP",
            on=date.fromisoformat(at[:10]),
        )
        tell(log, RECON, "remedy/RM-1", taken, at)
    overturned = DecisionOverturned(
        overturn_id="OV-1",
        remedy_id="RM-1",
        target=decided.id,
        target_type=decided.type,
        decision_id=DECISION,
        owner_organ="HRSS_INSP",
        subject_id=LN_A,
        by=OverturnedBy.RECONSIDERATION,
        result=OverturnResult.ANNULLED,
        effect=Effect.EX_TUNC,
        decided_on=date(2025, 9, 1),
        document_no="沈河复决字〔2025〕1号",
        reason="主要事实不清",
    )
    tell(log, RECON, f"overturned/{decided.id}", overturned, "2025-09-01T09:00")
    publication(log, PublicationStep.WITHDRAWN, "2025-09-01T09:05")
    refund = PenaltyPerformed(
        **OF_DECISION, kind=Payment.REFUND, amount_fen=-39_200_000, on=date(2025, 9, 5)
    )
    tell(log, INSP, f"case/{CASE}", refund, "2025-09-05T09:00")
    again = CaseReopened(**OF_CASE, overturned="OV-1", reason="重新查明事实")
    tell(log, INSP, f"case/{CASE}", again, "2025-09-08T09:00")


def _lifted(log: Log) -> None:
    released = CaseSupervisionChanged(
        listing_id="SV-1",
        action=SupervisionAction.RELEASED,
        about=CASE,
        subject_id=LN_A,
        responsible_organ="HRSS_INSP",
        responsible_region=REGION,
        requirements=("查清收费人数和金额",),
        due=date(2025, 4, 23),
        proofs=("九人全部退费",),
    )
    tell(log, HEAD, f"supervised/{CASE}", released, "2025-09-10T09:00", region="210000")
    lifted = OnlineDisposalTaken(
        request_id="OD-1",
        subject_id=LN_A,
        answer=DisposalAnswer.LIFTED,
        outlets=("OU-1",),
        on=date(2025, 9, 12),
        reason="已取得许可",
    )
    tell(log, CAC, "disposal_answer/OD-1", lifted, "2025-09-12T09:00")
    words = KeywordListPublished(
        list_version=2, keywords=(Keyword(word="限男性", category=ListCategory.DISCRIMINATION),)
    )
    tell(
        log,
        MKT,
        f"keywords/{REGION}",
        words,
        "2025-09-15T09:00",
        subject=REGION,
        matter=f"KW-{REGION}",
    )
    reviews = BadReviewsRecorded(
        subject_id=LN_A, count=4, from_day=date(2025, 9, 1), to_day=date(2025, 9, 15)
    )
    tell(log, MKT, f"reviews/{LN_A}", reviews, "2025-09-16T09:00")
    asked = ComplaintDecided(
        complaint_id="CP-3",
        subject_id=LN_A,
        outcome=ComplaintOutcome.COMPLETION,
        reason="请补充转账记录",
    )
    tell(log, INSP, f"complaint/{LN_A}", asked, "2025-09-17T09:00")
    completed = ComplaintCompleted(
        complaint_id="CP-3", subject_id=LN_A, received_on=date(2025, 9, 18)
    )
    tell(log, INSP, f"complaint/{LN_A}", completed, "2025-09-18T09:00")
