"""What officers ask for: any act about any lead, complaint, case or referral, right or wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.complaint import state as complaints
from domain.complaint.facts import Channel, ComplaintKind, ComplaintOutcome, ComplaintReceived
from domain.enforcement import state as cases
from domain.enforcement.case import Case, CaseState
from domain.enforcement.facts import (
    CaseFiled,
    CaseOutcome,
    EvidencePreserved,
    Measure,
    MeasureKind,
    Payment,
    PenaltyNoticeServed,
    PeriodGround,
    ReviewOpinion,
    ServiceMethod,
)
from domain.facts import instant
from domain.finding import CrimeSign, ViolationFound
from domain.lead import state as leads
from domain.lead.facts import (
    Assessment,
    Disposal,
    LeadKind,
    LeadSource,
    LeadTransferred,
    ReceiptOutcome,
    Stage,
)
from domain.referral import state as referrals
from domain.referral.facts import (
    CriminalOutcome,
    FilingDecision,
    ReferralProposed,
    ReviewKind,
    ReviewOutcome,
)
from tests.domain.casework import OFFICERS
from tests.domain.story import LN_A
from tests.flows.casework_worlds import Ask, World

ORGANS = ("CAC", "HRSS_MKT", "HRSS_INSP", "HRSS_INSP", "SAMR", "DRC", "PSB", "LGO", "HRSS")
CODE = "V-CON-01"
FINE = Measure(kind=MeasureKind.FINE, amount_fen=1_500_000, code=CODE, basis="就业促进法第65条")
AT_MOST = {LeadTransferred: 3, CaseFiled: 2, ReferralProposed: 3, ComplaintReceived: 3}
"""So few of a kind that many acts meet on one of them."""


class Files:
    """Everything on record, by what it is about."""

    def __init__(self, world: World) -> None:
        self.world, self.facts = world, world.facts()

    def of(self, kind: type[Any], field: str) -> list[str]:
        """The ids of all things that began with a fact of this kind."""
        found = (getattr(one.fact, field) for one in self.facts if isinstance(one.fact, kind))
        return list(dict.fromkeys(found))

    def lead(self, name: str) -> leads.Lead:
        """A lead of which everybody's facts are known."""
        streams = (f"lead/{name}", f"lead_receipt/{name}")
        found = leads.fold(one for one in self.facts if one.stream in streams)
        assert found is not None
        return found

    def case(self, name: str) -> Case:
        """A case."""
        found = cases.fold(one for one in self.facts if one.stream == f"case/{name}")
        assert found is not None
        return found

    def referrals(self) -> dict[str, referrals.Referral]:
        """All referrals."""
        return referrals.fold(self.facts)

    def complaints(self) -> dict[str, complaints.Complaint]:
        """All complaints."""
        return complaints.fold(self.facts)

    def may_begin(self, kind: type[Any]) -> bool:
        """Whether another thing of this kind may begin."""
        return sum(isinstance(one.fact, kind) for one in self.facts) < AT_MOST[kind]


def _one(luck: random.Random, names: list[str], prefix: str) -> str:
    return luck.choice(names) if names else f"{prefix}-NONE"


def lead_asks(files: Files, luck: random.Random) -> list[Ask]:
    """Acts on leads by whoever holds one."""
    new: dict[str, Any] = {
        "kind": luck.choice((LeadKind.DISCOVERY, LeadKind.DISCOVERY, LeadKind.PENALTY_LEAD)),
        "source": LeadSource.MONITORING,
        "organisation": LN_A,
        "summary": "公众号以内部推荐为名介绍工作并收费",
    }
    known = files.of(LeadTransferred, "lead_id")
    if luck.random() < 0.1:
        new["stage"] = Stage.COORDINATE
    asks = []
    if files.may_begin(LeadTransferred):
        about = luck.choice([None, *known])
        to = luck.choice(("HRSS_INSP", "HRSS_MKT", "SAMR"))
        asks.append(
            Ask(
                by=luck.choice(ORGANS),
                command="TransferLead",
                data={**new, "to_organ": to, "about": about},
            )
        )
    for name in known:
        lead = files.lead(name)
        holder, sender = lead.sent.to_organ, lead.sent.from_organ
        again = {**new, "lead": name, "to_organ": luck.choice(ORGANS)}
        returned = {
            "lead": name,
            "outcome": ReceiptOutcome.RETURNED,
            "returned_to": luck.choice(ORGANS),
            "reason": "不属本机关职权",
        }
        handle = luck.random() < 0.8
        judged = {
            "lead": name,
            "codes": ("V-LIC-04",) if handle else (),
            "assessment": Assessment.HANDLE if handle else Assessment.NO_ACTION,
            "crime_suspected": handle and luck.random() < 0.2,
            "grounds": "经核对公众号内容与收费记录",
        }
        asks += [
            Ask(by=holder, command="ReceiptLead", data={"lead": name}),
            Ask(by=holder, command="ReceiptLead", data=returned),
            Ask(by=holder, command="AssessLead", data=judged),
            Ask(by=luck.choice((sender, holder)), command="TransferLead", data=again),
            Ask(
                by=holder,
                command="DisposeLead",
                data={"lead": name, "outcome": Disposal.CORRECTED, "basis": "O-1"},
            ),
            Ask(
                by=holder,
                command="TransferLead",
                data={
                    **new,
                    "kind": LeadKind.OUTCOME_NOTICE,
                    "to_organ": sender,
                    "about": name,
                    "outcome": Disposal.CORRECTED,
                },
            ),
        ]
    return asks


