"""The clocks of campaigns: reports, tasks, chases, problems, findings of visits (reference 10.1).

1. Every last day is a fixed date that the notice, the issuer or the unit itself named: it never
   rolls, and late is what is recorded after 24:00 of it.
2. The unit owes; where a fact names the organ that answers for it, that organ does.
3. With the end of the campaign what still runs is owed no more, but for the answers to visits.
4. Only a problem that cannot be solved yet has a term of the platform: to tell the issuer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain.campaign.facts import (
    CampaignClosed,
    ChaseAnswered,
    ProblemFound,
    ProblemReportedUp,
    ProblemSettled,
    ReportExpected,
    ReportSubmitted,
    TaskAssigned,
    TaskProgressed,
    UnitChased,
    UnitVisited,
    VisitAnswered,
)
from domain.campaign.visits import FINDINGS_MOST
from domain.clocks.conditions import OFFICE, WD, is_one_of
from domain.clocks.words import ClockRule, Ending, Policy, Seen, Start, Stop, field
from domain.statutes import CAMPAIGN_PLAN

campaign = field("campaign_id")
unit = field("unit")


def _due(seen: Seen, _: Policy) -> date | None:
    day: date = seen.fact.due
    return day


def _report(seen: Seen) -> str:
    return f"{seen.fact.unit}/{seen.fact.code}"


def _answer_by(seen: Seen, _: Policy) -> date | None:
    day: date = seen.fact.answer_by
    return day


def _answered(seen: Seen) -> str:
    return f"{seen.fact.visit_id}/{seen.fact.number}"


def _finding(number: int) -> Callable[[Seen], str]:
    return lambda seen: f"{seen.fact.visit_id}/{number}"


def _has(number: int) -> Callable[[Seen], bool]:
    return lambda seen: any(one.number == number for one in seen.fact.findings)


def _finding_due(number: int) -> Callable[[Seen, Policy], date | None]:
    def day(seen: Seen, _: Policy) -> date | None:
        last: date | None = next(
            one.answer_by for one in seen.fact.findings if one.number == number
        )
        return last

    return day


OVER = Stop(type=CampaignClosed.TYPE, key=campaign, ending=Ending.MOOT)

CAMPAIGN_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="CAMPAIGN-REPORT",
        zh="报送专项行动材料",
        en="Submit a campaign report",
        debtor=OFFICE,
        owner="HRSS",
        period=None,
        rolls=False,
        basis=f"{CAMPAIGN_PLAN}四（报送时限为固定日期，不顺延）",
        mark="S1",
        started_by=(
            Start(type=ReportExpected.TYPE, key=campaign, item=_report, until=_due, region=unit),
        ),
        stopped_by=(Stop(type=ReportSubmitted.TYPE, key=campaign, item=_report), OVER),
        on_elapse="breach",
        commands=("SubmitReport",),
    ),
    ClockRule(
        code="CAMPAIGN-TASK",
        zh="完成专项行动任务",
        en="Finish a task of the campaign",
        debtor=OFFICE,
        owner=None,
        period=None,
        rolls=False,
        basis=f"{CAMPAIGN_PLAN}五（一）（工作清单和完成时限）",
        mark="S1",
        started_by=(
            Start(
                type=TaskAssigned.TYPE,
                key=campaign,
                item=field("task_id"),
                until=_due,
                owner=field("organ"),
                region=unit,
            ),
        ),
        stopped_by=(
            Stop(
                type=TaskProgressed.TYPE,
                key=campaign,
                item=field("task_id"),
                when=is_one_of("progress", "DONE"),
            ),
            OVER,
        ),
        on_elapse="breach",
        commands=("ReportProgress",),
    ),
    ClockRule(
        code="CAMPAIGN-CHASE",
        zh="答复催办",
        en="Answer a chase",
        debtor=OFFICE,
        owner="HRSS",
        period=None,
        rolls=False,
        basis=f"{CAMPAIGN_PLAN}五（二）（加强指导督促；答复期限由催办单位确定）",
        mark="S1",
        started_by=(
            Start(
                type=UnitChased.TYPE,
                key=campaign,
                item=field("chase_id"),
                until=_answer_by,
                region=unit,
            ),
        ),
        stopped_by=(Stop(type=ChaseAnswered.TYPE, key=campaign, item=field("chase_id")), OVER),
        on_elapse="breach",
        commands=("AnswerChase",),
    ),
    ClockRule(
        code="CAMPAIGN-PROBLEM",
        zh="办结专项行动发现的问题",
        en="Settle a problem of the campaign",
        debtor=OFFICE,
        owner=None,
        period=None,
        rolls=False,
        basis=f"{CAMPAIGN_PLAN}五（二）（立行立改、限期完成；抓紧研究提出方案）",
        mark="S1",
        started_by=(
            Start(
                type=ProblemFound.TYPE,
                key=campaign,
                item=field("problem_id"),
                when=is_one_of("problem_class", "SOLVE_AT_ONCE", "NEEDS_RULE"),
                until=_due,
                owner=field("organ"),
                region=unit,
            ),
        ),
        stopped_by=(Stop(type=ProblemSettled.TYPE, key=campaign, item=field("problem_id")), OVER),
        on_elapse="breach",
        commands=("SettleProblem",),
    ),
    ClockRule(
        code="CAMPAIGN-PROBLEM-UP",
        zh="上报一时解决不了的问题",
        en="Tell the issuer of a problem that cannot be solved yet",
        debtor=OFFICE,
        owner=None,
        period=WD(10),
        setting="problem_report_working_days",
        basis=f"{CAMPAIGN_PLAN}五（二）（及时向州级上报）；平台规则（默认10个工作日，可配置）",
        mark="P",
        started_by=(
            Start(
                type=ProblemFound.TYPE,
                key=campaign,
                item=field("problem_id"),
                when=is_one_of("problem_class", "CANNOT_YET"),
                owner=field("organ"),
                region=unit,
            ),
        ),
        stopped_by=(
            Stop(type=ProblemReportedUp.TYPE, key=campaign, item=field("problem_id")),
            Stop(type=ProblemSettled.TYPE, key=campaign, item=field("problem_id")),
            OVER,
        ),
        on_elapse="breach",
        commands=("ReportProblemUp", "SettleProblem"),
    ),
    ClockRule(
        code="CAMPAIGN-VISIT",
        zh="反馈督导问题整改",
        en="Answer a visit's finding",
        debtor=OFFICE,
        owner="HRSS",
        period=None,
        rolls=False,
        several=True,
        basis=f"{CAMPAIGN_PLAN}四（二）（州级检查督导；反馈期限由督导组确定）",
        mark="S1",
        started_by=tuple(
            Start(
                type=UnitVisited.TYPE,
                key=_finding(number),
                item=_finding(number),
                when=_has(number),
                until=_finding_due(number),
                region=unit,
            )
            for number in range(1, FINDINGS_MOST + 1)
        ),
        stopped_by=(Stop(type=VisitAnswered.TYPE, key=_answered, item=_answered),),
        on_elapse="breach",
        commands=("AnswerVisit",),
    ),
)
"""Terms of what units owe in a campaign."""
