"""`case`, `view`, `clocks`: case histories, projection queries and statutory clocks."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Annotated, Any

import typer

from domain.clocks.reckoning import RULES_BY_CODE
from domain.clocks.words import STATE_NAMES, State
from domain.terms import is_subject
from gateways.contracts import canonical
from ops.clock_check import verify_clocks
from ops.opened import Data, Json, Limit, Offset, Region, opened
from ops.output import FAILED, as_json, as_of, cell, columns_of, err, listing, out, said
from ops.values import plain
from ops.views import VIEWS, Ask, Row, ask
from projections import audit
from projections import clocks as clock_rows

READER = "oversight"
"""Whose copy of the facts a case history is read from: the reader of every topic."""

Moment = Annotated[
    str | None, typer.Option("--as-of", help="as recorded until then; a bare date means its end")
]


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    case = typer.Typer(help="Case histories.", no_args_is_help=True)
    case.command("list")(case_list)
    case.command("show")(case_show)
    app.add_typer(case, name="case")
    app.command("view")(view)
    clocks = typer.Typer(help="Statutory clocks.", no_args_is_help=True)
    clocks.command("list")(clocks_list)
    clocks.command("verify")(clocks_verify)
    app.add_typer(clocks, name="clocks")


Reader = Annotated[
    str, typer.Option("--reader", help="the department whose copy is read; it sees what it may")
]


def case_list(
    search: Annotated[str | None, typer.Option("--search", help="name, code or matter")] = None,
    region: Region = None,
    limit: Limit = 50,
    offset: Offset = 0,
    reader: Reader = READER,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Lists cases, the latest first."""
    with opened(data) as one, one.department(reader).reading() as connection:
        found, total = audit.cases(
            connection, search=search, region=region, limit=limit, offset=offset
        )
        rows = [plain(row) for row in found]
    state = said("zh", "en")
    if json_:
        as_json({"total": total, "cases": rows})
        return
    shown = [{**row, "state": (row.get("state") or {}).get(state)} for row in rows]
    listing(
        shown,
        [
            ("matter", said("事项", "Matter")),
            ("name", said("名称", "Name")),
            ("subject", said("主体", "Subject")),
            ("region", said("地区", "Region")),
            ("facts", said("事实数", "Facts")),
            ("state", said("状态", "State")),
            ("last", said("最近", "Last")),
        ],
        json_=False,
    )
    out().print(said(f"共 {total} 件", f"{total} in all"))


