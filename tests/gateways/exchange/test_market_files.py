"""Lists of agencies, employers and associations come in as files: each bad cell named, once given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.commands import Post
from domain.facts import instant
from gateways.files.exchange.importing import Choice, Report, imported
from gateways.files.exchange.layouts import LAYOUTS
from gateways.files.exchange.reconciling import reconciled
from gateways.files.exchange.registers import ours
from gateways.files.exchange.writing import Format, exported
from ops.posts import post_of
from ops.settings import Settings
from ops.wiring import House, house
from tests.gateways.exchange.conftest import lines, workbook

MKT, SAMR = post_of("HRSS_MKT@532301"), post_of("SAMR@532301")
HRSS = post_of("HRSS@532300")
CX_A, CX_E, CX_F = "91532301MAYTX00133", "91532301MAYTX0056G", "92532301MAYTX00648"
CX_Z = "51532300MAYTX0072U"
ANNUAL_HEAD = ("统一社会信用代码", "报告年度", "提交日期", "公示日期", "从业人员数", "派遣人数")
SELF_HEAD = ("专项行动编号", "统一社会信用代码", "申报日期", "存在“返费”情况", "存在问题的项目")


def give(town: House, name: str, data: dict[str, Any], post: Post) -> Any:
    department = town.department("samr" if post.organ == "SAMR" else "hr")
    key = f"{name}/{data}"
    done = department.give(name, data, post, key=key, credential="test")
    town.platform.settle()
    return done


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """楚雄市 with two agencies by filing, a firm that is none, and a campaign; the campaign's id."""
    settings = Settings(data=tmp_path_factory.mktemp("county") / "data", departments=("hr", "samr"))
    with house(settings, create=True) as town:
        for uscc in (CX_A, CX_E, CX_F):
            firm = {"organisation": uscc, "name": "楚雄虚例", "scope": "人力资源服务"}
            give(town, "RegisterOrganisation", firm, SAMR)
        for uscc in (CX_A, CX_E):
            filing = {"organisation": uscc, "services": ["FS1"], "event_on": "2021-01-04"}
            give(town, "RecordBusinessFiling", filing, MKT)
        campaign = {
            "code": "CX",
            "title": "劳务中介专项整治行动",
            "legal_basis": "人力资源市场暂行条例",
            "document_no": "楚人社通〔2021〕1号",
            "issued_on": "2021-04-06",
            "effective_from": "2021-03-01",
            "phases": [{"code": "CX-P1", "zh": "开展自查", "starts_on": "2021-03-01"}],
            "reports": [
                {
                    "code": "CX-R1",
                    "kind": "SELF_CHECK",
                    "phase": "CX-P1",
                    "due": "2021-04-19",
                }
            ],
            "units": ["532301"],
        }
        give(town, "LaunchCampaign", campaign, HRSS)
        launched = [
            one
            for one in town.department("hr").store.after(0, limit=1000)
            if one.type == "campaign.launched.v1"
        ]
        yield town, launched[0].stream.partition("/")[2]


def given(town: House, file: Path, layout: str, choice: Choice) -> Report:
    report = imported(file, LAYOUTS[layout], choice, MKT, town.department("hr"))
    town.platform.settle()
    return report


def bad(report: Report) -> list[tuple[str, str]]:
    return [(cell.cell, cell.rule) for cell in report.cells]


def facts(town: House) -> int:
    return town.department("hr").store.head().sequence


def rows(town: House, layout: str) -> list[dict[str, Any]]:
    one = town.department("hr")
    with one.reading() as conn:
        on = instant(one.clock.now()).date()
        return list(ours(conn, layout, "532301", on, department=one.id))


def test_annual_reports_come_in_after_every_bad_cell_is_named(
    county: tuple[House, str], tmp_path: Path
) -> None:
    town, _ = county
    before = facts(town)
    file = workbook(
        tmp_path / "年报.xlsx",
        ("2020年度经营情况报告",),
        ANNUAL_HEAD,
        (CX_A, 2020, "2021-05-18", "2021-05-18", 12, 0),
        (CX_A, 2020, "2021-05-19", "", "", ""),
        (CX_E, 2020, "2021-06-28", "", -3, ""),
        (CX_E, 2020, "2021-06-28", "", 4, "2.5"),
        (CX_F, 2020, "2021-06-28", "", 4, 1),
        (CX_E, 2999, "2021-06-28", "", 4, 1),
        (CX_E, 2020, "2021-06-28", "2021-06-27", 4, 1),
        ("", 2020, "2021-06-28", "", "", ""),
    )

    report = given(town, file, "annual_reports", Choice.ALL)

    assert bad(report) == [
        ("B4", "RowTwice"),
        ("E5", "CellUnread"),
        ("F6", "CellUnread"),
        ("A7", "NotAnAgency"),
        ("B8", "FieldInvalid"),
        ("D9", "DisclosedBeforeSubmission"),
        ("A10", "CellMissing"),
    ]
    assert (report.applied, facts(town)) == (False, before)
    assert "非负整数" in report.cells[1].zh
    assert CX_A not in str([row["organisation"] for row in rows(town, "annual_reports")])


