"""What the form's reader answers: the table, what a row counts, the annex, who is yet to declare.

Every answer is as of a moment: of what was recorded up to it, what was in effect on its day.
`known` bounds what had come by then from each department, by the sequence of its latest fact:
with it an answer stays the same for ever, even where an old fact arrives late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from domain.campaign.facts import TableRow
from domain.departments import covers
from domain.facts import day_of
from domain.statistics import counting
from domain.statistics.counting import Counted, RowCount, Window
from domain.statistics.counting import Step as Told
from domain.statistics.form import CODES, row_of
from projections.answers import Answer
from projections.statistics import tables, telling
from projections.steps import Step, moment, read, standing, until

Known = Mapping[str, int]
"""The sequence of the latest fact that had come from each department."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A unit's form as of a moment: every row with what it counts, and what was known by then."""

    window: Window
    unit: str
    as_of: int
    rows: tuple[RowCount, ...]
    known: Known

    @property
    def values(self) -> tuple[TableRow, ...]:
        """The rows' values alone."""
        return tuple(row.value for row in self.rows)

    def content(self) -> dict[str, Any]:
        """What is sealed of it: the values, and the digest of the organisations behind each."""
        return {
            "form": self.window.form,
            "campaign": self.window.campaign,
            "starts": self.window.starts.isoformat(),
            "year": self.window.year,
            "units": list(self.window.units),
            "unit": self.unit,
            "as_of": self.as_of,
            "known": dict(self.known),
            "rows": [_row(one) for one in self.rows],
        }


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something that a value counts, with its name and the facts behind it."""

    subject: str
    name: str | None
    roles: tuple[str, ...]
    amount: int
    events: tuple[str, ...]


def window(connection: Connection, campaign: str, *, as_of: int | None = None) -> Window | None:
    """What a campaign counts, by its id or its code; None where none is known."""
    table = tables.CAMPAIGNS
    query = select(table.c.campaign_id, table.c.steps).where(
        or_(table.c.campaign_id == campaign, table.c.code == campaign)
    )
    for campaign_id, steps in connection.execute(query.order_by(table.c.launched.desc())):
        launched = until(read(steps), as_of)
        if launched:
            data = launched[-1].data
            return counting.window_from(
                campaign_id,
                date.fromisoformat(data["effective_from"]),
                units=data["units"],
                form=data["indicators"],
                year=data["report_year"],
            )
    return None


def table(
    connection: Connection,
    window: Window,
    unit: str,
    as_of: int,
    *,
    known: Known | None = None,
) -> Form:
    """A unit's form as of a moment."""
    steps, marks = told(connection, unit, as_of, known)
    rows = counting.counted(steps, window, unit, day_of(as_of - 1))
    return Form(window=window, unit=unit, as_of=as_of, rows=rows, known=known or marks)


def by_unit(connection: Connection, window: Window, as_of: int) -> dict[str, Form]:
    """The forms of all reporting units of a campaign, side by side."""
    return {unit: table(connection, window, unit, as_of) for unit in window.units}


def opened(
    connection: Connection,
    window: Window,
    unit: str,
    as_of: int,
    row: int,
    *,
    known: Known | None = None,
) -> tuple[TableRow, list[Named]]:
    """A row's value and everything that it counts, by name. Raises KeyError for no such row."""
    steps, _ = told(connection, unit, as_of, known)
    (found,) = counting.counted(steps, window, unit, day_of(as_of - 1), (row_of(row),))
    return found.value, named(connection, found.opened)


def annex(connection: Connection, window: Window, unit: str, as_of: int) -> dict[str, list[Named]]:
    """The violations of the campaign's scope that have no row, by code: the platform's annex."""
    steps, _ = told(connection, unit, as_of)
    found = counting.annex(steps, window, unit, day_of(as_of - 1))
    return {
        code: named(connection, counted) for code, counted in found.items() if code not in CODES
    }


def yet_to_declare(connection: Connection, window: Window, unit: str, as_of: int) -> list[Named]:
    """The agencies of a unit that have not declared a self-check in the campaign."""
    steps, _ = told(connection, unit, as_of)
    found = counting.yet_to_declare(steps, window, unit, day_of(as_of - 1))
    return named(connection, found)


def prepared(connection: Connection, table_id: str) -> Answer | None:
    """A form that was prepared: of which unit, as of when, and the digest of its content."""
    form = tables.FORMS
    found = connection.execute(select(form).where(form.c.table_id == table_id)).mappings().first()
    if found is None or found["sha256"] is None:
        return None
    return {
        name: moment(value) if name == "prepared" else value
        for name, value in found.items()
        if name not in ("steps", "voided")
    }


