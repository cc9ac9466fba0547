"""量化统计表 on a page: as of any moment, every number opened, its seal, its files, its annex.

Without a prepared form the page counts anew from the facts as of the moment that is asked for.
With one (`table`) it shows what was sealed, for the moment and with what was known then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.campaign.facts import TableRow
from domain.departments import covers
from domain.document.numbering import letterhead
from domain.facts import instant
from domain.statistics.counting import Window, printed
from domain.statistics.form import ROWS, RULES, Kind, row_of
from domain.violations.catalogue import known as catalogued
from gateways.contracts import canonical
from gateways.department.deciding.tables import counted_again
from gateways.files.statistics.csv import csv_of
from gateways.files.statistics.pdf import pdf_of
from gateways.files.statistics.sheet import Sheet, sealed_sheet, sheet_of
from gateways.files.statistics.xlsx import xlsx_of
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.parameters import plain, stamp_parameter
from gateways.web.campaigns import words
from gateways.web.campaigns.sections import FORM_NEXT, known, no_unit, stat_code
from gateways.web.casework.acts import absent, acts
from gateways.web.casework.files import address
from gateways.web.rendering import page
from gateways.web.signing import Signed
from projections import campaigns, statistics
from projections.statistics import Named
from projections.statistics.queries import Known

router = APIRouter(include_in_schema=False)

KINDS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_of),
    "pdf": ("application/pdf", lambda sheet: pdf_of(sheet, sheet.as_of)),
    "csv": ("text/csv; charset=utf-8", csv_of),
}
"""The files of a form: what each is, and who writes it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The form that an address names: of which unit, as of when, sealed or counted anew."""

    campaign: dict[str, Any]
    window: Window
    unit: str
    as_of: int
    sealed: dict[str, Any] | None
    content: dict[str, Any] | None

    @property
    def known(self) -> Known | None:
        """What had come from each department by the moment of a sealed form."""
        return None if self.content is None else self.content["known"]


@router.get("/campaigns/{campaign_id}/form/{unit}")
def form(request: Request, campaign_id: str, unit: str, identity: Signed) -> Response:
    """The form of a unit: its rows, who prepared, checked and approved it, what it leaves out."""
    with department_of(request, identity).reading() as conn:
        found = _asked(request, conn, identity, campaign_id, unit)
        values = _values(conn, found)
        prepared = campaigns.forms(conn, campaign_id=found.campaign["campaign_id"], unit=unit)
        left_out = statistics.annex(conn, found.window, unit, found.as_of)
        attached = [one.attached.sha256 for one in values.values() if one.attached is not None]
        files = {one: address(request, conn, identity, one, []) for one in attached}
        again = None
        if found.sealed is not None and found.content is not None:
            again = counted_again(conn, found.content, found.sealed["sha256"])
    day = instant(found.as_of - 1).date()
    own = identity.post.region == unit and found.campaign["state"] == "OPEN"
    names: tuple[str, ...] = ("PrepareTable",) if found.sealed is None else ()
    if found.sealed is not None:
        names = FORM_NEXT[found.sealed["state"]]
    return page(
        request,
        "campaign_form.html",
        identity=identity,
        campaign=plain(found.campaign),
        unit=unit,
        unit_name=letterhead("HRSS", unit),
        as_of=found.as_of,
        asked_as_of=request.query_params.get("as_of", "")[:40],
        sealed=found.sealed,
        again=again,
        rows=[
            {
                "number": row.number,
                "group": row.group,
                "label": row.labelled(found.window.year),
                "remark": row.remark,
                "kind": row.kind.value,
                "value": values.get(row.number),
                "printed": printed(values[row.number]) if row.number in values else "",
                "opens": row.kind is not Kind.ATTACHED,
            }
            for row in ROWS
        ],
        spans=_spans(),
        prepared=prepared,
        annex=[
            {"code": code, "row": catalogued(code, day), "count": len(behind)}
            for code, behind in left_out.items()
        ],
        files=files,
        acts=acts(request, identity, names if own else (), **_given(found)),
        words=words,
        now=request.app.state.platform.clock.now(),
    )


@router.get("/campaigns/{campaign_id}/form/{unit}/rows/{number}")
def opened(
    request: Request, campaign_id: str, unit: str, number: str, identity: Signed
) -> Response:
    """What one number of the form counts, by name, with the facts behind each."""
    with department_of(request, identity).reading() as conn:
        found = _asked(request, conn, identity, campaign_id, unit)
        try:
            row = row_of(int(number) if number.isdecimal() and len(number) < 4 else 0)
        except KeyError as error:
            raise absent(
                f"统计表没有第“{number}”行", f"The form has no row “{number}”", "UnknownRow"
            ) from error
        value, behind = statistics.opened(
            conn, found.window, unit, found.as_of, row.number, known=found.known
        )
    return _members(
        request, identity, found, behind,
        title=row.labelled(found.window.year), rule=RULES[row.rule], value=printed(value),
        distinct=value.distinct, number=row.number,
    )  # fmt: skip


@router.get("/campaigns/{campaign_id}/form/{unit}/annex/{code}")
def annexed(request: Request, campaign_id: str, unit: str, code: str, identity: Signed) -> Response:
    """The organisations of one violation that the form has no row for."""
    with department_of(request, identity).reading() as conn:
        found = _asked(request, conn, identity, campaign_id, unit)
        behind = statistics.annex(conn, found.window, unit, found.as_of).get(code)
    if behind is None:
        raise absent(f"附录中没有“{code}”", f"The annex does not have “{code}”", "UnknownAnnexRow")
    row = catalogued(code, instant(found.as_of - 1).date())
    rule = (
        "统计期内发现、表中没有对应行的违法事项",
        "Found in the window, without a row of the form",
    )
    return _members(
        request, identity, found, behind,
        title=row.zh, title_en=row.en, rule=rule, value=str(len(behind)), distinct=None, number=0,
    )  # fmt: skip


@router.get("/campaigns/{campaign_id}/form/{unit}/undeclared")
def undeclared(request: Request, campaign_id: str, unit: str, identity: Signed) -> Response:
    """The agencies of a unit that have not declared their self-check."""
    with department_of(request, identity).reading() as conn:
        found = _asked(request, conn, identity, campaign_id, unit)
        behind = statistics.yet_to_declare(conn, found.window, unit, found.as_of)
    rule = (
        "截止时点持有有效许可或者已备案、尚未申报自查自纠的单位",
        "Holds a licence or a filing at the moment and has not declared a self-check",
    )
    return _members(
        request, identity, found, behind,
        title="未申报自查自纠的单位", title_en="No self-check declared", rule=rule,
        value=str(len(behind)), distinct=None, number=0,
    )  # fmt: skip


@router.get("/campaigns/{campaign_id}/form/{unit}/file.{kind}")
def download(
    request: Request, campaign_id: str, unit: str, kind: str, identity: Signed
) -> Response:
    """The form as XLSX, PDF or CSV; a sealed one with the posts that answer for it."""
    if kind not in KINDS:
        raise absent(f"没有格式“{kind}”", f"There is no format “{kind}”", "UnknownFormat")
    with department_of(request, identity).reading() as conn:
        found = _asked(request, conn, identity, campaign_id, unit)
        if found.content is not None and found.sealed is not None:
            sheet = sealed_sheet(found.content, found.sealed, letterhead("HRSS", unit))
        else:
            rows = _values(conn, found).values()
            as_of = instant(found.as_of)
            sheet = sheet_of(rows, letterhead("HRSS", unit), as_of, found.window.year)
    media_type, written = KINDS[kind]
    name = f"{sheet.title}-{sheet.unit}-{sheet.as_of:%Y%m%d%H%M}.{kind}"
    return Response(
        written(sheet),
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
        },
    )


def _asked(
    request: Request, conn: Connection, identity: Identity, campaign_id: str, unit: str
) -> Asked:
    """What the address asks for. Refused: an unknown campaign, unit, form, or a time to come."""
    found = known(conn, campaign_id, identity)
    of_campaign = unit in found["units"] or covers(found["region"], unit)
    if not (of_campaign and covers(identity.post.region, unit)):
        raise no_unit(unit)
    now = request.app.state.platform.clock.now()
    table = request.query_params.get("table", "")[:80]
    sealed, content, as_of = None, None, now
    if table:
        sealed = campaigns.form(conn, table)
        if sealed is None or (sealed["campaign_id"], sealed["unit"]) != (
            found["campaign_id"],
            unit,
        ):
            raise absent(
                f"没有统计表“{table}”，或不属于该单位",
                f"There is no form “{table}” of this unit",
                "TableUnknown",
            )
        as_of = stamp_parameter("as_of", sealed["as_of"]) or now
        content = _content(request, identity, sealed["sha256"])
    else:
        as_of = stamp_parameter("as_of", request.query_params.get("as_of", "")[:40]) or now
        as_of = _past(as_of, now)
    window = statistics.window(conn, found["campaign_id"])
    if window is None:
        raise absent("该专项行动没有统计表", "This campaign has no form", "CampaignHasNoForm")
    return Asked(
        campaign=found, window=window, unit=unit, as_of=as_of, sealed=sealed, content=content
    )


def _past(as_of: int, now: int) -> int:
    """A moment that has come; today's date means now. Refuses a later one."""
    if as_of <= now:
        return as_of
    if instant(as_of - 1).date() == instant(now).date():
        return now
    raise problems.bad_parameter("as_of", "截止时点尚未到来", "this moment has not come yet")


