"""`report table|units|open|annex|undeclared|verify|summary`: the statistics form, counted, opened, counted again.

A figure is counted from the facts as of a moment; nothing is stored that could be edited. A
form that was prepared is counted again from its sealed content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from domain.document.campaign_reports import SUMMARIES, content_from
from domain.document.numbering import letterhead
from domain.facts import instant
from domain.statistics.counting import Window, printed, window_from
from domain.statistics.form import ROWS, RULES, row_of
from domain.violations.catalogue import known
from gateways.contracts import canonical
from gateways.department.deciding.tables import content_of, counted_again
from gateways.files.statistics.csv import csv_of
from gateways.files.statistics.pdf import pdf_of
from gateways.files.statistics.sheet import Sheet, sealed_sheet, sheet_of
from gateways.files.statistics.xlsx import xlsx_of
from ops.opened import Data, Json, opened
from ops.output import FAILED, as_json, as_of, listing, out, said
from projections import campaigns, statistics
from projections.statistics import Form, Named

Campaign = Annotated[str | None, typer.Option("--campaign", help="its id or its code")]
Unit = Annotated[str, typer.Option("--unit", help="division code of the unit")]
Moment = Annotated[str | None, typer.Option("--as-of", help="date or time; now, if left out")]
Since = Annotated[
    str | None, typer.Option("--since", help="first day, where no campaign is named: 2021-03-01")
]
Reader = Annotated[str, typer.Option("--reader", help="whose reader counts: hr, lgo, oversight")]
Target = Annotated[Path | None, typer.Option(metavar="FILE", help="writes the form to this file")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    report = typer.Typer(help="The statistics form of a campaign.", no_args_is_help=True)
    report.callback()(lambda: None)
    report.command("table")(report_table)
    report.command("units")(report_units)
    report.command("open")(report_open)
    report.command("annex")(report_annex)
    report.command("undeclared")(report_undeclared)
    report.command("verify")(report_verify)
    report.command("summary")(report_summary)
    app.add_typer(report, name="report")


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a form is asked of: the reader's database, the window, the moment."""

    connection: Connection
    window: Window
    as_of: int


def report_table(
    unit: Unit,
    campaign: Campaign = None,
    as_of_: Moment = None,
    since: Since = None,
    xlsx: Target = None,
    pdf: Target = None,
    csv: Target = None,
    reader: Reader = "hr",
    data: Data = None,
    json_: Json = False,
) -> None:
    """Counts a unit's form as of a moment; writes it as XLSX, PDF or CSV where asked."""
    with _asked(data, reader, campaign, since, as_of_) as one:
        form = statistics.table(one.connection, one.window, unit, one.as_of)
    sheet = _sheet(form)
    _write(sheet, xlsx=xlsx, pdf=pdf, csv=csv)
    if json_:
        as_json({**form.content(), "as_of": sheet.as_of.isoformat(), "sha256": sheet.digest})
        return
    rows = [
        {
            "row": row.value.row,
            "label": line.label,
            "value": printed(row.value),
            "distinct": row.value.distinct,
            "rule": said(*RULES[row_of(row.value.row).rule]),
        }
        for row, line in zip(form.rows, sheet.lines, strict=True)
    ]
    listing(rows, _columns(("row", "label", "value", "distinct", "rule")), json_=False)


def report_units(
    campaign: Annotated[str, typer.Option("--campaign", help="its id or its code")],
    as_of_: Moment = None,
    reader: Reader = "hr",
    data: Data = None,
    json_: Json = False,
) -> None:
    """Sets the forms of all reporting units of a campaign side by side."""
    with _asked(data, reader, campaign, None, as_of_) as one:
        forms = statistics.by_unit(one.connection, one.window, one.as_of)
    if json_:
        as_json({unit: form.content()["rows"] for unit, form in forms.items()})
        return
    rows = [
        {
            "row": row.number,
            "label": row.labelled(one.window.year),
            **{unit: printed(form.values[row.number - 1]) for unit, form in forms.items()},
        }
        for row in ROWS
    ]
    listing(rows, [*_columns(("row", "label")), *((unit, unit) for unit in forms)], json_=False)