def complaint_asks(files: Files, luck: random.Random) -> list[Ask]:
    """Complaints received and decided on, and cases filed on what is there."""
    asks = []
    if files.may_begin(ComplaintReceived):
        asks.append(
            Ask(
                by="HRSS_INSP",
                command="RegisterComplaint",
                data={
                    "organisation": LN_A,
                    "kind": luck.choice(tuple(ComplaintKind)),
                    "channel": Channel.VISIT,
                    "about_what": "以内部推荐名义收取费用",
                    "own_right": luck.random() < 0.8,
                },
            )
        )
    known, open_cases = files.of(ComplaintReceived, "complaint_id"), files.of(CaseFiled, "case_id")
    for name in known:
        about = {"organisation": LN_A, "complaint": name}
        joined = luck.choice([None, None, *open_cases])
        asks += [
            Ask(
                by="HRSS_INSP",
                command="DecideComplaint",
                data={**about, "outcome": ComplaintOutcome.ACCEPTED, "case": joined},
            ),
            Ask(
                by="HRSS_INSP",
                command="DecideComplaint",
                data={
                    **about,
                    "outcome": luck.choice((ComplaintOutcome.COMPLETION, ComplaintOutcome.REFUSED)),
                    "reason": "缺少本人权益受侵害的事实",
                },
            ),
            Ask(by="HRSS_INSP", command="CompleteComplaint", data=about),
        ]
    if files.may_begin(CaseFiled):
        by = luck.choice(("HRSS_INSP", "HRSS_INSP", "HRSS_INSP", "SAMR"))
        held = [
            name
            for name in files.of(LeadTransferred, "lead_id")
            if luck.random() < 0.2 or files.lead(name).sent.to_organ == by
        ]
        accepted = [
            name
            for name, one in files.complaints().items()
            if luck.random() < 0.1 or one.state is complaints.ComplaintState.ACCEPTED
        ]
        asks += [
            Ask(
                by=by,
                command="FileCase",
                data={
                    "organisation": LN_A,
                    "codes": ("V-FUL-07",)
                    if by == "SAMR"
                    else (luck.choice((CODE, CODE, CODE, "V-CON-08")),),
                    "officers": OFFICERS[: luck.choice((1, 2, 2, 2))],
                    "leads": tuple(luck.sample(held, min(luck.randint(0, 1), len(held)))),
                    "complaints": tuple(luck.sample(accepted, min(1, len(accepted)))),
                },
            )
        ] * 2
    return asks