def _content(request: Request, identity: Identity, sha256: str) -> dict[str, Any] | None:
    """The sealed bytes, where this department keeps them; None elsewhere."""
    files = department_of(request, identity).files
    if not files.rows(sha256):
        return None
    found: dict[str, Any] = canonical.decode(files.store.read(sha256))
    return found


def _values(conn: Connection, found: Asked) -> dict[int, TableRow]:
    """The rows by number: as sealed, or counted as of the moment."""
    if found.sealed is not None:
        rows = [msgspec.convert(one, TableRow) for one in found.sealed["rows"]]
    else:
        rows = list(statistics.table(conn, found.window, found.unit, found.as_of).values)
    return {one.row: one for one in rows}


def _given(found: Asked) -> dict[str, Any]:
    """What a command about this form is filled in with."""
    sealed = found.sealed
    given: dict[str, Any] = {"campaign": found.campaign["campaign_id"]}
    if sealed is None:
        return given | {"as_of": instant(found.as_of).isoformat(timespec="seconds")}
    given["table"] = sealed["table_id"]
    if sealed["state"] in ("SENT_BACK", "SUBMITTED"):
        given["amends"] = sealed["table_id"]
    if sealed["state"] == "APPROVED":
        given |= {"code": stat_code(found.campaign), "as_of": sealed["as_of"]}
    return given


def _members(
    request: Request,
    identity: Identity,
    found: Asked,
    behind: list[Named],
    *,
    title: str,
    rule: tuple[str, str],
    value: str,
    distinct: int | None,
    number: int,
    title_en: str = "",
) -> Response:
    return page(
        request,
        "campaign_members.html",
        identity=identity,
        campaign=plain(found.campaign),
        unit=found.unit,
        as_of=found.as_of,
        kept=_kept(found, request),
        title={"zh": title, "en": title_en or title},
        rule={"zh": rule[0], "en": rule[1]},
        value=value,
        distinct=distinct,
        number=number,
        behind=behind,
        words=words,
        now=request.app.state.platform.clock.now(),
    )


def _kept(found: Asked, request: Request) -> Mapping[str, str]:
    """The parameters with which the form itself is opened again."""
    if found.sealed is not None:
        return {"table": found.sealed["table_id"]}
    return {"as_of": request.query_params.get("as_of", "")[:40]}


def _spans() -> dict[int, int]:
    """The first row of each group, and how many rows the group has."""
    names = [row.group for row in ROWS]
    return {
        row.number: names.count(row.group)
        for row in ROWS
        if names.index(row.group) == row.number - 1
    }
