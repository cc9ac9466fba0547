"""Facts as departments record them, built without deciding anything: envelopes, bytes, order.

`story()` is the course of LN-A and LN-B in 沈河区 (reference 15.2) as far as its events exist;
`more()` adds what the story lacks: a suspension, a revocation, a renewal, a filing that ends.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain import law  # noqa: F401  (declares every fact)
from domain.commands import Decided
from domain.correction import (
    CorrectionOrdered,
    CorrectionOutcome,
    CorrectionVerified,
)
from domain.credit_record import (
    CreditRecordPushed,
    CreditRecordReceived,
    PushKind,
    ReceiptOutcome,
    RecordKind,
)
from domain.deadline import DeadlineBreached
from domain.departments import topic_name
from domain.directory import DirectoryPublished
from domain.facts import CHINA, Fact, Recorded, instant, stamp_of
from domain.filing import BusinessFilingRecorded, FilingKind
from domain.finding import ViolationFound
from domain.licence.facts import (
    AnnulmentCause,
    Certificate,
    CertificateForm,
    CommitmentVerified,
    EndCause,
    LicenceAnnulled,
    LicenceApplied,
    LicenceChange,
    LicenceChanged,
    LicenceDecisionServed,
    LicenceDeregistered,
    LicenceEndNotified,
    LicenceGranted,
    LicenceRevoked,
    LicenceType,
    Mode,
    VerificationResult,
)
from domain.matter import MatterLinked
from domain.organisation import (
    RegistrantNotified,
    RegistrationChange,
    SubjectKind,
    SubjectRegistered,
    SubjectRegistrationChanged,
)
from domain.push.scope_push import (
    BusinessScopePushed,
    LicensingGuidanceIssued,
    PushClaimed,
    PushDisposed,
    PushOutcome,
)
from domain.risk.facts import Level, RiskWarningRaised
from domain.violations.catalogue import Severity
from gateways.contracts import canonical
from gateways.contracts.envelope import draft_envelope, fact_of, source_of, timestamp

LN_A = "91210103MAYTX011XN"
LN_B = "91210103MAYTX0128N"
REGION = "210103"


@dataclass(frozen=True)
class Taken:
    """A fact as a reader takes it from the log: its place there and its exact bytes."""

    fact: Recorded[Any]
    topic: str
    partition_sequence: int
    body: bytes


@dataclass
class Log:
    """Departments recording facts one after another."""

    taken: list[Taken] = field(default_factory=list)
    _sequence: dict[str, int] = field(default_factory=dict)
    _versions: dict[str, int] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _stamp: int = 0

    def record(
        self,
        department: str,
        organ: str,
        stream: str,
        fact: Fact,
        at: str,
        *,
        subject: str,
        matter: str,
        cause: str | None = None,
        region: str = REGION,
        family: str | None = None,
    ) -> Recorded[Any]:
        """Records one fact at a moment (+08:00) and returns it as any reader sees it."""
        moment = datetime.fromisoformat(at).replace(tzinfo=CHINA)
        self._stamp = stamp = max(stamp_of(moment), self._stamp) + 1
        topic = topic_name(department, family or fact.FAMILY)
        sequence = self._sequence[department] = self._sequence.get(department, 0) + 1
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        place = self._places[topic] = self._places.get(topic, 0) + 1
        event_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{department}/{sequence}"))
        envelope = draft_envelope(
            Decided(stream=stream, fact=fact, subject=subject, matter=matter, occurred=moment),
            event_id=event_id,
            command_id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"command/{event_id}")),
            command_name=type(fact).__name__,
            post=f"{organ}@{region}",
            organ=organ,
            appointment="A-1",
            powers="2025.1",
            region=region,
            cause=cause,
            now=stamp,
        ) | {
            "source": source_of(department, "simulated", "0123456789ab"),
            "recorded": timestamp(instant(stamp)),
            "sequence": str(sequence),
            "partitionsequence": str(place),
            "streamversion": str(version),
        }
        body = canonical.encode(envelope)
        found = fact_of(body)
        self.taken.append(Taken(found, topic, place, body))
        return found


def story() -> Log:
    """LN-A and LN-B, 2024-11-18 to 2025-02-19."""
    log = Log()
    _ln_b_opens(log)
    _ln_a(log)
    _ln_b_ends(log)
    return log


def register(log: Log, uscc: str, name: str, scope: str, at: str, n: str) -> Recorded[Any]:
    """A registration, its notice and its push P-<n>, in matter M-<n>."""
    who: dict[str, Any] = {"subject": uscc, "matter": f"M-{n}"}
    registered = log.record(
        "samr",
        "SAMR",
        f"organisation/{uscc}",
        SubjectRegistered(
            uscc=uscc,
            name=name,
            kind=SubjectKind.ENTERPRISE,
            scope=scope,
            region=REGION,
            registered_on=date.fromisoformat(at[:10]),
        ),
        at,
        **who,
    )
    log.record(
        "samr",
        "SAMR",
        f"organisation/{uscc}",
        RegistrantNotified(uscc=uscc, approvals=("LIC_HRS",), mapping_version="2025.1"),
        at,
        **who,
    )
    return log.record(
        "samr",
        "SAMR",
        f"scope_push/{uscc}",
        BusinessScopePushed(
            push_id=f"P-{n}",
            uscc=uscc,
            name=name,
            scope=scope,
            phrases=("K4",),
            classes=("LICENCE",),
            excluded=(),
            needs=("LIC_HRS",),
            in_draw_population=True,
            mapping_version="2025.1",
            to_region=REGION,
            registration_event=registered.id,
        ),
        at,
        cause=registered.id,
        **who,
    )


def claim(log: Log, uscc: str, n: str, at: str, guided_at: str, cause: str) -> Recorded[Any]:
    """The claim of push P-<n> and the guidance."""
    who: dict[str, Any] = {"subject": uscc, "matter": f"M-{n}"}
    stream = f"push_claim/{uscc}"
    claimed = log.record(
        "hr",
        "HRSS_MKT",
        stream,
        PushClaimed(push_id=f"P-{n}", uscc=uscc, needs=("LIC_HRS",)),
        at,
        cause=cause,
        **who,
    )
    guidance = LicensingGuidanceIssued(
        push_id=f"P-{n}", uscc=uscc, needs=("LIC_HRS",), where="窗口", how="持营业执照"
    )
    log.record("hr", "HRSS_MKT", stream, guidance, guided_at, cause=claimed.id, **who)
    return claimed


def grant(
    log: Log, uscc: str, n: str, at: str, *, mode: Mode = Mode.COMMITMENT, valid_to: str
) -> Recorded[Any]:
    """An application A-<n> and its licence L-<n>, in matter C-<n>."""
    who: dict[str, Any] = {"subject": uscc, "matter": f"C-{n}"}
    stream, kind = f"licence/{uscc}:LIC_HRS", LicenceType.LIC_HRS
    day = date.fromisoformat(at[:10])
    applied = log.record(
        "hr",
        "HRSS_APPR",
        stream,
        LicenceApplied(
            application_id=f"A-{n}",
            uscc=uscc,
            type=kind,
            mode=mode,
            scope="职业中介活动",
            applied_on=day,
        ),
        at,
        **who,
    )
    log.record(
        "hr",
        "HRSS_APPR",
        f"matter/C-{n}",
        MatterLinked(one=f"C-{n}", other=f"M-{n}", because="许可申请源于该推送"),
        at,
        cause=applied.id,
        **who,
    )
    return log.record(
        "hr",
        "HRSS_APPR",
        stream,
        LicenceGranted(
            licence_id=f"L-{n}",
            application_id=f"A-{n}",
            uscc=uscc,
            type=kind,
            mode=mode,
            scope="职业中介活动",
            region=REGION,
            valid_from=day,
            valid_to=date.fromisoformat(valid_to),
            certificate=Certificate(
                form=CertificateForm.ELECTRONIC,
                serial=f"LN{n}",
                issued_on=day,
                qr_token=f"TOKEN{n:0>8}".replace("-", "0").upper(),
            ),
        ),
        at,
        **who,
    )


def credit(log: Log, uscc: str, n: str, about: Recorded[Any], at: str, *, back: bool) -> None:
    """A credit push about a fact, and 发展改革's receipt of it."""
    who: dict[str, Any] = {"subject": uscc, "matter": f"C-{n}"}
    pushed = log.record(
        "hr",
        "HRSS_MKT",
        f"credit_record/{uscc}",
        CreditRecordPushed(
            record_id=f"CR-{n}",
            uscc=uscc,
            kind=PushKind.WITHDRAW if back else PushKind.PUSH,
            record=RecordKind.LICENCE_GRANTED,
            about=about.id,
            concerns=f"L-{n}",
            pushed_on=date.fromisoformat(at[:10]),
        ),
        at,
        cause=about.id,
        **who,
    )
    log.record(
        "drc",
        "DRC",
        f"credit_file/{uscc}",
        CreditRecordReceived(
            record_id=f"CR-{n}",
            uscc=uscc,
            record=RecordKind.LICENCE_GRANTED,
            outcome=ReceiptOutcome.WITHDRAWN if back else ReceiptOutcome.RECORDED,
            push_event=pushed.id,
        ),
        at,
        cause=pushed.id,
        **who,
    )


