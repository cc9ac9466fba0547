"""Campaigns: ordered by the prefecture, reported to by its counties, shown on its boards."""

from __future__ import annotations

from domain.campaign.facts import (
    Board,
    BoardAction,
    CampaignLaunched,
    ReportExpected,
)
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
    launched,
    prepare,
    report,
    titled,
)
from tests.domain.story import day


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
