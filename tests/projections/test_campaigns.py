"""What issuers and units see of a campaign: owed, late, found, shown; the same in any order."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from domain.campaign.facts import (
    Merit,
    ProblemClass,
    ProblemFound,
    Progress,
    ReportSubmitted,
    TablePrepared,
    VisitFinding,
)
from domain.facts import Recorded
from domain.market.facts import (
    AnnualReportDisclosed,
    AnnualReportSubmitted,
    Answer,
    EnteredBy,
    SelfCheckDeclared,
)
from domain.review.facts import CorrectionKind, FactCorrected
from gateways.contracts.envelope import to_data
from projections import campaigns
from projections.rows import Rows
from tests.domain.campaigns import (
    COUNTY,
    FIRM,
    OTHER,
    PREFECTURE,
    act,
    approved_table,
    campaign_of,
    check,
    launched,
    nominate,
    report,
    show,
    told,
)
from tests.domain.story import Story, day
from tests.projections import reading

READER = campaigns.PROJECTION


def played() -> Story:
    """The county reports in time, late and not at all, works its list, is visited and judged."""
    story = launched().on("2021-04-19")
    first = report(story)
    story.on("2021-04-25")
    report(story, amends=first.report_id, because="自查户数漏报一户")
    late = {"at": OTHER, "organ": "HRSS"}
    act(story, late["organ"], "SubmitReport", at=OTHER, code="ACTION-PLAN", text="行动方案")
    task = act(
        story, "HRSS_MKT", "AssignTask", what="摸底排查", organ="HRSS_INSP", due=day("2021-05-10")
    )
    act(
        story,
        "HRSS_INSP",
        "ReportProgress",
        task=task.task_id,
        progress=Progress.DONE,
        note="走访43户",
    )
    act(story, "HRSS_MKT", "AssignTask", what="建章立制", organ="HRSS_MKT", due=day("2021-05-12"))
    chase = act(
        story,
        "HRSS_MKT",
        "ChaseUnit",
        at=PREFECTURE,
        unit=COUNTY,
        about="INTERIM",
        message="请按时报送",
        answer_by=day("2021-05-20"),
    )
    act(story, "HRSS", "AnswerChase", chase=chase.chase_id, answer="6月1日前报送")
    problem: dict[str, Any] = {"organ": "HRSS_INSP", "due": day("2021-05-15")}
    kinds = (ProblemClass.SOLVE_AT_ONCE, ProblemClass.NEEDS_RULE, ProblemClass.CANNOT_YET)
    made = [
        act(story, "HRSS_MKT", "RecordProblem", what="一户无证", problem_class=kind, **problem)
        for kind in kinds
    ]
    act(story, "HRSS_INSP", "SettleProblem", problem=made[0].problem_id, how="已取缔")
    act(story, "HRSS", "ReportProblemUp", problem=made[2].problem_id, proposal="建议省级出台标准")
    visit = act(
        story,
        "HRSS_MKT",
        "RecordVisit",
        at=PREFECTURE,
        unit=COUNTY,
        visited_on=day("2021-04-22"),
        team=("HRSS_MKT@532300",),
        findings=(
            VisitFinding(number=1, what="台账不全", answer_by=day("2021-04-30")),
            VisitFinding(number=2, what="明示不全", answer_by=day("2021-05-30")),
        ),
    )
    answer = {"visit": visit.visit_id, "number": 2, "answer": "已补齐", "corrected": True}
    act(story, "HRSS", "AnswerVisit", **answer)
    story.on("2021-06-02")
    table = approved_table(story)
    report(story, "TABLE-1", table=table)
    nominate(story)
    check(story)
    show(story, until=day("2021-12-31"))
    act(
        story,
        "HRSS",
        "EvaluateUnit",
        at=PREFECTURE,
        unit=COUNTY,
        merit=Merit.GOOD,
        recommended=True,
        remark="按时完成",
    )
    act(story, "HRSS", "IssueCircular", at=PREFECTURE, to_units=(COUNTY, OTHER), text="通报")
    declared(story)
    return story


def declared(story: Story) -> None:
    """FIRM checked itself twice and reported 2020, which became public later."""
    answers = (
        Answer(question="REBATE", found=True, note="返费两笔", corrected=True),
        Answer(question="LEDGER", found=True, corrected=False),
    )
    stream = f"self_check/{campaign_of(story)}:{FIRM}"
    for number, replaces in (("SC-1", None), ("SC-2", "SC-1")):
        fact = SelfCheckDeclared(
            check_id=number,
            campaign_id=campaign_of(story),
            uscc=FIRM,
            form="CX-ZC",
            answers=answers,
            rebate_present=True,
            declared_on=day("2021-04-08"),
            entered_by=EnteredBy.AGENCY,
            replaces=replaces,
        )
        told(story, fact, stream, FIRM)
    year: dict[str, Any] = {"report_id": "AR-1", "uscc": FIRM, "year": 2020}
    submitted = AnnualReportSubmitted(
        **year, submitted_on=day("2021-03-30"), staff=12, entered_by=EnteredBy.AGENCY
    )
    told(story, submitted, f"annual_report/{FIRM}", FIRM)
    disclosed = AnnualReportDisclosed(**year, disclosed_on=day("2021-04-30"))
    told(story, disclosed, f"annual_report/{FIRM}", FIRM)


STORY = played()
CAMPAIGN = campaign_of(STORY)


def fill(engine: Engine, facts: Iterable[Recorded[Any]]) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        READER.apply([one for one in facts if one.type in READER.reads], rows)
        rows.flush()


@pytest.fixture
def filled(engine: Engine) -> Engine:
    reading.create(engine, (READER,))
    fill(engine, STORY.facts)
    return engine


def empty() -> Engine:
    made = create_engine("sqlite://", poolclass=StaticPool)
    reading.create(made, (READER,))
    return made


def corrected(fact: Recorded[Any], **anew: Any) -> Recorded[Any]:
    """A later correction of a fact: voided, or with these fields anew."""
    return replace(
        fact,
        fact=FactCorrected(
            target_event_id=fact.id,
            target_type=fact.type,
            kind=CorrectionKind.REPLACE if anew else CorrectionKind.VOID,
            target_data=json.dumps(to_data(fact.fact), ensure_ascii=False),
            replaces_with=json.dumps(anew, ensure_ascii=False) if anew else None,
            reason="登记有误",
        ),
        id=f"COR-{fact.id}",
        type=FactCorrected.TYPE,
        stamp=fact.stamp + 10**12,
        sequence=fact.sequence + 10_000,
    )


def test_a_report_is_in_time_late_due_or_overdue_by_the_day_that_is_asked(filled: Engine) -> None:
    with filled.connect() as conn:
        found = campaigns.reports(conn, on="2021-06-03", campaign_id=CAMPAIGN)
        before = campaigns.reports(conn, on="2021-06-02", campaign_id=CAMPAIGN, unit=COUNTY)
    states = {(one["unit"], one["code"]): one["state"] for one in found}
    assert states[COUNTY, "ACTION-PLAN"] == "ON_TIME"
    assert states[OTHER, "ACTION-PLAN"] == "LATE"
    assert (states[COUNTY, "INTERIM"], states[COUNTY, "TABLE-1"]) == ("OVERDUE", "ON_TIME")
    assert states[COUNTY, "BOARDS"] == "DUE"
    assert {one["code"]: one["state"] for one in before}["INTERIM"] == "DUE"


def test_an_amended_report_stays_in_time_and_shows_every_version(filled: Engine) -> None:
    with filled.connect() as conn:
        (first, *_) = campaigns.reports(conn, on="2021-06-03", unit=COUNTY, kind="ACTION_PLAN")
    assert (first["state"], first["versions"]) == ("ON_TIME", 2)
    assert [one["amends"] for one in first["history"]] == [None, first["history"][0]["report_id"]]
    assert first["because"] == "自查户数漏报一户"


def test_a_form_shows_who_prepared_checked_and_approved_it(filled: Engine) -> None:
    with filled.connect() as conn:
        (form,) = campaigns.forms(conn, campaign_id=CAMPAIGN, unit=COUNTY)
        assert campaigns.form(conn, form["table_id"]) == form
    assert form["state"] == "SUBMITTED"
    posts = (form["prepared_by"], form["checked_by"], form["approved_by"])
    assert posts == ("HRSS_MKT.OFFICER@532301", "HRSS_MKT.HEAD@532301", "HRSS.HEAD@532301")
    assert form["rows"][0]["distinct"] == 5


def test_tasks_chases_problems_and_findings_say_what_is_overdue(filled: Engine) -> None:
    with filled.connect() as conn:
        tasks = campaigns.tasks(conn, on="2021-05-16", campaign_id=CAMPAIGN)
        chases = campaigns.chases(conn, on="2021-05-16", campaign_id=CAMPAIGN)
        problems = campaigns.problems(conn, on="2021-05-16", campaign_id=CAMPAIGN)
        (visit,) = campaigns.visits(conn, on="2021-05-16", campaign_id=CAMPAIGN)
    assert [(one["state"], one["overdue"]) for one in tasks] == [("DONE", False), ("TO_DO", True)]
    assert [(one["state"], one["answer"]) for one in chases] == [("ANSWERED", "6月1日前报送")]
    told = {one["problem_class"]: (one["state"], one["overdue"]) for one in problems}
    assert told == {
        "SOLVE_AT_ONCE": ("SETTLED", False),
        "NEEDS_RULE": ("OPEN", True),
        "CANNOT_YET": ("REPORTED_UP", True),
    }
    assert [(one["corrected"], one["overdue"]) for one in visit["findings"]] == [
        (False, True),
        (True, False),
    ]
    assert (visit["state"], visit["open_findings"]) == ("OPEN", 1)


def test_a_firm_shown_until_a_day_is_on_the_board_no_longer_after_it(filled: Engine) -> None:
    with filled.connect() as conn:
        (shown,) = campaigns.boards(conn, on="2021-12-31", state="SHOWN")
        (ended,) = campaigns.boards(conn, on="2022-01-01", subject=FIRM)
    assert (shown["board"], shown["unit"], len(shown["grounds"])) == ("RED_BOARD", COUNTY, 1)
    assert ended["state"] == "ENDED"


def test_units_are_compared_by_what_they_owe_and_did(filled: Engine) -> None:
    with filled.connect() as conn:
        one, other = campaigns.compared(conn, CAMPAIGN, (COUNTY, OTHER), on="2021-06-03")
    assert (one["reports"], one["on_time"], one["overdue"]) == (4, 2, 1)
    assert (other["late"], other["overdue"]) == (1, 2)
    assert (one["tasks_done"], one["tasks"], one["tasks_overdue"]) == (1, 2, 1)
    assert (one["problems"], one["problems_settled"], one["cannot_yet"]) == (3, 1, 1)
    assert (one["red"], one["self_checks"], one["form"]) == (1, 1, "SUBMITTED")
    assert (one["merit"], one["recommended"], other["merit"]) == ("GOOD", True, None)


def test_the_latest_self_check_counts_and_a_report_of_a_year_becomes_public(filled: Engine) -> None:
    with filled.connect() as conn:
        (check,) = campaigns.self_checks(conn, campaign_id=CAMPAIGN, region=PREFECTURE)
        (year,) = campaigns.annual_reports(conn, uscc=FIRM)
        assert campaigns.self_checks(conn, campaign_id=CAMPAIGN, region=OTHER) == []
    assert (check["check_id"], check["declarations"]) == ("SC-2", 2)
    assert (check["problems"], check["uncorrected"], check["rebate_present"]) == (2, 1, True)
    assert (year["state"], year["disclosed_on"], year["staff"]) == ("DISCLOSED", "2021-04-30", 12)


@pytest.mark.parametrize(
    ("region", "seen"),
    [(PREFECTURE, 1), (COUNTY, 1), ("530000", 1), ("532303", 0), ("530100", 0)],
)
def test_a_campaign_is_seen_by_who_ordered_it_and_who_takes_part(
    filled: Engine, region: str, seen: int
) -> None:
    with filled.connect() as conn:
        found = campaigns.campaigns(conn, region=region)
        assert (len(found), found.total()) == (seen, seen)
        assert campaigns.campaign(conn, "CX-2021") == campaigns.campaign(conn, CAMPAIGN)


def test_a_closed_phase_takes_nothing_and_is_no_longer_overdue() -> None:
    story, engine = launched().on("2021-04-20"), empty()
    act(story, "HRSS", "ClosePhase", at=PREFECTURE, phase="P1")
    fill(engine, story.facts)
    with engine.connect() as conn:
        found = campaigns.reports(conn, on="2021-06-03", unit=COUNTY)
        assert [one["state"] for one in found] == ["CLOSED", "OVERDUE", "OVERDUE", "DUE"]


def test_a_corrected_fact_reads_anew_and_a_voided_one_leaves_its_list() -> None:
    engine = empty()
    fill(engine, STORY.facts)
    (table,) = (one for one in STORY.facts if one.type == TablePrepared.TYPE)
    problem, *_ = (one for one in STORY.facts if one.type == ProblemFound.TYPE)
    late = next(
        one for one in STORY.facts if one.type == ReportSubmitted.TYPE and one.fact.unit == OTHER
    )
    with engine.connect() as conn:
        assert len(campaigns.problems(conn, on="2021-06-03")) == 3
    fill(engine, [corrected(problem, what="一户无照"), corrected(late)])
    with engine.connect() as conn:
        read = {one["what"] for one in campaigns.problems(conn, on="2021-06-03")}
        (owed,) = campaigns.reports(conn, on="2021-06-03", unit=OTHER, kind="ACTION_PLAN")
        assert campaigns.form(conn, table.fact.table_id) is not None
    assert "一户无照" in read
    assert (owed["state"], owed["report_id"]) == ("OVERDUE", None)


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_arrival_gives_the_same_rows(seed: int) -> None:
    changed = [one for one in STORY.facts if one.type in READER.reads]
    every = [*changed, corrected(changed[3]), corrected(changed[-3])]
    expected, shuffled = empty(), empty()
    fill(expected, every)
    order = [*every, *every]
    random.Random(seed).shuffle(order)
    for place in range(0, len(order), 7):
        fill(shuffled, order[place : place + 7])
    assert reading.contents(shuffled, (READER,)) == reading.contents(expected, (READER,))
