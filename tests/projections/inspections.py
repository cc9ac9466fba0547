"""A campaign of double-random inspections as facts on record (in the manner of seed S3).

市局 plans for 沈阳市 (210100); LN-A and LN-B are drawn, LN-B in 和平区; a stall is inspected
outside the draw; a secret is withheld, an inspector recused, a result corrected.
"""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from operator import itemgetter
from typing import Any

from domain.correction import CorrectionOrdered, CorrectionOutcome, CorrectionVerified
from domain.draw.classing import ObjectClassed, classes_of
from domain.draw.facts import (
    AuditOutcome,
    DepositChecked,
    DrawCommitted,
    DrawExecuted,
    DrawOpened,
    DrawRevealed,
    DrawVoided,
    EscrowKeyPublished,
    InspectionPlanApproved,
    PlanAudited,
    PlanDrafted,
    Predicate,
    RevealSource,
    audit_of,
    draw_of,
    escrow_keys,
    plan_of,
)
from domain.draw.plan import DrawKind, DrawPlan, SampleMode
from domain.inspection.facts import (
    AddressVerified,
    Category,
    InspectionItem,
    InspectionKind,
    InspectionOpened,
    InspectionResultPublished,
    InspectionResultRecorded,
    InspectionTaskClaimed,
    InspectorChanged,
    InspectorEntered,
    InspectorRecused,
    ItemListPublished,
    ItemResult,
    ListAction,
    ListEntryChanged,
    ListName,
    Member,
    OutsideDrawEntered,
    PlaceKind,
    PlaceRegistered,
    ProblemDealtWith,
    RecusalGround,
    TaskDispatched,
    TaskSent,
    TeamMatched,
    entries_of,
    inspector_of,
    items_of,
    outside_draw_of,
    relations_of,
    task_of,
)
from tests.projections.casework import file, moment, tell
from tests.projections.facts import LN_A, LN_B, Log

CITY, DISTRICT, OTHER = "210100", "210103", "210102"
PLAN, DRAW, TEAM_DRAW, LOST_DRAW = "PLN-1", "DRW-1", "DRW-2", "DRW-3"
OUTSIDE_PLAN, OUTSIDE_DRAW = "LN-P-9", "LN-2025-001"
TASK_A, TASK_B, TASK_STALL = "TSK-A", "TSK-B", "TSK-S"
STALL = "UN-STALL1"
HR, SAMR, PROC = "hr/HRSS_INSP", "samr/SAMR", "oversight/PROC"
ITEMS = ("HB-01", "HB-02")
SECRETS = {"hr": "1" * 64, "samr": "2" * 64}
WINDOW: dict[str, Any] = {"window_from": date(2025, 6, 11), "window_to": date(2025, 7, 20)}


def member(n: int, organ: str) -> Member:
    return Member(inspector_id=f"INS-{n}", organ=organ, certificate=f"辽A-{n:04d}")


TEAM = (member(1, "HRSS_INSP"), member(2, "SAMR"))
SECOND_TEAM = (member(3, "HRSS_INSP"), member(2, "SAMR"))


Diary = list[tuple[str, str, str, Any, dict[str, Any]]]
"""What is to be recorded, in any order: (at, who, stream, fact, where)."""


def campaign(log: Log) -> Log:
    """2025-05-30 to 2025-08-20."""
    diary: Diary = []
    for part in (registers, classed, planned, drawn, tasks, results):
        part(diary)
    for at, who, stream, fact, where in sorted(diary, key=itemgetter(0)):
        tell(log, who, stream, fact, at, **where)
    return log


def say(log: Log | Diary, who: str, stream: str, fact: Any, at: str, **where: Any) -> None:
    told: dict[str, Any] = {"matter": "M-INS", "subject": CITY, "region": CITY, **where}
    if isinstance(log, Log):
        tell(log, who, stream, fact, at, **told)
    else:
        log.append((at, who, stream, fact, told))


