"""A campaign of a prefecture with two counties, for tests: who gives which command."""

from __future__ import annotations

from typing import Any

from domain.campaign.facts import (
    Board,
    CampaignLaunched,
    GroupMember,
    Phase,
    ReportDue,
    ReportKind,
    TableRow,
)
from domain.commands import Decided
from domain.facts import Fact, instant
from domain.finding import ViolationFound
from domain.market.facts import Level, ModelAgencyChanged, TitleAction
from domain.terms import FileRef
from domain.violations.catalogue import Severity
from tests.domain.story import Story, day, moment_of, post

PREFECTURE, COUNTY, OTHER = "532300", "532301", "532302"
FIRM, WORSE = "91532301MAYTX003XM", "91532301MAYTX0048M"
NOTICE = "楚人社通〔2021〕12号"
CONTENT = FileRef(sha256="a" * 64, length=12, media_type="application/json")
ROWS = (
    TableRow(row=1, hr=4, disp=2, distinct=5),
    TableRow(row=15),
    TableRow(row=17, number=1),
    TableRow(row=18, answer=True),
)

REPORTS = (
    ReportDue(code="ACTION-PLAN", kind=ReportKind.ACTION_PLAN, phase="P1", due=day("2021-04-19")),
    ReportDue(code="INTERIM", kind=ReportKind.INTERIM, phase="P2", due=day("2021-06-02")),
    ReportDue(code="TABLE-1", kind=ReportKind.STAT_TABLE, phase="P2", due=day("2021-06-02")),
    ReportDue(code="BOARDS", kind=ReportKind.RED_BLACK_LIST, phase="P2", due=day("2021-09-18")),
)


def launch(story: Story, organ: str = "HRSS", at: str = PREFECTURE, **changes: Any) -> list[Fact]:
    """The launch of 2021-04-06, effective from 03-01."""
    data: dict[str, Any] = {
        "code": "CX-2021",
        "title": "劳务中介专项整治行动",
        "legal_basis": "云南省人力资源和社会保障厅关于开展云南省劳务中介专项整治行动的通知",
        "document_no": NOTICE,
        "effective_from": day("2021-03-01"),
        "ends_on": day("2021-10-31"),
        "report_year": 2020,
        "phases": (
            Phase(code="P1", zh="开展自查", starts_on=day("2021-03-01"), ends_on=day("2021-04-10")),
            Phase(code="P2", zh="集中整治", starts_on=day("2021-04-11"), ends_on=day("2021-09-30")),
        ),
        "reports": REPORTS,
        "units": (COUNTY, OTHER),
        "group": (GroupMember(post="HRSS_MKT@532300", duty="检查督导"),),
        "indicators": "CX-TABLE",
        **changes,
    }
    return story.give(organ, "LaunchCampaign", at=at, **data)


def launched() -> Story:
    """A campaign was launched and its units were told what they owe."""
    story = Story().on("2021-04-06")
    launch(story)
    story.settle()
    return story


def campaign_of(story: Story) -> str:
    """The id of the story's campaign."""
    return str(story.of(CampaignLaunched)[0].fact.campaign_id)


def act(story: Story, organ: str, command: str, /, at: str = COUNTY, **data: Any) -> Any:
    """A command in the campaign; the one fact that it brings about."""
    data.setdefault("campaign", campaign_of(story))
    (fact,) = story.give(organ, command, at=at, **data)
    return fact


def report(story: Story, code: str = "ACTION-PLAN", organ: str = "HRSS", **data: Any) -> Any:
    """A report of the county, with a text unless something else is said."""
    if not {"text", "table", "document", "attachments"} & set(data):
        data["text"] = "行动方案及自查情况"
    return act(story, organ, "SubmitReport", code=code, **data)


def prepare(story: Story, organ: str = "HRSS_MKT.OFFICER", **data: Any) -> Any:
    """A form as the department counts it."""
    filled: dict[str, Any] = {
        "as_of": instant(moment_of("2021-06-01T23:59")),
        "computed": ROWS,
        "content": CONTENT,
        **data,
    }
    return act(story, organ, "PrepareTable", **filled)


def approved_table(story: Story, **data: Any) -> str:
    """A form that three posts prepared, checked and approved."""
    table = prepare(story, **data).table_id
    act(story, "HRSS_MKT.HEAD", "CheckTable", table=table, agreed=True)
    act(story, "HRSS.HEAD", "ApproveTable", table=table)
    return str(table)


def titled(story: Story, firm: str = FIRM) -> str:
    """A firm that is a model agency of the prefecture: the title's id."""
    title = ModelAgencyChanged(
        title_id=f"TTL-{firm}",
        uscc=firm,
        level=Level.PREFECTURE,
        action=TitleAction.SELECTED,
        on=day("2021-09-01"),
        document_no="楚人社发〔2021〕3号",
    )
    told(story, title, f"model_agency/{firm}", firm)
    return title.title_id


def newest(story: Story, name: str) -> str | None:
    """The newest id of a kind on record: a title's, a task's, a nomination's."""
    return next((v for one in reversed(story.facts) if (v := getattr(one.fact, name, None))), None)


def found_against(story: Story, firm: str = FIRM) -> str:
    """A violation that was found at a firm: the finding's id."""
    finding = ViolationFound(
        finding_id=f"FD-{firm}",
        code="V-DSP-01",
        severity=Severity.SERIOUS,
        subject_id=firm,
        about="CASE-1",
        facts=("假外包真派遣12人",),
        act_from=day("2021-03-01"),
    )
    told(story, finding, f"correction/{firm}", firm, "HRSS_INSP")
    return finding.finding_id


def nominate(story: Story, organ: str = "HRSS_MKT", **data: Any) -> Any:
    """The county nominates the model agency for the red board."""
    if "grounds" not in data:
        data["grounds"] = (newest(story, "title_id") or titled(story),)
    filled: dict[str, Any] = {
        "board": Board.RED_BOARD,
        "organisation": FIRM,
        "reason": "诚信服务示范机构",
        **data,
    }
    return act(story, organ, "NominateForBoard", **filled)


def check(story: Story, organ: str = "HRSS_MKT", **data: Any) -> Any:
    """The prefecture checks the newest nomination."""
    filled = {
        "organisation": FIRM,
        "nomination": newest(story, "nomination_id"),
        "agreed": True,
        **data,
    }
    return act(story, organ, "CheckNomination", at=PREFECTURE, **filled)


def show(story: Story, **data: Any) -> Any:
    """The prefecture shows the newest nomination."""
    filled = {
        "organisation": FIRM,
        "nomination": newest(story, "nomination_id"),
        "legal_basis": "楚雄州劳务中介专项整治行动工作实施方案四（二）",
        **data,
    }
    return act(story, "HRSS", "ShowOnBoard", at=PREFECTURE, **filled)


def told(story: Story, fact: Fact, stream: str, subject: str, organ: str = "HRSS_MKT") -> None:
    """Puts a fact on record that another part of the domain decides."""
    one = Decided(stream=stream, fact=fact, subject=subject, matter="M-TOLD", region=COUNTY)
    story.commands_given += 1
    story._record(
        one, 0, post(organ, COUNTY), "hr", COUNTY, f"T{story.commands_given}", "Told", None
    )
