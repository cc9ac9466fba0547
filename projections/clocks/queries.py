"""Questions about clocks: what is owed, what ran out, what happened to one firm's terms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    or_,
    select,
    true,
    union_all,
)

from domain.calendar.deadlines import Period, Unit
from domain.calendar.working_days import CALENDAR
from domain.clocks.reckoning import RULES_BY_CODE, days_of, state_of
from domain.clocks.words import STATE_NAMES, ClockRule, Debtor, Ending, State
from domain.departments import entitled_topics, node_of
from domain.facts import instant
from projections.clocks.terms import BREACHES, DECLARED, OWED, TERMS
from projections.rows import Rows


@dataclass(frozen=True, kw_only=True)
class ClockRow:
    """A clock as the facts make it. Days and instants are ISO text; `due_at` is a stamp.

    `used` and `left` are days of a term counted in days: at the moment asked about, at the end
    of a closed clock, or at the suspension; None for hours, months and fixed dates.
    """

    clock_id: str
    code: str
    zh: str
    en: str
    state: str
    state_zh: str
    state_en: str
    debtor: str
    owner: str
    subject: str
    matter: str
    region: str
    item: str
    source_event: str
    start_on: str
    period: str | None
    extended_by: int
    used: int | None
    left: int | None
    due: str
    due_at: int
    provisional: bool
    stopped_by: str | None
    stopped_at: str | None
    ending: str | None
    breach_event: str | None
    basis: str
    mark: str
    rule_version: str
    policy_version: str
    calendar_version: str
    data: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Task:
    """What an organ owes: the clock, what is left of its term, and the commands that meet it."""

    clock_id: str
    code: str
    zh: str
    en: str
    owner: str
    subject: str
    matter: str
    region: str
    item: str
    due: str
    due_at: int
    provisional: bool
    overdue: bool
    working_days_left: int
    basis: str
    debtor: str
    source_event: str
    commands: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A declared breach: the clock, its owner, its due day and the fact that declared it."""

    clock_id: str
    event_id: str
    code: str
    zh: str
    en: str
    owner: str
    subject: str
    matter: str
    region: str
    due: str
    recorded: str
    basis: str
    source_event: str