def registers(log: Diary) -> None:
    for version in (1, 2):
        items = tuple(
            InspectionItem(
                code=code,
                zh="未经许可从事职业中介",
                basis="人力资源市场暂行条例第18条",
                content="是否取得许可",
                method="现场检查",
                violations=("V-LIC-01",),
            )
            for code in ITEMS[:version]
        )
        listed = ItemListPublished(list_id="IL-1", region=CITY, list_version=version, items=items)
        say(log, HR, items_of(CITY), listed, f"2025-05-30T09:0{version}")
    for n, organ in ((1, "HRSS_INSP"), (2, "SAMR"), (3, "HRSS_INSP"), (4, "SAMR")):
        who = SAMR if organ == "SAMR" else HR
        entered = InspectorEntered(
            inspector_id=f"INS-{n}",
            organ=organ,
            region=DISTRICT if n < 3 else CITY,
            certificate=f"辽A-{n:04d}",
            certificate_until=date(2025, 7, 1) if n == 4 else date(2027, 12, 31),
            specialities=("PLATFORM",) if n == 3 else (),
        )
        say(log, who, inspector_of(f"INS-{n}"), entered, "2025-05-30T10:00")
    away = InspectorChanged(
        inspector_id="INS-3",
        organ="HRSS_INSP",
        away_from=date(2025, 9, 1),
        away_to=date(2025, 9, 30),
    )
    say(log, HR, inspector_of("INS-3"), away, "2025-05-30T11:00")
    related = InspectorChanged(
        inspector_id="INS-1",
        organ="HRSS_INSP",
        relation_to=LN_A,
        ground=RecusalGround.RELATIVE,
    )
    say(log, HR, inspector_of("INS-1"), related, "2025-06-12T08:00")
    stall = PlaceRegistered(
        subject_id=STALL,
        kind=PlaceKind.STALL,
        name="南塔街职介摊点",
        address="南塔街十字路口",
        region=DISTRICT,
    )
    where: dict[str, Any] = {"subject": STALL, "region": DISTRICT}
    say(log, HR, relations_of(STALL), stall, "2025-05-30T12:00", **where)


def classed(log: Diary) -> None:
    """LN-B is graded C and tagged, LN-A's risk class is taken back; the province drew elsewhere."""
    said: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        (HR, LN_B, "2025-05-30", {"grade_scheme": "HRSS-CREDIT", "grade": "C"}),
        (HR, LN_B, "2025-05-31", {"tags": ("AREA_KEY",), "valid_until": date(2025, 6, 30)}),
        (SAMR, LN_A, "2025-05-30", {"grade_scheme": "SAMR-RISK", "grade": "D"}),
        (SAMR, LN_A, "2025-06-02", {"grade_scheme": "SAMR-RISK"}),
    )
    for who, subject, on, data in said:
        fact = ObjectClassed(
            subject_id=subject,
            region=DISTRICT,
            since=date.fromisoformat(on),
            basis="2024年度评价",
            **data,
        )
        where = {"subject": subject, "region": DISTRICT}
        say(log, who, classes_of(subject), fact, f"{on}T13:00", **where)
    entered = OutsideDrawEntered(
        draw_id=OUTSIDE_DRAW,
        plan_id=OUTSIDE_PLAN,
        title="省级抽查",
        region=CITY,
        items=ITEMS,
        population=20000,
        drawn=1000,
        drawn_on=date(2025, 6, 1),
        **WINDOW,
    )
    say(log, HR, outside_draw_of(OUTSIDE_DRAW), entered, "2025-06-02T15:00", subject=OUTSIDE_DRAW)


