"""The clocks of inspections: claim, result, publication, address, list, follow-up (reference 6, 14.3).

1. A task falls to the territory that it was sent to; 人社 and 市场监管 each claim it.
2. A result is due by the end of its window; outside the draw by that of its approval.
3. A drawn object's result without a problem is public 20 working days after the inspection,
   one with a problem 20 working days after it was dealt with, by the rule of its publication.
4. Who cannot be found is looked for by 市场监管, which then decides on the list.
"""

from __future__ import annotations

from datetime import date

from domain.clocks.conditions import OFFICE, ORDERED, WD, both, day_of, is_one_of
from domain.clocks.rules_leads import FILED_CASE, SENT
from domain.clocks.words import (
    ClockRule,
    Ending,
    Policy,
    Seen,
    Start,
    Stop,
    field,
    owner_of_ground,
    subject_id,
)
from domain.inspection.dealing import DEALT_WITH_BY
from domain.inspection.facts import (
    AddressVerified,
    InspectionOpened,
    InspectionResultPublished,
    InspectionResultRecorded,
    InspectionTaskClaimed,
    ListEntryChanged,
    ProblemDealtWith,
    TaskSent,
)
from domain.inspection.results import NEEDS_FINDINGS
from domain.terms import is_uscc

TASK_SENT = TaskSent.TYPE
RESULT = InspectionResultRecorded.TYPE
PUBLIC = InspectionResultPublished.TYPE
VERIFIED_ADDRESS = AddressVerified.TYPE
LISTED = ListEntryChanged.TYPE
DEALT_WITH = ProblemDealtWith.TYPE

task = field("task_id")
_NOTHING_TO_DEAL_WITH = tuple(one.value for one, types in DEALT_WITH_BY.items() if not types)
_clean = is_one_of("category", *_NOTHING_TO_DEAL_WITH)
_drawn = is_one_of("kind", "DOUBLE_RANDOM")
_sent_to = field("to_region")
_PUBLICATION = "人力资源市场暂行条例第35条（及时）；平台规则（R10，默认20个工作日，可配置）"


def _of_hr(seen: Seen) -> bool:
    return seen.department == "hr"


def _of_samr(seen: Seen) -> bool:
    return seen.department == "samr"


def _window_end(seen: Seen, _: Policy) -> date | None:
    last: date = seen.fact.window_to
    return last


def _sender(seen: Seen) -> str:
    return seen.organ


def _problem(seen: Seen) -> bool:
    return bool(_drawn(seen)) and not _clean(seen)


def unreachable(seen: Seen) -> bool:
    """A registered firm that was not found at its address."""
    items = seen.fact.items
    return is_uscc(seen.subject) and any(one.category.value == "UNREACHABLE" for one in items)


def _not_reachable(seen: Seen) -> bool:
    return not seen.fact.reachable


needs_follow_up = is_one_of("category", *(one.value for one in NEEDS_FINDINGS))
"""A result that calls for a case, a lead or the police."""

