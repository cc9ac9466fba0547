"""A campaign as planners, inspectors, the registrar and the public see it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine

from domain.draw.classing import ObjectClassed, classes_of
from domain.draw.facts import Predicate
from domain.facts import CHINA, stamp_of
from domain.filing import BusinessFilingRecorded, FilingKind
from domain.inspection.facts import (
    Category,
    InspectionKind,
    InspectionResultRecorded,
    ItemResult,
    task_of,
)
from domain.organisation import SubjectKind, SubjectRegistered
from projections import inspections, leadership
from tests.projections import reading
from tests.projections.casework import tell
from tests.projections.corrections import correct
from tests.projections.facts import LN_A, LN_B, Log, register
from tests.projections.inspections import (
    CITY,
    DISTRICT,
    DRAW,
    HR,
    LOST_DRAW,
    OTHER,
    OUTSIDE_DRAW,
    OUTSIDE_PLAN,
    PLAN,
    STALL,
    TASK_A,
    TASK_B,
    TASK_STALL,
    TEAM,
    campaign,
    publish,
)

READERS = (inspections.PROJECTION, leadership.PROJECTION)


def at(text: str) -> int:
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def told() -> Log:
    log = Log()
    register(log, LN_A, "沈阳虚例云聘网络科技有限公司", "人力资源服务", "2024-12-03T09:00", "A")
    register(log, LN_B, "沈阳虚例北辰职介服务有限公司", "职业中介活动", "2024-12-04T09:00", "B")
    return campaign(log)


def filled(engine: Engine, log: Log) -> None:
    reading.create(engine, READERS)
    reading.take(engine, log.taken, READERS)


def test_a_plan_shows_its_audit_its_approval_and_what_was_drawn(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        _, listed = inspections.plans(conn, region="210000")
        plan = inspections.plan(conn, PLAN)
        before = inspections.plan(conn, PLAN, as_of=at("2025-06-02T12:00"))
        assert inspections.plan(conn, "PLN-9") is None
    assert (listed["state"], listed["drawn"], listed["draws"]) == ("DRAWN", 2, f"{DRAW},DRW-2")
    assert plan is not None
    assert before is not None
    assert (before["state"], before["approved"]) == ("PASSED", None)
    assert plan["tasks"] == {"INSPECTED": 1, "PUBLISHED": 1}
    states = [step["state"] for step in plan["steps"]]
    assert states == ["DRAFTED", "PASSED", "APPROVED", "DRAWN", "DRAWN"]


def test_a_withheld_secret_is_seen_with_who_withheld_it(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        draw = inspections.draw(conn, DRAW)
        lost = inspections.draw(conn, LOST_DRAW)
    assert draw is not None
    assert lost is not None
    assert (draw["state"], draw["withheld"], draw["waiting"]) == ("EXECUTED", "samr", "")
    assert [one["source"] for one in draw["parties"]] == ["DEPARTMENT", "ESCROW"]
    assert draw["parties"][0]["committed"][:16] == "2025-06-04T10:00"
    assert draw["plan"]["rate"] == "1/20"
    assert (lost["state"], lost["at_fault"], lost["seed"]) == ("VOIDED", "samr", None)
    assert [step["state"] for step in draw["steps"]] == [
        "OPENED",
        "OPENED",
        "COMMITTED",
        "COMMITTED",
        "CHECKED",
        "CHECKED",
        "REVEALED",
        "EXECUTED",
    ]


def test_a_draw_says_on_whom_it_waits(engine: Engine) -> None:
    taken = [one for one in told().taken if one.fact.stamp < at("2025-06-04T10:00:00")]
    reading.create(engine, READERS)
    reading.take(engine, taken, READERS)
    with engine.connect() as conn:
        (draw,) = inspections.draws(conn, state="OPENED")
    assert (draw["waiting"], draw["state"]) == ("hr,samr", "OPENED")


def test_a_recused_inspector_leaves_the_team_until_another_is_drawn(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        then = inspections.task(conn, TASK_A, as_of=at("2025-06-12T12:00"))
        now = inspections.task(conn, TASK_A)
        mine = inspections.tasks(conn, inspector="INS-3")
        samr = inspections.tasks(conn, organ="SAMR", open_only=True)
    assert then is not None
    assert now is not None
    assert (then["state"], then["team"]) == ("RECUSED", "INS-2")
    assert (now["team"], now["recused"]) == ("INS-3,INS-2", "INS-1:RELATIVE")
    assert now["subject_name"] == "沈阳虚例云聘网络科技有限公司"
    assert [one["task_id"] for one in mine] == [TASK_A]
    assert list(samr) == []


def test_tasks_are_found_late_once_their_window_has_passed(engine: Engine) -> None:
    log = told()
    open_ones = [one for one in log.taken if one.fact.stamp < at("2025-06-20T00:00")]
    reading.create(engine, READERS)
    reading.take(engine, open_ones, READERS)
    with engine.connect() as conn:
        assert list(inspections.tasks(conn, late_on=date(2025, 7, 20))) == []
        late = inspections.tasks(conn, late_on=date(2025, 7, 21))
        assert [one["task_id"] for one in late] == [TASK_B, TASK_A]
        units = inspections.tasks_by_unit(conn, on=date(2025, 7, 21), plan_id=PLAN)
    assert [(unit["region"], unit["matched"], unit["late"]) for unit in units] == [
        (OTHER, 1, 1),
        (DISTRICT, 1, 1),
    ]
    filled(engine, log)
    with engine.connect() as conn:
        late = inspections.tasks(conn, late_on=date(2025, 9, 1))
        assert [one["task_id"] for one in late] == [TASK_B]


def test_results_are_counted_by_unit_and_kinds_are_never_mixed(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        drawn = inspections.results_by_category(conn, region=CITY)
        targeted = inspections.results_by_category(conn, kind="TARGETED")
        july = inspections.results_by_category(conn, since=date(2025, 7, 1), to=date(2025, 7, 31))
        units = inspections.results_by_unit(conn)
        (stall,) = inspections.tasks(conn, kind="TARGETED")
    assert {name: count for name, count in drawn.items() if count} == {
        "CORRECTION_ORDERED": 1,
        "UNREACHABLE": 1,
    }
    assert len(drawn) == 9
    assert targeted["PENDING_FOLLOW_UP"] == 1
    assert sum(july.values()) == july["UNREACHABLE"] == 1
    assert [(unit["region"], unit["inspected"], unit["problems"]) for unit in units] == [
        (OTHER, 1, 1),
        (DISTRICT, 1, 1),
    ]
    assert (stall["task_id"], stall["subject_name"]) == (TASK_STALL, "南塔街职介摊点")
    assert (stall["signed_by_subject"], stall["witnesses"]) == (False, 1)


def test_a_problem_is_published_once_dealt_with_and_a_clean_result_at_once(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        (done,) = inspections.publications_done(conn)
        (due,) = inspections.publications_due(conn, on=date(2025, 8, 27))
        before = inspections.task(conn, TASK_B, as_of=at("2025-07-26T00:00"))
    assert (done["dealt_on"], done["publish_due"], done["on_time"]) == (
        "2025-07-01",
        "2025-07-29",
        True,
    )
    assert (due["task_id"], due["publish_due"], due["overdue"]) == (TASK_B, "2025-08-26", True)
    assert before is not None
    assert (before["dealt_on"], before["publish_due"]) == (None, None)


def test_a_result_corrected_after_publication_is_due_again_until_it_is_published(
    engine: Engine,
) -> None:
    log = told()
    fact = next(
        one.fact
        for one in log.taken
        if one.fact.type == "inspection.result_recorded.v1" and one.fact.subject == LN_A
    )
    said = correct(log, fact, "2025-08-25T09:00", category="NO_PROBLEM")
    filled(engine, log)
    with engine.connect() as conn:
        due = inspections.publications_due(conn, on=date(2025, 8, 26), region=DISTRICT)
        assert [(one["task_id"], one["outdated"]) for one in due] == [(TASK_A, True)]
        assert inspections.results_by_category(conn)["NO_PROBLEM"] == 1
        before = inspections.task(conn, TASK_A, as_of=at("2025-08-01T00:00"))
    assert before is not None
    assert before["category"] == "CORRECTION_ORDERED"
    where = {"subject": LN_A, "matter": f"M-{TASK_A}", "region": DISTRICT}
    again = Category.NO_PROBLEM
    publish(log, TASK_A, LN_A, again, "2025-08-27", where, corrects=said.id)
    filled(engine, log)
    with engine.connect() as conn:
        assert list(inspections.publications_due(conn, on=date(2025, 8, 28), region=DISTRICT)) == []
        task = inspections.task(conn, TASK_A)
    assert task is not None
    assert (task["corrections"], task["outdated"]) == (1, False)


def test_an_item_list_is_found_by_its_version(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        assert [one["list_version"] for one in inspections.item_lists(conn)] == [2, 1]
        latest = inspections.item_list(conn, "IL-1")
        first = inspections.item_list(conn, "IL-1", 1)
    assert latest is not None
    assert first is not None
    assert (len(latest["items"]), len(first["items"])) == (2, 1)


def test_the_register_of_objects_knows_places_and_who_stands_in_the_abnormal_list(
    engine: Engine,
) -> None:
    filled(engine, told())
    day = date(2025, 9, 1)
    with engine.connect() as conn:
        (stall,) = inspections.objects(conn, on=day, place=True)
        (firm,) = inspections.objects(conn, on=day, uscc=LN_B)
        (entry,) = inspections.list_entries(conn, uscc=LN_B)
        assert inspections.objects(conn, on=day, phrased=True).total() == 2
        assert inspections.inspections_in(conn, LN_B, 2025) == 1
    assert (stall["subject"], stall["tags"]) == (STALL, ["UNLICENSED", "PLACE"])
    assert (firm["category"], firm["list_state"]) == ("UNREACHABLE", "REMOVED")
    assert (entry["state"], entry["entered_on"], entry["removed_on"]) == (
        "REMOVED",
        "2025-08-05",
        "2025-08-20",
    )


def test_who_is_away_related_or_without_a_certificate_is_not_drawn(engine: Engine) -> None:
    filled(engine, told())
    june = {"window_from": date(2025, 6, 11), "window_to": date(2025, 7, 20)}
    with engine.connect() as conn:

        def ids(**more: object) -> list[str]:
            asked: dict[str, object] = {**june, **more}
            found = inspections.inspector_population(conn, CITY, **asked)  # type: ignore[arg-type]
            return [one.id for one in found]

        assert ids() == ["INS-1", "INS-2", "INS-3"]
        assert ids(subjects=(LN_A,)) == ["INS-2", "INS-3"]
        assert ids(excluded=("INS-2",), department="samr") == []
        autumn = {"window_from": date(2025, 9, 10), "window_to": date(2025, 9, 20)}
        assert ids(**autumn) == ["INS-1", "INS-2"]
        assert ids(subjects=(LN_A, LN_B)) == ["INS-1", "INS-2", "INS-3"]
        found = list(inspections.inspector_population(conn, CITY, **june))
        shown = inspections.inspectors(conn, organ="SAMR", on=date(2025, 7, 2))
    assert found[2].tags == ("hr", "PLATFORM")
    assert [(one["inspector_id"], one["available"]) for one in shown] == [
        ("INS-2", True),
        ("INS-4", False),
    ]


def test_a_population_takes_the_scope_as_registered(engine: Engine) -> None:
    log = Log()
    for n, scope in enumerate(
        ("人力资源服务（不含职业中介活动）", "软件开发", "职业中介；劳务派遣")
    ):
        register(log, f"9121010{n}MAYTX011XN", f"虚例{n}", scope, "2024-12-03T09:00", str(n))
    filled(engine, log)
    with engine.connect() as conn:

        def ids(predicate: Predicate, region: str = CITY) -> list[str]:
            found = inspections.population(conn, predicate, region, on=date(2025, 6, 4))
            return sorted(one.id[7] for one in found)

        assert ids(Predicate.EIGHT_PHRASES) == ["0", "2"]
        assert ids(Predicate.EIGHT_PHRASES, "210200") == []
        assert ids(Predicate.SCOPE_WITHOUT_LICENCE) == ["2"]
        assert ids(Predicate.LICENSED) == []


def test_a_draw_of_the_provincial_platform_is_listed_with_its_origin(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        plan = inspections.plan(conn, OUTSIDE_PLAN)
        draw = inspections.draw(conn, OUTSIDE_DRAW)
        (listed,) = inspections.draws(conn, plan_id=OUTSIDE_PLAN)
        ours = inspections.draw(conn, DRAW)
    assert plan is not None
    assert draw is not None
    assert ours is not None
    assert (plan["origin"], plan["state"], plan["drawn"]) == ("OUTSIDE", "DRAWN", 1000)
    assert (plan["window_to"], plan["draws"]) == ("2025-07-20", OUTSIDE_DRAW)
    assert (draw["origin"], draw["state"], draw["kind"]) == ("OUTSIDE", "DRAWN_OUTSIDE", "OBJECTS")
    assert (draw["count"], draw["drawn"], draw["drawn_on"]) == (20000, 1000, "2025-06-01")
    assert listed["title"] == "省级抽查"
    assert ours["origin"] == "OWN"


def test_an_object_has_its_class_and_tags_as_of_any_day(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        (now,) = inspections.objects(conn, on=date(2025, 6, 30), uscc=LN_B)
        (later,) = inspections.objects(conn, on=date(2025, 7, 1), uscc=LN_B)
        risk = inspections.object_class(conn, LN_A, on=date(2025, 6, 1))
        back = inspections.object_class(conn, LN_A, on=date(2025, 6, 2))
        known = inspections.object_class(
            conn, LN_A, on=date(2025, 6, 2), as_of=at("2025-06-01T00:00")
        )
        assert inspections.object_class(conn, "UN-NOBODY", on=date(2025, 6, 2)) is None
    assert (now["grades"], now["key"]) == ({"HRSS-CREDIT": "C"}, True)
    assert "AREA_KEY" in now["tags"]
    assert later["tags"] == ["UNLICENSED", "KEY"]
    assert risk is not None
    assert back is not None
    assert known is not None
    assert risk["grades"] == known["grades"] == {"SAMR-RISK": "D"}
    assert (back["grades"], len(back["said"])) == ({}, 2)


def test_a_population_has_classes_and_is_narrowed_by_tags(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:

        def lines(**asked: Any) -> list[tuple[str, str, tuple[str, ...]]]:
            found = inspections.population(
                conn, Predicate.EIGHT_PHRASES, CITY, on=date(2025, 6, 4), **asked
            )
            return sorted((one.id, one.grade, one.tags) for one in found)

        assert lines() == [(LN_A, "", ()), (LN_B, "", ())]
        classed = lines(grade_scheme="HRSS-CREDIT", tags=("KEY",))
        assert classed == [(LN_A, "", ()), (LN_B, "C", ("KEY",))]
        assert lines(grade_scheme="SAMR-RISK") == lines()
        assert lines(only=("AREA_KEY", "SEASON_SPRING")) == [(LN_B, "", ())]


def test_a_line_has_the_county_of_a_township_and_the_province_of_a_zone(engine: Engine) -> None:
    log = Log()
    for n, region in enumerate(("210103001", "21-SFSFQ", "210103")):
        subject = f"9121010{n}MAYTX011XN"
        registered = SubjectRegistered(
            uscc=subject,
            name=f"虚例{n}",
            kind=SubjectKind.ENTERPRISE,
            scope="职业中介",
            region=region,
            registered_on=date(2024, 12, 3),
        )
        where = {"subject": subject, "region": region}
        tell(log, "samr/SAMR", f"organisation/{subject}", registered, "2024-12-03T09:00", **where)
    filled(engine, log)
    with engine.connect() as conn:

        def regions(region: str) -> list[str]:
            found = inspections.population(
                conn, Predicate.EIGHT_PHRASES, region, on=date(2025, 6, 4)
            )
            return [one.region for one in sorted(found)]

        assert regions("210103") == regions(CITY) == ["210103", "210103"]
        assert regions("210000") == ["210103", "210000", "210103"]
        assert regions("210102") == []


def test_a_full_inspection_is_due_by_the_grade_and_the_last_inspection(engine: Engine) -> None:
    log = Log()
    for n, grade in enumerate(("A", "C", None)):
        subject = (LN_A, LN_B, "91210103MAYTX013XN")[n]
        register(log, subject, f"虚例{n}", "职业中介", "2024-11-18T09:00", str(n))
        recorded = BusinessFilingRecorded(
            uscc=subject,
            kind=FilingKind.FIL_HRS,
            filing_id=f"F-{n}",
            services=("FS1",),
            region=DISTRICT,
            event_on=date(2024, 12, 2),
            filed_on=date(2024, 12, 2),
        )
        tell(
            log, "hr/HRSS_APPR", f"filing/{subject}", recorded, "2024-12-02T09:00", subject=subject
        )
        if grade:
            fact = ObjectClassed(
                subject_id=subject,
                region=DISTRICT,
                grade_scheme="HRSS-CREDIT",
                grade=grade,
                since=date(2024, 12, 3),
                basis="评价",
            )
            tell(log, HR, classes_of(subject), fact, "2024-12-03T09:00", subject=subject)
    inspected = InspectionResultRecorded(
        task_id="TSK-D",
        kind=InspectionKind.DAILY,
        subject_id=LN_B,
        region=DISTRICT,
        category=Category.NO_PROBLEM,
        items=(ItemResult(item="HB-01", category=Category.NO_PROBLEM),),
        inspected_on=date(2025, 3, 5),
        team=TEAM,
    )
    tell(log, HR, task_of("TSK-D"), inspected, "2025-03-05T10:00", subject=LN_B)
    filled(engine, log)
    with engine.connect() as conn:

        def due(on: date, **asked: Any) -> list[tuple[str, str, bool]]:
            found = inspections.full_inspections_due(conn, on=on, **asked)
            return [(one["name"], one["full_due"], one["overdue"]) for one in found]

        assert due(date(2025, 9, 4)) == []
        assert due(date(2025, 9, 5)) == [("虚例1", "2025-09-05", False)]
        assert due(date(2025, 9, 4), within_days=90) == [
            ("虚例1", "2025-09-05", False),
            ("虚例2", "2025-12-02", False),
        ]
        assert due(date(2025, 12, 3), region="210100", limit=1) == [("虚例1", "2025-09-05", True)]
        assert due(date(2026, 12, 3), region="210102") == []
        plan = (
            " ".join(
                str(row)
                for row in conn.exec_driver_sql(
                    "EXPLAIN QUERY PLAN SELECT subject FROM inspections_objects WHERE NOT voided AND "
                    "full_due <= '2025-12-02' AND cycled_until >= '2025-12-02' AND ended IS NULL "
                    "ORDER BY full_due, subject LIMIT 50"
                )
            )
            if engine.dialect.name == "sqlite"
            else "inspections_objects_cycle"
        )
    assert "inspections_objects_cycle" in plan
    assert "TEMP B-TREE" not in plan


def test_the_leading_group_sees_what_is_late_and_that_a_secret_was_withheld(
    engine: Engine,
) -> None:
    filled(engine, told())
    with engine.connect() as conn:

        def values(moment: str) -> dict[str, int]:
            found = leadership.figures(conn, as_of=at(moment), region=CITY)
            return {one.id: one.value for one in found if one.value}

        within, after, now = (
            values(moment)
            for moment in ("2025-07-21T00:00", "2025-07-21T00:01", "2025-08-20T12:00")
        )
        late = leadership.members(conn, "inspections_late", as_of=at("2025-07-22T00:00"))
    assert "inspections_late" not in within
    assert (after["inspections_open"], after["inspections_late"]) == (1, 1)
    assert [one.member for one in late] == [f"inspection:{TASK_B}"]
    wanted = {
        "results:CORRECTION_ORDERED": 1,
        "results:UNREACHABLE": 1,
        "inspected:TARGETED": 1,
        "results_published_on_time": 1,
        "draws_executed": 2,
        "secrets_withheld": 1,
    }
    names = ("results", "inspected", "inspections", "draws", "secrets")
    assert {name: value for name, value in now.items() if name.startswith(names)} == wanted
