"""Lists of casework: what stands in the address, a page of rows, and the same rows as a file.

A list is told once as columns; the page and the file are made of the same cells. A post sees
its own territory and what lies below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.calendar.working_days import CALENDAR
from domain.departments import ORGANS, covers
from domain.facts import instant
from domain.violations.ranges import yuan_text
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.parameters import plain, whole_number
from gateways.web.casework.words import States
from gateways.web.inbox import names_of
from gateways.web.regions import region_name
from gateways.web.rendering import Words, day, moment, page, page_language
from gateways.web.spreadsheets import spreadsheet
from projections import clocks
from projections.answers import Listed

PAGE = 50
EXPORT_STEP = 500
EXPORT_MOST = 50_000
Row = dict[str, Any]


class Counted(Protocol):
    """A page of rows that knows how many there are in all."""

    def __iter__(self) -> Iterator[Row]: ...
    def __len__(self) -> int: ...
    def total(self) -> int:
        """How many rows the whole list has."""
        ...


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: the row's field, its head, how its value is told, and where it leads.

    `link` is an address with the value in it, or with other fields of the row; `below` is a second column shown under this one.
    """

    name: str
    zh: str
    en: str
    kind: str = "text"
    link: str = ""
    states: States | None = None
    below: Column | None = None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What stands in one place of a table."""

    text: str
    href: str = ""
    mark: str = ""
    css: str = ""
    below: Cell | None = None


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter in the address: free text, or one of its options (value, Chinese, English)."""

    name: str
    zh: str
    en: str
    options: tuple[tuple[str, str, str], ...] = ()
    size: int = 20


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of several lists on a page; the parameters that open it, and how many it has."""

    zh: str
    en: str
    given: Mapping[str, str]
    current: bool
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class List:
    """A list as a page: title, columns, filters, and the question that answers it."""

    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: Callable[[Connection, int, int], Counted]
    filters: tuple[Filter, ...] = ()
    tabs: tuple[Tab, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    note_zh: str = ""
    note_en: str = ""
    empty_zh: str = "没有符合条件的记录"
    empty_en: str = "Nothing fits"
    acts: tuple[Mapping[str, str], ...] = ()
    terms: bool = False
    territory: bool = True


SUBJECT = Filter(name="subject", zh="统一社会信用代码", en="Credit code", size=20)
REGION = Filter(name="region", zh="地区代码", en="Division code", size=10)


def states_of(states: States, name: str = "state") -> Filter:
    """A filter by state."""
    options = tuple((code, one.zh, one.en) for code, one in states.items())
    return Filter(name=name, zh="状态", en="State", options=options)


def asked(request: Request, filters: Iterable[Filter]) -> dict[str, str | None]:
    """The filters as the address states them, None where it does not; an unknown choice is refused."""
    found: dict[str, str | None] = {}
    for one in filters:
        text = request.query_params.get(one.name, "").strip()[:100]
        allowed = [value for value, _, _ in one.options]
        if text and allowed and text not in allowed:
            listed = "、".join(allowed)
            raise problems.bad_parameter(
                one.name, f"应为其中之一：{listed}", f"must be one of {', '.join(allowed)}"
            )
        found[one.name] = text or None
    return found


def territory(request: Request, identity: Identity) -> str:
    """The territory that is shown: the post's own, or the part of it that the address names."""
    wanted = request.query_params.get("region", "").strip()[:20]
    own = identity.post.region
    if wanted and not covers(own, wanted):
        raise problems.bad_parameter(
            "region", f"本岗位的辖区为 {own}，不含 {wanted}", f"this post acts in {own} only"
        )
    return wanted or own


def answer(request: Request, identity: Identity, listing: List) -> Response:
    """The page of a list, or with `format=csv` all its rows as a file."""
    department = department_of(request, identity)
    words = Words(page_language(request))
    now = request.app.state.platform.clock.now()
    given = {
        name: value
        for name, value in (
            *listing.kept.items(),
            *((one.name, request.query_params.get(one.name, "")) for one in listing.filters),
        )
        if value
    }
    with department.reading() as conn:
        if request.query_params.get("format") == "csv":
            return _file(conn, listing, words, identity.department, now)
        offset = whole_number("offset", request.query_params.get("offset"), 0, most=100_000_000)
        rows = listing.rows(conn, PAGE, offset)
        total = rows.total()
        table = _table(conn, listing, rows, words, identity.department, now)
    return page(
        request,
        "list.html",
        identity=identity,
        listing=listing,
        heads=[
            (words.label(one), "number" if one.kind in NUMBERS else "") for one in listing.columns
        ],
        table=table,
        total=total,
        given=given,
        offset=offset,
        size=PAGE,
        now=now,
    )


def _table(
    conn: Connection,
    listing: List,
    rows: Counted,
    words: Words,
    department: str,
    now: int,
) -> list[list[Cell]]:
    made: list[Row] = [plain(row) for row in rows]
    if listing.terms and isinstance(rows, Listed):
        for row, term in zip(made, running_terms(conn, rows, department, now), strict=True):
            row["term"] = term
    subjects = [
        str(row[one.name]) for one in listing.columns if one.kind == "subject" for row in made
    ]
    named = names_of(conn, subjects) if subjects else {}
    return [[cell(row, one, words, named) for one in listing.columns] for row in made]