def dispose(log: Log, uscc: str, n: str, outcome: PushOutcome, at: str) -> None:
    """The outcome of push P-<n>."""
    log.record(
        "hr",
        "HRSS_MKT",
        f"push_claim/{uscc}",
        PushDisposed(push_id=f"P-{n}", uscc=uscc, outcome=outcome),
        at,
        subject=uscc,
        matter=f"M-{n}",
    )


def _ln_b_opens(log: Log) -> None:
    pushed = register(
        log, LN_B, "沈阳虚例北辰职介服务有限公司", "职业中介活动", "2024-11-18T09:00", "B"
    )
    claim(log, LN_B, "B", "2024-11-20T09:00", "2024-11-20T10:00", pushed.id)
    granted = grant(log, LN_B, "B", "2024-11-25T10:00", valid_to="2029-11-24")
    dispose(log, LN_B, "B", PushOutcome.LICENSED, "2024-11-25T10:00")
    credit(log, LN_B, "B", granted, "2024-11-25T10:00", back=False)


def _ln_b_ends(log: Log) -> None:
    who: dict[str, Any] = {"subject": LN_B, "matter": "C-B"}
    stream, kind = f"licence/{LN_B}:LIC_HRS", LicenceType.LIC_HRS
    appr = ("hr", "HRSS_APPR")
    log.record(
        *appr,
        stream,
        CommitmentVerified(
            licence_id="L-B",
            uscc=LN_B,
            type=kind,
            result=VerificationResult.FAILED,
            failures=("专职人员1人", "无经营场所"),
        ),
        "2025-01-10T10:00",
        **who,
    )
    correction = f"correction/{LN_B}"
    log.record(
        *appr,
        correction,
        ViolationFound(
            finding_id="F-B",
            code="V-LIC-07",
            severity=Severity.SERIOUS,
            subject_id=LN_B,
            about="L-B",
            facts=("无经营场所",),
            act_from=date(2024, 11, 25),
        ),
        "2025-01-10T10:00",
        **who,
    )
    log.record(
        *appr,
        correction,
        CorrectionOrdered(
            order_id="O-B",
            subject_id=LN_B,
            finding_ids=("F-B",),
            about="L-B",
            due=date(2025, 1, 24),
            working_days=10,
        ),
        "2025-01-10T11:00",
        **who,
    )
    log.record(
        *appr,
        correction,
        CorrectionVerified(
            order_id="O-B", subject_id=LN_B, about="L-B", outcome=CorrectionOutcome.NOT_CORRECTED
        ),
        "2025-01-26T10:00",
        **who,
    )
    annulled = log.record(
        *appr,
        stream,
        LicenceAnnulled(
            licence_id="L-B",
            uscc=LN_B,
            type=kind,
            region=REGION,
            cause=AnnulmentCause.FALSE_COMMITMENT,
            ex_tunc_from=date(2024, 11, 25),
            document_no="沈河人社撤字〔2025〕第3号",
            holder_told_on=date(2025, 2, 6),
            holder_heard=True,
        ),
        "2025-02-14T10:00",
        **who,
    )
    log.record(
        *appr,
        stream,
        LicenceEndNotified(
            licence_id="L-B", uscc=LN_B, type=kind, end="ANNULLED", about=annulled.id
        ),
        "2025-02-14T10:00",
        cause=annulled.id,
        **who,
    )
    credit(log, LN_B, "B", annulled, "2025-02-14T10:00", back=True)
    log.record(
        *appr,
        stream,
        LicenceDecisionServed(
            licence_id="L-B",
            uscc=LN_B,
            type=kind,
            document_no="沈河人社撤字〔2025〕第3号",
            served_on=date(2025, 2, 17),
        ),
        "2025-02-17T10:00",
        **who,
    )
    log.record(
        *appr,
        stream,
        LicenceDeregistered(
            licence_id="L-B", uscc=LN_B, type=kind, region=REGION, cause=EndCause.ANNULLED
        ),
        "2025-02-18T10:00",
        **who,
    )
    log.record(
        "hr",
        "HRSS_MKT",
        f"directory/{REGION}",
        DirectoryPublished(
            snapshot_id="D-1",
            region=REGION,
            entries_hash="0" * 64,
            entries=0,
            published_on=date(2025, 2, 19),
        ),
        "2025-02-19T10:00",
        subject=REGION,
        matter=f"DIR-{REGION}",
    )


