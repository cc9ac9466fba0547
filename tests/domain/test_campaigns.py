"""Campaigns: ordered by the prefecture, reported to by its counties, shown on its boards."""

from __future__ import annotations

from domain.campaign.facts import (
    Board,
    BoardAction,
    CampaignLaunched,
    Merit,
    ProblemClass,
    Progress,
    ReportDue,
    ReportExpected,
    ReportKind,
    VisitFinding,
)
from domain.clocks.reckoning import Clock, State, clocks_from
from domain.policy import policy_for
from tests.domain.campaigns import (
    CONTENT,
    COUNTY,
    FIRM,
    OTHER,
    PREFECTURE,
    REPORTS,
    ROWS,
    act,
    approved_table,
    campaign_of,
    check,
    launch,
    launched,
    nominate,
    prepare,
    report,
    show,
    titled,
)
from tests.domain.story import Story, day, refused


def test_a_campaign_counts_from_before_the_notice_that_orders_it() -> None:
    story = launched()
    (one,) = story.of(CampaignLaunched)
    assert (one.effective, one.recorded_on) == (day("2021-03-01"), day("2021-04-06"))
    assert one.fact.region == PREFECTURE


def test_each_unit_is_told_each_report_that_it_owes_once() -> None:
    story = launched()
    told = [(one.fact.unit, one.fact.code, one.fact.due) for one in story.of(ReportExpected)]
    assert told == [(unit, one.code, one.due) for unit in (COUNTY, OTHER) for one in REPORTS]
    assert {one.matter for one in story.facts} == {story.facts[0].matter}
    story.run("R20", story.facts[0])
    assert len(story.of(ReportExpected)) == len(told)


def test_a_report_of_the_last_day_is_in_time_and_of_the_next_late() -> None:
    assert report(launched().on("2021-04-19T23:59")).on_time
    late = report(launched().on("2021-04-20T00:00"))
    assert (late.on_time, late.due) == (False, day("2021-04-19"))


def test_an_amended_report_stands_beside_the_one_that_it_amends() -> None:
    story = launched().on("2021-04-19")
    first = report(story)
    story.on("2021-05-06")
    second = report(story, amends=first.report_id, because="自查户数漏报一户")
    assert (second.amends, second.on_time) == (first.report_id, True)
    assert "ReportSubmitted" in story.names()[-2:]


def test_three_posts_make_the_form_that_is_submitted_with_the_hash_of_its_content() -> None:
    story = launched().on("2021-06-02")
    table = approved_table(story)
    submitted = report(story, "TABLE-1", table=table)
    assert (submitted.table_id, submitted.content_hash) == (table, CONTENT.sha256)
    assert submitted.as_of is not None
    assert submitted.as_of.date() == day("2021-06-01")


def test_a_row_that_a_person_gives_as_it_was_counted_is_taken() -> None:
    story = launched().on("2021-06-02")
    assert prepare(story, rows=(ROWS[0], ROWS[3])).rows == ROWS


def test_a_form_sent_back_is_prepared_again_and_names_the_one_that_it_amends() -> None:
    story = launched().on("2021-06-02")
    first = prepare(story).table_id
    act(story, "HRSS_MKT.HEAD", "CheckTable", table=first, agreed=False, reason="第2行待核")
    again = prepare(story, amends=first, because="年报公示补录")
    assert (again.amends, again.rows) == (first, ROWS)


def test_what_was_reported_in_a_closed_phase_is_still_amended() -> None:
    story = launched().on("2021-04-19")
    first = report(story)
    act(story, "HRSS", "ClosePhase", at=PREFECTURE, phase="P1")
    assert report(story, amends=first.report_id, because="漏报一户").phase == "P1"


def test_the_prefecture_prepares_its_own_form_and_reports_for_nobody() -> None:
    story = launched().on("2021-06-02")
    assert prepare(story, at=PREFECTURE).unit == PREFECTURE
    refused("UnitNotInCampaign", lambda: report(story, at=PREFECTURE))