def case_asks(files: Files, luck: random.Random) -> list[Ask]:
    """Every step of the penalty procedure, whatever comes before it."""
    asks: list[Ask] = []
    today = instant(files.world.now).date()
    referred = list(files.referrals())
    for name in files.of(CaseFiled, "case_id"):
        case = files.case(name)
        by = case.organ
        preserved = [
            one.fact.preservation_id
            for one in files.facts
            if isinstance(one.fact, EvidencePreserved) and one.fact.case_id == name
        ]
        told = [
            one.fact.proposed
            for one in files.facts
            if isinstance(one.fact, PenaltyNoticeServed) and one.fact.case_id == name
        ]
        owed = case.standing[-1].owed_fen if case.standing else 400_000
        steps: list[tuple[str, str, dict[str, Any]]] = [
            (by, "CloseCase", {"outcome": luck.choice(tuple(CaseOutcome)), "reason": "结案"}),
            (
                by,
                "RecordViolation",
                {
                    "organisation": LN_A,
                    "code": CODE,
                    "about": name,
                    "facts": (f"虚构岗位收取费用，第{len(files.facts)}次查实",),
                    "act_from": today - timedelta(days=30),
                    "persons": luck.choice((1, 9)),
                    "signs": (CrimeSign.VICTIM_LOSS,),
                },
            ),
            (
                by,
                "SuspendCase",
                {
                    "ground": luck.choice((PeriodGround.PENDING_CRIMINAL, PeriodGround.TESTING)),
                    "about": _one(luck, referred, "RF") if luck.random() < 0.5 else None,
                },
            ),
            (
                by,
                "ResumeCase",
                {
                    "ground": luck.choice(
                        (
                            PeriodGround.RETURNED_FOR_ADMIN,
                            PeriodGround.NOT_FILED_BY_POLICE,
                            PeriodGround.TESTING_DONE,
                        )
                    ),
                    "about": _one(luck, referred, "RF") if luck.random() < 0.7 else None,
                },
            ),
            (by, "PreserveEvidence", {"items": ("收款账本1册",)}),
            (
                by,
                "SettleEvidence",
                {"preservation": _one(luck, preserved, f"{name}.PV"), "decision": "RETURNED"},
            ),
            (
                by,
                "ConcludeInvestigation",
                {
                    "illegal_income_fen": luck.choice((0, 400_000, 400_000)),
                    "serious": luck.random() < 0.3,
                    "licensed": True,
                    "proposal": "建议处罚",
                },
            ),
            (
                by,
                "ServePenaltyNotice",
                {
                    "notice_no": "沈河告1号",
                    "proposed": (
                        replace(FINE, amount_fen=luck.choice((1_500_000, 3_000_000, 9_000_000))),
                    ),
                },
            ),
            (by, "RequestHearing", {}),
            (
                by,
                "NotifyHearing",
                {"hearing_on": today + timedelta(days=luck.choice((6, 12, 15))), "place": "三楼"},
            ),
            (by, "HoldHearing", {}),
            (by, "HearDefence", {"accepted": luck.random() < 0.3, "reason": "与事实不符"}),
            ("HRSS_LEGAL", "ReviewLegality", {"opinion": ReviewOpinion.AGREED, "reason": "合法"}),
            ("HRSS", "DiscussCase", {"opinion": ReviewOpinion.AGREED, "present": 5}),
            (
                f"{by}.{luck.choice(('HEAD', 'HEAD', 'OFFICER'))}",
                "DecidePenalty",
                {
                    "decision_no": "沈河罚1号",
                    "measures": told[-1] if told else (FINE,),
                    "reason": "事实清楚",
                    "referrals": tuple(referred),
                },
            ),
            (by, "ServePenalty", {"method": luck.choice(tuple(ServiceMethod))}),
            (by, "RecordPerformance", {"kind": Payment.PAID, "amount_fen": owed}),
        ]
        for who, command, data in steps:
            named = data if command == "RecordViolation" else {"case": name, **data}
            asks.append(Ask(by=who, command=command, data=named))
    return asks


def referral_asks(files: Files, luck: random.Random) -> list[Ask]:
    """Every step between the organ, the police and the procuratorate."""
    asks = []
    for name in files.of(CaseFiled, "case_id"):
        found = [
            one.fact.finding_id
            for one in files.facts
            if isinstance(one.fact, ViolationFound) and one.fact.about == name
        ]
        asked = {"organisation": LN_A, "about": name, "findings": tuple(found[-1:])}
        if files.may_begin(ReferralProposed):
            team = OFFICERS[: luck.choice((1, 2, 2, 2))]
            asks += [
                Ask(
                    by="HRSS_INSP",
                    command="ProposeReferral",
                    data={**asked, "team": team, "crimes": ("XF-266",)},
                )
            ] * 2
        asks.append(
            Ask(
                by="HRSS_INSP",
                command="AnswerReferralQuestion",
                data={**asked, "reason": "金额未达追诉标准"},
            )
        )
    for name, referral in files.referrals().items():
        asks += _steps(files, luck, name, referral)
    return asks


