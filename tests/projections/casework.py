"""The second half of scenario S2 as facts on record: LN-A from the lead to the hand-over.

`casework()` is reference 15.2 from row 9 on for LN-A, `paper()` the making of its letter.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from domain.complaint.facts import (
    Channel,
    ComplaintDecided,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintReceived,
)
from domain.document.facts import (
    DocumentApproved,
    DocumentChecked,
    DocumentDrafted,
    DocumentSealed,
    DocumentServed,
    EvidenceKept,
)
from domain.enforcement.facts import (
    CaseFiled,
    CasePeriodChanged,
    PeriodChange,
    PeriodGround,
    ServiceMethod,
)
from domain.facts import CHINA, Fact, Recorded
from domain.finding import CrimeSign, ViolationFound
from domain.lead.facts import (
    Assessment,
    CaseSupervisionChanged,
    LeadAssessed,
    LeadKind,
    LeadReceipted,
    LeadSource,
    LeadTransferred,
    ReceiptOutcome,
    Stage,
    SupervisionAction,
)
from domain.online.facts import (
    DisposalAnswer,
    HitJudged,
    HitJudgement,
    ListCategory,
    OnlineDisposalRequested,
    OnlineDisposalTaken,
    OnlineMeasure,
    OutletKind,
    OutletRegistered,
    ScreeningHitFound,
)
from domain.referral.facts import (
    CriminalFilingDecided,
    FilingDecision,
    FilingNoticeReceived,
    FilingReviewDecided,
    FilingReviewRequested,
    ReferralDecided,
    ReferralDocument,
    ReferralDocumentCode,
    ReferralMaterialsHandedOver,
    ReferralProposed,
    ReferralReceipted,
    ReferralTransferred,
    ReviewKind,
    ReviewOutcome,
    Signatory,
)
from domain.risk.facts import InterviewHeld, InterviewType, Level, RiskWarningRaised
from domain.terms import FileRef, PersonRef
from domain.violations.catalogue import Severity
from tests.projections.facts import LN_A, REGION, Log

MATTER = "M-X"
CASE, REFERRAL, LEAD, PENALTY_LEAD = "CASE-A", "RF-A", "LD-1", "LD-2"
REPORTER = PersonRef(person="VP-0123456789ABCDEFGHJK", commitment="1" * 64)


def file(n: str, media: str = "application/pdf") -> FileRef:
    return FileRef(sha256=n * 64, length=10, media_type=media)


def tell(
    log: Log,
    who: str,
    stream: str,
    fact: Fact,
    at: str,
    *,
    region: str = REGION,
    matter: str = MATTER,
    subject: str = LN_A,
) -> Recorded[Any]:
    """Records a fact of an organ named `hr/HRSS_INSP` in the matter of LN-A."""
    department, organ = who.split("/")
    return log.record(
        department, organ, stream, fact, at, subject=subject, matter=matter, region=region
    )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


MKT, INSP, HEAD, CAC, PSB = "hr/HRSS_MKT", "hr/HRSS_INSP", "hr/HRSS", "cac/CAC", "psb/PSB"


def casework(log: Log) -> Log:
    """Rows 9 to 30 of the scenario, LN-A only."""
    _outlet(log)
    _lead(log)
    receipt(log, LEAD, "HRSS_MKT", "CAC", "2025-02-11T09:00", LeadKind.DISCOVERY)
    _complaint(log, "CP-1", "2025-02-12T09:00")
    assess(log, MKT, LEAD, "2025-02-13T09:00")
    _penalty_lead_and_case(log)
    _disposal_requested(log)
    _complaint(log, "CP-2", "2025-02-18T09:00")
    _disposal_taken(log)
    _complaint(log, "CP-3", "2025-02-21T09:00")
    _risk(log, "RW-1", Level.YELLOW, "2025-02-21T09:00")
    for complaint in ("CP-2", "CP-3"):
        joined = ComplaintDecided(
            complaint_id=complaint,
            subject_id=LN_A,
            outcome=ComplaintOutcome.ACCEPTED,
            case_id=CASE,
        )
        tell(log, INSP, f"complaint/{LN_A}", joined, "2025-02-24T09:00")
    held = InterviewHeld(
        interview_id="IV-1",
        subject_id=LN_A,
        type=InterviewType.REMINDER,
        held_on=date(2025, 2, 26),
        points="说明收费情况",
        minutes=file("a"),
    )
    tell(log, MKT, f"supervision/{LN_A}", held, "2025-02-26T10:00")
    _referral(log)
    return log


def _lead(log: Log) -> None:
    sent = LeadTransferred(
        lead_id=LEAD,
        kind=LeadKind.DISCOVERY,
        stage=Stage.DISCOVER,
        source=LeadSource.MONITORING,
        round=1,
        from_organ="CAC",
        from_region=REGION,
        to_organ="HRSS_MKT",
        to_region=REGION,
        subject_id=LN_A,
        subject_name="沈阳虚例云聘网络科技有限公司",
        codes=("V-LIC-04",),
        summary="公众号未经许可开展职业中介",
        reporter=REPORTER,
    )
    tell(log, CAC, f"lead/{LEAD}", sent, "2025-02-10T09:00")


def receipt(
    log: Log,
    lead: str,
    organ: str,
    sender: str,
    at: str,
    kind: LeadKind = LeadKind.PENALTY_LEAD,
    returned_to: str | None = None,
) -> Recorded[Any]:
    return tell(
        log,
        f"hr/{organ}",
        f"lead_receipt/{lead}",
        LeadReceipted(
            lead_id=lead,
            round=1,
            kind=kind,
            outcome=ReceiptOutcome.RETURNED if returned_to else ReceiptOutcome.ACCEPTED,
            organ=organ,
            from_organ=sender,
            subject_id=LN_A,
            returned_to=returned_to,
            reason="不属本机关职责" if returned_to else None,
        ),
        at,
    )


def assess(log: Log, who: str, lead: str, at: str) -> Recorded[Any]:
    return tell(
        log,
        who,
        f"lead_receipt/{lead}",
        LeadAssessed(
            lead_id=lead,
            subject_id=LN_A,
            codes=("V-LIC-04",),
            crime_suspected=False,
            assessment=Assessment.HANDLE,
            assigned_to=("HRSS_INSP", "CAC"),
            online=True,
            grounds="公众号发布招聘信息并收费",
        ),
        at,
    )


def _complaint(log: Log, complaint: str, at: str) -> None:
    received = ComplaintReceived(
        complaint_id=complaint,
        kind=ComplaintKind.COMPLAINT,
        channel=Channel.VISIT,
        subject_id=LN_A,
        received_on=date.fromisoformat(at[:10]),
        persons=1,
        reporter=REPORTER,
        codes=("V-CON-08",),
        about_what="以内部推荐为名收费",
        amount_fen=3_800_000,
        work_region=REGION,
    )
    tell(log, INSP, f"complaint/{LN_A}", received, at)


def _penalty_lead_and_case(log: Log) -> None:
    sent = LeadTransferred(
        lead_id=PENALTY_LEAD,
        kind=LeadKind.PENALTY_LEAD,
        stage=Stage.ASSESS,
        source=LeadSource.OTHER_ORGAN,
        round=1,
        from_organ="HRSS_MKT",
        from_region=REGION,
        to_organ="HRSS_INSP",
        to_region=REGION,
        subject_id=LN_A,
        codes=("V-LIC-04",),
        summary="涉行政处罚的线索移送监察机构",
        about=LEAD,
    )
    tell(log, MKT, f"lead/{PENALTY_LEAD}", sent, "2025-02-13T10:00")
    receipt(log, PENALTY_LEAD, "HRSS_INSP", "HRSS_MKT", "2025-02-14T09:00")
    accepted = ComplaintDecided(
        complaint_id="CP-1", subject_id=LN_A, outcome=ComplaintOutcome.ACCEPTED
    )
    tell(log, INSP, f"complaint/{LN_A}", accepted, "2025-02-14T09:10")
    filed = CaseFiled(
        case_id=CASE,
        subject_id=LN_A,
        parties=(LN_A,),
        codes=("V-LIC-04", "V-CON-08"),
        filed_on=date(2025, 2, 14),
        leads=(PENALTY_LEAD,),
        complaints=("CP-1",),
        officers=("21010300123", "21010300124"),
        labour=True,
    )
    tell(log, INSP, f"case/{CASE}", filed, "2025-02-14T09:20")


def _outlet(log: Log) -> None:
    outlet = OutletRegistered(
        outlet_id="OU-1",
        kind=OutletKind.ACCOUNT,
        platform="某公众平台",
        handle="虚例云聘",
        operator=LN_A,
        licensed=False,
    )
    tell(log, CAC, "outlet/OU-1", outlet, "2025-02-10T08:00")
    hit = ScreeningHitFound(
        hit_id="HT-1",
        outlet_id="OU-1",
        operator=LN_A,
        posting="2" * 64,
        seen_on=date(2025, 2, 10),
        list_version=1,
        words=("内部推荐",),
        categories=(ListCategory.FEES,),
    )
    tell(log, CAC, "outlet/OU-1", hit, "2025-02-10T08:10")
    judged = HitJudged(
        hit_id="HT-1",
        outlet_id="OU-1",
        operator=LN_A,
        judgement=HitJudgement.CONFIRMED,
        categories=(ListCategory.FEES,),
        reminded=True,
        reason="收费招聘",
    )
    tell(log, CAC, "outlet/OU-1", judged, "2025-02-10T08:20")


def _disposal_requested(log: Log) -> None:
    requested = OnlineDisposalRequested(
        request_id="OD-1",
        subject_id=LN_A,
        lead_id=LEAD,
        outlets=("OU-1",),
        codes=("V-LIC-04",),
        opinion="未经许可开展网络招聘服务",
        measures=(OnlineMeasure.RECRUITMENT_SUSPENDED,),
    )
    tell(log, HEAD, "disposal/OD-1", requested, "2025-02-17T10:00")


def _disposal_taken(log: Log) -> None:
    taken = OnlineDisposalTaken(
        request_id="OD-1",
        subject_id=LN_A,
        answer=DisposalAnswer.TAKEN,
        outlets=("OU-1",),
        measures=(OnlineMeasure.RECRUITMENT_SUSPENDED,),
        on=date(2025, 2, 19),
    )
    tell(log, CAC, "disposal_answer/OD-1", taken, "2025-02-19T10:00")


def _risk(log: Log, rule: str, level: Level, at: str) -> None:
    raised = RiskWarningRaised(
        warning_id=f"W-{rule}", subject_id=LN_A, rule=rule, level=level, about=CASE, count=3
    )
    tell(log, MKT, f"supervision/{LN_A}", raised, at)


def _referral(log: Log) -> None:
    for n, code in enumerate(("V-CON-08", "V-CON-11"), start=1):
        found = ViolationFound(
            finding_id=f"FD-{n}",
            code=code,
            severity=Severity.SERIOUS,
            subject_id=LN_A,
            about=CASE,
            facts=("收取高额费用",),
            act_from=date(2024, 12, 1),
            persons=9,
            amount_fen=34_200_000,
            signs=(CrimeSign.VICTIM_LOSS,),
            question=True,
        )
        tell(log, INSP, f"correction/{LN_A}", found, "2025-03-05T09:00")
    own: dict[str, Any] = {"referral_id": REFERRAL, "about": CASE, "subject_id": LN_A}
    theirs: dict[str, Any] = {"referral_id": REFERRAL, "subject_id": LN_A}
    stream, police = f"referral/{REFERRAL}", f"criminal_filing/{REFERRAL}"
    proposed = ReferralProposed(
        **own,
        team=("21010300123", "21010300124"),
        report_received_on=date(2025, 3, 7),
        report=file("b"),
        crimes=("XF-266",),
        persons=9,
        amount_fen=34_200_000,
    )
    tell(log, INSP, stream, proposed, "2025-03-07T09:00")
    _risk(log, "RW-3", Level.RED, "2025-03-07T09:00")
    decided = ReferralDecided(
        **own,
        approved=True,
        signatory=Signatory.PRINCIPAL_HEAD,
        decided_at=moment("2025-03-10T10:00"),
    )
    tell(log, HEAD, stream, decided, "2025-03-10T10:00")
    documents = (
        *(
            ReferralDocument(code=code, document_id=f"DOC-{n}", file=file(str(n)))
            for n, code in enumerate(ReferralDocumentCode, start=1)
            if code != ReferralDocumentCode.D4
        ),
        ReferralDocument(code=ReferralDocumentCode.D4, not_applicable=True, reason="无须检验鉴定"),
    )
    transferred = ReferralTransferred(
        **own,
        to_region=REGION,
        letter_no="沈河人社移字〔2025〕1号",
        transferred_at=moment("2025-03-10T16:30"),
        documents=documents,
        crimes=("XF-266",),
        copied_to_procuratorate_on=date(2025, 3, 10),
    )
    tell(log, HEAD, stream, transferred, "2025-03-10T16:30")
    signed = ReferralReceipted(**theirs, signed_at=moment("2025-03-10T16:40"), region=REGION)
    tell(log, PSB, police, signed, "2025-03-10T16:40")
    listed = CaseSupervisionChanged(
        listing_id="SV-1",
        action=SupervisionAction.LISTED,
        about=CASE,
        subject_id=LN_A,
        responsible_organ="HRSS_INSP",
        responsible_region=REGION,
        requirements=("查清收费人数和金额",),
        due=date(2025, 4, 23),
    )
    tell(log, HEAD, f"supervised/{CASE}", listed, "2025-03-11T09:00", region="210000")
    refused = CriminalFilingDecided(
        **theirs,
        decision=FilingDecision.NOT_FILED,
        decided_on=date(2025, 3, 13),
        notice_no="沈公不立字〔2025〕2号",
        reason="数额证据不足",
        file_returned=True,
    )
    first = tell(log, PSB, police, refused, "2025-03-13T15:00")
    notice(log, first.id, FilingDecision.NOT_FILED, None, "2025-03-14T09:00")
    asked = FilingReviewRequested(
        **own,
        kind=ReviewKind.RECONSIDERATION,
        requested_on=date(2025, 3, 17),
        reason="补充九人陈述和转账记录",
    )
    tell(log, HEAD, stream, asked, "2025-03-17T09:00")
    reviewed = FilingReviewDecided(
        **theirs,
        kind=ReviewKind.RECONSIDERATION,
        outcome=ReviewOutcome.FILE,
        decided_on=date(2025, 3, 19),
        notice_no="沈公复字〔2025〕1号",
    )
    second = tell(log, PSB, police, reviewed, "2025-03-19T15:00")
    notice(log, second.id, FilingDecision.FILED, ReviewKind.RECONSIDERATION, "2025-03-20T09:00")
    suspended = CasePeriodChanged(
        case_id=CASE,
        subject_id=LN_A,
        kind=PeriodChange.SUSPENDED,
        ground=PeriodGround.PENDING_CRIMINAL,
        on=date(2025, 3, 20),
        about=REFERRAL,
    )
    tell(log, INSP, f"case/{CASE}", suspended, "2025-03-20T09:10")
    over = ReferralMaterialsHandedOver(
        **own, handed_over_on=date(2025, 3, 24), items=("账册一册", "手机一部")
    )
    tell(log, INSP, stream, over, "2025-03-24T15:00")


def notice(
    log: Log, concerns: str, decision: FilingDecision, after: ReviewKind | None, at: str
) -> None:
    received = FilingNoticeReceived(
        referral_id=REFERRAL,
        about=CASE,
        subject_id=LN_A,
        concerns=concerns,
        decision=decision,
        after=after,
        received_on=date.fromisoformat(at[:10]),
    )
    tell(log, HEAD, f"referral/{REFERRAL}", received, at)


def paper(log: Log) -> None:
    """The letter of the referral, drafted to served; a photograph kept as evidence."""
    stream, document = "document/DOC-1", "DOC-1"
    drafted = DocumentDrafted(
        document_id=document,
        kind="REFERRAL_LETTER",
        template_version="REFERRAL_LETTER.1",
        number="沈河人社移字〔2025〕1号",
        revision=1,
        about=CASE,
        subject_id=LN_A,
        content=file("c", "application/json"),
        drafted_by="HRSS_INSP.OFFICER@210103",
    )
    tell(log, INSP, stream, drafted, "2025-03-08T09:00")
    for n, fact in enumerate(
        (
            DocumentChecked(
                document_id=document,
                revision=1,
                agreed=True,
                checked_by="HRSS_INSP.REVIEWER@210103",
            ),
            DocumentApproved(document_id=document, revision=1, approved_by="HRSS@210103"),
            DocumentSealed(
                document_id=document,
                kind="REFERRAL_LETTER",
                number="沈河人社移字〔2025〕1号",
                about=CASE,
                subject_id=LN_A,
                content=file("c", "application/json"),
                docx=file("d"),
                pdf=file("1"),
            ),
            DocumentServed(
                document_id=document,
                kind="REFERRAL_LETTER",
                subject_id=LN_A,
                served_on=date(2025, 3, 10),
                method=ServiceMethod.DIRECT,
            ),
        )
    ):
        tell(log, INSP, stream, fact, f"2025-03-10T1{n}:00")
    kept = EvidenceKept(
        evidence_id="EV-1",
        about=CASE,
        subject_id=LN_A,
        file=file("e", "image/jpeg"),
        what="收费收据照片",
        taken_on=date(2025, 3, 3),
    )
    tell(log, INSP, f"evidence/{CASE}", kept, "2025-03-03T15:00")