def planned(log: Diary) -> None:
    drafted = PlanDrafted(
        plan_id=PLAN,
        title="2025年清理整顿人力资源市场秩序",
        region=CITY,
        item_list="IL-1",
        items=ITEMS,
        predicate=Predicate.EIGHT_PHRASES,
        region_digits=6,
        tags=("KEY",),
        size=2,
        **WINDOW,
    )
    say(log, HR, plan_of(PLAN), drafted, "2025-06-01T09:00")
    audited = PlanAudited(plan_id=PLAN, outcome=AuditOutcome.PASSED)
    say(log, SAMR, audit_of(PLAN), audited, "2025-06-02T09:00")
    approved = InspectionPlanApproved(plan_id=PLAN, plan_hash="a" * 64, region=CITY, **WINDOW)
    say(log, HR, plan_of(PLAN), approved, "2025-06-03T09:00")
    key = EscrowKeyPublished(key_id="EK-1", public_key="M" * 64)
    say(log, PROC, escrow_keys(), key, "2025-06-03T09:30")


def opened(draw: str, kind: DrawKind, tasks: tuple[str, ...] = ()) -> DrawOpened:
    plan = DrawPlan(
        id=PLAN,
        departments=("hr", "samr"),
        kind=kind,
        mode=SampleMode.RATE,
        rate=Fraction(1, 20),
    )
    return DrawOpened(
        draw_id=draw,
        plan_id=PLAN,
        kind=kind,
        region=CITY,
        departments=("hr", "samr"),
        plan=json.dumps(plan.plain(), ensure_ascii=False),
        plan_hash=plan.hash,
        population=file("c", "text/plain"),
        population_hash="c" * 64,
        count=40,
        size=2,
        tasks=tasks,
        commit_by=moment("2025-06-05T09:00"),
        reveal_by=moment("2025-06-06T09:00"),
    )


def executed(draw: str, kind: DrawKind) -> DrawExecuted:
    return DrawExecuted(
        draw_id=draw,
        plan_id=PLAN,
        kind=kind,
        region=CITY,
        algorithm="liandong-draw-v1",
        seed="d" * 64,
        population_hash="c" * 64,
        drawn=2,
        record=file("e", "application/json"),
    )


def drawn(log: Diary) -> None:
    """The objects' draw, in which 市场监管 withholds; the team's; one that is voided."""
    say(log, HR, draw_of(DRAW), opened(DRAW, DrawKind.OBJECTS), "2025-06-04T09:00")
    commit(log, DRAW, "2025-06-04")
    reveal(log, DRAW, "hr", "2025-06-04T15:00")
    say(
        log,
        PROC,
        draw_of(DRAW),
        DrawRevealed(
            draw_id=DRAW, department="samr", secret=SECRETS["samr"], source=RevealSource.ESCROW
        ),
        "2025-06-06T09:01",
    )
    say(log, HR, draw_of(DRAW), executed(DRAW, DrawKind.OBJECTS), "2025-06-06T10:00")
    lost = opened(LOST_DRAW, DrawKind.INSPECTORS, (TASK_A,))
    say(log, HR, draw_of(LOST_DRAW), lost, "2025-06-07T09:00")
    commit(log, LOST_DRAW, "2025-06-07", departments=("hr",))
    voided = DrawVoided(
        draw_id=LOST_DRAW, plan_id=PLAN, reason="市场监管部门逾期未提交承诺", at_fault="samr"
    )
    say(log, HR, draw_of(LOST_DRAW), voided, "2025-06-08T09:00")
    team = opened(TEAM_DRAW, DrawKind.INSPECTORS, (TASK_A, TASK_B))
    say(log, HR, draw_of(TEAM_DRAW), team, "2025-06-09T09:00")
    commit(log, TEAM_DRAW, "2025-06-09")
    for department in SECRETS:
        reveal(log, TEAM_DRAW, department, "2025-06-09T15:00")
    say(log, HR, draw_of(TEAM_DRAW), executed(TEAM_DRAW, DrawKind.INSPECTORS), "2025-06-09T16:00")


