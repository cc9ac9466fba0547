"""What issuers, units and the leading group ask of campaigns: what is owed, done, late and found.

A row's state is of a day `on`: what was due before it and has not come is overdue. A report
that came late stays late; one of a closed phase that never came can come no more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from domain.departments import covers
from projections.answers import Answer, Listed, answer, narrow
from projections.campaigns import tables as t
from projections.steps import within


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


STAMPS = _names(
    "launched moved submitted_at sent prepared checked approved submitted done_at chased answered "
    "reported settled evaluated declared"
)
_JSON = _names(
    "phases reports units team closed_phases attachments history to_units rows evidence findings "
    "grounds answers files"
)
_FILES = frozenset({"minutes", "file"})


def campaigns(
    conn: Connection,
    *,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Campaigns that a territory ordered or takes part in, latest first: {campaign_id, code, title,
    region, state OPEN or CLOSED, legal_basis, document_no, issued_on, effective_from, ends_on,
    phases [{code, zh, starts_on, ends_on}], reports [{code, kind, phase, due}], units [code], team
    [{post, duty}], closed_phases {code: day}, indicators, report_year, closed_on, summary,
    launched, moved, matter, owner}."""
    table = t.CAMPAIGNS
    query = narrow(select(table), table, state=state).where(table.c.launched.is_not(None))
    if region is not None:
        query = query.where(or_(within(table.c.region, region), _takes_part(region)))
    query = query.order_by(table.c.launched.desc(), table.c.campaign_id)
    return _listed(conn, query.limit(limit).offset(offset))


def _takes_part(region: str) -> ColumnElement[bool]:
    """Whether a unit of the campaign is the territory, or lies in it."""
    digits = region
    if len(region) == 6 and region.endswith("00"):
        digits = region[:2] if region.endswith("0000") else region[:4]
    return t.CAMPAIGNS.c.units.contains(f'"{digits}', autoescape=True)


def campaign(conn: Connection, campaign_id: str) -> Answer | None:
    """One campaign as in `campaigns`, by its id or its code; None if unknown."""
    table = t.CAMPAIGNS
    query = narrow(select(table), table).where(table.c.launched.is_not(None))
    query = query.where(or_(table.c.campaign_id == campaign_id, table.c.code == campaign_id))
    row = conn.execute(query.order_by(table.c.launched.desc()).limit(1)).mappings().first()
    return None if row is None else _plain(row)


def reports(
    conn: Connection,
    *,
    on: str,
    campaign_id: str | None = None,
    unit: str | None = None,
    region: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    limit: int = 1000,
    offset: int = 0,
) -> list[Answer]:
    """What units owe and gave, by due day: {campaign_id, unit, code, kind, phase, due, state,
    on_time, report_id, versions, submitted_at, words, attachments, document_id, table_id,
    content_hash, as_of, history [every version]}. State DUE, OVERDUE, CLOSED, ON_TIME, LATE."""
    table = t.REPORTS
    query = _of(select(table), table, campaign_id, unit, region)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    query = query.order_by(table.c.due, table.c.unit, table.c.code)
    closed = _closed_phases(conn)
    found = []
    for row in conn.execute(query).mappings():
        one = _plain(row)
        over = row["phase"] in closed.get(row["campaign_id"], ())
        one["state"] = report_state(one, on, over=over)
        if state is None or one["state"] == state:
            found.append(one)
    return found[offset : offset + limit]


def report_state(row: Mapping[str, Any], on: str, *, over: bool = False) -> str:
    """Where a report stands on a day; `over` says that its phase, or the campaign, is closed."""
    if row["state"] == "SUBMITTED":
        return "ON_TIME" if row["on_time"] else "LATE"
    if over:
        return "CLOSED"
    return "OVERDUE" if row["due"] and row["due"] < on else "DUE"


def _closed_phases(conn: Connection) -> dict[str, frozenset[str]]:
    """The phases of each campaign in which nothing is taken any more."""
    table = t.CAMPAIGNS
    query = select(table.c.campaign_id, table.c.state, table.c.closed_phases, table.c.phases)
    found = {}
    for campaign_id, state, closed, phases in conn.execute(query):
        every = json.loads(phases) if state == "CLOSED" else []
        found[campaign_id] = frozenset([*json.loads(closed), *(one["code"] for one in every)])
    return found


def circulars(conn: Connection, campaign_id: str) -> list[Answer]:
    """The circulars of a campaign, latest first: {report_id, words, to_units, attachments, sent}."""
    table = t.CIRCULARS
    query = _of(select(table), table, campaign_id).order_by(table.c.sent.desc())
    return _all(conn, query)