def _file(
    conn: Connection,
    listing: List,
    words: Words,
    department: str,
    now: int,
) -> Response:
    """Every row that the filters leave, as a table that a spreadsheet opens."""
    table: list[list[str]] = []
    offset = 0
    while offset < EXPORT_MOST:
        rows = listing.rows(conn, EXPORT_STEP, offset)
        for line in _table(conn, listing, rows, words, department, now):
            table.append([text for one in line for text in _texts(one)])
        offset += EXPORT_STEP
        if len(rows) < EXPORT_STEP:
            break
    else:
        raise problems.bad_parameter(
            "format",
            f"超过 {EXPORT_MOST} 行，请先缩小范围",
            f"more than {EXPORT_MOST} rows: narrow the filters first",
        )
    heads = [head for one in listing.columns for head in _heads(one, words)]
    return spreadsheet(words.label(listing), now, heads, table)


def _heads(column: Column, words: Words) -> list[str]:
    heads = [words.label(column)]
    if column.kind == "subject":
        heads.append(words.t("统一社会信用代码", "Credit code"))
    elif column.kind == "term":
        heads.append(words.t("剩余", "Left"))
    elif column.below is not None:
        heads.append(words.label(column.below))
    return heads


def _texts(one: Cell) -> list[str]:
    return [one.text] if one.below is None else [one.text, one.below.text]


NUMBERS = ("number", "yuan")


def cell(row: Row, column: Column, words: Words, named: Mapping[str, str]) -> Cell:
    """One cell of a row; an absent value is a dash."""
    value = row.get(column.name)
    below = None
    if column.below is not None:
        below = cell(row, column.below, words, named)
    if column.kind == "term":
        return _term(value, words)
    if value is None or value == "":
        return Cell(text="—", below=below or (Cell(text="") if column.kind == "subject" else None))
    if column.kind == "subject":
        return _subject(str(value), words, named, row)
    if column.kind == "state":
        stand = (column.states or {}).get(str(value))
        if stand is None:
            return Cell(text=words.code(value), mark="plain", below=below)
        return Cell(text=words.label(stand), mark=stand.mark, below=below)
    at = column.link.format(value, **row) if column.link else ""
    href = words.url(at) if at else ""
    text, css = _told(value, column.kind, words)
    return Cell(text=text, href=href, css=css, below=below)


def _told(value: Any, kind: str, words: Words) -> tuple[str, str]:
    if kind in ("id", "violations"):
        return words.t("、", ", ").join(str(value).split(",")), "code"
    if kind == "key":
        return str(value), "code short"
    if kind == "crimes":
        return words.crimes(value), ""
    if kind == "codes":
        return words.t("、", ", ").join(words.code(one) for one in str(value).split(",")), ""
    if kind == "yuan":
        return yuan_text(int(value)), "number"
    simple: dict[str, tuple[Callable[[], str], str]] = {
        "code": (lambda: words.code(value), ""),
        "organ": (lambda: words.organ(str(value)), ""),
        "node": (lambda: words.node(str(value)), ""),
        "post": (lambda: words.post(str(value)), ""),
        "region": (lambda: words.region(str(value)), ""),
        "day": (lambda: day(value), "short"),
        "moment": (lambda: moment(value, False), "short"),
        "flag": (lambda: words.t("是", "Yes") if value else words.t("否", "No"), ""),
        "number": (lambda: str(value), "number"),
    }
    tell, css = simple.get(kind, (lambda: str(value), ""))
    return tell(), css


def _subject(value: str, words: Words, named: Mapping[str, str], row: Row) -> Cell:
    name = named.get(value) or row.get("subject_name")
    if region_name(value) is not None or value in ORGANS:
        return Cell(text=words.region(value), below=Cell(text=""))
    return Cell(
        text=str(name or value),
        href=words.url(f"/subjects/{value}"),
        below=Cell(text=value if name else "", css="code"),
    )


def running_terms(
    conn: Connection, rows: Listed, department: str, now: int
) -> list[dict[str, Any] | None]:
    """For each row the term that runs out first of those that its events started; None without."""
    events = [rows.events(place) for place in range(len(rows))]
    matters = {str(row["matter"]) for row in rows}
    found = clocks.of_events(
        conn, frozenset().union(*events), matters=matters, department=department, now=now
    )
    open_terms = [one for one in found if one.state in ("RUNNING", "PAUSED", "MISSED")]
    open_terms = [one for one in open_terms if one.stopped_at is None]
    return [
        next((term_left(one, now) for one in open_terms if one.source_event in made), None)
        for made in events
    ]


def terms_of(
    conn: Connection, events: Iterable[str], matter: str, *, department: str, now: int
) -> list[dict[str, Any]]:
    """The terms that the events of one matter started, each with how a list shows it."""
    found = clocks.of_events(conn, events, matters=[matter], department=department, now=now)
    return [plain(one) | {"term": term_left(one, now)} for one in found]


def term_left(one: Any, now: int) -> dict[str, Any]:
    """A clock as a list shows it: due day, working days left, whether it rests or has run out."""
    last = instant(one.due_at - 1).date()
    return {
        "code": one.code,
        "zh": one.zh,
        "en": one.en,
        "due": one.due,
        "basis": one.basis,
        "paused": one.state == "PAUSED",
        "overdue": one.state != "PAUSED" and one.due_at <= now,
        "left": CALENDAR.working_days_between(instant(now).date(), last),
    }


def _term(term: Mapping[str, Any] | None, words: Words) -> Cell:
    if term is None:
        return Cell(text="—", below=Cell(text=""))
    left = term["left"]
    if term["paused"]:
        said, mark = words.t("中止", "Suspended"), "warn"
    elif term["overdue"]:
        said, mark = words.t("已逾期", "Overdue"), "bad"
    elif left <= 0:
        said, mark = words.t("今日到期", "Due today"), "warn"
    else:
        said = words.t(f"剩 {left} 个工作日", f"{left} working days left")
        mark = "warn" if left <= 1 else "time"
    due = f"{words.label(term)} {day(term['due'])}"
    return Cell(text=said, mark=mark, below=Cell(text=due))
