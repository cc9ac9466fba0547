"""Two counties of one prefecture in a campaign: facts for the statistics form, as recorded.

`one_county` is 楚雄市 as S1 tells it, as far as the form looks at it; `two_counties` adds
禄丰 with a firm that is licensed in both, and acts of the prefecture.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.campaign.facts import CampaignLaunched, Phase, ReportDue, ReportKind
from domain.directory import DirectoryPublished
from domain.facts import Recorded
from domain.filing import BusinessFilingRecorded, FilingKind
from domain.finding import ViolationFound
from domain.inspection.facts import (
    Category,
    InspectionKind,
    InspectionResultRecorded,
    ItemResult,
    Member,
)
from domain.licence.facts import (
    EndCause,
    LicenceDeregistered,
    LicenceGranted,
    LicenceRevoked,
    LicenceType,
    Mode,
)
from domain.market.facts import (
    Activity,
    AnnualReportDisclosed,
    AnnualReportSubmitted,
    Answer,
    AssociationActivityRecorded,
    EmployerGuidanceGiven,
    EnteredBy,
    Level,
    ManagementRegimeEstablished,
    ModelAgencyChanged,
    RegimeKind,
    SelfCheckDeclared,
    TitleAction,
)
from domain.violations.catalogue import Severity
from tests.projections.facts import Log

PREFECTURE, COUNTY, OTHER = "532300", "532301", "532302"
CAMPAIGN = "CMP-S1"
CX_A, CX_B, CX_C = "91532301MAYTX00133", "91532301MAYTX0021X", "91532301MAYTX003XM"
CX_D, CX_E, CX_F = "91532301MAYTX0048M", "91532301MAYTX0056G", "92532301MAYTX00648"
CX_Z = "51532300MAYTX0072U"
LF_A, LF_B = "91532302MAYTX0080Q", "91532302MAYTX00994"


class County:
    """One territory's organ writing facts."""

    def __init__(self, log: Log, region: str) -> None:
        self.log, self.region, self._count = log, region, 0

    def write(self, organ: str, stream: str, fact: Any, at: str, subject: str) -> Recorded[Any]:
        self._count += 1
        return self.log.record(
            "hr",
            organ,
            stream,
            fact,
            at,
            subject=subject,
            matter=f"M-{subject}",
            region=self.region,
        )

    def grant(self, uscc: str, kind: LicenceType, at: str) -> Recorded[Any]:
        number = f"{self.region}-{uscc}-{kind.value}"
        fact = LicenceGranted(
            licence_id=f"L-{number}",
            application_id=f"A-{number}",
            uscc=uscc,
            type=kind,
            mode=Mode.GENERAL,
            scope="职业中介活动",
            region=self.region,
            valid_from=date.fromisoformat(at[:10]),
        )
        return self.write("HRSS_APPR", f"licence/{uscc}:{kind.value}", fact, at, uscc)

    def revoke(self, uscc: str, kind: LicenceType, at: str, closed: str) -> None:
        number, stream = f"{self.region}-{uscc}-{kind.value}", f"licence/{uscc}:{kind.value}"
        fact = LicenceRevoked(
            licence_id=f"L-{number}",
            uscc=uscc,
            type=kind,
            region=self.region,
            penalty_decision_id="PD-1",
            effective_on=date.fromisoformat(at[:10]),
            document_no="楚人社罚〔2021〕2号",
        )
        self.write("HRSS_INSP", stream, fact, at, uscc)
        over = LicenceDeregistered(
            licence_id=f"L-{number}",
            uscc=uscc,
            type=kind,
            region=self.region,
            cause=EndCause.REVOKED,
        )
        self.write("HRSS_APPR", stream, over, closed, uscc)

    def file(self, uscc: str, at: str) -> Recorded[Any]:
        day = date.fromisoformat(at[:10])
        fact = BusinessFilingRecorded(
            filing_id=f"F-{uscc}",
            uscc=uscc,
            kind=FilingKind.FIL_HRS,
            services=("FS3",),
            region=self.region,
            event_on=day,
            filed_on=day,
        )
        return self.write("HRSS_APPR", f"filing/{uscc}", fact, at, uscc)

    def report(self, uscc: str, at: str, disclosed: str | None, year: int = 2020) -> None:
        fact = AnnualReportSubmitted(
            report_id=f"AR-{uscc}-{year}",
            uscc=uscc,
            year=year,
            submitted_on=date.fromisoformat(at[:10]),
            disclosed_on=None if disclosed is None else date.fromisoformat(disclosed),
            entered_by=EnteredBy.OFFICER,
        )
        self.write("HRSS_MKT", f"annual_report/{uscc}", fact, at, uscc)

    def disclose(self, uscc: str, at: str, year: int = 2020) -> None:
        fact = AnnualReportDisclosed(
            report_id=f"AR-{uscc}-{year}",
            uscc=uscc,
            year=year,
            disclosed_on=date.fromisoformat(at[:10]),
        )
        self.write("HRSS_MKT", f"annual_report/{uscc}", fact, at, uscc)

    def inspect(self, uscc: str, at: str, kind: InspectionKind) -> None:
        fact = InspectionResultRecorded(
            task_id=f"TSK-{uscc}-{kind.value}",
            kind=kind,
            subject_id=uscc,
            region=self.region,
            category=Category.NO_PROBLEM,
            items=(ItemResult(item="I-1", category=Category.NO_PROBLEM),),
            inspected_on=date.fromisoformat(at[:10]),
            team=(Member(inspector_id="I-1", organ="HRSS_MKT", certificate="云E0001"),),
        )
        self.write("HRSS_MKT", f"inspection_task/{uscc}", fact, at, uscc)

    def find(self, uscc: str, code: str, at: str) -> Recorded[Any]:
        fact = ViolationFound(
            finding_id=f"V-{uscc}-{code}-{self.region}",
            code=code,
            severity=Severity.SERIOUS,
            subject_id=uscc,
            about=f"TSK-{uscc}",
            facts=("事实",),
            act_from=date.fromisoformat(at[:10]),
        )
        return self.write("HRSS_MKT", f"correction/{uscc}", fact, at, uscc)

    def declare(self, uscc: str, at: str, rebate: bool, replaces: str | None = None) -> None:
        fact = SelfCheckDeclared(
            check_id=f"SC-{uscc}" + ("-2" if replaces else ""),
            campaign_id=CAMPAIGN,
            uscc=uscc,
            form="S1",
            answers=(Answer(question="Q1", found=rebate),),
            rebate_present=rebate,
            declared_on=date.fromisoformat(at[:10]),
            entered_by=EnteredBy.OFFICER,
            replaces=replaces,
        )
        self.write("HRSS_MKT", f"self_check/{CAMPAIGN}:{uscc}", fact, at, uscc)

    def publish(self, at: str, entries: int) -> Recorded[Any]:
        fact = DirectoryPublished(
            snapshot_id=f"D-{self.region}-{at[:10]}",
            region=self.region,
            entries_hash="0" * 64,
            entries=entries,
            published_on=date.fromisoformat(at[:10]),
        )
        return self.write("HRSS_MKT", f"directory/{self.region}", fact, at, self.region)

    def guide(self, number: int, at: str) -> Recorded[Any]:
        fact = EmployerGuidanceGiven(
            guidance_id=f"GD-{self.region}-{number}",
            employer_name=f"虚例用工企业{number}",
            on=date.fromisoformat(at[:10]),
            about="依法规范用工",
        )
        return self.write("HRSS", f"guidance/{self.region}:{number}", fact, at, self.region)

    def act(self, kind: Activity, at: str, attendances: int = 0, association: str = CX_Z) -> None:
        fact = AssociationActivityRecorded(
            activity_id=f"ACT-{self.region}-{at[:10]}-{kind.value}",
            association=association,
            kind=kind,
            on=date.fromisoformat(at[:10]),
            attendances=attendances,
        )
        self.write("HRSS_MKT", f"association/{association}", fact, at, association)

    def regime(self, kind: RegimeKind, at: str) -> None:
        fact = ManagementRegimeEstablished(
            regime_id=f"RGM-{self.region}-{kind.value}",
            kind=kind,
            region=self.region,
            document_no="楚人社发〔2021〕9号",
            established_on=date.fromisoformat(at[:10]),
        )
        self.write("HRSS_MKT", f"regime/{self.region}", fact, at, self.region)

    def select(self, uscc: str, level: Level, at: str) -> None:
        fact = ModelAgencyChanged(
            title_id=f"TTL-{uscc}",
            uscc=uscc,
            level=level,
            action=TitleAction.SELECTED,
            on=date.fromisoformat(at[:10]),
            document_no="楚人社发〔2021〕30号",
        )
        self.write("HRSS", f"model_agency/{uscc}", fact, at, uscc)


