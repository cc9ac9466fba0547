"""What inspectors, planners and heads ask: the registers, plans, draws, who inspects what."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, or_, select

from domain.draw.classes import class_of
from projections.answers import Answer, Listed, answer, listed, narrow
from projections.inspection_life import fold_draw, fold_plan, fold_task
from projections.inspections.availability import available
from projections.inspections.objects import CLASSED, classed_on, held_on, said_in, tags_of
from projections.inspections.tables import (
    DRAWS,
    ENTRIES,
    INSPECTORS,
    ITEM_LISTS,
    OBJECTS,
    PLANS,
    TASKS,
)
from projections.steps import Steps, moment, plain, read, standing, until

STAMPS = frozenset(
    {
        "drafted",
        "audited",
        "approved",
        "moved",
        "opened",
        "executed",
        "voided_at",
        "committed",
        "checked",
        "revealed",
        "sent",
        "claimed_at",
        "dispatched",
        "matched",
        "recorded",
        "published",
        "entered",
    }
)


def objects(
    conn: Connection,
    *,
    on: date,
    uscc: str | None = None,
    region: str | None = None,
    search: str | None = None,
    phrased: bool | None = None,
    place: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """The object register as of a day, by id: {subject, name, kind, scope, address, region, matter,
    registered_on, ended, place, phrased, filed, licences [type], tags [tag], grades {scheme:
    grade}, key, level, list_state, inspections, inspected_on, category, full_on, full_due,
    cycled_until, moved}.

    Tags: those of domain.draw.classes; `key` says that a warning or a grade makes it a key object.
    `phrased` says that the scope contains one of the eight phrases; `list_state` is ENTERED or
    REMOVED; `inspected_on` and `category` are of the latest inspection.
    """
    query = narrow(select(OBJECTS), OBJECTS, region=region)
    query = query.where(or_(OBJECTS.c.registered_on.is_not(None), OBJECTS.c.place))
    if uscc is not None:
        query = query.where(OBJECTS.c.subject == uscc)
    if search:
        query = query.where(OBJECTS.c.name.contains(search, autoescape=True))
    if phrased is not None:
        query = query.where(OBJECTS.c.phrased if phrased else ~OBJECTS.c.phrased)
    if place is not None:
        query = query.where(OBJECTS.c.place if place else ~OBJECTS.c.place)
    query = query.order_by(OBJECTS.c.subject).limit(limit).offset(offset)
    return Listed.of(conn, query, lambda row: _object(row, on.isoformat()))


def _object(row: Mapping[Any, Any], day: str) -> Answer:
    held = held_on(row["licences"], day)
    classed = classed_on(row["classes"], day)
    tags = tags_of(
        held,
        filed=bool(row["filed"]),
        level=row["level"],
        place=bool(row["place"]),
        listed=row["list_state"] == "ENTERED",
        classed=classed,
    )
    told = answer(row, STAMPS) | {"licences": sorted(held), "tags": list(tags)}
    del told["classes"]
    return told | {"grades": dict(sorted(classed.grades.items())), "key": "KEY" in tags}


def object_class(
    conn: Connection, uscc: str, *, on: date, as_of: int | None = None
) -> Answer | None:
    """What an object is like on any day, past days too: {grades {scheme: grade}, tags [tag], key,
    said [{keeper, scheme, grade, tags, since, until}]}; as recorded up to `as_of`.

    `tags` are those that officers put on it, `said` all that was said, oldest first. None where
    the register has no such object.
    """
    query = select(OBJECTS.c.steps).where(OBJECTS.c.subject == uscc)
    steps = conn.execute(query).scalar_one_or_none()
    if steps is None:
        return None
    said = said_in(until(read(steps), as_of))
    classed = class_of(said, on)
    return {
        "grades": dict(sorted(classed.grades.items())),
        "tags": sorted(classed.tags),
        "key": classed.key,
        "said": [{name: plain(getattr(one, name)) for name in _SAID} for one in said],
    }


def object_classes(
    conn: Connection,
    *,
    on: date,
    department: str,
    region: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """What a department says of its objects on a day, by id: {subject, region, said [{grade_scheme*,
    grade*, tags [tag], since, valid_until*, basis}]}; `said` is empty where it says nothing now.
    """
    query = narrow(select(OBJECTS), OBJECTS, region=region)
    query = query.where(OBJECTS.c.classes.is_not(None)).order_by(OBJECTS.c.subject)
    query = query.limit(limit).offset(offset)

    def told(row: Mapping[Any, Any]) -> Answer:
        newest: dict[str | None, dict[str, Any]] = {}
        for step in standing(read(row["steps"])):
            if step.type != CLASSED or step.department != department:
                continue
            one = {name: step.data[name] for name in _CLASS}
            before = newest.get(one["grade_scheme"])
            if one["since"] <= on.isoformat() and (
                before is None or before["since"] <= one["since"]
            ):
                newest[one["grade_scheme"]] = one
        said = [
            one
            for one in newest.values()
            if (one["grade"] or one["tags"])
            and (one["valid_until"] is None or on.isoformat() <= one["valid_until"])
        ]
        return Answer({"subject": row["subject"], "region": row["region"], "said": said})

    return Listed.of(conn, query, told)


_CLASS = ("grade_scheme", "grade", "tags", "since", "valid_until", "basis")
_SAID = ("keeper", "scheme", "grade", "tags", "since", "until")


def full_inspections_due(
    conn: Connection,
    *,
    on: date,
    region: str | None = None,
    within_days: int = 0,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Agencies whose full inspection is due on a day or within some days after it, the longest due
    first: {subject, name, region, matter, grades {scheme: grade}, key, licences [type], full_on,
    full_due, overdue, open_tasks, ...} and the rest of `objects`.

    Due by the cycle of the credit grade (domain.inspection.cycles says what counts as a full
    inspection, since when the cycle runs and whom it takes in). `full_on` is the last full
    inspection, None before the first; `overdue` says that the due day is past; `open_tasks` how
    many inspections of it are under way. The index is read in the order of the due days up to
    the limit, whatever the size of the register.
    """
    last = (on + timedelta(days=within_days)).isoformat()
    day = on.isoformat()
    under_way = (
        select(func.count())
        .where(TASKS.c.subject == OBJECTS.c.subject, TASKS.c.open, ~TASKS.c.voided)
        .scalar_subquery()
    )
    query = narrow(select(OBJECTS, under_way.label("open_tasks")), OBJECTS, region=region)
    query = query.where(
        OBJECTS.c.full_due <= last, OBJECTS.c.cycled_until >= day, OBJECTS.c.ended.is_(None)
    )
    query = query.order_by(OBJECTS.c.full_due, OBJECTS.c.subject)
    return Listed.of(
        conn,
        query.limit(limit).offset(offset),
        lambda row: _object(row, day) | {"overdue": row["full_due"] < day},
    )