def commit(log: Diary, draw: str, day: str, departments: tuple[str, ...] = ("hr", "samr")) -> None:
    for department in departments:
        who = HR if department == "hr" else SAMR
        committed = DrawCommitted(
            draw_id=draw,
            department=department,
            commitment="b" * 64,
            escrow_key="EK-1",
            deposit="Q" * 64,
        )
        say(log, who, draw_of(draw), committed, f"{day}T10:00")
        checked = DepositChecked(
            draw_id=draw, department=department, commitment="b" * 64, good=True
        )
        say(log, PROC, draw_of(draw), checked, f"{day}T11:00")


def reveal(log: Diary, draw: str, department: str, at: str) -> None:
    revealed = DrawRevealed(
        draw_id=draw,
        department=department,
        secret=SECRETS[department],
        source=RevealSource.DEPARTMENT,
    )
    say(log, HR if department == "hr" else SAMR, draw_of(draw), revealed, at)


def tasks(log: Diary) -> None:
    for task, subject in ((TASK_A, LN_A), (TASK_B, LN_B)):
        stream, who = task_of(task), {"subject": subject, "matter": f"M-{task}"}
        sent = TaskSent(
            task_id=task,
            draw_id=DRAW,
            plan_id=PLAN,
            subject_id=subject,
            to_region=CITY,
            items=ITEMS,
            **WINDOW,
        )
        say(log, HR, stream, sent, "2025-06-06T11:00", **who)
        for part, organ in ((HR, "HRSS_INSP"), (SAMR, "SAMR")):
            claimed = InspectionTaskClaimed(
                task_id=task, subject_id=subject, organ=organ, region=CITY
            )
            say(log, part, stream, claimed, "2025-06-07T09:00", **who)
        unit = DISTRICT if task == TASK_A else OTHER
        down = TaskDispatched(task_id=task, subject_id=subject, to_region=unit)
        say(log, HR, stream, down, "2025-06-08T10:00", **who)
        matched = TeamMatched(task_id=task, subject_id=subject, draw_id=TEAM_DRAW, team=TEAM)
        say(log, HR, stream, matched, "2025-06-10T09:00", **who)
    where: dict[str, Any] = {"subject": LN_A, "matter": f"M-{TASK_A}"}
    recused = InspectorRecused(
        task_id=TASK_A,
        subject_id=LN_A,
        inspector_id="INS-1",
        ground=RecusalGround.RELATIVE,
        reason="与该单位负责人有近亲属关系",
    )
    say(log, HR, task_of(TASK_A), recused, "2025-06-12T09:00", **where)
    again = TeamMatched(task_id=TASK_A, subject_id=LN_A, draw_id=TEAM_DRAW, team=SECOND_TEAM)
    say(log, HR, task_of(TASK_A), again, "2025-06-13T09:00", **where)
    stall = InspectionOpened(
        task_id=TASK_STALL,
        kind=InspectionKind.TARGETED,
        subject_id=STALL,
        region=DISTRICT,
        items=ITEMS[:1],
        reason="群众反映自发零工市场有黑职介",
        team=TEAM,
        window_to=date(2025, 6, 30),
    )
    at_stall: dict[str, Any] = {"subject": STALL, "region": DISTRICT, "matter": "M-STALL"}
    say(log, HR, task_of(TASK_STALL), stall, "2025-06-16T09:00", **at_stall)


def result(
    task: str, subject: str, category: Category, on: str, *, unit: str, **more: Any
) -> InspectionResultRecorded:
    return InspectionResultRecorded(
        task_id=task,
        subject_id=subject,
        region=unit,
        category=category,
        items=(
            ItemResult(item=ITEMS[0], category=category),
            ItemResult(item=ITEMS[1], category=Category.NO_PROBLEM),
        ),
        inspected_on=date.fromisoformat(on),
        **{"kind": InspectionKind.DOUBLE_RANDOM, "team": SECOND_TEAM, **more},
    )


