"""Files of the provincial platform: each bad cell is named, good rows are given once, both sides compared."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.commands import Post
from domain.facts import instant
from domain.inspection.task import task_id
from gateways.department.node import Department
from gateways.files.exchange.importing import Choice, Report, imported
from gateways.files.exchange.layouts import (
    CLASSES,
    DRAWS,
    INSPECTORS,
    LAYOUTS,
    OBJECTS,
    RESULTS,
    TASKS,
    TEAMS,
)
from gateways.files.exchange.layouts_words import Layout
from gateways.files.exchange.reading import Spoilt, encoding_of, rows_of
from gateways.files.exchange.reconciling import Difference, Side, reconciled
from gateways.files.exchange.refusals import (
    LayoutOnlyOut,
    TableColumnTwice,
    TableHeadingsMissing,
    TableUnreadable,
)
from gateways.files.exchange.registers import ours
from gateways.files.exchange.writing import Format, exported
from ops.posts import post_of
from ops.wiring import House
from tests.faults.organisations import uscc
from tests.gateways.exchange.conftest import INSPECTOR_HEADINGS, lines, workbook

INSP = post_of("HRSS_INSP@210103")
SAMR = post_of("SAMR@210103")
LN_A, LN_B = "91210103MAYTX011XN", "91210103MAYTX0128N"
HEAD = ",".join(INSPECTOR_HEADINGS)
GOOD = (HEAD, "张虚例,21010300001,2031-12-31,LABOUR", "李虚例,21010300002,2031年6月1日,")
DRAW_FILE = (
    "抽取编号,计划编号,任务名称,检查事项,对象数,抽取数,抽取日期,检查起日,检查止日",
    "HB-2022-001,HB-P-1,清理整顿专项,I-LIC-01、I-INF-01,20000,2,2022-06-05,2022-06-11,2022-07-20",
)


def given(town: House, file: Path, layout: Layout, choice: Choice, post: Post = INSP) -> Report:
    report = imported(file, layout, choice, post, department(town, post))
    town.platform.settle()
    return report


def department(town: House, post: Post) -> Department:
    return town.department("samr" if post.organ == "SAMR" else "hr")


def facts(town: House, name: str = "hr") -> int:
    return town.department(name).store.head().sequence


def rows(town: House, layout: Layout, post: Post = INSP) -> list[dict[str, Any]]:
    one = department(town, post)
    with one.reading() as conn:
        today = instant(one.clock.now()).date()
        return list(ours(conn, layout.code, post.region, today, department=one.id))


def compared(town: House, file: Path, layout: Layout, post: Post = INSP) -> list[Difference]:
    return list(reconciled(file, layout, rows(town, layout, post)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encoding_that_it_has(tmp_path: Path, encoding: str) -> None:
    file = lines(tmp_path / "名录.csv", HEAD, "张㐂虚例,21010300001,2031-12-31,", encoding=encoding)

    assert [row.cells for row in rows_of(file)][1][0] == "张㐂虚例"
    assert encoding_of(file) == encoding


def test_one_damaged_byte_spoils_its_cell_and_not_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(f"{HEAD}\n张".encode() + b"\xff" + b",21010300001,2031-12-31,\n")

    _, row = rows_of(file)

    assert isinstance(row.cells[0], Spoilt)
    assert row.cells[1] == "21010300001"


def test_a_dry_run_names_each_bad_cell_and_records_nothing(town: House, tmp_path: Path) -> None:
    before = facts(town)
    file = workbook(
        tmp_path / "人员.xlsx",
        ("2022年执法检查人员名录",),
        INSPECTOR_HEADINGS,
        ("张虚例", "21010300001", datetime(2031, 12, 31), "LABOUR"),
        ("李虚例", 210103000020000000, "2031-12-31", ""),
        ("王虚例", "21010300003", "2031年2月30日", ""),
        (None, None, None, None),
        ("赵虚例", "21010300001", "2031-12-31", ""),
        ("钱虚例", "=1+1", "", "LABOUR"),
        ("孙虚例", "21010300009", "2020-01-01", ""),
        ("周虚例", "证 9", "2031-12-31", ""),
    )

    report = given(town, file, INSPECTORS, Choice.CHECK)

    assert [(cell.sheet, cell.cell, cell.rule) for cell in report.cells] == [
        ("人员", "B4", "CellSpoilt"),
        ("人员", "C5", "CellUnread"),
        ("人员", "B7", "RowTwice"),
        ("人员", "B8", "CellSpoilt"),
        ("人员", "C8", "CellMissing"),
        ("人员", "C9", "CertificateExpired"),
        ("人员", "B10", "FieldInvalid"),
    ]
    assert (report.read, report.good, report.bad, report.applied) == (7, 1, 6, False)
    assert facts(town) == before
    assert all(cell.zh and cell.en for cell in report.cells)
    assert "虚例" not in str(report)


def test_all_or_none_gives_none_while_one_row_is_bad_and_good_gives_the_others(
    town: House, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.csv", *GOOD, "王虚例,21010300003,明年,", encoding="gb18030")
    before = facts(town)

    refused = given(town, file, INSPECTORS, Choice.ALL)

    assert (refused.applied, refused.given, facts(town)) == (False, 0, before)

    report = given(town, file, INSPECTORS, Choice.GOOD)

    assert (report.given, report.bad, report.cells[0].cell) == (2, 1, "C4")
    assert [row["certificate"] for row in rows(town, INSPECTORS)] == ["21010300001", "21010300002"]


def test_importing_again_changes_nothing_and_a_changed_row_renews_its_entry(
    town: House, tmp_path: Path
) -> None:
    file = lines(tmp_path / "a.csv", *GOOD)
    given(town, file, INSPECTORS, Choice.ALL)
    before = facts(town)

    again = given(town, workbook(tmp_path / "b.xlsx", *csv.reader(GOOD)), INSPECTORS, Choice.ALL)

    assert (again.given, again.repeated, facts(town)) == (0, 2, before)

    renewed = lines(tmp_path / "c.csv", GOOD[0], GOOD[1].replace("2031", "2032"))
    assert given(town, renewed, INSPECTORS, Choice.ALL).given == 1
    assert rows(town, INSPECTORS)[0]["certificate_until"] == "2032-12-31"


def test_rows_given_before_stand_wherever_they_are_in_a_file(town: House, tmp_path: Path) -> None:
    heading = "统一社会信用代码,名称,经营范围"
    firms = [f"{uscc(number)},虚例{number}有限公司,职业中介活动" for number in range(6)]
    given(
        town, lines(tmp_path / "a.csv", heading, firms[0], *firms[2:4]), OBJECTS, Choice.ALL, SAMR
    )
    changed = firms[3].replace("虚例3", "虚例三")

    whole = lines(tmp_path / "b.csv", heading, *firms)
    checked = given(town, whole, OBJECTS, Choice.CHECK, SAMR)
    assert (checked.good, checked.bad) == (6, 0)
    other = lines(tmp_path / "c.csv", heading, *firms[:3], changed, *firms[4:])
    checked = given(town, other, OBJECTS, Choice.CHECK, SAMR)
    assert [one.cell for one in checked.cells] == ["A5"]
    report = given(town, whole, OBJECTS, Choice.ALL, SAMR)
    assert (report.given, report.repeated) == (3, 3)


def test_a_file_that_breaks_off_gives_nothing(town: House, tmp_path: Path) -> None:
    broken = tmp_path / "a.xlsx"
    whole = workbook(tmp_path / "b.xlsx", *csv.reader(GOOD)).read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    before = facts(town)

    with pytest.raises(TableUnreadable):
        given(town, broken, INSPECTORS, Choice.GOOD)

    assert facts(town) == before


@pytest.mark.parametrize(
    ("head", "refusal"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", TableUnreadable),
        (b"PK\x03\x04", TableUnreadable),
        (b"\xff\xfe\x00\xd8", TableUnreadable),
        (b"", TableHeadingsMissing),
        ("企业,地址\n甲,乙\n".encode(), TableHeadingsMissing),
        (f"{HEAD},有效期至\n".encode(), TableColumnTwice),
    ],
)
def test_what_is_no_table_of_the_layout_is_refused_as_a_whole(
    town: House, tmp_path: Path, head: bytes, refusal: type[Exception]
) -> None:
    file = tmp_path / "a"
    file.write_bytes(head)

    with pytest.raises(refusal):
        given(town, file, INSPECTORS, Choice.CHECK)


def test_results_are_never_imported(town: House, tmp_path: Path) -> None:
    with pytest.raises(LayoutOnlyOut):
        given(town, lines(tmp_path / "a.csv", "任务编号"), RESULTS, Choice.GOOD)


def test_a_post_without_the_power_gives_no_row(town: House, tmp_path: Path) -> None:
    file = lines(tmp_path / "a.csv", "统一社会信用代码,名称,经营范围", f"{LN_A},虚例公司,职业介绍")

    report = given(town, file, OBJECTS, Choice.GOOD, INSP)

    assert (report.given, report.cells[0].rule) == (0, "NoPower")


def test_objects_draws_and_tasks_come_in_and_their_order_matters(
    town: House, tmp_path: Path
) -> None:
    objects = lines(
        tmp_path / "o.csv",
        "统一社会信用代码,企业名称,经营范围,成立日期",
        f"{LN_A},沈阳虚例云聘网络科技有限公司,职业介绍,2020/3/2",
        f"{LN_B},沈阳虚例北辰职介服务有限公司,劳务派遣,2020-03-02",
        f"{LN_B[:-1]}A,错码公司,劳务派遣,2020-03-02",
        encoding="gb18030",
    )
    draws = lines(tmp_path / "d.csv", *DRAW_FILE)
    tasks = lines(
        tmp_path / "t.csv",
        "抽取编号,统一社会信用代码,检查事项",
        f"HB-2022-001,{LN_A},",
        f"HB-2022-001,{LN_B},I-LIC-01",
    )

    assert [cell.cell for cell in given(town, objects, OBJECTS, Choice.GOOD, SAMR).cells] == ["A4"]
    early = given(town, tasks, TASKS, Choice.CHECK)
    assert {cell.rule for cell in early.cells} == {"OutsideDrawUnknown"}
    assert given(town, draws, DRAWS, Choice.ALL).given == 1
    assert given(town, tasks, TASKS, Choice.ALL).given == 2

    assert {row["organisation"]: row["items"] for row in rows(town, TASKS)} == {
        LN_A: ["I-LIC-01", "I-INF-01"],
        LN_B: ["I-LIC-01"],
    }
    assert given(town, draws, DRAWS, Choice.ALL).repeated == 1
    changed = lines(tmp_path / "e.csv", DRAW_FILE[0], DRAW_FILE[1].replace("20000", "20001"))
    assert given(town, changed, DRAWS, Choice.CHECK).cells[0].rule == "OutsideDrawDiffers"


def test_teams_of_the_province_come_in_and_each_bad_cell_is_named(
    town: House, tmp_path: Path
) -> None:
    given(town, lines(tmp_path / "i.csv", *GOOD), INSPECTORS, Choice.ALL)
    theirs = lines(tmp_path / "j.csv", HEAD, "周虚例,21010301001,2031-12-31,")
    given(town, theirs, INSPECTORS, Choice.ALL, SAMR)
    given(town, lines(tmp_path / "d.csv", *DRAW_FILE), DRAWS, Choice.ALL)
    sent = ("抽取编号,统一社会信用代码", f"HB-2022-001,{LN_A}", f"HB-2022-001,{LN_B}")
    given(town, lines(tmp_path / "t.csv", *sent), TASKS, Choice.ALL)
    numbers = [task_id("HB-2022-001", firm) for firm in (LN_A, LN_B)]
    for post in (INSP, SAMR):
        department(town, post).give("ClaimTasks", {"tasks": numbers[:1]}, post, key=post.id)
        town.platform.settle()
    head = "抽取编号,统一社会信用代码,执法证号,抽取日期"
    before = facts(town)
    bad = lines(
        tmp_path / "bad.csv",
        head,
        f"HB-2022-001,{LN_A},21010300001、21010300002,2022-06-10",
        f"HB-2022-001,{LN_B},21010300001、21010301001,2022-06-10",
        f"HB-2022-002,{LN_A},21010300001、21010301001,2022-06-10",
        f"HB-2022-001,{LN_A[:-1]}M,21010300001,六月",
    )

    found = given(town, bad, TEAMS, Choice.ALL).cells

    assert [(cell.cell, cell.rule) for cell in found] == [
        ("C2", "TeamOfOneDepartment"),
        ("B3", "TaskNotClaimed"),
        ("A4", "OutsideDrawUnknown"),
        ("D5", "CellUnread"),
    ]
    assert facts(town) == before
    good = lines(
        tmp_path / "good.csv", head, f"HB-2022-001,{LN_A},21010300001、21010301001,2022-06-10"
    )
    assert given(town, good, TEAMS, Choice.CHECK).good == 1
    assert given(town, good, TEAMS, Choice.ALL).given == 1
    assert given(town, good, TEAMS, Choice.ALL).repeated == 1
    assert rows(town, TEAMS) == [
        {
            "draw": "HB-2022-001",
            "organisation": LN_A,
            "members": ["21010300001", "21010301001"],
            "drawn_on": "2022-06-10",
        }
    ]
    assert compared(town, good, TEAMS) == []


def test_classes_of_objects_come_in_by_the_words_of_the_tables(town: House, tmp_path: Path) -> None:
    objects = lines(
        tmp_path / "o.csv", "统一社会信用代码,企业名称,经营范围", f"{LN_A},虚例公司,职业介绍"
    )
    given(town, objects, OBJECTS, Choice.ALL, SAMR)
    head = "统一社会信用代码,分级方案,等级,标签,有效期至,依据"
    bad = lines(
        tmp_path / "bad.csv",
        head,
        f"{LN_A},人力资源服务机构信用等级,E,,,评价通知",
        f"{LN_A},企业信用风险分类,D,,,评价通知",
        f"{LN_B},,,重点区域,,评价通知",
        f"{LN_A},,,重点地方,,评价通知",
        f"{LN_A},没有的方案,A,,,评价通知",
    )
    good = lines(
        tmp_path / "good.csv",
        head,
        f"{LN_A},人力资源服务机构信用等级,C,,2031-12-31,评价通知",
        f"{LN_A},,,重点区域、被投诉举报,,整治方案",
    )

    found = given(town, bad, CLASSES, Choice.ALL).cells

    assert [(cell.cell, cell.rule) for cell in found] == [
        ("C2", "GradeUnknown"),
        ("B3", "SchemeOfOtherDepartment"),
        ("A4", "ObjectUnknown"),
        ("D5", "CellUnread"),
        ("B6", "CellUnread"),
    ]
    assert rows(town, CLASSES) == []
    assert given(town, good, CLASSES, Choice.ALL).given == 2
    assert given(town, good, CLASSES, Choice.ALL).repeated == 2
    assert compared(town, good, CLASSES) == []
    assert rows(town, CLASSES, SAMR) == []
    changed = lines(tmp_path / "c.csv", head, f"{LN_A},,,重点区域,,整治方案")
    assert {(one.side, one.ours) for one in compared(town, changed, CLASSES)} == {
        (Side.OURS_ONLY, ""),
        (Side.DIFFERS, "被投诉举报、重点区域"),
    }
    out = tmp_path / "out.csv"
    assert exported(out, CLASSES, rows(town, CLASSES), Format.CSV) == 2
    assert compared(town, out, CLASSES) == []


def test_a_reconciliation_names_what_each_side_has_alone_and_what_differs(
    town: House, tmp_path: Path
) -> None:
    given(town, lines(tmp_path / "a.csv", *GOOD), INSPECTORS, Choice.ALL)
    file = lines(
        tmp_path / "b.csv",
        HEAD,
        "张虚例,21010300001,2030-12-31,LABOUR",
        "吴虚例,21010300007,2031-12-31,",
        "吴虚例,21010300007,2031-12-31,",
        "郑虚例,21010300008,何时,",
    )

    found = {(one.side, one.key, one.theirs, one.ours) for one in compared(town, file, INSPECTORS)}

    assert {(side, key) for side, key, _, _ in found} == {
        (Side.DIFFERS, "21010300001"),
        (Side.OURS_ONLY, "21010300002"),
        (Side.FILE_ONLY, "21010300007"),
        (Side.FILE_ONLY, "21010300008"),
        (Side.TWICE, "21010300007"),
        (Side.UNREADABLE, "21010300008"),
    }
    assert (Side.DIFFERS, "21010300001", "2030-12-31", "2031-12-31") in found


@pytest.mark.parametrize("format_", Format)
def test_what_is_exported_comes_back_without_a_difference(
    town: House, tmp_path: Path, format_: Format
) -> None:
    given(town, lines(tmp_path / "a.csv", *GOOD), INSPECTORS, Choice.ALL)
    file = tmp_path / "out"

    assert exported(file, INSPECTORS, rows(town, INSPECTORS), format_) == 2

    assert compared(town, file, INSPECTORS) == []
    assert "姓名" not in str(next(rows_of(file)).cells)


@pytest.mark.parametrize("format_", Format)
def test_no_spreadsheet_runs_what_is_exported(tmp_path: Path, format_: Format) -> None:
    file = tmp_path / "out"
    row = {"task": "TSK-1", "organisation": LN_A, "name": "=cmd|'/c calc'!A1"}

    exported(file, RESULTS, [row], format_)

    assert list(rows_of(file))[1].cells[3] == row["name"]
    if format_ is Format.XLSX:
        with file.open("rb") as opened:
            sheet = load_workbook(opened).active
            assert sheet is not None
            assert sheet["D2"].data_type == "s"
    else:
        assert b",'=cmd" in file.read_bytes()


def test_every_layout_has_headings_of_its_own() -> None:
    for layout in LAYOUTS.values():
        names = [name for column in layout.columns for name in column.headings]
        assert len(names) == len(set(names)), layout.code
        assert layout.column(layout.key[0]).required, layout.code