def test_a_year_is_taken_once_and_the_same_file_again_changes_nothing(
    county: tuple[House, str], tmp_path: Path
) -> None:
    town, _ = county
    head = ",".join(ANNUAL_HEAD)
    file = lines(tmp_path / "a.csv", head, f"{CX_A},2019,2020-05-18,2020-05-18,12,0")
    assert given(town, file, "annual_reports", Choice.ALL).given == 1
    before = facts(town)

    again = given(town, file, "annual_reports", Choice.ALL)
    changed = lines(tmp_path / "b.csv", head, f"{CX_A},2019,2020-05-19,,12,0")
    refused = given(town, changed, "annual_reports", Choice.ALL)

    assert (again.given, again.repeated) == (0, 1)
    assert bad(refused) == [("B2", "YearReportedAlready")]
    assert facts(town) == before
    last = [
        one
        for one in town.department("hr").store.after(0, limit=1000)
        if one.type == "agency.annual_report_submitted.v1"
    ]
    assert b'"IMPORT"' in last[-1].body


def test_self_checks_come_in_with_the_rebate_question(
    county: tuple[House, str], tmp_path: Path
) -> None:
    town, campaign = county
    head = ",".join(SELF_HEAD)
    file = lines(
        tmp_path / "自查.csv",
        head,
        f"{campaign},{CX_A},2021-04-10,是,DISPLAY、REBATE",
        f"{campaign},{CX_E},2021-04-10,也许,无",
        f"{campaign},{CX_F},2021-04-10,否,无",
        f"CMP-NONE,{CX_E},2021-04-10,否,无",
        f"{campaign},{CX_E},2021-04-11,否,没有的项目",
    )

    report = given(town, file, "self_checks", Choice.GOOD)

    assert bad(report) == [
        ("D3", "CellUnread"),
        ("B4", "NotAnAgency"),
        ("A5", "CampaignUnknown"),
        ("E6", "CellUnread"),
    ]
    (row,) = rows(town, "self_checks")
    assert row["rebate_present"] is True
    assert [one["question"] for one in row["answers"] if one["found"]] == ["REBATE", "DISPLAY"]
    assert len(row["answers"]) == 14
    second = lines(tmp_path / "b.csv", head, f"{campaign},{CX_A},2021-04-12,否,无")
    assert bad(given(town, second, "self_checks", Choice.ALL)) == [
        ("2", "SelfCheckDeclaredAlready")
    ]


def test_guidance_and_trainings_come_in_with_counts_that_are_whole(
    county: tuple[House, str], tmp_path: Path
) -> None:
    town, campaign = county
    guidance = lines(
        tmp_path / "指导.csv",
        "企业名称,日期,指导事项,专项行动编号",
        f"楚雄虚例电子厂,2021-05-14,依法签订劳动合同,{campaign}",
        f"楚雄虚例电子厂,2021-06-09,依法签订劳动合同,{campaign}",
    )
    trainings = lines(
        tmp_path / "培训.csv",
        "行业协会统一社会信用代码,活动类型,日期,活动名称,培训人次,专项行动编号",
        f"{CX_Z},培训,2021-07-15,第一期,31,{campaign}",
        f"{CX_Z},培训,2021-08-26,第二期,-32,{campaign}",
        f"{CX_Z},培训,2021-08-27,第三期,3.2,{campaign}",
        f"{CX_Z},培训,2021-08-28,第四期,0,{campaign}",
        f"{CX_Z},发布自律规范或倡议书,2021-06-25,倡议书,5,{campaign}",
        f"{CX_A},参与专项行动,2021-04-22,参与,,{campaign}",
    )

    assert given(town, guidance, "guidance", Choice.ALL).given == 2
    report = given(town, trainings, "activities", Choice.GOOD)

    assert bad(report) == [
        ("E3", "CellUnread"),
        ("E4", "CellUnread"),
        ("E5", "TrainingNeedsAttendances"),
        ("E6", "AttendancesOnlyForTraining"),
        ("A7", "NotAnAssociation"),
    ]
    assert [row["attendances"] for row in rows(town, "activities")] == [31]
    assert len(rows(town, "guidance")) == 2


@pytest.mark.parametrize("layout", ["annual_reports", "self_checks", "guidance", "activities"])
def test_what_leaves_comes_back_without_a_difference(
    county: tuple[House, str], tmp_path: Path, layout: str
) -> None:
    town, _ = county
    file = tmp_path / "out.xlsx"
    exported(file, LAYOUTS[layout], iter(rows(town, layout)), Format.XLSX)

    assert list(reconciled(file, LAYOUTS[layout], rows(town, layout))) == []
    assert given(town, file, layout, Choice.CHECK).read == len(rows(town, layout))