def launch(log: Log) -> None:
    """The campaign, in effect five weeks before its notice."""
    fact = CampaignLaunched(
        campaign_id=CAMPAIGN,
        code="S1-2021",
        title="楚雄州劳务中介专项整治行动",
        region=PREFECTURE,
        legal_basis="人力资源市场暂行条例",
        document_no="楚人社发〔2021〕6号",
        issued_on=date(2021, 4, 6),
        effective_from=date(2021, 3, 1),
        report_year=2020,
        phases=(Phase(code="P1", zh="集中整治"),),
        reports=(
            ReportDue(code="TABLE", kind=ReportKind.STAT_TABLE, phase="P1", due=date(2021, 6, 2)),
        ),
        units=(COUNTY, OTHER),
        indicators="S1-LABOUR-INTERMEDIARIES",
    )
    County(log, PREFECTURE).write(
        "HRSS", f"campaign/{CAMPAIGN}", fact, "2021-04-06T09:00", CAMPAIGN
    )


def one_county() -> Log:
    """楚雄市 from April to September 2021."""
    log = Log()
    launch_day = "2021-04-01T09:00"
    here, above = County(log, COUNTY), County(log, PREFECTURE)
    for uscc in (CX_A, CX_B, CX_C):
        here.grant(uscc, LicenceType.LIC_HRS, launch_day)
    for uscc in (CX_C, CX_D):
        here.grant(uscc, LicenceType.LIC_DISPATCH, launch_day)
    here.file(CX_E, launch_day)
    launch(log)
    here.act(Activity.JOIN_CAMPAIGN, "2021-04-22T09:00")
    here.publish("2021-04-30T09:00", 6)
    here.find(CX_F, "V-LIC-01", "2021-05-10T09:00")
    here.find(CX_F, "V-CON-05", "2021-05-12T09:00")
    here.guide(1, "2021-05-14T09:00")
    for uscc in (CX_A, CX_B, CX_C):
        here.report(uscc, "2021-05-18T09:00", "2021-05-18")
    here.regime(RegimeKind.MODEL, "2021-05-20T09:00")
    here.report(CX_D, "2021-05-25T09:00", "2021-05-25")
    here.inspect(CX_B, "2021-05-28T09:00", InspectionKind.DOUBLE_RANDOM)
    for code in ("V-ADM-01", "V-CON-07", "V-LIC-06"):
        here.find(CX_B, code, "2021-05-28T10:00")
    here.inspect(CX_D, "2021-05-31T09:00", InspectionKind.DOUBLE_RANDOM)
    here.find(CX_D, "V-DSP-01", "2021-05-31T10:00")
    here.guide(2, "2021-06-09T09:00")
    here.inspect(CX_E, "2021-06-15T09:00", InspectionKind.DAILY)
    here.find(CX_E, "V-ADM-03", "2021-06-15T10:00")
    here.act(Activity.NORM_ISSUED, "2021-06-25T09:00")
    here.report(CX_E, "2021-06-28T09:00", None)
    here.act(Activity.TRAINING, "2021-07-15T09:00", 31)
    here.revoke(CX_D, LicenceType.LIC_DISPATCH, "2021-08-13T09:00", "2021-08-20T09:00")
    here.guide(3, "2021-08-19T09:00")
    here.publish("2021-08-23T09:00", 5)
    here.act(Activity.TRAINING, "2021-08-26T09:00", 32)
    above.regime(RegimeKind.SERIOUS_DISHONESTY, "2021-08-30T09:00")
    above.select(CX_C, Level.PREFECTURE, "2021-09-01T09:00")
    return log


