"""现场检查记录: the record made on the spot, on a phone, with or without a network.

The form is of one inspection and gives the command RecordResult. Its script keeps what is typed
on the phone, sends it once under the form's key when the network is back, and prints it as
检查记录表 before anybody signs. Without scripts it is an ordinary form.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from domain.commands import COMMANDS
from domain.errors import Refusal
from domain.facts import CHINA, instant
from gateways.contracts.problems import Problem
from gateways.contracts.schemas import command_schema
from gateways.files.keeping import plain_reference
from gateways.files.rendering import record_sheet
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.files import keep
from gateways.http.giving import give
from gateways.http.parameters import plain, reached
from gateways.http.problems import ProblemError, invalid
from gateways.web import forms
from gateways.web.casework.acts import may
from gateways.web.inspections import words
from gateways.web.inspections.paper import address_of_code, sheet_of
from gateways.web.inspections.plans import items_named
from gateways.web.inspections.tasks import READY, findings_about, known_task, team_of
from gateways.web.rendering import STATIC, Words, page, page_language
from gateways.web.signing import Signed, check_form
from projections import inspections

router = APIRouter(include_in_schema=False)
COMMAND = "RecordResult"
SEEN_WAIT_S = 2.0
FILES_MAX, FIELDS_MAX = 1, 400
BY_SCRIPT = "x-record"
"""The header by which the form's script asks for an answer instead of a page."""

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


@router.get("/inspections/worker.js")
def worker() -> Response:
    """The worker that shows a record form again while there is no network."""
    return FileResponse(
        STATIC / "record-worker.js",
        media_type="text/javascript",
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/inspections/{task_id}/record")
def show_form(request: Request, task_id: str, identity: Signed) -> Response:
    """The record form of one inspection; its sheet where the result is on record."""
    found = _gathered(request, identity, task_id)
    if found["task"]["state"] not in READY or not may(request, identity, COMMAND):
        to = Words(page_language(request)).url(f"/inspections/{task_id}/sheet")
        return RedirectResponse(to, status_code=303)
    return _form(request, identity, found, _first_typed(found), secrets.token_urlsafe(18))


@router.get("/inspections/{task_id}/sheet")
def sheet(request: Request, task_id: str, identity: Signed) -> Response:
    """检查记录表: filled in with the recorded result, or blank for a pen."""
    found = _gathered(request, identity, task_id)
    return page(
        request,
        "inspection_sheet.html",
        identity=identity,
        **found,
        typed=_recorded(found),
        keep=_keep(identity, task_id),
    )


@router.get("/inspections/{task_id}/sheet.pdf")
def sheet_file(request: Request, task_id: str, identity: Signed) -> Response:
    """检查记录表 as PDF on A4, each page numbered, with the code that the public may scan."""
    found = _gathered(request, identity, task_id)
    regions = Words("zh")
    made = instant(found["now"])
    try:
        content = record_sheet.pdf_of(
            sheet_of(found, _recorded(found), regions), found["code_address"], made
        )
    except Refusal as refusal:
        raise problems.of_refusal(refusal) from refusal
    name = quote(f"检查记录表-{found['task']['task_id']}.pdf")
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        },
    )


@router.post("/inspections/{task_id}/record")
async def submit(request: Request, task_id: str, identity: Signed) -> Response:
    """Records the result once, however often the form arrives under its key."""
    async with request.form(max_files=FILES_MAX, max_fields=FIELDS_MAX) as sent:
        form = {key: value for key, value in sent.items() if isinstance(value, str)}
        file = sent.get("record.upload")
        upload = file if isinstance(file, UploadFile) and file.filename else None
        return await run_in_threadpool(_submitted, request, task_id, identity, form, upload)


def _submitted(
    request: Request,
    task_id: str,
    identity: Identity,
    form: dict[str, str],
    upload: UploadFile | None,
) -> Response:
    check_form(request, form.get("form_token", ""))
    by_script = BY_SCRIPT in request.headers
    language = Words(page_language(request))
    to = language.url(f"/inspections/{task_id}")
    try:
        if upload is not None:
            kept = keep(request, identity, upload.file, upload.content_type or "")
            form["record"] = forms.reference_text(**plain_reference(kept))
        data, wrong = data_of(task_id, form)
        if wrong:
            raise invalid(tuple(wrong))
        given = give(
            request.app.state.platform, identity, COMMAND, data, form.get("idempotency_key", "")
        )
    except ProblemError as problem:
        if by_script:
            return JSONResponse(_told(problem, form, language), status_code=problem.status)
        found = _gathered(request, identity, task_id)
        key = form.get("idempotency_key", "") or secrets.token_urlsafe(18)
        return _form(request, identity, found, form, key, problem=problem)
    if given.position:
        reached(department_of(request, identity), given.position, SEEN_WAIT_S)
    if by_script:
        return JSONResponse({"recorded": True, "repeated": given.repeated, "address": to})
    return RedirectResponse(to, status_code=303)