def forms(
    conn: Connection,
    *,
    campaign_id: str | None = None,
    unit: str | None = None,
    region: str | None = None,
) -> list[Answer]:
    """Statistics forms, latest prepared first: {table_id, unit, as_of, state, prepared_by, prepared,
    checked_by, checked, agreed, reason, approved_by, approved, report_id, submitted, sha256, rows,
    amends, because}. State PREPARED, CHECKED, SENT_BACK, APPROVED, SUBMITTED."""
    table = t.FORMS
    query = _of(select(table), table, campaign_id, unit, region)
    query = query.where(table.c.prepared.is_not(None))
    return _all(conn, query.order_by(table.c.prepared.desc(), table.c.table_id))


def form(conn: Connection, table_id: str) -> Answer | None:
    """One form as in `forms`; None if unknown."""
    table = t.FORMS
    query = narrow(select(table), table).where(table.c.table_id == table_id)
    row = conn.execute(query.where(table.c.prepared.is_not(None))).mappings().first()
    return None if row is None else _plain(row)


def _dated(table: Any, due: str, done: frozenset[str], order: Any) -> Callable[..., list[Answer]]:
    """The query of rows that have a last day: overdue where it passed and the row is not done."""

    def ask(
        conn: Connection,
        *,
        on: str,
        campaign_id: str | None = None,
        unit: str | None = None,
        region: str | None = None,
        state: str | None = None,
    ) -> list[Answer]:
        query = _of(select(table), table, campaign_id, unit, region)
        found = _all(conn, query.order_by(table.c[due], order))
        for one in found:
            one["overdue"] = one["state"] not in done and bool(one[due]) and one[due] < on
        return [one for one in found if state in (None, one["state"])]

    return ask


tasks = _dated(t.TASKS, "due", frozenset({"DONE"}), t.TASKS.c.task_id)
"""Tasks by last day: {task_id, unit, what, organ, due, state TO_DO DOING DONE, note, evidence,
done_at, overdue}."""

chases = _dated(t.CHASES, "answer_by", frozenset({"ANSWERED"}), t.CHASES.c.chase_id)
"""Chases by last day: {chase_id, unit, about, message, answer_by, state OPEN ANSWERED, answer,
chased, answered, overdue}."""

problems = _dated(t.PROBLEMS, "due", frozenset({"SETTLED"}), t.PROBLEMS.c.problem_id)
"""Problems by last day: {problem_id, unit, what, problem_class, organ, due, subject_id, state OPEN
REPORTED_UP SETTLED, proposal, reported, how, settled, evidence, overdue}."""


def visits(
    conn: Connection,
    *,
    on: str,
    campaign_id: str | None = None,
    unit: str | None = None,
    region: str | None = None,
) -> list[Answer]:
    """Visits, latest first: {visit_id, unit, visited_on, team [post], minutes, state OPEN DONE,
    open_findings, findings [{number, what, answer_by, answer, corrected, answered, overdue}]}."""
    table = t.VISITS
    query = _of(select(table), table, campaign_id, unit, region)
    found = _all(conn, query.order_by(table.c.visited_on.desc(), table.c.visit_id))
    for visit in found:
        for one in visit["findings"]:
            waits = one["answer"] is None and one["answer_by"]
            one["overdue"] = bool(waits and one["answer_by"] < on)
    return found


def boards(
    conn: Connection,
    *,
    on: str,
    campaign_id: str | None = None,
    unit: str | None = None,
    region: str | None = None,
    subject: str | None = None,
    state: str | None = None,
) -> list[Answer]:
    """Nominations and entries of the red and black boards: {nomination_id, board, subject_id, unit,
    reason, grounds [id], state, checked_by, refused, legal_basis, shown_on, until, withdrawn_on,
    because}. State NOMINATED, AGREED, REFUSED, SHOWN, ENDED (its time is over), WITHDRAWN."""
    table = t.BOARDS
    query = _of(select(table), table, campaign_id, unit, region)
    if subject is not None:
        query = query.where(table.c.subject_id == subject)
    found = _all(conn, query.order_by(table.c.board.desc(), table.c.subject_id, table.c.moved))
    for one in found:
        if one["state"] == "SHOWN" and one["until"] and one["until"] < on:
            one["state"] = "ENDED"
    return [one for one in found if state in (None, one["state"])]


def evaluations(conn: Connection, campaign_id: str) -> dict[str, Answer]:
    """How each unit was judged: {unit: {merit, recommended, remark, evaluated}}."""
    table = t.EVALUATIONS
    return {one["unit"]: one for one in _all(conn, _of(select(table), table, campaign_id))}


def self_checks(
    conn: Connection,
    *,
    campaign_id: str | None = None,
    region: str | None = None,
    uscc: str | None = None,
    limit: int = 1000,
    offset: int = 0,
) -> Listed:
    """Self-checks by agency: {campaign_id, uscc, region, check_id, form, answers [{question, found,
    note, corrected}], problems, uncorrected, rebate_present, declared_on, entered_by, declarations,
    file, declared}."""
    table = t.SELF_CHECKS
    query = narrow(select(table), table, uscc=uscc, region=region)
    if campaign_id is not None:
        query = query.where(table.c.campaign_id == campaign_id)
    query = query.order_by(table.c.campaign_id, table.c.uscc)
    return _listed(conn, query.limit(limit).offset(offset))