def told(
    connection: Connection, unit: str, as_of: int, known: Known | None = None
) -> tuple[list[Told], Known]:
    """The steps that bear on a unit's form as of a moment, and what was known by then."""
    marks: dict[str, int] = {}
    bound = _Bound(as_of, known, marks)
    found: list[Told] = []
    for text in _texts(connection, _acts(unit), tables.ACTS):
        found += telling.act(standing(bound.within(read(text))))
    directories = _directories(connection, unit, bound)
    for texts in _organisations(connection, unit).values():
        steps = read(texts[0])
        if len(texts) > 1:
            steps = sorted((one for text in texts for one in read(text)), key=_order)
        kept = bound.within(steps)
        if kept:
            found += telling.organisation(kept, directories)
    return found, dict(sorted(marks.items()))


class _Bound:
    """What was on record as of a moment, and the latest of each department among it."""

    def __init__(self, as_of: int, known: Known | None, marks: dict[str, int]) -> None:
        self._as_of, self._known, self._marks = as_of, known, marks

    def within(self, steps: Sequence[Step]) -> Sequence[Step]:
        """The steps that were on record, corrections among them."""
        as_of, known, marks = self._as_of, self._known, self._marks
        if steps[-1].stamp > as_of:
            steps = [step for step in steps if step.stamp <= as_of]
        if known is not None:
            steps = [step for step in steps if step.sequence <= known.get(step.department, 0)]
        for step in steps:
            if step.sequence > marks.get(step.department, 0):
                marks[step.department] = step.sequence
        return steps


def named(connection: Connection, counted: Sequence[Counted]) -> list[Named]:
    """What was counted, with the names by which the registrar knows it."""
    names = _names(connection, [one.subject for one in counted])
    return [
        Named(
            subject=one.subject,
            name=names.get(one.subject),
            roles=one.roles,
            amount=one.amount,
            events=one.events,
        )
        for one in counted
    ]


def _names(connection: Connection, subjects: Sequence[str]) -> dict[str, str]:
    table, found = tables.NAMES, dict[str, str]()
    for start in range(0, len(subjects), 500):
        query = select(table.c.uscc, table.c.name).where(
            table.c.uscc.in_(subjects[start : start + 500]), table.c.name.is_not(None)
        )
        found.update((uscc, name) for uscc, name in connection.execute(query))
    return found


def _organisations(connection: Connection, unit: str) -> dict[str, list[str]]:
    """The steps of every organisation with a row in the territory, from all its territories."""
    table = tables.ORGANISATIONS
    here = _lies_in(table.c.region, unit)
    found: dict[str, list[str]] = {}
    for subject, region, steps in connection.execute(
        select(table.c.subject, table.c.region, table.c.steps).where(here)
    ):
        if covers(unit, region):
            found.setdefault(subject, []).append(steps)
    other = table.alias()
    elsewhere = (
        select(other.c.subject, other.c.region, other.c.steps)
        .select_from(table.join(other, table.c.subject == other.c.subject))
        .where(here, other.c.region != table.c.region)
        .distinct()
    )
    for subject, region, steps in connection.execute(elsewhere):
        if subject in found and not covers(unit, region):
            found[subject].append(steps)
    return found


def _directories(connection: Connection, unit: str, bound: _Bound) -> dict[str, telling.Directory]:
    """The latest directory of each territory of a unit."""
    table = tables.DIRECTORIES
    query = select(table.c.region, table.c.steps).where(_lies_in(table.c.region, unit))
    found = {}
    for region, text in connection.execute(query.order_by(table.c.region)):
        steps = bound.within(read(text))
        published = standing(steps) if steps else ()
        if published and covers(unit, region):
            latest = published[-1]
            found[region] = (latest.stamp, latest.data["published_on"], latest.event)
    return found


def _acts(unit: str) -> ColumnElement[bool]:
    """Acts of the territory; of its superiors too, since their regimes hold in it."""
    above = [unit[:digits].ljust(6, "0") for digits in (2, 4)]
    region = tables.ACTS.c.region
    return or_(_lies_in(region, unit), region.in_(above))


def _texts(connection: Connection, condition: ColumnElement[bool], table: Any) -> Iterator[str]:
    yield from connection.execute(select(table.c.steps).where(condition)).scalars()


def _lies_in(column: Any, unit: str) -> ColumnElement[bool]:
    """A condition that an index serves; `covers` decides on what it lets through."""
    if "-" in unit or len(unit) != 6:
        condition: ColumnElement[bool] = column == unit
    else:
        digits = unit[:2] if unit.endswith("0000") else unit[:4] if unit.endswith("00") else unit
        condition = and_(column >= digits, column < str(int(digits) + 1).zfill(len(digits)))
    return condition


def _order(step: Step) -> tuple[int, str, int]:
    return step.order


def _row(one: RowCount) -> dict[str, Any]:
    """A row as it is sealed: the value, and the digest of what it counts, in its order."""
    value = {
        name: part
        for name in ("row", "hr", "disp", "distinct", "number", "answer", "yes_below")
        if (part := getattr(one.value, name)) is not None
    }
    lines = "\n".join(f"{it.subject}|{'+'.join(it.roles)}|{it.amount}" for it in one.opened)
    return {**value, "counts": hashlib.sha256(lines.encode()).hexdigest()}
