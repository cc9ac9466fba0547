"""What a scenario expects, compared with what the projections say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.campaign.facts import TableRow
from gateways.department.platform import Platform
from ops.scenario import Expectation, Scenario, moment
from ops.values import plain
from ops.views import Ask, Row, ask
from projections import clocks, human_resources, statistics

_CLOCK_FIELDS = ("start_on", "due", "state", "used", "left", "owner", "item")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One statement that does not hold: what was expected, and what is so."""

    expectation: Expectation
    what: str
    expected: Any
    found: Any


def check(platform: Platform, scenario: Scenario, expectation: Expectation) -> Iterator[Difference]:
    """The differences between one expectation and the state at this simulated moment."""
    raw = expectation.raw
    match expectation.kind:
        case "view":
            yield from _view(platform, scenario, expectation)
        case "clock":
            yield from _clock(platform, scenario, expectation)
        case "breaches":
            found = breaches(platform)
            if len(found) != raw["breaches"]:
                yield _differs(
                    expectation,
                    "breaches",
                    raw["breaches"],
                    [f"{one['code']} {one['due']}" for one in found],
                )
        case "form":
            yield from _form(platform, expectation)
        case "query":
            of = _organisation(scenario, raw["of"])
            known = raw.get("as_known")
            as_known = moment(known) if known is not None else None
            with platform.departments["hr"].reading() as connection:
                licensed = human_resources.licensed(
                    connection, of, date.fromisoformat(raw["on"]), as_known=as_known
                )
            if licensed != raw["is"]:
                told = f"licensed on {raw['on']} as known {known or 'now'}"
                yield _differs(expectation, told, raw["is"], licensed)


def breaches(platform: Platform) -> list[Row]:
    """Every declared breach that any department here knows of, once each."""
    found: dict[str, Row] = {}
    for department in platform.departments.values():
        with department.reading() as connection:
            for row in clocks.breaches(connection):
                breach = plain(row)
                found[breach["clock_id"]] = breach
    return list(found.values())


def _view(platform: Platform, scenario: Scenario, expectation: Expectation) -> Iterator[Difference]:
    raw = expectation.raw
    of = _organisation(scenario, raw["of"]) if "of" in raw else None
    rows = ask(platform, raw["view"], Ask(of=of, now=platform.clock.now(), limit=1000))
    expected = raw["is"]
    if raw["view"] == "leadership":
        figures = {row["id"]: row["value"] for row in rows}
        yield from _fields(expectation, raw["view"], expected, figures)
    elif isinstance(expected, int):
        if len(rows) != expected:
            yield _differs(expectation, f"rows of {raw['view']}", expected, len(rows))
    elif isinstance(expected, list):
        if len(rows) != len(expected):
            yield _differs(expectation, f"rows of {raw['view']}", len(expected), len(rows))
        for number, (one, row) in enumerate(zip(expected, rows, strict=False), start=1):
            yield from _fields(expectation, f"{raw['view']} row {number}", one, row)
    elif not rows:
        yield _differs(expectation, raw["view"], expected, "no row")
    else:
        candidates = [list(_fields(expectation, raw["view"], expected, row)) for row in rows]
        yield from min(candidates, key=len)


def _clock(
    platform: Platform, scenario: Scenario, expectation: Expectation
) -> Iterator[Difference]:
    raw = expectation.raw
    of = _organisation(scenario, raw["of"]) if "of" in raw else None
    rows: list[Row] = []
    for department in platform.departments.values():
        with department.reading() as connection:
            found = clocks.clocks(
                connection, subject=of, code=raw["clock"], now=platform.clock.now()
            )
            rows.extend(plain(row) for row in found)
    if not rows:
        yield _differs(expectation, raw["clock"], "a clock", "never started")
        return
    wanted = {name: raw[name] for name in _CLOCK_FIELDS if name in raw}
    candidates = [list(_fields(expectation, raw["clock"], wanted, row)) for row in rows]
    yield from min(candidates, key=len)


def _form(platform: Platform, expectation: Expectation) -> Iterator[Difference]:
    """Every row of a unit's statistics form, as the expectation writes it."""
    raw = expectation.raw
    with platform.departments["hr"].reading() as connection:
        window = statistics.window(connection, raw["campaign"])
        if window is None:
            yield _differs(expectation, "form", raw["campaign"], "no such campaign")
            return
        form = statistics.table(connection, window, raw["form"], moment(raw["as_of"]))
    found = {str(row.row): _written(row) for row in form.values}
    for row in sorted(found.keys() | raw["is"].keys(), key=lambda row: (len(row), row)):
        expected = raw["is"].get(row, "not named")
        if found.get(row, "no such row") != expected:
            told = f"form {raw['form']} as of {raw['as_of']} row {row}"
            yield _differs(expectation, told, expected, found.get(row, "no such row"))


def _written(row: TableRow) -> Any:
    """A row's value as a scenario writes it: `4/2 (5)`, a number, 是 or 否, or 另表."""
    if row.hr is not None:
        return f"{row.hr}/{row.disp} ({row.distinct})"
    if row.answer is not None:
        own = "是" if row.answer else "否"
        return own if row.yes_below is None else f"{own} ({row.yes_below})"
    return "另表" if row.number is None else row.number


def _fields(
    expectation: Expectation, where: str, expected: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[Difference]:
    for name, value in expected.items():
        if name not in found:
            yield _differs(expectation, f"{where}.{name}", value, "no such field")
        elif found[name] != value:
            yield _differs(expectation, f"{where}.{name}", value, found[name])


def _organisation(scenario: Scenario, short: str) -> str:
    organisation = scenario.organisations.get(short)
    return short if organisation is None else organisation["uscc"]


def _differs(expectation: Expectation, what: str, expected: Any, found: Any) -> Difference:
    return Difference(expectation=expectation, what=what, expected=expected, found=found)
