"""交换: files of the provincial platform, checked and taken in, sent out, reconciled."""

from __future__ import annotations

import shutil
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from sqlalchemy import Connection
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from domain import powers
from domain.departments import NODES, PUBLIC
from domain.errors import Refusal
from domain.facts import instant
from gateways.files.exchange.importing import Choice, imported
from gateways.files.exchange.layouts import LAYOUTS
from gateways.files.exchange.layouts_words import Layout
from gateways.files.exchange.reconciling import reconciled
from gateways.files.exchange.registers import ours
from gateways.files.exchange.writing import MEDIA_TYPES, SUFFIXES, Format, exported
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.web.rendering import page
from gateways.web.signing import Signed, check_form

router = APIRouter(include_in_schema=False)
RECONCILE = "RECONCILE"
SHOWN_MOST = 1000
"""Differences that a page shows; the command line tells them all."""

ACTS = (
    (Choice.CHECK.value, "检查（不登记）", "Check only"),
    (Choice.ALL.value, "全部合格才登记", "Take all rows or none"),
    (Choice.GOOD.value, "只登记合格的行", "Take the good rows"),
    (RECONCILE, "与本平台核对", "Reconcile with the register"),
)
FORMATS = (
    (Format.XLSX.value, "XLSX", "XLSX"),
    (Format.CSV.value, "CSV（UTF-8）", "CSV (UTF-8)"),
    (Format.CSV_GB18030.value, "CSV（GB18030）", "CSV (GB18030)"),
)


@router.get("/exchange")
def show(request: Request, identity: Signed) -> Response:
    """The forms: what a post may take in, and what it may send out."""
    return _page(request, identity)


@router.post("/exchange")
async def act(request: Request, identity: Signed) -> Response:
    """Checks a file, takes it in, or reconciles it; names each bad cell and each difference."""
    async with request.form(max_files=1, max_fields=8) as form:
        check_form(request, str(form.get("form_token", "")))
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise problems.bad_parameter("file", "缺少文件", "there is no file")
        asked = str(form.get("act", ""))
        layout = _layout(str(form.get("layout", "")))
        return await run_in_threadpool(_acted, request, identity, layout, asked, file)


@router.get("/exchange/export")
def export(
    request: Request, identity: Signed, layout: str = "results", format: str = "xlsx"
) -> Response:
    """The rows of the post's territory as a file."""
    _allowed(request, identity)
    chosen = _layout(layout)
    if format not in set(Format):
        raise problems.bad_parameter("format", f"没有“{format}”格式", f"no format “{format}”")
    kind = Format(format)
    with tempfile.NamedTemporaryFile(prefix="exchange-", delete=False) as made:
        place = Path(made.name)
    try:
        with department_of(request, identity).reading() as conn:
            rows = _ours(request, identity, conn, chosen)
            exported(place, chosen, rows, kind)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    name = f"{chosen.zh}-{identity.post.region}.{SUFFIXES[kind]}"
    return FileResponse(
        place,
        media_type=MEDIA_TYPES[kind],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
        background=BackgroundTask(place.unlink, missing_ok=True),
    )


def _acted(
    request: Request, identity: Identity, layout: Layout, asked: str, file: UploadFile
) -> Response:
    importable = _allowed(request, identity)
    name = str(file.filename)
    with tempfile.NamedTemporaryFile(prefix="exchange-") as spool:
        file.file.seek(0)
        shutil.copyfileobj(file.file, spool)
        spool.flush()
        place = Path(spool.name)
        try:
            if asked == RECONCILE:
                with department_of(request, identity).reading() as conn:
                    rows = _ours(request, identity, conn, layout)
                    found = list(islice(reconciled(place, layout, rows, name), SHOWN_MOST))
                return _page(request, identity, layout, asked, name, differences=found)
            if asked not in set(Choice):
                raise problems.bad_parameter("act", "请选择办理方式", "choose what to do")
            if layout.command is not None and layout not in importable:
                raise _no_power(identity)
            report = imported(
                place,
                layout,
                Choice(asked),
                identity.post,
                department_of(request, identity),
                name=name,
            )
        except Refusal as refusal:
            raise problems.of_refusal(refusal) from refusal
    return _page(request, identity, layout, asked, name, report=report)


def _page(
    request: Request,
    identity: Identity,
    layout: Layout | None = None,
    asked: str = Choice.CHECK.value,
    name: str = "",
    **found: Any,
) -> Response:
    return page(
        request,
        "exchange.html",
        identity=identity,
        layouts=tuple(LAYOUTS.values()),
        importable=_allowed(request, identity),
        layout=layout,
        asked=asked,
        acts=ACTS,
        formats=FORMATS,
        name=name,
        report=found.get("report"),
        differences=found.get("differences"),
        most=SHOWN_MOST,
    )


def _allowed(request: Request, identity: Identity) -> tuple[Layout, ...]:
    """The layouts that the post may take in. Refuses a post that may take in none.

    A firm hands in its own report on its own page: files, and the registers, are the organs'.
    """
    held = powers.commands_of(identity.post.organ, _today(request))
    found = tuple(one for one in LAYOUTS.values() if one.command in held)
    of_an_organ = identity.post.organ in PUBLIC
    if not found or not of_an_organ or "inspections" not in NODES[identity.department].projections:
        raise _no_power(identity)
    return found


def _no_power(identity: Identity) -> problems.ProblemError:
    return problems.forbidden(
        problems.Said(
            zh=f"岗位“{identity.post.id}”不办理此项文件交换",
            en=f"The post “{identity.post.id}” does not exchange these files",
        ),
        rule="NoPower",
    )


def _ours(request: Request, identity: Identity, conn: Connection, layout: Layout) -> Any:
    return ours(
        conn,
        layout.code,
        identity.post.region,
        _today(request),
        department=identity.department,
    )


def _layout(code: str) -> Layout:
    if code not in LAYOUTS:
        raise problems.bad_parameter("layout", f"没有“{code}”表式", f"no layout “{code}”")
    return LAYOUTS[code]


def _today(request: Request) -> Any:
    return instant(request.app.state.platform.clock.now()).date()