def two_counties() -> Log:
    """The same with 禄丰: CX-C is licensed and found at fault there too."""
    log = one_county()
    there, above = County(log, OTHER), County(log, PREFECTURE)
    there.grant(LF_A, LicenceType.LIC_HRS, "2021-09-02T09:00")
    there.grant(LF_B, LicenceType.LIC_DISPATCH, "2021-09-02T09:00")
    there.grant(CX_C, LicenceType.LIC_HRS, "2021-09-03T09:00")
    there.publish("2021-09-04T09:00", 3)
    there.report(LF_A, "2021-09-05T09:00", None)
    there.disclose(LF_A, "2021-09-06T09:00")
    there.report(CX_C, "2021-09-06T09:00", "2021-09-06")
    there.inspect(CX_C, "2021-09-07T09:00", InspectionKind.DOUBLE_RANDOM)
    there.find(CX_C, "V-ADM-01", "2021-09-07T10:00")
    there.find(CX_B, "V-CON-04", "2021-09-07T11:00")
    there.declare(LF_B, "2021-09-08T09:00", True)
    there.declare(LF_B, "2021-09-09T09:00", False, f"SC-{LF_B}")
    there.declare(LF_A, "2021-09-09T10:00", True)
    there.guide(1, "2021-09-10T09:00")
    there.act(Activity.JOIN_CAMPAIGN, "2021-09-11T09:00")
    there.act(Activity.TRAINING, "2021-09-12T09:00", 10)
    above.inspect(LF_B, "2021-09-13T09:00", InspectionKind.DOUBLE_RANDOM)
    above.find(LF_B, "V-LIC-05", "2021-09-13T10:00")
    return log