def annual_reports(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    year: int | None = None,
    state: str | None = None,
    limit: int = 1000,
    offset: int = 0,
) -> Listed:
    """Annual reports, latest year first: {uscc, year, region, submitted_on, disclosed_on, staff,
    dispatched, entered_by, file, state SUBMITTED or DISCLOSED}."""
    table = t.ANNUAL_REPORTS
    query = narrow(select(table), table, uscc=uscc, region=region, state=state)
    if year is not None:
        query = query.where(table.c.year == year)
    query = query.order_by(table.c.year.desc(), table.c.uscc)
    return _listed(conn, query.limit(limit).offset(offset))


def work(
    conn: Connection,
    *,
    kind: str | None = None,
    region: str | None = None,
    campaign_id: str | None = None,
    subject: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Guidance, publicity, associations' activities, regimes and titles, latest first: {work_id,
    kind, detail, region, subject, title, document_no, on_day, until, ended_on, attendances,
    campaign_id, files, state STANDS or ENDED}."""
    table = t.WORK
    query = narrow(select(table), table, region=region)
    for column, wanted in (("kind", kind), ("campaign_id", campaign_id), ("subject", subject)):
        if wanted is not None:
            query = query.where(table.c[column] == wanted)
    query = query.order_by(table.c.on_day.desc(), table.c.work_id)
    return _listed(conn, query.limit(limit).offset(offset))


def compared(
    conn: Connection, campaign_id: str, units: Iterable[str], *, on: str
) -> list[dict[str, Any]]:
    """What each unit owes and did, side by side: {unit, reports, on_time, late, overdue, tasks,
    tasks_done, tasks_overdue, problems, problems_settled, cannot_yet, chases_open, findings_open,
    red, black, self_checks, form, merit, recommended}.

    `form` is the state of the unit's latest statistics form; red and black count what is shown.
    """
    asked: dict[str, Any] = {"campaign_id": campaign_id}
    owed, todo = reports(conn, on=on, **asked), tasks(conn, on=on, **asked)
    found, seen = problems(conn, on=on, **asked), visits(conn, on=on, **asked)
    chased, shown = chases(conn, on=on, **asked), boards(conn, on=on, state="SHOWN", **asked)
    judged, papers = evaluations(conn, campaign_id), forms(conn, **asked)
    declared = self_checks(conn, campaign_id=campaign_id, limit=1_000_000)

    def count(rows: Iterable[Answer], unit: str, **wanted: Any) -> int:
        return sum(
            row["unit"] == unit and all(row[name] == value for name, value in wanted.items())
            for row in rows
        )

    return [
        {
            "unit": unit,
            "reports": count(owed, unit),
            "on_time": count(owed, unit, state="ON_TIME"),
            "late": count(owed, unit, state="LATE"),
            "overdue": count(owed, unit, state="OVERDUE"),
            "tasks": count(todo, unit),
            "tasks_done": count(todo, unit, state="DONE"),
            "tasks_overdue": count(todo, unit, overdue=True),
            "problems": count(found, unit),
            "problems_settled": count(found, unit, state="SETTLED"),
            "cannot_yet": count(found, unit, problem_class="CANNOT_YET"),
            "chases_open": count(chased, unit, state="OPEN"),
            "findings_open": sum(one["open_findings"] for one in seen if one["unit"] == unit),
            "red": count(shown, unit, board="RED_BOARD"),
            "black": count(shown, unit, board="BLACK_BOARD"),
            "self_checks": sum(covers(unit, one["region"]) for one in declared),
            "form": next((one["state"] for one in papers if one["unit"] == unit), None),
            "merit": judged[unit]["merit"] if unit in judged else None,
            "recommended": bool(unit in judged and judged[unit]["recommended"]),
        }
        for unit in units
    ]


def _of(
    query: Select[Any],
    table: Any,
    campaign_id: str | None = None,
    unit: str | None = None,
    region: str | None = None,
) -> Select[Any]:
    """The query for one campaign, one unit and one territory, each where given."""
    query = query.where(~table.c.voided)
    if campaign_id is not None:
        query = query.where(table.c.campaign_id == campaign_id)
    if unit is not None:
        query = query.where(table.c.unit == unit)
    if region is not None:
        query = query.where(within(table.c.unit, region))
    return query


def _plain(row: Mapping[Any, Any]) -> Answer:
    """A row with its lists and records read."""
    found = answer(row, STAMPS)
    for name, value in found.items():
        if value is not None and (name in _JSON or name in _FILES):
            found[name] = json.loads(value)
    return found


def _all(conn: Connection, query: Select[Any]) -> list[Answer]:
    return [_plain(row) for row in conn.execute(query).mappings()]


def _listed(conn: Connection, query: Select[Any]) -> Listed:
    return Listed.of(conn, query, _plain)