def report_open(
    row: Annotated[
        int, typer.Argument(metavar="ROW", min=1, max=len(ROWS), help="the row's number")
    ],
    unit: Unit,
    campaign: Campaign = None,
    as_of_: Moment = None,
    since: Since = None,
    reader: Reader = "hr",
    data: Data = None,
    json_: Json = False,
) -> None:
    """Opens a row: the organisations that its number counts, and the facts behind each."""
    with _asked(data, reader, campaign, since, as_of_) as one:
        value, behind = statistics.opened(one.connection, one.window, unit, one.as_of, row)
    if json_:
        as_json({"row": row, "value": printed(value), "counts": behind})
        return
    out().print(f"{row}. {row_of(row).labelled(one.window.year)}：{printed(value)}", markup=False)
    _list(behind, json_=False)


def report_annex(
    unit: Unit,
    campaign: Campaign = None,
    as_of_: Moment = None,
    since: Since = None,
    reader: Reader = "hr",
    data: Data = None,
    json_: Json = False,
) -> None:
    """Lists the violations of the campaign's scope that the form has no row for."""
    with _asked(data, reader, campaign, since, as_of_) as one:
        found = statistics.annex(one.connection, one.window, unit, one.as_of)
    day = instant(one.as_of - 1).date()
    rows = [
        {
            "code": code,
            "label": said(known(code, day).zh, known(code, day).en),
            "count": len(behind),
        }
        for code, behind in found.items()
    ]
    if json_:
        as_json([{**row, "counts": found[str(row["code"])]} for row in rows])
    else:
        listing(rows, _columns(("code", "label", "count")), json_=False)


def report_undeclared(
    unit: Unit,
    campaign: Campaign = None,
    as_of_: Moment = None,
    since: Since = None,
    reader: Reader = "hr",
    data: Data = None,
    json_: Json = False,
) -> None:
    """Lists the agencies of a unit that have not declared a self-check in the campaign."""
    with _asked(data, reader, campaign, since, as_of_) as one:
        found = statistics.yet_to_declare(one.connection, one.window, unit, one.as_of)
    _list(found, json_=json_)


def report_verify(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="id of a prepared form")],
    xlsx: Target = None,
    pdf: Target = None,
    csv: Target = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Counts a prepared form again as of its moment; writes the sealed one where asked.

    Exit 0 the same bytes, 1 not the same.
    """
    with opened(data) as one:
        department = one.department("hr")
        with department.reading() as connection:
            form = statistics.prepared(connection, table)
            if form is None:
                raise typer.BadParameter(
                    said(f"没有编号为 {table} 的统计表", f"no form {table} is on record"),
                    param_hint="TABLE",
                )
            content = canonical.decode(department.files.store.read(form["sha256"]))
            found = counted_again(connection, content, form["sha256"])
    sealed = sealed_sheet(content, form, letterhead("HRSS", form["unit"]))
    _write(sealed, xlsx=xlsx, pdf=pdf, csv=csv)
    if json_:
        as_json({"table": table, **vars(found)})
    elif found.same:
        out().print(
            said(
                f"✓ {table}：按截止时点重新统计，内容逐字节一致（SHA-256 {found.sealed_sha256}）。",
                f"✓ {table}: counted again as of its moment, the same bytes "
                f"(SHA-256 {found.sealed_sha256}).",
            ),
            markup=False,
        )
    else:
        rows = "、".join(map(str, found.differing))
        out().print(
            said(
                f"✗ {table}：重新统计的结果不同，行：{rows}。",
                f"✗ {table}: counting again gives something else, rows: {rows}.",
            ),
            markup=False,
        )
    if not found.same:
        raise typer.Exit(FAILED)


def report_summary(
    unit: Unit,
    campaign: Annotated[str, typer.Option("--campaign", help="its id or its code")],
    kind: Annotated[
        str, typer.Option("--kind", help=f"the document: {', '.join(SUMMARIES)}")
    ] = SUMMARIES[0],
    as_of_: Moment = None,
    reader: Reader = "hr",
    data: Data = None,
) -> None:
    """Begins a unit's written report with its figures, as the data of DraftDocument.

    What the figures cannot say is missing: it is written before the document is drafted.
    """
    if kind not in SUMMARIES:
        raise typer.BadParameter(
            said(
                f"{kind!r} 不是 {'、'.join(SUMMARIES)} 之一",
                f"{kind!r} is none of {', '.join(SUMMARIES)}",
            ),
            param_hint="--kind",
        )
    with _asked(data, reader, campaign, None, as_of_) as one:
        form = statistics.table(one.connection, one.window, unit, one.as_of)
        launched = campaigns.campaign(one.connection, one.window.campaign)
    assert launched is not None
    content = content_from(
        form.values,
        to=letterhead("HRSS", launched["region"]),
        campaign=launched["title"],
        document_no=launched["document_no"],
        as_of=instant(form.as_of),
        year=one.window.year,
    )
    named = {"about": launched["campaign_id"], "organisation": launched["campaign_id"]}
    as_json({"kind": kind, **named, "content": {"content": content}})


@contextmanager
def _asked(
    data: Path | None, reader: str, campaign: str | None, since: str | None, moment: str | None
) -> Iterator[_Asked]:
    """The reader's database with the window and the moment that are asked for."""
    with opened(data) as one:
        stamp = as_of(moment) or one.platform.clock.now()
        with one.department(reader).reading() as connection:
            yield _Asked(
                connection=connection,
                window=_window(connection, campaign, since, stamp),
                as_of=stamp,
            )


