"""The market's daily administration: reports, self-checks, guidance, associations, models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.filing import FilingKind
from domain.finding import stream_of as findings_of
from domain.market.facts import (
    Activity,
    AnnualReportSubmitted,
    Answer,
    EnteredBy,
    Level,
    PublicityKind,
    RegimeKind,
    SelfCheckDeclared,
    TitleAction,
)
from domain.market.models import level_of
from tests.domain.market import (
    CAMPAIGN,
    COUNTY,
    CX_A,
    CX_C,
    CX_E,
    CX_F,
    CX_Z,
    ELSEWHERE,
    PREFECTURE,
    market,
)
from tests.domain.story import Story, day, refused


def mkt(story: Story, command: str, /, *, at: str = COUNTY, **data: Any) -> Any:
    return story.give("HRSS_MKT", command, at=at, **data)


def report(story: Story, uscc: str = CX_A, year: int = 2020, **data: Any) -> Any:
    return mkt(story, "SubmitAnnualReport", organisation=uscc, year=year, **data)


def disclose(story: Story, **data: Any) -> Any:
    return mkt(story, "DiscloseAnnualReport", organisation=CX_A, **{"year": 2020, **data})


def check(story: Story, uscc: str = CX_A, *, organ: str = "HRSS_MKT", **data: Any) -> Any:
    given: dict[str, Any] = {
        "campaign": CAMPAIGN,
        "organisation": uscc,
        "answers": (Answer(question="DISPLAY", found=True, corrected=True),),
        "rebate_present": False,
    }
    return story.give(organ, "DeclareSelfCheck", at=COUNTY, **{**given, **data})


def guide(story: Story, **data: Any) -> Any:
    given = {"employer_name": "虚例电子厂", "about": "依法签订劳动合同", **data}
    return mkt(story, "GiveGuidance", **given)


def act(story: Story, kind: Activity, **data: Any) -> Any:
    return mkt(story, "RecordAssociationActivity", association=CX_Z, kind=kind, **data)


def establish(story: Story, at: str = COUNTY, **data: Any) -> Any:
    given = {"kind": RegimeKind.MODEL, "document_no": "楚市人社发〔2021〕5号", **data}
    return mkt(story, "EstablishRegime", at=at, **given)


def select(story: Story, uscc: str = CX_C, level: Level = Level.PREFECTURE, **data: Any) -> Any:
    given = {"document_no": "楚人社通〔2021〕9号", **data}
    return mkt(story, "SelectModel", at=PREFECTURE, organisation=uscc, level=level, **given)


def withdraw(story: Story, **data: Any) -> Any:
    given = {"document_no": "楚人社通〔2021〕10号", "reason": "存在违法行为", **data}
    return mkt(
        story,
        "WithdrawModel",
        at=PREFECTURE,
        organisation=CX_C,
        level=Level.PREFECTURE,
        **given,
    )


def publicise(story: Story, **data: Any) -> Any:
    given = {"kind": PublicityKind.LAW_PUBLICITY, "title": "普法进企业", **data}
    return mkt(story, "HoldPublicity", **given)


def test_a_report_is_submitted_first_and_made_public_later() -> None:
    story = market()
    (submitted,) = report(story, submitted_on=day("2021-05-18"))
    assert (submitted.disclosed_on, submitted.entered_by) == (None, EnteredBy.OFFICER)
    story.on("2021-06-01")
    (disclosed,) = disclose(story)
    assert disclosed.report_id == submitted.report_id
    assert disclosed.disclosed_on == day("2021-06-01")
    first, second = story.facts[-2:]
    assert (first.matter, first.region, first.effective) == (
        second.matter,
        COUNTY,
        day("2021-05-18"),
    )


def test_each_year_is_a_report_of_its_own() -> None:
    story = market()
    report(story, year=2019)
    report(story, year=2020)
    assert [one.fact.year for one in story.of(AnnualReportSubmitted)] == [2019, 2020]


def test_an_agency_reports_and_declares_for_itself_by_its_own_account() -> None:
    story = market()
    organ = f"AGENCY:{CX_E}"
    story.give(organ, "SubmitAnnualReport", at=COUNTY, organisation=CX_E, year=2020)
    submitted = story.of(AnnualReportSubmitted)[-1].fact
    (declared,) = check(story, CX_E, organ=organ)
    assert {submitted.entered_by, declared.entered_by} == {EnteredBy.AGENCY}
    refused("NotOwnOrganisation", lambda: check(story, CX_A, organ=organ))


def test_what_a_file_brings_is_marked_so() -> None:
    story = market()
    report(story, imported=True)
    assert story.of(AnnualReportSubmitted)[-1].fact.entered_by is EnteredBy.IMPORT


def test_a_second_self_check_replaces_the_first_in_the_campaigns_matter() -> None:
    story = market()
    (first,) = check(story)
    (second,) = check(story, replaces=first.check_id, rebate_present=True)
    kept = story.of(SelfCheckDeclared)
    assert [one.fact.replaces for one in kept] == [None, first.check_id]
    assert {one.matter for one in kept} == {"M-CAMPAIGN"}
    assert second.rebate_present
    assert not story.stream(findings_of(CX_A), "hr"), "a rebate that exists is no violation"


def test_a_self_check_names_a_campaign_that_was_launched() -> None:
    refused("CampaignUnknown", lambda: check(market(), campaign="CMP-NONE"))


def test_a_region_may_use_a_form_of_its_own() -> None:
    (declared,) = check(market(), form="OWN", answers=(Answer(question="A1", found=False),))
    assert declared.form == "OWN"


def test_guidance_is_counted_in_times_and_needs_no_registered_firm() -> None:
    story = market()
    guide(story, campaign=CAMPAIGN)
    guide(story, about="不得扣押证件")
    guide(story, on=day("2021-05-14"))
    (named,) = guide(story, employer=CX_F)
    assert named.employer == CX_F
    assert [one.subject for one in story.facts[-4:]] == [COUNTY, COUNTY, COUNTY, CX_F]
    assert story.facts[-4].matter == "M-CAMPAIGN"


def test_publicity_has_its_reach() -> None:
    (held,) = publicise(market(), attendances=40)
    assert held.attendances == 40


def test_only_training_has_attendances() -> None:
    story = market()
    act(story, Activity.JOIN_CAMPAIGN, campaign=CAMPAIGN)
    act(story, Activity.NORM_ISSUED, title="自律公约")
    (training,) = act(story, Activity.TRAINING, attendances=31, title="第一期")
    act(story, Activity.TRAINING, attendances=32, title="第二期")
    assert training.attendances == 31


def test_a_territory_has_one_regime_of_a_kind_and_its_superior_may_have_one_too() -> None:
    story = market()
    establish(story)
    establish(story, kind=RegimeKind.SERIOUS_DISHONESTY)
    (upper,) = establish(story, at=PREFECTURE)
    assert upper.region == PREFECTURE


def test_a_title_may_be_given_again_after_it_was_withdrawn_or_ended() -> None:
    story = market()
    (first,) = select(story, until=day("2021-12-31"))
    (taken,) = withdraw(story)
    assert (taken.title_id, taken.action) == (first.title_id, TitleAction.WITHDRAWN)
    select(story, until=day("2021-05-31"))
    story.on("2021-06-01")
    select(story)
    assert story.facts[-1].region == COUNTY, "the title counts where the agency is"


def test_the_level_of_a_territory_is_in_its_code() -> None:
    assert [level_of(one) for one in ("530000", "532300", "532301", "530000-X")] == [
        Level.PROVINCE,
        Level.PREFECTURE,
        Level.COUNTY,
        Level.COUNTY,
    ]


def then(*acts: Callable[[Story], Any]) -> Callable[[Story], Any]:
    def do(story: Story) -> None:
        for each in acts:
            each(story)

    return do


REFUSED: dict[str, tuple[Callable[[Story], Any], Callable[[Story], Any]]] = {
    "NotAnAgency": (then(), lambda s: report(s, CX_F)),
    "AgencyNotInForce": (
        lambda s: mkt(
            s,
            "RecordBusinessFiling",
            organisation=CX_E,
            kind=FilingKind.ENDING,
            event_on=day("2021-05-01"),
        ),
        lambda s: select(s, CX_E),
    ),
    "YearNotOver": (then(), lambda s: report(s, year=2021)),
    "YearReportedAlready": (report, report),
    "YearNotReported": (then(), disclose),
    "ReportDisclosedAlready": (then(report, disclose), disclose),
    "AnnualReportInFuture": (then(), lambda s: report(s, submitted_on=day("2021-05-21"))),
    "DisclosureInFuture": (report, lambda s: disclose(s, disclosed_on=day("2021-05-21"))),
    "DisclosedBeforeSubmission": (report, lambda s: disclose(s, disclosed_on=day("2021-05-19"))),
    "OutsideCampaign": (
        then(),
        lambda s: s.give(
            f"AGENCY:{ELSEWHERE}",
            "DeclareSelfCheck",
            at="210103",
            campaign=CAMPAIGN,
            organisation=ELSEWHERE,
            answers=(Answer(question="DISPLAY", found=False),),
            rebate_present=False,
        ),
    ),
    "SelfCheckDeclaredAlready": (check, check),
    "ReplacedCheckUnknown": (check, lambda s: check(s, replaces="SC-NONE")),
    "QuestionTwice": (
        then(),
        lambda s: check(s, answers=(Answer(question="MINOR", found=False),) * 2),
    ),
    "QuestionUnknown": (then(), lambda s: check(s, answers=(Answer(question="X", found=False),))),
    "RebateAnswersDiffer": (
        then(),
        lambda s: check(s, answers=(Answer(question="REBATE", found=True),)),
    ),
    "SelfCheckInFuture": (then(), lambda s: check(s, declared_on=day("2021-05-21"))),
    "SelfCheckBeforeCampaign": (then(), lambda s: check(s, declared_on=day("2021-02-28"))),
    "GuidanceRecordedAlready": (guide, guide),
    "GuidanceInFuture": (then(), lambda s: guide(s, on=day("2021-05-21"))),
    "PublicityRecordedAlready": (publicise, publicise),
    "PublicityInFuture": (then(), lambda s: publicise(s, on=day("2021-05-21"))),
    "NotAnAssociation": (
        then(),
        lambda s: mkt(s, "RecordAssociationActivity", association=CX_A, kind=Activity.NORM_ISSUED),
    ),
    "AttendancesOnlyForTraining": (then(), lambda s: act(s, Activity.NORM_ISSUED, attendances=3)),
    "TrainingNeedsAttendances": (then(), lambda s: act(s, Activity.TRAINING)),
    "JoiningNeedsCampaign": (then(), lambda s: act(s, Activity.JOIN_CAMPAIGN)),
    "AssociationJoinedAlready": (
        lambda s: act(s, Activity.JOIN_CAMPAIGN, campaign=CAMPAIGN),
        lambda s: act(s, Activity.JOIN_CAMPAIGN, campaign=CAMPAIGN, on=day("2021-05-01")),
    ),
    "ActivityRecordedAlready": (
        lambda s: act(s, Activity.TRAINING, attendances=31, title="第一期"),
        lambda s: act(s, Activity.TRAINING, attendances=32, title="第一期"),
    ),
    "ActivityInFuture": (then(), lambda s: act(s, Activity.NORM_ISSUED, on=day("2021-05-21"))),
    "RegimeStandsAlready": (establish, lambda s: establish(s, document_no="另一文号")),
    "RegimeInFuture": (then(), lambda s: establish(s, established_on=day("2021-05-21"))),
    "LevelOfAnotherTerritory": (then(), lambda s: select(s, level=Level.PROVINCE)),
    "ModelTitleHeldAlready": (select, select),
    "ModelTitleNotHeld": (then(), withdraw),
    "ModelDateInFuture": (then(), lambda s: select(s, on=day("2021-05-21"))),
    "TitleEndsBeforeItBegins": (then(), lambda s: select(s, until=day("2021-05-19"))),
    "WithdrawnBeforeSelection": (
        then(select, lambda s: s.on("2021-06-01")),
        lambda s: withdraw(s, on=day("2021-05-19")),
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_the_rule_refuses_by_name_and_leaves_nothing(rule: str) -> None:
    before, asked = REFUSED[rule]
    story = market()
    before(story)
    kept = len(story.facts)
    refused(rule, lambda: asked(story))
    assert len(story.facts) == kept
