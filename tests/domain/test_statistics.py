"""The statistics form as data, and the counting of its rows."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.campaign.facts import TableRow
from domain.statistics.counting import (
    DISPATCH,
    HR,
    Step,
    What,
    Window,
    counted,
    printed,
    with_attachments,
)
from domain.statistics.form import CODES, FOOT, ROWS, RULES, Kind, groups, row_of
from domain.terms import FileRef
from domain.violations.catalogue import known

WINDOW = Window(campaign="CMP-1", starts=date(2021, 3, 1), units=("532301", "532302"))
DAY = date(2021, 9, 23)
FILE = FileRef(sha256="a" * 64, length=1, media_type="application/pdf")


def test_the_form_has_25_rows_in_four_groups_and_four_lines_of_foot() -> None:
    assert [row.number for row in ROWS] == list(range(1, 26))
    assert [len(rows) for _, rows in groups()] == [14, 3, 4, 4]
    kinds = Counter(row.remark for row in ROWS)
    assert kinds == {"填写数字": 21, "填写是/否": 2, "另表填报": 2}
    assert FOOT == ("分管领导：", "负责人：", "填报人：", "日期：")
    assert all(" " not in row.group + row.label for row in ROWS)


def test_every_rule_is_used_and_every_code_stands_in_the_catalogue() -> None:
    assert {row.rule for row in ROWS} == set(RULES)
    assert all(known(code, DAY).code == code for code in CODES)


def test_only_a_row_on_another_form_takes_an_attachment() -> None:
    rows = (TableRow(row=14, hr=0, disp=0, distinct=0), TableRow(row=15))
    given = with_attachments(rows, {14: FILE, 15: FILE})
    assert [one.attached for one in given] == [None, FILE]
    assert [printed(one) for one in given] == ["0/0", "见附表"]


def held(subject: str, role: str, region: str, until: str = "9999-12-31") -> Step:
    return Step(What.HELD, subject, role, region, "2021-01-01", 1, f"h-{subject}", until=until)


def found(subject: str, region: str, day: str = "2021-05-01") -> Step:
    return Step(What.FOUND, subject, "V-ADM-01", region, day, 2, f"f-{subject}-{region}")


def value(steps: list[Step], unit: str, row: int = 5) -> tuple[int | None, int | None, int | None]:
    (one,) = counted(steps, WINDOW, unit, DAY, (row_of(row),))
    return one.value.hr, one.value.disp, one.value.distinct


def test_a_role_is_the_one_held_on_the_day_of_the_fact() -> None:
    over = held("A", HR, "532301", until="2021-06-30")
    assert value([over, found("A", "532301")], "532301") == (1, 0, 1)
    assert value([over, found("A", "532301", "2021-07-01")], "532301") == (0, 0, 0)
    assert value([over], "532301", row=1) == (0, 0, 0)


def test_a_fact_of_the_day_after_is_not_counted() -> None:
    steps = [held("A", HR, "532301"), found("A", "532301", "2021-09-24")]
    assert value(steps, "532301") == (0, 0, 0)


def test_a_fact_of_another_county_is_not_counted_here() -> None:
    steps = [held("A", HR, "532301"), found("A", "532302")]
    assert value(steps, "532301") == (0, 0, 0)
    assert value(steps, "532302") == (1, 0, 1)
    assert value(steps, "532300") == (1, 0, 1)


firms = st.tuples(
    st.sampled_from("ABCDE"),
    st.sampled_from([HR, DISPATCH]),
    st.sampled_from(["532301", "532302", "532300", "532401"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(firms, max_size=12), st.lists(firms, max_size=12))
def test_a_unit_of_both_roles_is_counted_once_in_each_and_once_together(
    holdings: list[tuple[str, str, str]], findings: list[tuple[str, str, str]]
) -> None:
    steps = [held(*one) for one in holdings] + [found(one[0], one[2]) for one in findings]
    units = ("532301", "532302", "532300")
    for number in (1, 5):
        rows = {}
        for unit in units:
            (one,) = counted(steps, WINDOW, unit, DAY, (row_of(number),))
            hr, disp, distinct = one.value.hr or 0, one.value.disp or 0, one.value.distinct or 0
            assert max(hr, disp) <= distinct <= hr + disp
            assert distinct == len({each.subject for each in one.opened})
            assert hr + disp == sum(len(each.roles) for each in one.opened)
            rows[unit] = {each.subject for each in one.opened}
        assert rows["532301"] | rows["532302"] <= rows["532300"]


def test_a_kind_of_row_prints_as_the_form_asks() -> None:
    assert printed(TableRow(row=1, hr=4, disp=2, distinct=5)) == "4/2"
    assert printed(TableRow(row=25, number=63)) == "63"
    assert printed(TableRow(row=18, answer=False)) == "否"
    assert printed(TableRow(row=20, answer=True, yes_below=2)) == "是（下级答“是”2个）"
    assert printed(TableRow(row=16)) == ""
    assert row_of(16).kind is Kind.ATTACHED