def _ln_a(log: Log) -> None:
    scope = "人力资源服务（不含职业中介活动、劳务派遣服务）；软件开发"
    name = "沈阳虚例云聘网络科技有限公司"
    pushed = register(log, LN_A, name, scope, "2024-12-03T09:00", "A")
    claim(log, LN_A, "A", "2024-12-05T09:00", "2024-12-06T09:00", pushed.id)
    dispose(log, LN_A, "A", PushOutcome.NOT_OPERATING, "2024-12-20T09:00")


def more(log: Log) -> Log:
    """After the story: LN-A is licensed, suspended, renewed and revoked; a filing ends; a breach."""
    granted = grant(log, LN_A, "A", "2025-03-03T09:00", mode=Mode.GENERAL, valid_to="2025-04-30")
    credit(log, LN_A, "A", granted, "2025-03-03T09:30", back=False)
    stream, kind = f"licence/{LN_A}:LIC_HRS", LicenceType.LIC_HRS
    who: dict[str, Any] = {"subject": LN_A, "matter": "C-A"}

    def changed(change: LicenceChange, at: str, valid_to: date | None = None) -> None:
        fact = LicenceChanged(
            licence_id="L-A", uscc=LN_A, type=kind, change=change, valid_to=valid_to
        )
        log.record("hr", "HRSS_APPR", stream, fact, at, **who)

    changed(LicenceChange.SUSPENDED, "2025-03-10T09:00")
    changed(LicenceChange.RESUMED, "2025-03-20T09:00")
    changed(LicenceChange.RENEWED, "2025-04-20T09:00", date(2030, 4, 30))
    for kind_of, at in (
        (FilingKind.FIL_HRS, "2025-03-04T09:00"),
        (FilingKind.ENDING, "2025-06-02T09:00"),
    ):
        log.record(
            "hr",
            "HRSS_APPR",
            f"filing/{LN_A}",
            BusinessFilingRecorded(
                filing_id=f"FL-{kind_of}",
                uscc=LN_A,
                kind=kind_of,
                services=("FS1", "FS3") if kind_of == FilingKind.FIL_HRS else (),
                region=REGION,
                event_on=date(2025, 3, 1),
                filed_on=date(2025, 3, 4),
            ),
            at,
            subject=LN_A,
            matter="FM-A",
        )
    log.record(
        "hr",
        "HRSS_MKT",
        f"supervision/{LN_A}",
        RiskWarningRaised(
            warning_id="RW-A",
            subject_id=LN_A,
            rule="UNRESOLVED_PUSH",
            level=Level.YELLOW,
            about="P-A",
        ),
        "2025-06-03T09:00",
        subject=LN_A,
        matter="M-A",
    )
    log.record(
        "hr",
        "HRSS_MKT",
        "clock/K-1",
        DeadlineBreached(
            clock_id="K-1",
            code="R02",
            owner="HRSS_MKT",
            due=date(2025, 6, 3),
            due_at=datetime(2025, 6, 4, tzinfo=CHINA),
            source_event=granted.id,
            rule_version="2025.1",
            calendar_version="2025.1",
        ),
        "2025-06-04T00:00",
        subject=LN_A,
        matter="M-A",
    )
    log.record(
        "hr",
        "HRSS_INSP",
        stream,
        LicenceRevoked(
            licence_id="L-A",
            uscc=LN_A,
            type=kind,
            region=REGION,
            penalty_decision_id="PD-1",
            effective_on=date(2025, 7, 1),
            document_no="沈河人社罚字〔2025〕第1号",
        ),
        "2025-06-20T09:00",
        **who,
    )
    log.record(
        "samr",
        "SAMR",
        f"organisation/{LN_A}",
        SubjectRegistrationChanged(
            uscc=LN_A,
            change=RegistrationChange.NAME,
            before="沈阳虚例云聘网络科技有限公司",
            after="沈阳虚例新名科技有限公司",
            changed_on=date(2025, 7, 2),
        ),
        "2025-07-02T09:00",
        subject=LN_A,
        matter="M-A",
    )
    log.record(
        "samr",
        "SAMR",
        f"organisation/{LN_A}",
        SubjectRegistrationChanged(
            uscc=LN_A, change=RegistrationChange.CANCELLED, changed_on=date(2025, 8, 1)
        ),
        "2025-08-01T09:00",
        subject=LN_A,
        matter="M-A",
    )
    return log