def clocks(
    conn: Connection,
    *,
    subject: str | None = None,
    matter: str | None = None,
    code: str | None = None,
    department: str | None = None,
    now: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[ClockRow]:
    """Clocks by due day. With `now` the state is that of the moment; without, an open clock
    runs until its end was acted on. With `department`, clocks of which that department does
    not receive every topic are left out.
    """
    query = select(TERMS)
    for column, value in (
        (TERMS.c.subject, subject),
        (TERMS.c.matter, matter),
        (TERMS.c.code, code),
    ):
        if value is not None:
            query = query.where(column == value)
    if department is not None:
        query = query.where(TERMS.c.code.in_(codes_seen_by(department)))
    query = query.order_by(TERMS.c.due_at, TERMS.c.code, TERMS.c.clock_id)
    if limit is not None:
        query = query.limit(limit).offset(offset)
    return list(_rows(conn, query, now))


def of_subject(conn: Connection, subject: str, *, now: int | None = None) -> list[ClockRow]:
    """The clocks of one firm."""
    return clocks(conn, subject=subject, now=now)


def of_matter(conn: Connection, matter: str, *, now: int | None = None) -> list[ClockRow]:
    """The clocks of one matter."""
    return clocks(conn, matter=matter, now=now)


def of_events(
    conn: Connection,
    events: Iterable[str],
    *,
    matters: Iterable[str],
    department: str | None = None,
    now: int | None = None,
) -> list[ClockRow]:
    """The clocks that these events started; `matters` are those in which the events stand."""
    query = select(TERMS).where(
        TERMS.c.matter.in_(sorted(set(matters))), TERMS.c.source_event.in_(sorted(set(events)))
    )
    if department is not None:
        query = query.where(TERMS.c.code.in_(codes_seen_by(department)))
    return list(_rows(conn, query.order_by(TERMS.c.due_at, TERMS.c.clock_id), now))


def running(conn: Connection, at: int, *, department: str | None = None) -> list[ClockRow]:
    """The clocks that were running at a stamp: started, and not ended until then."""
    query = select(TERMS).where(
        TERMS.c.start_stamp <= at,
        or_(TERMS.c.open, TERMS.c.stop_stamp > at),
        or_(~TERMS.c.paused, TERMS.c.paused_stamp > at),
        TERMS.c.due_at > at,
    )
    if department is not None:
        query = query.where(TERMS.c.node == department)
    return list(_rows(conn, query.order_by(TERMS.c.due_at, TERMS.c.clock_id), at))


def elapsed(conn: Connection, now: int, *, department: str, limit: int = 500) -> list[ClockRow]:
    """Open clocks of a department that ran out and still have to be acted on, oldest first."""
    query = _pending(department).where(TERMS.c.due_at <= now)
    return list(_rows(conn, query.order_by(TERMS.c.due_at, TERMS.c.clock_id).limit(limit), now))


def next_due(conn: Connection, *, department: str) -> int | None:
    """The stamp at which the next clock of a department runs out that has to be acted on."""
    query = _pending(department).with_only_columns(TERMS.c.due_at)
    # In the order of the index: the first row without a declaration ends the search.
    found: int | None = conn.execute(query.order_by(TERMS.c.due_at).limit(1)).scalar_one_or_none()
    return found


def _pending(department: str) -> Select[Any]:
    acted = select(DECLARED.c.clock_id).where(DECLARED.c.clock_id == TERMS.c.clock_id)
    return select(TERMS).where(TERMS.c.pending, TERMS.c.node == department, ~acted.exists())


def consequence(rule: ClockRule, row: ClockRow) -> tuple[str, dict[str, str]]:
    """The command that the end of an open clock gives, with its data (see `what_elapses`)."""
    if rule.on_elapse is None:
        raise ValueError(f"{rule.code} has no consequence: it only lapses")
    if rule.on_elapse != "breach":
        return rule.on_elapse, dict(row.data)
    return "DeclareDeadlineBreached", {
        "clock": row.clock_id,
        "code": row.code,
        "owner": row.owner,
        "due": row.due,
        "due_at": instant(row.due_at).isoformat(timespec="microseconds"),
        "source_event": row.source_event,
        "subject": row.subject,
        "matter": row.matter,
        "region": row.region,
        "rule_version": row.rule_version,
        "calendar_version": row.calendar_version,
    }


def mark_declared(conn: Connection, clock_id: str, at: int, refused: str | None = None) -> None:
    """Remembers that this department acted on a run-out clock; `refused` names the rule."""
    rows = Rows(conn)
    rows.put(DECLARED, {"clock_id": clock_id, "declared_at": at, "refused": refused})
    rows.flush()


_OWED = TERMS.c.code.in_(bindparam("owed", OWED, expanding=True, literal_execute=True))
"""Spelt out with its codes: only so does a database see that a partial index answers it."""


def open_tasks(
    conn: Connection,
    *,
    organs: Iterable[str],
    region: str | None = None,
    now: int,
    limit: int = 200,
    offset: int = 0,
) -> list[Task]:
    """What these organs owe in a territory, soonest first, each with the commands that meet it.

    Terms of the regulated party appear where its silence is the organ's next act.
    """
    # Each branch is read in the order of an index and stops at the page's end, however much
    # is owed; then only the rows of the page are read.
    first = [
        select(TERMS.c.clock_id, TERMS.c.due_at)
        .where(TERMS.c.open, ~TERMS.c.paused, TERMS.c.owner == organ, _OWED, place)
        .order_by(TERMS.c.due_at, TERMS.c.clock_id)
        .limit(offset + limit)
        .subquery()
        for organ in sorted(set(organs))
        for place in _places(region)
    ]
    if not first:
        return []
    owed = union_all(*(select(branch) for branch in first)).subquery("owed")
    page = (
        select(owed.c.clock_id)
        .order_by(owed.c.due_at, owed.c.clock_id)
        .limit(limit)
        .offset(offset)
        .subquery("page")
    )
    query = (
        select(TERMS)
        .where(TERMS.c.clock_id.in_(select(page.c.clock_id)))
        .order_by(TERMS.c.due_at, TERMS.c.clock_id)
    )
    today = instant(now).date()
    tasks = []
    for row in _rows(conn, query, now):
        rule = RULES_BY_CODE[row.code]
        last = instant(row.due_at - 1).date()
        tasks.append(
            Task(
                clock_id=row.clock_id,
                code=row.code,
                zh=row.zh,
                en=row.en,
                owner=row.owner,
                subject=row.subject,
                matter=row.matter,
                region=row.region,
                item=row.item,
                due=row.due,
                due_at=row.due_at,
                provisional=row.provisional,
                overdue=row.due_at <= now,
                working_days_left=CALENDAR.working_days_between(today, last),
                basis=row.basis,
                debtor=row.debtor,
                source_event=row.source_event,
                commands=rule.commands,
            )
        )
    return tasks


def _places(region: str | None) -> list[ColumnElement[bool]]:
    """Conditions that share a territory out: a county apart from the towns whose codes begin with it.

    The range of codes keeps an index's order in any collation: they are digits.
    """
    if region is None:
        return [true()]
    territory = within(TERMS.c.region, region)
    if len(region) != 6 or not region.isdecimal() or region.endswith("00"):
        return [territory]
    towns = and_(TERMS.c.region > region, TERMS.c.region < f"{int(region) + 1:06d}", territory)
    return [TERMS.c.region == region, towns]


def breaches(
    conn: Connection,
    *,
    owner: str | None = None,
    region: str | None = None,
    limit: int | None = None,
) -> list[Breach]:
    """Declared breaches, newest first."""
    query = select(BREACHES).order_by(BREACHES.c.stamp.desc(), BREACHES.c.clock_id)
    if owner is not None:
        query = query.where(BREACHES.c.owner == owner)
    if region is not None:
        query = query.where(within(BREACHES.c.region, region))
    if limit is not None:
        query = query.limit(limit)
    found = []
    for row in conn.execute(query).mappings():
        rule = RULES_BY_CODE.get(row["code"])
        found.append(
            Breach(
                clock_id=row["clock_id"],
                event_id=row["event_id"],
                code=row["code"],
                zh=row["code"] if rule is None else rule.zh,
                en=row["code"] if rule is None else rule.en,
                owner=row["owner"],
                subject=row["subject"],
                matter=row["matter"],
                region=row["region"],
                due=row["due"],
                recorded=instant(row["stamp"]).isoformat(timespec="microseconds"),
                basis="" if rule is None else rule.basis,
                source_event=row["source_event"],
            )
        )
    return found


def codes_seen_by(department: str) -> tuple[str, ...]:
    """The codes of which a department receives every topic that starts or stops them."""
    received = {topic.name for topic in entitled_topics(department)}
    return tuple(
        rule.code
        for rule in RULES_BY_CODE.values()
        if rule.topics(None if rule.owner is None else node_of(rule.owner).id) <= received
    )


def within(column: ColumnElement[str], region: str) -> ColumnElement[bool]:
    """Whether a region column lies in a territory, as `domain.departments.covers` has it."""
    if len(region) == 6 and region.endswith("0000"):
        return column.startswith(region[:2], autoescape=True)
    if len(region) == 6 and region.endswith("00"):
        return and_(column.startswith(region[:4], autoescape=True), ~column.contains("-"))
    if len(region) == 6 and "-" not in region:
        return column.startswith(region, autoescape=True)
    return column == region


def _rows(conn: Connection, query: Select[Any], now: int | None) -> Iterator[ClockRow]:
    for row in conn.execute(query).mappings():
        rule = RULES_BY_CODE[row["code"]]
        state = _state(row, now)
        zh, en = STATE_NAMES[state]
        used, left = _days(row, now)
        yield ClockRow(
            clock_id=row["clock_id"],
            code=row["code"],
            zh=rule.zh,
            en=rule.en,
            state=state.value,
            state_zh=zh,
            state_en=en,
            debtor=row["debtor"],
            owner=row["owner"],
            subject=row["subject"],
            matter=row["matter"],
            region=row["region"],
            item=row["item"],
            source_event=row["source_event"],
            start_on=row["start_on"],
            period=row["period"],
            extended_by=row["extended_by"],
            used=used,
            left=left,
            due=row["due"],
            due_at=row["due_at"],
            provisional=bool(row["provisional"]),
            stopped_by=row["stop_event"],
            stopped_at=None
            if row["stop_at"] is None
            else instant(row["stop_at"]).isoformat(timespec="microseconds"),
            ending=row["ending"],
            breach_event=row["breach_event"],
            basis=rule.basis,
            mark=rule.mark,
            rule_version=row["rule_version"],
            policy_version=row["policy_version"],
            calendar_version=row["calendar_version"],
            data=json.loads(row["data"]),
        )


def _days(row: Any, now: int | None) -> tuple[int | None, int | None]:
    """Days used and left; before a suspension that stands, those that had been used by then."""
    if row["length"] is None or row["period"] is None:
        return None, None
    length = Period(row["length"], Unit(row["period"].split()[1]))
    runs_from, paused = date.fromisoformat(row["runs_from"]), bool(row["paused"])
    at = row["stop_at"] if row["stop_at"] is not None else now
    if now is not None and at is not None:
        at = min(at, now)
    if at is None and not paused:
        return None, None
    on = runs_from if at is None else instant(at - 1).date()
    used = row["used"]
    if paused and on < runs_from:
        later = days_of(length, 0, on, False, runs_from)
        used = max(0, used - (later[0] if later else 0))
    return days_of(length, used, runs_from, paused, on) or (None, None)


def _state(row: Any, now: int | None) -> State:
    stop = None if row["ending"] is None else (row["stop_at"], Ending(row["ending"]))
    paused = bool(row["paused"]) and (now is None or row["paused_stamp"] <= now)
    if now is None:
        acted = row["breach_event"] is not None or row["acted_event"] is not None
        now = row["due_at"] if acted else row["due_at"] - 1
    elif stop is not None and row["stop_stamp"] > now:
        stop = None
    if row["breach_event"] is not None and stop is None:
        paused = False
    return state_of(Debtor(row["debtor"]), row["due_at"], stop, now, paused=paused)