def _window(connection: Connection, campaign: str | None, since: str | None, stamp: int) -> Window:
    if campaign is None:
        if since is None:
            raise typer.BadParameter(
                said(
                    "请用 --campaign 指明专项行动，或用 --since 指明起始日期",
                    "name a campaign with --campaign, or a first day with --since",
                ),
                param_hint="--campaign",
            )
        try:
            first = date.fromisoformat(since)
        except ValueError:
            raise typer.BadParameter(
                said(
                    f"{since!r} 不是日期；请写成 2021-03-01",
                    f"{since!r} is not a date; write 2021-03-01",
                ),
                param_hint="--since",
            ) from None
        return window_from("", first)
    found = statistics.window(connection, campaign, as_of=stamp)
    if found is None:
        raise typer.BadParameter(
            said(f"截止该时点没有专项行动 {campaign}", f"no campaign {campaign} is known by then"),
            param_hint="--campaign",
        )
    return found


def _sheet(form: Form) -> Sheet:
    digest = _digest(form)
    return sheet_of(
        form.values,
        letterhead("HRSS", form.unit),
        instant(form.as_of),
        form.window.year,
        digest=digest,
    )


def _write(sheet: Sheet, *, xlsx: Path | None, pdf: Path | None, csv: Path | None) -> None:
    writers: tuple[tuple[Path | None, Callable[[Sheet], bytes]], ...] = (
        (xlsx, xlsx_of),
        (pdf, lambda sheet: pdf_of(sheet, sheet.as_of)),
        (csv, csv_of),
    )
    for target, writer in writers:
        if target is not None:
            target.write_bytes(writer(sheet))


def _digest(form: Form) -> str:
    """The SHA-256 that a form would be sealed under."""
    return hashlib.sha256(content_of(form, form.values)).hexdigest()


def _list(found: Sequence[Named], *, json_: bool) -> None:
    rows: list[dict[str, Any]] = [vars(one) for one in found]
    listing(rows, _columns(("subject", "name", "roles", "amount", "events")), json_=json_)


_HEADINGS = {
    "row": ("行", "Row"),
    "label": ("指标", "Label"),
    "value": ("基本情况", "Value"),
    "distinct": ("不重复", "Distinct"),
    "rule": ("统计口径", "Rule"),
    "subject": ("统一社会信用代码", "Subject"),
    "name": ("名称", "Name"),
    "roles": ("身份", "Roles"),
    "amount": ("数量", "Amount"),
    "events": ("事件", "Events"),
    "code": ("代码", "Code"),
    "count": ("单位数", "Organisations"),
}


def _columns(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, said(*_HEADINGS[name])) for name in names]