def test_a_firm_that_was_withdrawn_or_whose_days_are_past_may_be_shown_again() -> None:
    story = launched()
    nominate(story)
    check(story)
    show(story, until=day("2021-05-06"))
    story.on("2021-05-07")
    nominate(story)
    check(story)
    assert show(story).action is BoardAction.SHOWN


def test_a_circular_goes_to_the_units_and_is_no_report_of_theirs() -> None:
    story = launched()
    sent = act(
        story, "HRSS", "IssueCircular", at=PREFECTURE, to_units=(COUNTY,), text="第一期情况通报"
    )
    assert (sent.kind, sent.unit, sent.to_units) == (ReportKind.CIRCULAR, PREFECTURE, (COUNTY,))
    assert state_of(story, "CAMPAIGN-REPORT", f"{COUNTY}/ACTION-PLAN") is State.RUNNING


def test_a_unit_is_judged_and_the_judgement_is_of_its_territory() -> None:
    story = launched()
    act(
        story,
        "HRSS",
        "EvaluateUnit",
        at=PREFECTURE,
        unit=COUNTY,
        merit=Merit.GOOD,
        recommended=True,
        remark="报送及时，整治有力",
    )
    assert story.facts[-1].region == COUNTY


def clocks(story: Story, code: str) -> dict[str, Clock]:
    """The clocks of a code by their item."""
    found = clocks_from(story.facts, policy_for)
    return {one.item: one for one in found if one.rule.code == code}


def state_of(story: Story, code: str, item: str) -> State:
    """Where one clock stands at the story's moment."""
    return clocks(story, code)[item].state(story.now)


def test_the_days_of_reports_never_roll_and_each_unit_owes_its_own() -> None:
    story = launched().on("2021-04-19")
    report(story)
    story.on("2021-06-03")
    found = clocks(story, "CAMPAIGN-REPORT")
    assert len(found) == 2 * len(REPORTS)
    assert {one.due.day for one in found.values()} == {one.due for one in REPORTS}
    assert found[f"{COUNTY}/ACTION-PLAN"].state(story.now) is State.FULFILLED
    assert found[f"{OTHER}/ACTION-PLAN"].state(story.now) is State.MISSED
    assert found[f"{OTHER}/BOARDS"].state(story.now) is State.RUNNING
    assert found[f"{OTHER}/BOARDS"].start.region == OTHER


def test_a_list_due_on_a_saturday_is_due_on_that_saturday() -> None:
    due = day("2021-09-25")
    boards = ReportDue(code="BOARDS", kind=ReportKind.RED_BLACK_LIST, phase="P2", due=due)
    story = Story().on("2021-04-06")
    launch(story, reports=(boards,))
    story.settle()
    assert due.isoweekday() == 6
    assert clocks(story, "CAMPAIGN-REPORT")[f"{COUNTY}/BOARDS"].due.day == due
    story.on("2021-09-26T00:00")
    assert state_of(story, "CAMPAIGN-REPORT", f"{COUNTY}/BOARDS") is State.MISSED


