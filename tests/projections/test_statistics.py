"""The statistics form: counted as of any moment, rolled up, opened, the same in any order."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from domain.facts import CHINA, Recorded, stamp_of
from domain.finding import ViolationFound
from domain.inspection.facts import InspectionKind, ListAction, ListEntryChanged, ListName
from domain.licence.facts import (
    AnnulmentCause,
    LicenceAnnulled,
    LicenceChange,
    LicenceChanged,
    LicenceType,
)
from domain.market.facts import Level, RegimeKind
from domain.organisation import SubjectKind, SubjectRegistered
from domain.review.facts import DecisionOverturned, Effect, OverturnedBy, OverturnResult
from domain.statistics.counting import printed
from domain.statistics.form import ROWS, Kind
from domain.violations.catalogue import Severity
from projections import statistics
from projections.statistics import Form
from tests.projections import reading
from tests.projections.corrections import correct
from tests.projections.facts import Log
from tests.projections.statistics import (
    CAMPAIGN,
    COUNTY,
    CX_A,
    CX_B,
    CX_C,
    CX_D,
    CX_E,
    CX_F,
    LF_A,
    OTHER,
    PREFECTURE,
    County,
    one_county,
    two_counties,
)

READERS = (statistics.PROJECTION,)
INTERIM, FINAL = "2021-06-01T23:59:59", "2021-09-23T23:59:59"

EXPECTED = {
    INTERIM: {
        1: "4/2 5",
        2: "3/2 4",
        3: "1/1 2",
        4: "4/2 5",
        5: "1/0 1",
        **dict.fromkeys(range(6, 12), "0/0 0"),
        12: "1/0 1",
        13: "0/1 1",
        14: "1/0 1",
        17: "1",
        18: "是",
        19: "0",
        20: "否",
        21: "0",
        22: "1",
        23: "0",
        24: "0",
        25: "0",
    },
    FINAL: {
        1: "4/1 4",
        2: "3/2 4",
        3: "1/1 2",
        4: "4/1 4",
        5: "1/0 1",
        **dict.fromkeys(range(6, 12), "0/0 0"),
        12: "1/0 1",
        13: "0/1 1",
        14: "1/0 1",
        17: "3",
        18: "是",
        19: "1",
        20: "是",
        21: "0",
        22: "1",
        23: "1",
        24: "2",
        25: "63",
    },
}
"""The tables of S1."""


def at(text: str) -> int:
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def memory() -> Engine:
    return create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )


def filled(log: Log) -> Engine:
    engine = memory()
    reading.create(engine, READERS)
    reading.take(engine, log.taken, READERS)
    return engine


def form(engine: Engine, unit: str, as_of: str, **more: Any) -> Form:
    with engine.connect() as connection:
        window = statistics.window(connection, CAMPAIGN)
        assert window is not None
        return statistics.table(connection, window, unit, at(as_of), **more)


def said(found: Form) -> dict[int, str]:
    rows = {}
    for value in found.values:
        kind = ROWS[value.row - 1].kind
        more = f" {value.distinct}" if kind is Kind.TWO_KINDS else ""
        if kind is not Kind.ATTACHED:
            rows[value.row] = printed(value) + more
    return rows


@pytest.fixture(scope="module")
def county() -> Engine:
    return filled(one_county())


@pytest.fixture(scope="module")
def prefecture() -> Engine:
    return filled(two_counties())


@pytest.mark.parametrize("as_of", [INTERIM, FINAL])
def test_the_tables_of_the_first_campaign_are_exact(county: Engine, as_of: str) -> None:
    assert said(form(county, COUNTY, as_of)) == EXPECTED[as_of]


def test_the_rows_hold_the_same_on_either_database(engine: Engine) -> None:
    reading.create(engine, READERS)
    reading.take(engine, two_counties().taken, READERS)
    memory_engine = filled(two_counties())
    for unit in (COUNTY, OTHER, PREFECTURE):
        assert form(engine, unit, FINAL) == form(memory_engine, unit, FINAL)


def test_every_number_opens_the_organisations_that_it_counts(county: Engine) -> None:
    found = form(county, COUNTY, INTERIM)
    for row in found.rows:
        value = row.value
        if value.distinct is not None:
            assert len(row.opened) == value.distinct
            assert sum("HR" in one.roles for one in row.opened) == value.hr
            assert sum("DISPATCH" in one.roles for one in row.opened) == value.disp
        elif value.number is not None:
            assert value.number in (len(row.opened), sum(one.amount for one in row.opened))
    with county.connect() as connection:
        window = statistics.window(connection, "S1-2021")
        assert window is not None
        _, behind = statistics.opened(connection, window, COUNTY, at(INTERIM), 3)
    assert [(one.subject, one.roles) for one in behind] == [
        (CX_B, ("HR",)),
        (CX_D, ("DISPATCH",)),
    ]
    assert all(one.events for one in behind)


def test_an_unlicensed_operator_stands_in_the_annex_and_in_no_row(county: Engine) -> None:
    found = form(county, COUNTY, FINAL)
    assert not any(one.subject == CX_F for row in found.rows for one in row.opened)
    with county.connect() as connection:
        window = statistics.window(connection, CAMPAIGN)
        assert window is not None
        annex = statistics.annex(connection, window, COUNTY, at(FINAL))
    assert {code: [one.subject for one in behind] for code, behind in annex.items()} == {
        "V-ADM-03": [CX_E],
        "V-CON-05": [CX_F],
        "V-LIC-01": [CX_F],
    }


def test_the_roll_up_is_an_independent_count_over_the_raw_events(prefecture: Engine) -> None:
    facts = [one.fact for one in two_counties().taken]
    for unit in (COUNTY, OTHER, PREFECTURE):
        found = {value.row: value for value in form(prefecture, unit, FINAL).values}
        for number, (hr, disp) in by_hand(facts, unit).items():
            value = found[number]
            assert (value.hr, value.disp, value.distinct) == (
                len(hr),
                len(disp),
                len(hr | disp),
            ), (unit, number)


def test_a_firm_of_two_counties_is_counted_once_in_their_prefecture(prefecture: Engine) -> None:
    values = [form(prefecture, unit, FINAL).values for unit in (COUNTY, OTHER, PREFECTURE)]
    for number in (1, 2, 4):
        here, there, above = (one[number - 1] for one in values)
        assert (here.distinct or 0) + (there.distinct or 0) == (above.distinct or 0) + 1
    trainings = [one[24].number for one in values]
    assert trainings == [63, 10, 73]
    associations = [one[21].number for one in values]
    assert associations == [1, 1, 1]


def test_what_the_prefecture_did_counts_where_the_firm_is_licensed(prefecture: Engine) -> None:
    here, there, above = (
        form(prefecture, unit, FINAL).values[6] for unit in (COUNTY, OTHER, PREFECTURE)
    )
    assert [(one.hr, one.disp, one.distinct) for one in (here, there, above)] == [
        (0, 0, 0),
        (0, 1, 1),
        (0, 1, 1),
    ]


def test_a_regime_of_the_prefecture_holds_in_its_counties_and_not_the_other_way(
    prefecture: Engine,
) -> None:
    answers = {
        unit: [
            (one.answer, one.yes_below)
            for one in form(prefecture, unit, FINAL).values
            if one.row in (18, 20)
        ]
        for unit in (COUNTY, OTHER, PREFECTURE)
    }
    assert answers == {
        COUNTY: [(True, None), (True, None)],
        OTHER: [(False, None), (True, None)],
        PREFECTURE: [(False, 1), (True, 2)],
    }


def test_a_declaration_that_was_replaced_does_not_count(prefecture: Engine) -> None:
    found = form(prefecture, OTHER, FINAL).rows[11]
    assert [one.subject for one in found.opened] == [LF_A]


def test_agencies_that_did_not_declare_are_listed(prefecture: Engine) -> None:
    with prefecture.connect() as connection:
        window = statistics.window(connection, CAMPAIGN)
        assert window is not None
        found = [
            one.subject for one in statistics.yet_to_declare(connection, window, OTHER, at(FINAL))
        ]
        before = [
            one.subject
            for one in statistics.yet_to_declare(connection, window, OTHER, at("2021-09-08T12:00"))
        ]
    assert found == [CX_C]
    assert before == sorted([CX_C, LF_A])


def test_the_abnormal_list_is_not_the_list_of_serious_dishonesty() -> None:
    log = one_county()
    log.record(
        "samr",
        "SAMR",
        f"list_entry/{CX_A}",
        ListEntryChanged(
            entry_id="LE-1",
            list=ListName.ABNORMAL,
            action=ListAction.ENTERED,
            subject_id=CX_A,
            basis="TSK-1",
            document_no="楚市监〔2021〕1号",
            on=date(2021, 9, 2),
        ),
        "2021-09-02T09:00",
        subject=CX_A,
        matter="M-1",
        region=COUNTY,
    )
    assert said(form(filled(log), COUNTY, FINAL))[21] == "0"


def test_a_voided_finding_is_not_counted_afterwards_and_stays_counted_before() -> None:
    log = one_county()
    finding = next(
        one.fact
        for one in log.taken
        if one.fact.type == "finding.violation_found.v1" and one.fact.fact.code == "V-LIC-06"
    )
    before = form(filled(log), COUNTY, FINAL)
    correct(log, finding, "2021-09-25T09:00")
    engine = filled(log)
    assert form(engine, COUNTY, FINAL).content() == before.content()
    later = form(engine, COUNTY, "2021-09-26T09:00")
    assert later.values[13].distinct == 0
    assert before.values[13].distinct == 1


def test_a_voided_licence_of_a_registered_firm_stays_counted_before() -> None:
    log = one_county()
    log.record(
        "samr",
        "SAMR",
        f"organisation/{CX_A}",
        SubjectRegistered(
            uscc=CX_A,
            name="虚例彝源人力资源服务（楚雄）有限公司",
            kind=SubjectKind.ENTERPRISE,
            scope="职业中介活动",
            region=COUNTY,
            registered_on=date(2021, 1, 4),
        ),
        "2021-09-20T09:00",
        subject=CX_A,
        matter="M-1",
        region=COUNTY,
    )
    before = form(filled(log), COUNTY, FINAL)
    for one in [one.fact for one in log.taken if one.fact.subject == CX_A]:
        if one.type != SubjectRegistered.TYPE:
            correct(log, one, "2021-09-25T09:00")
    engine = filled(log)
    assert form(engine, COUNTY, FINAL).content() == before.content()
    assert form(engine, COUNTY, "2021-09-26T09:00").values[0].hr == 3
    with engine.connect() as connection:
        (named,) = statistics.named(connection, before.rows[0].opened[:1])
    assert named.name == "虚例彝源人力资源服务（楚雄）有限公司"


def test_the_directory_is_counted_as_it_was_published() -> None:
    log = one_county()
    County(log, COUNTY).grant("91532301MAYTX0101E", LicenceType.LIC_HRS, "2021-09-10T09:00")
    granted = next(one.fact for one in log.taken if one.fact.subject == CX_A)
    correct(log, granted, "2021-09-12T09:00")
    values = form(filled(log), COUNTY, FINAL).values
    assert (values[0].hr, values[3].hr) == (4, 4)
    behind = form(filled(log), COUNTY, FINAL).rows
    assert CX_A in {one.subject for one in behind[3].opened}
    assert CX_A not in {one.subject for one in behind[0].opened}


def test_a_department_that_was_late_does_not_change_a_table_that_was_counted() -> None:
    log = one_county()
    late = log.record(
        "samr",
        "SAMR",
        f"correction/{CX_A}",
        ViolationFound(
            finding_id="V-SAMR",
            code="V-ADM-02",
            severity=Severity.MINOR,
            subject_id=CX_A,
            about="TSK-9",
            facts=("事实",),
            act_from=date(2021, 9, 20),
        ),
        "2021-09-20T09:00",
        subject=CX_A,
        matter="M-9",
        region=COUNTY,
    )
    arrived = log.taken.pop()
    engine = filled(log)
    before = form(engine, COUNTY, FINAL)
    reading.take(engine, [arrived], READERS)
    assert late.id in {
        event for one in form(engine, COUNTY, FINAL).rows[5].opened for event in one.events
    }
    again = form(engine, COUNTY, FINAL, known=before.known)
    assert again.content() == before.content()


@pytest.mark.parametrize("seed", range(3))
def test_any_order_twice_and_corrections_give_the_same_rows(seed: int) -> None:
    log = two_counties()
    chance = random.Random(seed)
    for fact in chance.sample([one.fact for one in log.taken], 12):
        correct(log, fact, "2021-09-20T09:00")
    expected = filled(log)
    engine = memory()
    reading.create(engine, READERS)
    shuffled = [*log.taken, *chance.sample(log.taken, 10)]
    chance.shuffle(shuffled)
    for start in range(0, len(shuffled), 7):
        reading.take(engine, shuffled[start : start + 7], READERS, log=False)
    assert reading.contents(engine, READERS) == reading.contents(expected, READERS)


def test_the_window_begins_on_the_campaigns_effective_day() -> None:
    log = Log()
    here = County(log, COUNTY)
    here.grant(CX_A, LicenceType.LIC_HRS, "2021-01-04T09:00")
    here.inspect(CX_A, "2021-02-26T09:00", InspectionKind.DOUBLE_RANDOM)
    here.find(CX_A, "V-ADM-01", "2021-03-01T09:00")
    log.taken += [one for one in one_county().taken if one.fact.type == "campaign.launched.v1"]
    values = form(filled(log), COUNTY, FINAL).values
    assert values[2].distinct == 0
    assert values[4].distinct == 1


def test_a_title_that_was_withdrawn_or_ran_out_is_not_counted() -> None:
    log = one_county()
    County(log, COUNTY).select(CX_A, Level.COUNTY, "2021-09-02T09:00")
    County(log, COUNTY).regime(RegimeKind.SERIOUS_DISHONESTY, "2021-09-24T09:00")
    assert said(form(filled(log), COUNTY, FINAL))[19] == "1"


def test_an_annulment_ends_the_stock_and_leaves_what_was_counted_before() -> None:
    log = one_county()
    number = f"{COUNTY}-{CX_B}-LIC_HRS"
    log.record(
        "hr",
        "HRSS_APPR",
        f"licence/{CX_B}:LIC_HRS",
        LicenceAnnulled(
            licence_id=f"L-{number}",
            uscc=CX_B,
            type=LicenceType.LIC_HRS,
            region=COUNTY,
            cause=AnnulmentCause.FRAUD_OR_BRIBERY,
            ex_tunc_from=date(2021, 4, 1),
            document_no="楚人社撤〔2021〕1号",
            holder_told_on=date(2021, 9, 1),
            holder_heard=True,
        ),
        "2021-09-10T09:00",
        subject=CX_B,
        matter=f"M-{CX_B}",
        region=COUNTY,
    )
    annulled = log.taken.pop()
    log.taken.append(replace(annulled, fact=replace(annulled.fact, effective=date(2021, 4, 1))))
    values = form(filled(log), COUNTY, FINAL).values
    assert (values[0].hr, values[2].hr, values[4].hr) == (3, 1, 1)


def test_a_suspended_licence_is_no_stock_until_it_is_resumed() -> None:
    log = one_county()
    for change, day in (("SUSPENDED", "2021-09-10"), ("RESUMED", "2021-09-20")):
        log.record(
            "hr",
            "HRSS_APPR",
            f"licence/{CX_A}:LIC_HRS",
            LicenceChanged(
                licence_id=f"L-{COUNTY}-{CX_A}-LIC_HRS",
                uscc=CX_A,
                type=LicenceType.LIC_HRS,
                change=LicenceChange(change),
            ),
            f"{day}T09:00",
            subject=CX_A,
            matter=f"M-{CX_A}",
            region=COUNTY,
        )
    engine = filled(log)
    stock = [
        form(engine, COUNTY, f"2021-09-{day}T23:00").values[0].hr for day in ("09", "15", "21")
    ]
    assert stock == [4, 3, 4]


def test_findings_of_a_case_whose_decision_fell_from_the_beginning_do_not_count() -> None:
    log = one_county()
    log.record(
        "hr",
        "HRSS_INSP",
        "overturned/e-1",
        DecisionOverturned(
            overturn_id="OV-1",
            target="e-1",
            target_type="case.penalty_decided.v1",
            decision_id="PD-1",
            case_id=f"TSK-{CX_B}",
            owner_organ="HRSS_INSP",
            subject_id=CX_B,
            by=OverturnedBy.RECONSIDERATION,
            result=OverturnResult.ANNULLED,
            effect=Effect.EX_TUNC,
            decided_on=date(2021, 9, 20),
            document_no="楚复决〔2021〕1号",
            reason="主要事实不清",
        ),
        "2021-09-20T09:00",
        subject=CX_B,
        matter=f"M-{CX_B}",
        region=PREFECTURE,
    )
    engine = filled(log)
    assert form(engine, COUNTY, "2021-09-19T23:00").values[4].distinct == 1
    assert form(engine, COUNTY, FINAL).values[4].distinct == 0


def by_hand(facts: list[Recorded[Any]], unit: str) -> dict[int, tuple[set[str], set[str]]]:
    """Rows 1 to 14 from the raw events of the two counties, written for them alone."""
    digits = unit[:4] if unit == PREFECTURE else unit
    cut = at(FINAL)
    facts = [one for one in facts if one.stamp <= cut]
    ended = {
        one.fact.licence_id: one.fact.effective_on
        for one in facts
        if one.type == "licence.revoked.v1"
    }

    def holders(role: str, day: Any, places: str = "") -> set[str]:
        kind = {"HR": "LIC_HRS", "DISPATCH": "LIC_DISPATCH"}[role]
        licensed = {
            one.subject
            for one in facts
            if one.type == "licence.granted.v1"
            and one.fact.type == kind
            and one.fact.valid_from <= day
            and day < ended.get(one.fact.licence_id, datetime.max.date())
            and one.region.startswith(places)
        }
        filed = {
            one.subject
            for one in facts
            if one.type == "filing.recorded.v1"
            and one.effective <= day
            and one.region.startswith(places)
        }
        return licensed | filed if role == "HR" else licensed

    def here(one: Recorded[Any]) -> bool:
        if one.region.startswith(digits):
            return True
        day = one.effective
        seats = holders("HR", day, digits) | holders("DISPATCH", day, digits)
        return one.region == PREFECTURE and one.subject in seats

    def flow(picked: Callable[[Recorded[Any]], bool]) -> tuple[set[str], set[str]]:
        chosen = [one for one in facts if picked(one) and here(one)]
        return (
            {one.subject for one in chosen if one.subject in holders("HR", one.effective)},
            {one.subject for one in chosen if one.subject in holders("DISPATCH", one.effective)},
        )

    def coded(code: str) -> tuple[set[str], set[str]]:
        return flow(lambda one: one.type == "finding.violation_found.v1" and one.fact.code == code)

    today = datetime(2021, 9, 23).date()
    directories = {one.region: one for one in facts if one.type == "directory.published.v1"}
    listed: tuple[set[str], set[str]] = (set(), set())
    for region, one in directories.items():
        if region.startswith(digits):
            for place, role in enumerate(("HR", "DISPATCH")):
                listed[place].update(holders(role, one.effective, region))
    replaced = {one.fact.replaces for one in facts if one.type == "agency.self_check_declared.v1"}
    rebate = flow(
        lambda one: (
            one.type == "agency.self_check_declared.v1"
            and one.fact.rebate_present
            and one.fact.check_id not in replaced
        )
    )
    kickback = coded("V-CON-07")
    codes = {
        5: "V-ADM-01",
        6: "V-ADM-02",
        7: "V-LIC-05",
        8: "V-CON-01",
        9: "V-CON-02",
        10: "V-CON-03",
        11: "V-CON-04",
        13: "V-DSP-01",
        14: "V-LIC-06",
    }
    return {
        1: (holders("HR", today, digits), holders("DISPATCH", today, digits)),
        2: flow(
            lambda one: (
                one.type.startswith("agency.annual_report") and one.fact.disclosed_on is not None
            )
        ),
        3: flow(
            lambda one: (
                one.type == "inspection.result_recorded.v1"
                and one.fact.kind is InspectionKind.DOUBLE_RANDOM
            )
        ),
        4: listed,
        12: (rebate[0] | kickback[0], rebate[1] | kickback[1]),
        **{number: coded(code) for number, code in codes.items()},
    }