def _steps(files: Files, luck: random.Random, name: str, referral: referrals.Referral) -> list[Ask]:
    at = referral.at or "210103"
    missing = luck.choice((0, 1, 2, 3, 4, 5, 5, 5, 5, 5))
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("HRSS", "DecideReferral", {"approved": luck.random() < 0.9, "reason": "事实清楚"}),
        (
            "HRSS",
            "TransferReferral",
            {"letter_no": "沈河移1号", "documents": files.world.documents(missing)},
        ),
        ("PSB", "ReceiptReferral", {"not_ours": luck.random() < 0.2, "reason": "犯罪地在他处"}),
        (
            "PSB",
            "ForwardReferral",
            {"to_region": luck.choice(("210102", "210103")), "notice_no": "转1号"},
        ),
        (
            "PSB",
            "ExtendFilingReview",
            {"days": 10, "approver": "PSB.HEAD@210103", "reason": "案情复杂"},
        ),
        (
            "PSB",
            "DecideFiling",
            {
                "decision": luck.choice(tuple(FilingDecision)),
                "notice_no": "沈河通字1号",
                "reason": "证据不足",
            },
        ),
        ("HRSS", "RecordFilingNotice", {"accepted": luck.random() < 0.2}),
        (
            "HRSS",
            "RequestFilingReview",
            {"kind": luck.choice(tuple(ReviewKind)), "reason": "证据足够"},
        ),
        (
            luck.choice(("PSB", "PROC")),
            "DecideFilingReview",
            {
                "outcome": luck.choice(tuple(ReviewOutcome)),
                "notice_no": "沈河复字1号",
                "reason": "理由成立",
            },
        ),
        ("PROC", "DemandExplanation", {}),
        ("PSB", "ExplainRefusal", {"reason": "证据不足"}),
        ("PROC", "DemandFiling", {}),
        ("HRSS_INSP", "HandOverMaterials", {"items": ("账册3本",)}),
        (
            luck.choice(("PSB", "PROC", "COURT")),
            "RecordCriminalOutcome",
            {
                "outcome": luck.choice(tuple(CriminalOutcome)),
                "to_organ": None,
                "reason": "不构成犯罪",
            },
        ),
    ]
    return [
        Ask(
            by=by,
            command=command,
            data={"referral": name, **data},
            at=at if by == "PSB" else "210103",
        )
        for by, command, data in steps
    ]


KINDS = (lead_asks, complaint_asks, case_asks, referral_asks)


def a_case(world: World) -> Iterator[Ask]:
    """A complaint is accepted and a case filed on it; each act is asked for when it is its turn."""
    files = Files(world)
    inspection = "HRSS_INSP"
    yield next(
        one for one in complaint_asks(files, random.Random(0)) if one.command == "RegisterComplaint"
    )
    (complaint,) = Files(world).of(ComplaintReceived, "complaint_id")
    about = {"organisation": LN_A, "complaint": complaint}
    yield Ask(
        by=inspection,
        command="DecideComplaint",
        data={**about, "outcome": ComplaintOutcome.ACCEPTED},
    )
    yield Ask(
        by=inspection,
        command="FileCase",
        data={
            "organisation": LN_A,
            "codes": (CODE,),
            "officers": OFFICERS,
            "complaints": (complaint,),
        },
    )


def any_ask(world: World, luck: random.Random) -> Ask:
    """One act of all that could be asked for, most often by whoever it falls to."""
    files = Files(world)
    asks = next((found for kind in luck.sample(KINDS, 4) if (found := kind(files, luck))), [])
    ask = luck.choice(asks)
    return replace(ask, by=luck.choice(ORGANS)) if luck.random() < 0.1 else ask


ENDING = ("CloseCase", "DisposeLead", "RecordCriminalOutcome", "TransferLead", "SuspendCase")
"""Acts after which little more can happen, or that can always happen: they come last."""


def ways_on(world: World, luck: random.Random) -> list[Ask]:
    """Acts about one kind of thing: the furthest step first, or any but those that end it first."""
    files = Files(world)
    kind = luck.choices(KINDS, (3, 1, 5, 5))[0]
    asks = kind(files, luck) or complaint_asks(files, luck)
    if luck.random() < 0.5:
        return [ask for ask in reversed(asks) if not _done_already(files, ask)]
    return sorted(asks, key=lambda ask: luck.random() + 0.7 * (ask.command in ENDING))


def _done_already(files: Files, ask: Ask) -> bool:
    """Whether the step would begin again what stands."""
    if "case" not in ask.data or ask.command == "DecideComplaint":
        return False
    case = files.case(ask.data["case"])
    if ask.command in ("ReviewLegality", "DiscussCase"):
        return (case.reviewed if ask.command == "ReviewLegality" else case.discussed) is not None
    if ask.command not in ("ConcludeInvestigation", "ServePenaltyNotice"):
        return ask.command in ("PreserveEvidence", "CloseCase")
    stage = case.stage
    if ask.command == "ConcludeInvestigation":
        return stage is not CaseState.FILED
    return stage is not CaseState.INVESTIGATED