def results(log: Diary) -> None:
    """LN-A has to correct and does; LN-B cannot be reached, too late; the stall is a lead."""
    a: dict[str, Any] = {"subject": LN_A, "matter": f"M-{TASK_A}", "region": DISTRICT}
    b: dict[str, Any] = {"subject": LN_B, "matter": f"M-{TASK_B}", "region": OTHER}
    found = result(
        TASK_A,
        LN_A,
        Category.CORRECTION_ORDERED,
        "2025-06-20",
        unit=DISTRICT,
        findings=("FD-INS",),
        record=file("f"),
    )
    say(log, HR, task_of(TASK_A), found, "2025-06-20T17:00", **a)
    order = CorrectionOrdered(
        order_id="CO-INS",
        subject_id=LN_A,
        finding_ids=("FD-INS",),
        about=TASK_A,
        due=date(2025, 7, 4),
        working_days=10,
    )
    say(log, HR, f"correction/{LN_A}", order, "2025-06-20T17:10", **a)
    verified = CorrectionVerified(
        order_id="CO-INS", subject_id=LN_A, about=TASK_A, outcome=CorrectionOutcome.CORRECTED
    )
    say(log, HR, f"correction/{LN_A}", verified, "2025-07-01T09:00", **a)
    noted(log, found, "2025-07-01", a)
    publish(log, TASK_A, LN_A, Category.CORRECTION_ORDERED, "2025-07-10", a)
    stall = result(
        TASK_STALL,
        STALL,
        Category.PENDING_FOLLOW_UP,
        "2025-06-18",
        unit=DISTRICT,
        kind=InspectionKind.TARGETED,
        team=TEAM,
        signed_by_subject=False,
        witnesses=1,
    )
    at_stall: dict[str, Any] = {"subject": STALL, "region": DISTRICT, "matter": "M-STALL"}
    say(log, HR, task_of(TASK_STALL), stall, "2025-06-18T17:00", **at_stall)
    gone = result(TASK_B, LN_B, Category.UNREACHABLE, "2025-07-25", unit=OTHER, team=TEAM)
    say(log, HR, task_of(TASK_B), gone, "2025-07-25T17:00", **b)
    looked = AddressVerified(
        task_id=TASK_B,
        subject_id=LN_B,
        reachable=False,
        verified_on=date(2025, 7, 29),
        how="实地核查，人去楼空",
    )
    say(log, SAMR, task_of(TASK_B), looked, "2025-07-29T10:00", **b)
    noted(log, gone, "2025-07-29", b)
    for action, on in ((ListAction.ENTERED, "2025-08-05"), (ListAction.REMOVED, "2025-08-20")):
        entry = ListEntryChanged(
            entry_id=f"LE-{action.value}",
            list=ListName.ABNORMAL,
            action=action,
            subject_id=LN_B,
            basis=TASK_B,
            document_no="和平市监异〔2025〕1号",
            on=date.fromisoformat(on),
        )
        say(log, SAMR, entries_of(LN_B), entry, f"{on}T09:00", **b)


def noted(log: Diary, found: InspectionResultRecorded, on: str, where: dict[str, Any]) -> None:
    """The department of a result notes the day on which its problem is dealt with."""
    fact = ProblemDealtWith(
        task_id=found.task_id,
        subject_id=found.subject_id,
        organ="HRSS_INSP",
        kind=found.kind,
        category=found.category,
        dealt_on=date.fromisoformat(on),
    )
    say(log, HR, task_of(found.task_id), fact, f"{on}T11:00", **where)


def publish(
    log: Log | Diary,
    task: str,
    subject: str,
    category: Category,
    on: str,
    where: dict[str, Any],
    corrects: str | None = None,
) -> None:
    published = InspectionResultPublished(
        task_id=task,
        subject_id=subject,
        category=category,
        channel="国家企业信用信息公示系统",
        published_on=date.fromisoformat(on),
        corrects=corrects,
    )
    say(log, HR, task_of(task), published, f"{on}T09:00", **where)