def data_of(task_id: str, form: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The command's data as the form says them, and what cannot be read."""
    plain_form = dict(form) | {
        "task": task_id,
        "team": _chosen(form, "team."),
        "findings": _chosen(form, "findings."),
        "signed_by_subject": "true" if form.get("signed") == "yes" else "",
    }
    fields = forms.fields_of(command_schema(COMMANDS[COMMAND]))
    for row in range(forms.rows_of("items", form)):
        if not form.get(f"items.{row}.category"):
            plain_form[f"items.{row}.category"] = ""
    data, wrong = forms.data_of(fields, plain_form)
    entered = str(data.get("entered_at") or "")
    if _LOCAL.fullmatch(entered):
        data["entered_at"] = entered + (":00" if len(entered) == 16 else "") + "+08:00"
    if form.get("signed") not in ("yes", "no"):
        wrong.append(
            Problem(
                field="signed",
                rule="required",
                zh="请选择被检查单位是否签字",
                en="Say whether the subject signed",
            )
        )
    return data, wrong


def _chosen(form: Mapping[str, str], before: str) -> str:
    """The ticked values under a prefix, one on each line."""
    return "\n".join(
        name.removeprefix(before)
        for name, value in form.items()
        if name.startswith(before) and value == "true"
    )


def _gathered(request: Request, identity: Identity, task_id: str) -> dict[str, Any]:
    """What form and sheet show of an inspection."""
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = known_task(conn, task_id)
        place = inspections.objects(conn, on=instant(now).date(), uscc=found["subject"], limit=1)
        address = address_of_code(request, found)
        return {
            "code_address": address,
            "code": record_sheet.code_of(address),
            "task": plain(found),
            "team": team_of(found),
            "items": items_named(conn, found["items"], found["region"]),
            "findings": findings_about(conn, found),
            "address": place[0]["address"] if place else None,
            "words": words,
            "now": now,
        }


def _first_typed(found: dict[str, Any]) -> dict[str, str]:
    """What a fresh form shows: today, and the whole team."""
    today = instant(found["now"]).date().isoformat()
    return {"inspected_on": today} | {f"team.{one['certificate']}": "true" for one in found["team"]}


def _recorded(found: dict[str, Any]) -> dict[str, str]:
    """The recorded result as the form would hold it; nothing where there is none."""
    task = found["task"]
    if not task["category"]:
        return {}
    results = {one["item"]: one for one in task["item_results"] or ()}
    typed = {
        "inspected_on": str(task["inspected_on"]),
        "entered_at": _local(task["entered_at"]),
        "signed": "yes" if task["signed_by_subject"] else "no",
        "witnesses": str(task["witnesses"] or 0),
    }
    for place, item in enumerate(found["items"]):
        result = results.get(item["code"], {})
        typed[f"items.{place}.category"] = result.get("category") or ""
        typed[f"items.{place}.note"] = result.get("note") or ""
    return typed


def _local(stamp: Any) -> str:
    if not stamp:
        return ""
    from datetime import datetime

    found = datetime.fromisoformat(str(stamp))
    return found.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")


def _keep(identity: Identity, task_id: str) -> str:
    """Under which name a browser keeps this account's unsent record of this inspection."""
    return f"record/{identity.name}/{task_id}"


def _form(
    request: Request,
    identity: Identity,
    found: dict[str, Any],
    typed: Mapping[str, str],
    key: str,
    *,
    problem: ProblemError | None = None,
) -> Response:
    wrong, loose = _placed(problem, typed)
    return page(
        request,
        "inspection_record.html",
        status=problem.status if problem else 200,
        identity=identity,
        **found,
        typed=typed,
        key=key,
        keep=_keep(identity, found["task"]["task_id"]),
        problem=problem,
        wrong=wrong,
        loose=loose,
    )


def _placed(
    problem: ProblemError | None, typed: Mapping[str, str]
) -> tuple[dict[str, Problem], list[Problem]]:
    """What is wrong by the form's own places, and what belongs to none of them."""
    by_place: dict[str, Problem] = {}
    loose: list[Problem] = []
    if problem is None:
        return by_place, loose
    for one in problem.by_field:
        place = re.sub(r"[/\[]", ".", one.field).replace("]", "")
        place = {"signed_by_subject": "signed"}.get(place, place)
        whole = place.partition(".")[0]
        if place in typed or place in ("signed", "inspected_on", "entered_at", "witnesses"):
            by_place.setdefault(place, one)
        elif whole in ("items", "team", "findings", "record"):
            by_place.setdefault(place if place.endswith((".category", ".note")) else whole, one)
        else:
            loose.append(one)
    return by_place, loose


def _told(problem: ProblemError, form: Mapping[str, str], language: Words) -> dict[str, Any]:
    """A refusal for the form's script, in the reader's language."""
    wrong, loose = _placed(problem, form)
    return {
        "rule": problem.rule,
        "title": language.label(problem.title),
        "detail": language.label(problem.detail),
        "next": language.label(problem.next),
        "source": problem.values.get("source"),
        "fields": {place: language.label(one) for place, one in wrong.items()},
        "others": [language.label(one) for one in loose],
    }
