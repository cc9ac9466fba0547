"""`exchange import|export|reconcile`: files of the provincial platform (XLSX, CSV, GB18030)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from domain.commands import Post
from domain.departments import ORGANS, covers
from domain.facts import instant
from gateways.department.node import Department
from gateways.files.exchange.checking import BadCell
from gateways.files.exchange.importing import Advance, Choice, Tell, imported
from gateways.files.exchange.layouts import LAYOUTS
from gateways.files.exchange.layouts_words import Layout as FileLayout
from gateways.files.exchange.reconciling import Difference, Side, reconciled
from gateways.files.exchange.registers import ours
from gateways.files.exchange.writing import Format, exported
from ops.opened import Data, Json, Region, opened
from ops.output import FAILED, Language, as_json, err, out, said
from ops.posts import post_of

File = Annotated[Path, typer.Argument(metavar="FILE", help="XLSX or CSV (UTF-8, GB18030)")]
Named = Annotated[str, typer.Option("--layout", help=", ".join(LAYOUTS))]
PostName = Annotated[str, typer.Option("--post", help="who does it: HRSS_INSP@210103")]

_SIDES = {
    Side.FILE_ONLY: ("只在文件中", "only in the file"),
    Side.OURS_ONLY: ("只在本平台", "only here"),
    Side.DIFFERS: ("不一致", "differs"),
    Side.UNREADABLE: ("无法读取", "unreadable"),
    Side.TWICE: ("文件中重复", "twice in the file"),
}


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    exchange = typer.Typer(help="Files of the provincial platform.", no_args_is_help=True)
    exchange.callback()(lambda: None)
    exchange.command("import")(exchange_import)
    exchange.command("export")(exchange_export)
    exchange.command("reconcile")(exchange_reconcile)
    app.add_typer(exchange, name="exchange")


def exchange_import(
    file: File,
    layout: Named,
    post: PostName,
    give: Annotated[
        Choice,
        typer.Option(
            "--give",
            case_sensitive=False,
            help="check only; all rows or none; the good rows",
        ),
    ] = Choice.CHECK,
    ask: Annotated[
        bool,
        typer.Option("--ask/--no-ask", help="let the department judge each row in the dry run"),
    ] = True,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Checks a file and names each bad row; gives its rows where asked. Exit 1 with bad rows."""
    chosen, who = _layout(layout), post_of(post)
    with opened(data) as one:
        department = one.department(ORGANS[who.organ].node)
        with _progress() as (advance, tell):
            report = imported(
                _existing(file),
                chosen,
                give,
                who,
                department,
                ask=ask,
                tell=None if json_ else tell,
                advance=advance,
            )
        if report.given:
            one.let_settle()
    if json_:
        as_json(report)
    else:
        out().print(
            said(
                f"共 {report.read} 行：合格 {report.good}，有误 {report.bad}；"
                f"新登记 {report.given}，此前已有 {report.repeated}",
                f"{report.read} rows: {report.good} good, {report.bad} bad; "
                f"{report.given} new, {report.repeated} on record before",
            )
        )
        if give is not Choice.CHECK and not report.applied:
            out().print(
                said("有误行未清，未登记任何一行。", "Rows are bad, so none of them was given.")
            )
    if report.bad:
        raise typer.Exit(FAILED)


def exchange_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the file to write")],
    post: PostName,
    layout: Named = "results",
    format_: Annotated[
        Format, typer.Option("--format", case_sensitive=False, help="how it is written")
    ] = Format.XLSX,
    region: Region = None,
    data: Data = None,
) -> None:
    """Writes the rows of a territory: the post's own, or one below it."""
    chosen, who = _layout(layout), post_of(post)
    with opened(data) as one:
        department = one.department(ORGANS[who.organ].node)
        with department.reading() as conn:
            rows = _ours(conn, department, chosen, who, region)
            count = exported(file, chosen, rows, format_)
    out().print(said(f"已导出 {count} 行：{file}", f"{count} rows written to {file}"), markup=False)


def exchange_reconcile(
    file: File,
    layout: Named,
    post: PostName,
    region: Region = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Names what the file and the register say differently. Exit 1 where anything differs."""
    chosen, who = _layout(layout), post_of(post)
    counts = dict.fromkeys(Side, 0)
    told: list[Difference] = []
    with opened(data) as one:
        department = one.department(ORGANS[who.organ].node)
        with department.reading() as conn:
            rows = _ours(conn, department, chosen, who, region)
            for difference in reconciled(_existing(file), chosen, rows):
                counts[difference.side] += 1
                if json_:
                    told.append(difference)
                else:
                    out().print(_sentence(difference), markup=False)
    if json_:
        as_json({"counts": counts, "differences": told})
    else:
        out().print(
            said(
                "；".join(f"{zh} {counts[side]}" for side, (zh, _) in _SIDES.items()),
                "; ".join(f"{counts[side]} {en}" for side, (_, en) in _SIDES.items()),
            )
        )
    if any(counts.values()):
        raise typer.Exit(FAILED)


def _ours(
    conn: Any, department: Department, layout: FileLayout, who: Post, region: str | None
) -> Any:
    wanted = region or who.region
    if not covers(who.region, wanted):
        raise typer.BadParameter(
            said(
                f"{wanted} 不在 {who.id} 的辖区内",
                f"{wanted} is not in the territory of {who.id}",
            )
        )
    if "inspections" not in department.node.projections:
        raise typer.BadParameter(
            said(f"{department.id} 不保存检查", f"{department.id} keeps no inspections")
        )
    today = instant(department.clock.now()).date()
    return ours(conn, layout.code, wanted, today, department=department.id)


def _layout(code: str) -> FileLayout:
    if code not in LAYOUTS:
        raise typer.BadParameter(
            said(
                f"没有版式 {code}；版式有 {'、'.join(LAYOUTS)}",
                f"{code} is no layout; known are {', '.join(LAYOUTS)}",
            )
        )
    return LAYOUTS[code]


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise typer.BadParameter(said(f"没有文件 {file}", f"{file} is no file"))
    return file


@contextmanager
def _progress() -> Iterator[tuple[Advance, Tell]]:
    """Shows on a terminal how many rows have been gone through, and for how long."""
    shown = Progress(
        SpinnerColumn(),
        TextColumn("{task.description} {task.completed:,}"),
        TimeElapsedColumn(),
        console=err(),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with shown:
        task = shown.add_task(said("核对行数", "rows checked"), total=None)

        def advance(giving: bool, rows: int) -> None:
            words = said("登记行数", "rows given") if giving else said("核对行数", "rows checked")
            shown.update(task, description=words, completed=rows)

        # Bad cells go above the line that moves, so both are printed by one console.
        yield advance, lambda cell: _tell(cell, shown.console)


def _tell(cell: BadCell, console: Console) -> None:
    reason = cell.zh if Language.chosen == "zh" else cell.en
    value = f"“{cell.value}”" if cell.value else ""
    console.print(f"✗ {cell.sheet}!{cell.cell} {cell.heading}{value}：{reason}", markup=False)


def _sentence(one: Difference) -> str:
    zh, en = _SIDES[one.side]
    line = f"{said(zh, en)}  {one.key}  {one.place}".rstrip()
    if one.side is Side.DIFFERS:
        line += said(
            f"  {one.heading}：文件“{one.theirs}”，本平台“{one.ours}”",
            f"  {one.heading}: “{one.theirs}” in the file, “{one.ours}” here",
        )
    elif one.side is Side.UNREADABLE:
        line += f"  {one.heading}：{one.ours}"
    return line