INSPECTION_RULES: tuple[ClockRule, ...] = (
    *(
        ClockRule(
            code=code,
            zh="认领检查任务",
            en="Claim an inspection task",
            debtor=OFFICE,
            owner=owner,
            period=WD(5),
            setting="task_claim_working_days",
            basis="鄂人社函〔2022〕97号二（一）（及时认领）；平台规则（默认5个工作日，可配置）",
            mark="P",
            started_by=(
                Start(
                    type=TASK_SENT,
                    key=task,
                    region=_sent_to,
                    owner=None if owner else _sender,
                ),
            ),
            stopped_by=(
                Stop(type=InspectionTaskClaimed.TYPE, key=task, when=by),
                Stop(type=RESULT, key=task, ending=Ending.MOOT),
            ),
            on_elapse="breach",
            commands=("ClaimTasks",),
        )
        for code, owner, by in (("TASK-CLAIM", None, _of_hr), ("TASK-CLAIM-SAMR", "SAMR", _of_samr))
    ),
    ClockRule(
        code="TASK-RESULT",
        zh="在检查期限内录入结果",
        en="Record the result within the window",
        debtor=OFFICE,
        owner=None,
        period=None,
        basis="鄂人社函〔2022〕97号二（二）（规定时限内完成）；平台规则（期限由计划或批准确定）",
        mark="P",
        started_by=(
            Start(type=TASK_SENT, key=task, until=_window_end, region=_sent_to, owner=_sender),
            Start(type=InspectionOpened.TYPE, key=task, until=_window_end),
        ),
        stopped_by=(Stop(type=RESULT, key=task),),
        rolls=False,
        on_elapse="breach",
        commands=("RecordResult",),
    ),
    ClockRule(
        code="R10",
        zh="公开检查结果",
        en="Publish a result",
        debtor=OFFICE,
        owner=None,
        period=WD(20),
        setting="result_publication_working_days",
        basis=_PUBLICATION,
        mark="W",
        started_by=(
            Start(type=RESULT, key=task, when=both(_drawn, _clean), on=day_of("inspected_on")),
        ),
        stopped_by=(Stop(type=PUBLIC, key=task),),
        on_elapse="breach",
        commands=("PublishResult",),
    ),
    ClockRule(
        code="R10-DEALT",
        zh="公开已处理完毕的检查结果",
        en="Publish a result that was dealt with",
        debtor=OFFICE,
        owner=None,
        period=WD(20),
        setting="result_publication_working_days",
        basis=_PUBLICATION,
        mark="W",
        started_by=(
            Start(
                type=DEALT_WITH,
                key=task,
                on=day_of("dealt_on"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
        ),
        grounds=(Stop(type=RESULT, key=task, when=_problem),),
        stopped_by=(Stop(type=PUBLIC, key=task),),
        on_elapse="breach",
        commands=("PublishResult",),
    ),
    ClockRule(
        code="R09-VERIFY",
        zh="核实登记住所",
        en="Verify the address of an unreachable firm",
        debtor=OFFICE,
        owner="SAMR",
        period=WD(10),
        setting="address_verification_working_days",
        basis="企业信息公示暂行条例；平台规则（住所核实，默认10个工作日，可配置）",
        mark="P",
        started_by=(Start(type=RESULT, key=task, when=unreachable),),
        stopped_by=(Stop(type=VERIFIED_ADDRESS, key=task),),
        on_elapse="breach",
        commands=("VerifyAddress",),
    ),
    ClockRule(
        code="R09",
        zh="列入经营异常名录",
        en="Enter an unreachable firm in the list",
        debtor=OFFICE,
        owner="SAMR",
        period=WD(10),
        setting="list_entry_working_days",
        basis="企业信息公示暂行条例（未经原文核对）；平台规则（R09，默认10个工作日，可配置）",
        mark="W",
        started_by=(
            Start(type=VERIFIED_ADDRESS, key=task, when=_not_reachable, on=day_of("verified_on")),
        ),
        stopped_by=(Stop(type=LISTED, key=field("basis"), when=is_one_of("action", "ENTERED")),),
        on_elapse="breach",
        commands=("ChangeAbnormalList",),
    ),
    ClockRule(
        code="FOLLOW-UP",
        zh="检查发现问题的后续处理",
        en="Pursue what an inspection found",
        debtor=OFFICE,
        owner=None,
        period=WD(5),
        setting="follow_up_working_days",
        basis="鄂人社函〔2022〕97号二（二）（后续处理）；平台规则（默认5个工作日，可配置）",
        mark="P",
        started_by=(Start(type=RESULT, key=subject_id, when=needs_follow_up),),
        stopped_by=(
            Stop(type=FILED_CASE, key=subject_id),
            Stop(type=ORDERED, key=subject_id),
            Stop(
                type=SENT,
                key=subject_id,
                when=is_one_of("kind", "PENALTY_LEAD", "PUBLIC_ORDER", "REQUEST_TO_DEAL"),
            ),
        ),
        on_elapse="breach",
        commands=("OrderCorrection", "FileCase", "TransferLead"),
    ),
)
"""Terms of tasks, results, publication and the abnormal list."""