def inspectors(
    conn: Connection,
    *,
    region: str | None = None,
    organ: str | None = None,
    department: str | None = None,
    on: date | None = None,
    left: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """The inspector register by organ and id: {inspector_id, owner, organ, region, certificate,
    certificate_until, specialities*, person, away [[from, to]], relations {subject: ground},
    left, available, entered, moved}.

    `available` says whether the inspector may inspect on the day `on`, None without a day; those
    who left are shown with `left`. Fields with * are joined by commas.
    """
    query = narrow(select(INSPECTORS), INSPECTORS, region=region)
    query = query.where(INSPECTORS.c.entered.is_not(None))
    for column, wanted in (("organ", organ), ("owner", department)):
        if wanted is not None:
            query = query.where(INSPECTORS.c[column] == wanted)
    if not left:
        query = query.where(~INSPECTORS.c.left)
    query = query.order_by(INSPECTORS.c.organ, INSPECTORS.c.inspector_id)
    return Listed.of(
        conn,
        query.limit(limit).offset(offset),
        lambda row: (
            answer(row, STAMPS)
            | {
                "away": json.loads(row["away"]),
                "relations": json.loads(row["relations"]),
                "available": None if on is None else available(row, on, on),
            }
        ),
    )


def department_of(conn: Connection, inspector: str) -> str | None:
    """The department in whose register an inspector stands; None if unknown."""
    query = select(INSPECTORS.c.owner).where(INSPECTORS.c.inspector_id == inspector)
    return conn.execute(query).scalar_one_or_none()


def item_lists(
    conn: Connection, *, region: str | None = None, limit: int = 50, offset: int = 0
) -> Listed:
    """Versions of item lists, latest first: {version_id, list_id, list_version, owner, region,
    items [{code, zh, basis, content, method, violations}], published}."""
    query = narrow(select(ITEM_LISTS), ITEM_LISTS, region=region)
    query = query.order_by(ITEM_LISTS.c.published.desc(), ITEM_LISTS.c.version_id)
    return Listed.of(conn, query.limit(limit).offset(offset), _items)


def item_list(conn: Connection, list_id: str, version: int | None = None) -> Answer | None:
    """One version of a list as in `item_lists`, the latest where none is named; None if unknown."""
    query = narrow(select(ITEM_LISTS), ITEM_LISTS).where(ITEM_LISTS.c.list_id == list_id)
    if version is not None:
        query = query.where(ITEM_LISTS.c.list_version == version)
    query = query.order_by(ITEM_LISTS.c.list_version.desc()).limit(1)
    row = conn.execute(query).mappings().first()
    return None if row is None else _items(row)


def _items(row: Mapping[Any, Any]) -> Answer:
    return answer(row, STAMPS) | {"items": json.loads(row["items"])}


def plans(
    conn: Connection,
    *,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Plans, latest drafted first: {plan_id, owner, region, matter, state, title, item_list,
    items*, predicate, mode, region_digits, tags*, only_tags*, size, rate, grade_scheme,
    window_from, window_to, audit_reason, plan_hash, draws*, drawn, origin, drafted, audited,
    approved, moved}.

    State DRAFTED, PASSED or REFUSED by the audit, APPROVED, DRAWN; `drawn` objects in all draws.
    Origin OWN, or OUTSIDE of a plan of the provincial platform: no draft, audit or hash of it is
    on record here, and `drafted` is when its draw was entered.
    """
    query = narrow(select(PLANS), PLANS, region=region, state=state)
    query = query.where(PLANS.c.drafted.is_not(None))
    query = query.order_by(PLANS.c.drafted.desc(), PLANS.c.plan_id)
    return listed(conn, query.limit(limit).offset(offset), STAMPS)


def plan(conn: Connection, plan_id: str, *, as_of: int | None = None) -> Answer | None:
    """One plan as in `plans`, with `tasks` {state: count} and `steps`, oldest first: [{event_id,
    type, recorded, department, data, state}]; as recorded up to `as_of`. None if unknown."""
    found = _one(conn, PLANS, plan_id, fold_plan, _plan, as_of)
    if found is None or found["drafted"] is None:
        return None
    return found | {"tasks": tasks_by_state(conn, plan_id=plan_id)}


def draws(
    conn: Connection,
    *,
    plan_id: str | None = None,
    region: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Draws, latest opened first: {draw_id, plan_id, owner, region, matter, state, kind,
    departments*, extra, plan {..., see domain.draw.plan}, plan_hash, population_sha256,
    population_length, population_hash, count, size, tasks*, commit_by, reveal_by, parties,
    withheld*, waiting*, algorithm, seed, drawn, record_sha256, record_length, void_reason,
    at_fault, origin, title, drawn_on, opened, executed, voided_at, moved}.

    State OPENED, COMMITTED (by both), CHECKED (both deposits good), REVEALED (both), EXECUTED or
    VOIDED; DRAWN_OUTSIDE (origin OUTSIDE) where the provincial platform drew: then `title`,
    `drawn_on`, `count` (may be None) and `drawn` are what it told. `parties`: [{department, commitment, escrow_key, committed, good, checked, secret,
    revealed, source}], source DEPARTMENT or ESCROW. `withheld`: whose secret the escrow opened;
    `waiting`: on whom the next step waits.
    """
    query = narrow(select(DRAWS), DRAWS, region=region, state=state)
    query = query.where(DRAWS.c.opened.is_not(None))
    for column, wanted in (("plan_id", plan_id), ("kind", kind)):
        if wanted is not None:
            query = query.where(DRAWS.c[column] == wanted)
    query = query.order_by(DRAWS.c.opened.desc(), DRAWS.c.draw_id)
    return Listed.of(conn, query.limit(limit).offset(offset), _draw)


def draw(conn: Connection, draw_id: str, *, as_of: int | None = None) -> Answer | None:
    """One draw as in `draws`, with its `steps` as in `plan`. None if unknown."""
    found = _one(conn, DRAWS, draw_id, fold_draw, _draw, as_of)
    return None if found is None or found["opened"] is None else found


def _plan(row: Mapping[Any, Any]) -> Answer:
    return answer(row, STAMPS)


def _draw(row: Mapping[Any, Any]) -> Answer:
    parties = json.loads(row["parties"])
    return answer(row, STAMPS) | {
        "parties": [answer(party, STAMPS) for party in parties],
        "plan": None if row["plan"] is None else json.loads(row["plan"]),
    }


def tasks(
    conn: Connection,
    *,
    uscc: str | None = None,
    plan_id: str | None = None,
    draw_id: str | None = None,
    inspector: str | None = None,
    organ: str | None = None,
    region: str | None = None,
    unit: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    category: str | None = None,
    open_only: bool = False,
    late_on: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Inspections, those whose window ends first come first: {task_id, owner, subject,
    subject_name, region, matter, kind, state, open, late, sent, sent_region, draw_id, plan_id,
    items*, window_from, window_to, claimed* (organs), claimed_at, dispatched, team_draw, matched, matched_on,
    team* (inspectors), organs*, certificates*, recused* (inspector:ground), reason, about,
    without_notice, category, item_results [{item, category, note}], inspected_on, entered_at,
    findings*, signed_by_subject, witnesses, record_sha256, recorded, published_category, channel,
    published_on, published, corrections, outdated, reachable, verified_on, order_id, order_due,
    order_outcome, corrected_on, dealt_on, publish_due, moved}.

    State SENT, CLAIMED, DISPATCHED, MATCHED, RECUSED (a place in the team is empty), OPENED
    (outside a draw), INSPECTED, PUBLISHED. `region` is the unit that has it now; `unit` asks for
    that of one unit alone, without those below it. `late`: inspected after its window; `late_on`
    asks for those late or still open after it on that day. `inspector` and `organ` ask for those
    of whose team they are; `outdated`: published, corrected since.
    """
    query = tasks_query(region=region, state=state)
    for column, wanted in (
        ("subject", uscc),
        ("plan_id", plan_id),
        ("draw_id", draw_id),
        ("region", unit),
        ("kind", kind),
        ("category", category),
    ):
        if wanted is not None:
            query = query.where(TASKS.c[column] == wanted)
    for column, wanted in (("team", inspector), ("organs", organ)):
        if wanted is not None:
            listed_ones = "," + TASKS.c[column] + ","
            query = query.where(listed_ones.contains(f",{wanted},", autoescape=True))
    if open_only:
        query = query.where(TASKS.c.open)
    if late_on is not None:
        query = query.where(late_by(late_on))
    query = query.order_by(TASKS.c.window_to, TASKS.c.region, TASKS.c.task_id)
    return Listed.of(conn, query.limit(limit).offset(offset), task_answer)


def task(conn: Connection, task_id: str, *, as_of: int | None = None) -> Answer | None:
    """One inspection as in `tasks`, with its `steps` as in `plan`. None if unknown."""
    found = _one(conn, TASKS, task_id, fold_task, task_answer, as_of)
    if found is None or found["state"] is None:
        return None
    name = conn.execute(select(OBJECTS.c.name).where(OBJECTS.c.subject == found["subject"]))
    return found | {"subject_name": name.scalar_one_or_none()}


def tasks_by_state(
    conn: Connection, *, region: str | None = None, plan_id: str | None = None
) -> dict[str, int]:
    """How many inspections stand in each state: {state: count}, without states that have none."""
    query = narrow(select(TASKS.c.state, func.count()), TASKS, region=region)
    query = query.where(TASKS.c.state.is_not(None)).group_by(TASKS.c.state)
    if plan_id is not None:
        query = query.where(TASKS.c.plan_id == plan_id)
    return {row[0]: row[1] for row in conn.execute(query.order_by(TASKS.c.state))}


def inspections_in(conn: Connection, uscc: str, year: int) -> int:
    """How many inspections of a subject were made in a year, by the day of the inspection."""
    query = narrow(select(func.count()), TASKS).where(
        TASKS.c.subject == uscc, TASKS.c.inspected_on.like(f"{year:04d}-%")
    )
    return int(conn.execute(query).scalar_one())


def list_entries(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Firms in the abnormal list, latest moved first: {entry_key, entry_id, subject, region, matter,
    list, state, basis, document_no, entered_on, removed_on, moved}; state ENTERED or REMOVED."""
    query = narrow(select(ENTRIES), ENTRIES, region=region, state=state)
    if uscc is not None:
        query = query.where(ENTRIES.c.subject == uscc)
    query = query.order_by(ENTRIES.c.moved.desc(), ENTRIES.c.entry_key)
    return listed(conn, query.limit(limit).offset(offset), STAMPS)


def tasks_query(*, region: str | None = None, state: str | None = None) -> Any:
    """Inspections of a territory and state with the names of their subjects."""
    query = select(TASKS, OBJECTS.c.name.label("subject_name")).outerjoin(
        OBJECTS, OBJECTS.c.subject == TASKS.c.subject
    )
    query = narrow(query, TASKS, region=region, state=state)
    return query.where(TASKS.c.state.is_not(None))


def late_by(on: date) -> Any:
    """The condition that an inspection was made after its window, or is open after it on a day."""
    after = TASKS.c.window_to < on.isoformat()
    return TASKS.c.late | (TASKS.c.open & after)


def task_answer(row: Mapping[Any, Any]) -> Answer:
    """A row of the inspections as `tasks` tells it."""
    results = row["item_results"]
    return answer(row, STAMPS) | {"item_results": json.loads(results) if results else []}


def _one(
    conn: Connection,
    table: Table,
    key: str,
    fold: Callable[[Steps], dict[str, Any]],
    made: Callable[[Mapping[Any, Any]], Answer],
    as_of: int | None,
) -> Answer | None:
    (column,) = table.primary_key.columns
    found = conn.execute(select(table.c.steps).where(column == key)).scalar_one_or_none()
    steps = read(found or "[]")
    if as_of is not None:
        steps = [step for step in steps if step.stamp <= as_of]
    known = standing(steps)
    if not known:
        return None
    return made({column.name: key, **fold(known)}) | {
        "steps": [
            {
                "event_id": step.event,
                "type": step.type,
                "recorded": moment(step.stamp),
                "department": step.department,
                "data": step.data,
                "state": fold(then)["state"] if (then := standing(steps[: n + 1])) else None,
            }
            for n, step in enumerate(steps)
        ]
    }