def case_show(
    matter: Annotated[str, typer.Argument(help="the matter's id (case list)")],
    as_of_: Moment = None,
    known_to: Annotated[
        str | None, typer.Option("--known-to", help="as this department had received until then")
    ] = None,
    reader: Reader = READER,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Prints every fact of a case in order: when, who, what, and what caused it."""
    with opened(data) as one, one.department(reader).reading() as connection:
        history = plain(
            audit.history(connection, matter, as_of=as_of(as_of_), known_to=as_of(known_to))
        )
    if history is None or not history["facts"]:
        out().print(said("没有这样的事项。", "There is no such case."))
        raise typer.Exit(FAILED)
    for fact in history["facts"]:
        fact["data"] = fact.get("data") or _data(fact)
    if json_:
        as_json(history)
        return
    linked = cell(history.get("linked") or [])
    out().print(f"{matter}  {linked}".rstrip(), markup=False)
    for number, fact in enumerate(history["facts"], start=1):
        _tell(number, fact)
    withheld = history.get("withheld", 0)
    if withheld:
        out().print(
            said(f"另有 {withheld} 个事实未显示", f"{withheld} more facts are withheld from you")
        )


def _data(fact: Row) -> Any:
    body = fact.get("body")
    return canonical.decode(body.encode()).get("data") if isinstance(body, str) else None


def _tell(number: int, fact: Row) -> None:
    recorded = str(fact.get("recorded", ""))[:19].replace("T", " ")
    label = fact.get(said("zh", "en")) or fact["type"]
    line = f"{number:>3}  {recorded}  {fact.get('post', '')!s:<24} {label}  [{fact['type']}]"
    out().print(line, markup=False)
    told = [f"id={fact['event_id']}"]
    if fact.get("cause"):
        told.append(f"{said('起因', 'cause')}={fact['cause']}")
    out().print("     " + "  ".join(told), markup=False)
    values = fact.get("data") or {}
    if values:
        shown = "  ".join(f"{name}={cell(value)}" for name, value in values.items())
        out().print("     " + shown, markup=False)


def view(
    name: Annotated[str | None, typer.Argument(help="the view; without it, all are listed")] = None,
    of: Annotated[str | None, typer.Option("--of", help="unified social credit code")] = None,
    region: Region = None,
    state: Annotated[str | None, typer.Option("--state")] = None,
    search: Annotated[str | None, typer.Option("--search")] = None,
    as_of_: Moment = None,
    limit: Limit = 50,
    offset: Offset = 0,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Answers a projection query: `view leadership`, `view licences --of USCC`."""
    _must_name_a_subject(of)
    if name is None:
        rows: list[Row] = [
            {"name": one.name, "department": one.node, "label": said(one.zh, one.en)}
            for one in VIEWS.values()
        ]
        listing(rows, columns_of(rows), json_=json_)
        return
    with opened(data) as one:
        question = Ask(
            of=of,
            region=region,
            state=state,
            search=search,
            as_of=as_of(as_of_),
            now=one.platform.clock.now(),
            limit=limit,
            offset=offset,
        )
        rows = ask(one.platform, name, question)
        if not rows and state is not None:
            _tell_states(ask(one.platform, name, replace(question, state=None, limit=10_000)))
    if name == "leadership" and not json_:
        label = said("zh", "en")
        columns = [
            ("id", said("指标", "Figure")),
            (label, said("名称", "Label")),
            ("value", said("数值", "Value")),
            ("data_time", said("数据时间", "Data time")),
        ]
        listing(rows, columns, json_=False)
        return
    columns = columns_of(rows)
    wanted = VIEWS[name].columns
    if wanted:
        filled = {field for field, _ in columns} | {f for row in rows for f in row if row[f]}
        columns = [(field, field) for field in wanted if field in filled]
    listing(rows, columns, json_=json_)


def _must_name_a_subject(of: str | None) -> None:
    """An unknown firm has no rows; a text that can be no firm's code is wrong use."""
    if of is not None and not is_subject(of):
        raise typer.BadParameter(
            said(
                f"--of {of}：请填写18位统一社会信用代码，或平台编号（UN-、NP-）",
                f"--of {of}: write the unified social credit code of 18 letters and digits,"
                " or the platform's number (UN-, NP-)",
            )
        )


def _tell_states(rows: list[Row]) -> None:
    """Nothing is in the state that was asked for: which states there are, on standard error."""
    known = {str(row.get("state") or row.get("level") or "") for row in rows} - {""}
    if known:
        there = "、".join(sorted(known))
        err().print(said(f"现有状态：{there}", f"There are rows in these states: {there}"))


def clocks_list(
    of: Annotated[str | None, typer.Option("--of", help="subject")] = None,
    matter: Annotated[str | None, typer.Option("--matter")] = None,
    code: Annotated[str | None, typer.Option("--code", help="DL-LIC-16")] = None,
    state: Annotated[
        State | None, typer.Option("--state", help="RUNNING, PAUSED, FULFILLED, MISSED, ...")
    ] = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Lists clocks: running, paused, fulfilled, missed; each with its due day and basis."""
    _must_name_a_subject(of)
    if code is not None and code not in RULES_BY_CODE:
        near = difflib.get_close_matches(code, RULES_BY_CODE, n=3) or list(RULES_BY_CODE)
        raise typer.BadParameter(
            said(
                f"没有代码为 {code} 的期限；有 {'、'.join(near)}",
                f"no clock has the code {code}; there are {', '.join(near)}",
            )
        )
    rows: list[Row] = []
    with opened(data) as one:
        for department in one.platform.departments.values():
            with department.reading() as connection:
                found = clock_rows.clocks(
                    connection,
                    subject=of,
                    matter=matter,
                    code=code,
                    department=department.id,
                    now=one.platform.clock.now(),
                )
                rows.extend({"department": department.id, **plain(row)} for row in found)
    seen: dict[str, Row] = {}
    for row in rows:
        seen.setdefault(str(row["clock_id"]), row)
    rows = sorted(
        (row for row in seen.values() if state is None or row["state"] == state.value),
        key=lambda row: (str(row["due"]), str(row["code"])),
    )
    if not json_:
        rows = [{**row, "said_state": said(*STATE_NAMES[State(row["state"])])} for row in rows]
    listing(
        rows,
        [
            ("code", said("期限", "Clock")),
            ("subject", said("主体", "Subject")),
            ("due", said("到期日", "Due")),
            ("said_state", said("状态", "State")),
            ("used", said("已用", "Used")),
            ("left", said("剩余", "Left")),
            ("owner", said("责任机关", "Owner")),
            ("basis", said("依据", "Basis")),
            ("calendar_version", said("日历", "Calendar")),
        ],
        json_=json_,
    )


def clocks_verify(data: Data = None, json_: Json = False) -> None:
    """Recomputes every clock from the facts and compares. Exit 1 where one differs."""
    with opened(data) as one:
        checked, wrong = verify_clocks(one.platform)
    if json_:
        as_json({"checked": checked, "differences": wrong})
    else:
        for difference in wrong:
            out().print(f"✗ {difference}", markup=False)
        told = said(
            f"核对 {checked} 个期限，{len(wrong)} 个不符",
            f"{checked} clocks recomputed, {len(wrong)} differ",
        )
        out().print(told)
    if wrong:
        raise typer.Exit(FAILED)
