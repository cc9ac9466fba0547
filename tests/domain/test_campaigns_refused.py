"""Each named refusal of campaigns, met once by an act that breaks its rule and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.campaign.facts import (
    Board,
    Merit,
    Phase,
    ProblemClass,
    Progress,
    TableRow,
    VisitFinding,
)
from domain.facts import instant
from domain.review.facts import (
    DecisionOverturned,
    Effect,
    OverturnedBy,
    OverturnResult,
)
from tests.domain.campaigns import (
    COUNTY,
    FIRM,
    OTHER,
    PREFECTURE,
    act,
    approved_table,
    check,
    found_against,
    launch,
    launched,
    newest,
    nominate,
    prepare,
    report,
    show,
    titled,
    told,
)
from tests.domain.story import Story, day, moment_of, refused

NONE = "X-NONE"
Act = Callable[[Story], Any]


def nothing(_: Story) -> None:
    """No more than the launch."""


def after(*acts: Act) -> Act:
    def run(story: Story) -> None:
        for one in acts:
            one(story)

    return run


def at(moment: str) -> Act:
    return lambda story: story.on(moment)


def close(story: Story) -> Any:
    return act(story, "HRSS", "CloseCampaign", at=PREFECTURE, summary="整治结束，成效明显")


def close_phase(story: Story, phase: str = "P1", organ: str = "HRSS", **data: Any) -> Any:
    return act(story, organ, "ClosePhase", at=data.pop("at", PREFECTURE), phase=phase)


def circular(story: Story, **data: Any) -> Any:
    filled = {"to_units": (COUNTY,), "text": "第一期情况通报", **data}
    return act(story, "HRSS", "IssueCircular", at=PREFECTURE, **filled)


def assign(story: Story, **data: Any) -> Any:
    filled = {"what": "摸排机构", "organ": "HRSS_MKT", "due": day("2021-05-10"), **data}
    return act(story, "HRSS", "AssignTask", **filled)


def progress(story: Story, how: Progress = Progress.DONE, **data: Any) -> Any:
    data.setdefault("task", newest(story, "task_id"))
    return act(story, "HRSS_MKT", "ReportProgress", progress=how, **data)


def chase(story: Story, about: str = "ACTION-PLAN", **data: Any) -> Any:
    filled = {"unit": COUNTY, "message": "请尽快报送", "answer_by": day("2021-04-25"), **data}
    return act(story, "HRSS_MKT", "ChaseUnit", at=PREFECTURE, about=about, **filled)


def answer(story: Story, **data: Any) -> Any:
    data.setdefault("chase", newest(story, "chase_id"))
    return act(story, "HRSS", "AnswerChase", answer="今日报送", **data)


def problem(story: Story, how: ProblemClass = ProblemClass.CANNOT_YET, **data: Any) -> Any:
    filled = {"organ": "HRSS_INSP", "due": day("2021-05-10"), **data}
    return act(
        story, "HRSS_INSP", "RecordProblem", what="流动摊点难以查处", problem_class=how, **filled
    )


def report_up(story: Story, **data: Any) -> Any:
    data.setdefault("problem", newest(story, "problem_id"))
    return act(story, "HRSS", "ReportProblemUp", proposal="建议全州统一联合执法", **data)


def settle(story: Story, **data: Any) -> Any:
    data.setdefault("problem", newest(story, "problem_id"))
    return act(story, "HRSS_INSP", "SettleProblem", how="已与市场监管部门联合取缔", **data)


def visit(story: Story, *findings: VisitFinding, **data: Any) -> Any:
    filled = {"unit": COUNTY, "team": ("HRSS_MKT@532300",), "findings": findings, **data}
    return act(story, "HRSS_MKT", "RecordVisit", at=PREFECTURE, **filled)


def one_finding(story: Story) -> Any:
    return visit(story, VisitFinding(number=1, what="台账不全", answer_by=day("2021-05-10")))


def answer_visit(story: Story, **data: Any) -> Any:
    filled = {"visit": newest(story, "visit_id"), "number": 1, "corrected": True, **data}
    return act(story, "HRSS", "AnswerVisit", answer="台账已补齐", **filled)


def check_table(story: Story, organ: str = "HRSS_MKT.HEAD", **data: Any) -> Any:
    filled = {"table": newest(story, "table_id"), "agreed": True, **data}
    return act(story, organ, "CheckTable", **filled)


def approve_table(story: Story, organ: str = "HRSS.HEAD", **data: Any) -> Any:
    data.setdefault("table", newest(story, "table_id"))
    return act(story, organ, "ApproveTable", **data)


def annulled(story: Story) -> None:
    """What was found against the firm was annulled on review."""
    finding = found_against(story)
    overturning = DecisionOverturned(
        overturn_id="OV-1",
        target=story.facts[-1].id,
        target_type="finding.violation_found.v1",
        decision_id=finding,
        owner_organ="HRSS_INSP",
        subject_id=FIRM,
        by=OverturnedBy.RECONSIDERATION,
        result=OverturnResult.ANNULLED,
        effect=Effect.EX_TUNC,
        decided_on=day("2021-04-06"),
        document_no="楚政复决字〔2021〕1号",
        reason="事实不清",
    )
    told(story, overturning, "overturned/1", FIRM)


def against(story: Story) -> Any:
    return nominate(story, board=Board.BLACK_BOARD, grounds=(newest(story, "finding_id"),))


def interim_table(story: Story) -> Any:
    return report(story, "TABLE-1", table=approved_table(story.on("2021-06-02")))


REFUSED: dict[str, tuple[Act, Act]] = {
    "CampaignUnknown": (nothing, lambda s: report(s, campaign="CMP-NONE")),
    "CampaignOver": (close, report),
    "CampaignAlreadyLaunched": (nothing, launch),
    "CampaignIssuedInFuture": (nothing, lambda s: launch(s, issued_on=day("2021-04-07"))),
    "CampaignDatesIllFormed": (nothing, lambda s: launch(s, ends_on=day("2021-02-28"))),
    "CampaignCodeTwice": (nothing, lambda s: launch(s, units=(COUNTY, COUNTY))),
    "ReportOfUnknownPhase": (
        nothing,
        lambda s: launch(s, phases=(Phase(code="P2", zh="集中整治"),)),
    ),
    "UnitNotBelowIssuer": (nothing, lambda s: launch(s, units=("210103",))),
    "PhaseUnknown": (nothing, lambda s: close_phase(s, "P9")),
    "PhaseAlreadyClosed": (close_phase, close_phase),
    "NotCampaignIssuer": (nothing, lambda s: close_phase(s, at=COUNTY)),
    "UnitNotInCampaign": (nothing, lambda s: report(s, at="532322")),
    "UnitActsForItself": (nothing, lambda s: report(s, at=PREFECTURE, region=COUNTY)),
    "CampaignReportUnknown": (nothing, lambda s: report(s, "WEEKLY")),
    "PhaseIsClosed": (close_phase, report),
    "ReportAlreadySubmitted": (report, report),
    "AmendedReportUnknown": (nothing, lambda s: report(s, amends="RPT-NONE", because="数据有误")),
    "AmendmentNeedsReason": (report, lambda s: report(s, amends=newest(s, "report_id"))),
    "ReportNeedsTable": (nothing, lambda s: report(s, "TABLE-1")),
    "ReportTakesNoTable": (nothing, lambda s: report(s, table="TAB-1")),
    "TableNotApproved": (
        after(at("2021-06-02"), prepare),
        lambda s: report(s, "TABLE-1", table=newest(s, "table_id")),
    ),
    "TableAlreadySubmitted": (
        interim_table,
        lambda s: report(
            s,
            "TABLE-1",
            table=newest(s, "table_id"),
            amends=newest(s, "report_id"),
            because="第2行有更正",
        ),
    ),
    "ReportIsEmpty": (nothing, lambda s: report(s, attachments=())),
    "ReportDocumentNotSealed": (nothing, lambda s: report(s, document="DOC-NONE")),
    "NominationsMissing": (nothing, lambda s: report(s, "BOARDS", attachments=())),
    "ReportMomentInFuture": (
        nothing,
        lambda s: report(s, as_of=instant(moment_of("2021-04-07"))),
    ),
    "CampaignHasNoForm": (
        lambda s: launch(s, code="CX-2022", indicators=None),
        lambda s: prepare(s, campaign=s.facts[-1].fact.campaign_id),
    ),
    "TableMomentOutside": (
        nothing,
        lambda s: prepare(s, as_of=instant(moment_of("2021-02-28T23:59"))),
    ),
    "TableNotCounted": (at("2021-06-02"), lambda s: prepare(s, computed=())),
    "FiguresEditedByHand": (
        at("2021-06-02"),
        lambda s: prepare(s, rows=(TableRow(row=17, number=2),)),
    ),
    "TableUnknown": (nothing, lambda s: check_table(s, table="TAB-NONE")),
    "PreparerCannotCheck": (
        after(at("2021-06-02"), prepare),
        lambda s: check_table(s, "HRSS_MKT.OFFICER"),
    ),
    "PreparerCannotApprove": (
        after(at("2021-06-02"), prepare, check_table),
        lambda s: approve_table(s, "HRSS_MKT.OFFICER"),
    ),
    "TableReturnNeedsReason": (
        after(at("2021-06-02"), prepare),
        lambda s: check_table(s, agreed=False),
    ),
    "TableAlreadyChecked": (
        after(at("2021-06-02"), prepare, check_table),
        lambda s: check_table(s, "HRSS.HEAD"),
    ),
    "TableNotChecked": (after(at("2021-06-02"), prepare), approve_table),
    "TableAlreadyApproved": (
        after(at("2021-06-02"), prepare, check_table, approve_table),
        approve_table,
    ),
    "OrganNotOfUnit": (nothing, lambda s: assign(s, organ="SAMR")),
    "CampaignTermPast": (nothing, lambda s: assign(s, due=day("2021-04-05"))),
    "ChaseTermPast": (nothing, lambda s: chase(s, answer_by=day("2021-04-05"))),
    "CampaignTaskUnknown": (nothing, lambda s: progress(s, task="CTK-NONE")),
    "TaskAlreadyDone": (after(assign, lambda s: progress(s, note="已摸排")), progress),
    "TaskDoneNeedsNote": (assign, progress),
    "ChaseAboutUnknown": (nothing, lambda s: chase(s, NONE)),
    "ChasedAlreadyDone": (report, chase),
    "ChaseUnknown": (nothing, lambda s: answer(s, chase="CHS-NONE")),
    "ChaseAlreadyAnswered": (after(chase, answer), answer),
    "ProblemUnknown": (nothing, lambda s: settle(s, problem="PRB-NONE")),
    "ProblemAlreadySettled": (after(problem, settle), settle),
    "ProblemAlreadyReportedUp": (after(problem, report_up), report_up),
    "VisitInFuture": (nothing, lambda s: visit(s, visited_on=day("2021-04-07"))),
    "VisitBeforeCampaign": (nothing, lambda s: visit(s, visited_on=day("2021-02-28"))),
    "VisitAnswerBeforeVisit": (
        nothing,
        lambda s: visit(s, VisitFinding(number=1, what="台账不全", answer_by=day("2021-04-05"))),
    ),
    "VisitFindingsOutOfOrder": (
        nothing,
        lambda s: visit(s, VisitFinding(number=2, what="台账不全")),
    ),
    "VisitorNotInGroup": (nothing, lambda s: visit(s, team=("HRSS_INSP@532300",))),
    "VisitUnknown": (one_finding, lambda s: answer_visit(s, number=2)),
    "VisitAlreadyCorrected": (after(one_finding, answer_visit), answer_visit),
    "RecommendedNotGood": (
        nothing,
        lambda s: act(
            s,
            "HRSS",
            "EvaluateUnit",
            at=PREFECTURE,
            unit=COUNTY,
            merit=Merit.FAIR,
            recommended=True,
            remark="推进一般",
        ),
    ),
    "BoardNeedsGrounds": (nothing, lambda s: nominate(s, grounds=())),
    "BoardGroundUnknown": (annulled, against),
    "BoardGroundElsewhere": (titled, lambda s: nominate(s, at=OTHER)),
    "BoardGroundContrary": (
        found_against,
        lambda s: nominate(s, grounds=(newest(s, "finding_id"),)),
    ),
    "NominationAlreadyOpen": (nominate, nominate),
    "NominationUnknown": (nothing, lambda s: check(s, nomination="NOM-NONE")),
    "NominationAlreadyChecked": (after(nominate, check), lambda s: check(s, "HRSS")),
    "NominatorMayNotCheck": (lambda s: nominate(s, at=PREFECTURE), check),
    "NominationRefusalNeedsReason": (nominate, lambda s: check(s, agreed=False)),
    "NominationNotAgreed": (nominate, show),
    "CheckerMayNotShow": (after(nominate, lambda s: check(s, "HRSS")), show),
    "BoardNeedsLegalBasis": (after(nominate, check), lambda s: show(s, legal_basis=None)),
    "BoardAlreadyShown": (after(nominate, check, show), show),
    "NotOnBoard": (
        nominate,
        lambda s: act(
            s, "HRSS", "WithdrawFromBoard", at=PREFECTURE, organisation=FIRM, because="误列"
        ),
    ),
    "BoardTermPast": (after(nominate, check), lambda s: show(s, until=day("2021-04-05"))),
}
"""For each rule what comes before, and the act that it refuses."""


@pytest.mark.parametrize("rule", REFUSED)
def test_the_rule_of_campaigns_refuses_by_name_and_leaves_nothing(rule: str) -> None:
    before, asked = REFUSED[rule]
    story = launched()
    before(story)
    kept = len(story.facts)
    refused(rule, lambda: asked(story))
    assert len(story.facts) == kept