def test_tasks_chases_and_problems_run_until_they_are_done() -> None:
    story = launched()
    task = act(
        story, "HRSS", "AssignTask", what="摸排机构", organ="HRSS_MKT", due=day("2021-05-10")
    ).task_id
    solved, beyond = (
        act(
            story,
            "HRSS_INSP",
            "RecordProblem",
            what="流动摊点难以查处",
            problem_class=kind,
            organ="HRSS_INSP",
            due=day("2021-05-10"),
        ).problem_id
        for kind in (ProblemClass.SOLVE_AT_ONCE, ProblemClass.CANNOT_YET)
    )
    chased = act(
        story,
        "HRSS",
        "ChaseUnit",
        at=PREFECTURE,
        unit=COUNTY,
        about=task,
        message="请加快",
        answer_by=day("2021-05-06"),
    ).chase_id
    assert clocks(story, "CAMPAIGN-TASK")[task].start.owner == "HRSS_MKT"
    assert clocks(story, "CAMPAIGN-PROBLEM").keys() == {solved}
    assert clocks(story, "CAMPAIGN-PROBLEM-UP")[beyond].due.day == day("2021-04-20")
    act(story, "HRSS_MKT", "ReportProgress", task=task, progress=Progress.DOING)
    assert state_of(story, "CAMPAIGN-TASK", task) is State.RUNNING
    act(story, "HRSS_MKT", "ReportProgress", task=task, progress=Progress.DONE, note="摸排6户")
    act(story, "HRSS", "AnswerChase", chase=chased, answer="已完成")
    act(story, "HRSS_INSP", "SettleProblem", problem=solved, how="已取缔")
    act(story, "HRSS", "ReportProblemUp", problem=beyond, proposal="建议联合执法")
    for code, item in (
        ("CAMPAIGN-TASK", task),
        ("CAMPAIGN-CHASE", chased),
        ("CAMPAIGN-PROBLEM", solved),
        ("CAMPAIGN-PROBLEM-UP", beyond),
    ):
        assert state_of(story, code, item) is State.FULFILLED, code


def test_each_finding_of_a_visit_has_a_term_of_its_own() -> None:
    story = launched()
    visit = act(
        story,
        "HRSS_MKT",
        "RecordVisit",
        at=PREFECTURE,
        unit=COUNTY,
        team=("HRSS_MKT@532300",),
        findings=(
            VisitFinding(number=1, what="台账不全", answer_by=day("2021-04-20")),
            VisitFinding(number=2, what="未公示", answer_by=day("2021-04-30")),
            VisitFinding(number=3, what="建议"),
        ),
    ).visit_id
    act(story, "HRSS", "AnswerVisit", visit=visit, number=2, answer="已公示", corrected=True)
    found = clocks(story.on("2021-04-21"), "CAMPAIGN-VISIT")
    assert {item: one.state(story.now) for item, one in found.items()} == {
        f"{visit}/1": State.MISSED,
        f"{visit}/2": State.FULFILLED,
    }
    assert len({one.id for one in found.values()}) == 2


def test_what_still_runs_at_the_end_of_a_campaign_is_owed_no_more() -> None:
    story = launched()
    act(story, "HRSS", "CloseCampaign", at=PREFECTURE, summary="提前结束")
    story.on("2021-12-01")
    states = {one.state(story.now) for one in clocks(story, "CAMPAIGN-REPORT").values()}
    assert states == {State.MOOT}


def test_a_firm_is_nominated_checked_shown_and_withdrawn_by_different_posts() -> None:
    story = launched().on("2021-09-18")
    nominated = act(
        story,
        "HRSS_MKT",
        "NominateForBoard",
        board=Board.RED_BOARD,
        organisation=FIRM,
        grounds=(titled(story),),
        reason="诚信示范",
    )
    about = {"organisation": FIRM, "nomination": nominated.nomination_id}
    story.on("2021-09-27")
    act(story, "HRSS_MKT", "CheckNomination", at=PREFECTURE, agreed=True, **about)
    shown = act(
        story, "HRSS", "ShowOnBoard", at=PREFECTURE, legal_basis="实施方案四（二）", **about
    )
    assert (shown.board, shown.action) == (Board.RED_BOARD, BoardAction.SHOWN)
    gone = act(
        story, "HRSS", "WithdrawFromBoard", at=PREFECTURE, organisation=FIRM, because="称号已撤"
    )
    assert (gone.entry_id, gone.action) == (shown.entry_id, BoardAction.WITHDRAWN)
    assert story.facts[-1].subject == FIRM
    assert report(story, "BOARDS", text="红榜一户").campaign_id == campaign_of(story)
