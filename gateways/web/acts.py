"""Commands as forms: the list of what a post may give, one form each, preview, refusal, answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from domain.commands import COMMANDS, Command
from domain.departments import NODES
from domain.facts import FACTS
from gateways.contracts.schemas import command_schema
from gateways.department.deciding.answers import Given
from gateways.files.keeping import plain_reference
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.files import keep
from gateways.http.giving import foresee, give, unknown_command
from gateways.http.outsiders import is_outsider
from gateways.http.parameters import plain, reached
from gateways.http.problems import ProblemError
from gateways.http.seen import decided_on, read_versions, versions_of, written
from gateways.web import forms
from gateways.web.inbox import commands_allowed
from gateways.web.preview import preview
from gateways.web.rendering import page
from gateways.web.signing import Signed, check_form
from projections import audit
from projections.received import RECEIVED

router = APIRouter(include_in_schema=False)
SEEN_WAIT_S = 2.0
FILES_MAX, FIELDS_MAX = 20, 2000
"""A form may carry as many files and inputs; more is refused before anything is read."""


@router.get("/cmd")
def commands(request: Request, identity: Signed) -> Response:
    """The commands that the signed-in post may give today."""
    now = request.app.state.platform.clock.now()
    allowed = commands_allowed(identity.post.organ, now)
    return page(
        request, "commands.html", identity=identity, commands=[COMMANDS[name] for name in allowed]
    )


@router.get("/cmd/{name}")
def show_form(request: Request, name: str, identity: Signed) -> Response:
    """The form of one command; the address may fill fields in."""
    command = _allowed(request, name, identity)
    fields = forms.fields_of(command_schema(command))
    return _form(
        request,
        identity,
        command,
        fields,
        forms.first_typed(fields, asked_for(request), name),
        key=secrets.token_urlsafe(18),
        seen=_seen_now(request, identity, request.query_params.get("organisation", "")),
    )


@router.post("/cmd/{name}")
async def submit(request: Request, name: str, identity: Signed) -> Response:
    """Gives the command; an irreversible one shows its preview first and asks again.

    The key travels in the form, so that the same form sent twice makes its events once.
    """
    async with request.form(max_files=FILES_MAX, max_fields=FIELDS_MAX) as sent:
        form = {key: value for key, value in sent.items() if isinstance(value, str)}
        files = {key: value for key, value in sent.items() if isinstance(value, UploadFile)}
        return await run_in_threadpool(_submitted, request, name, identity, form, files)


def _submitted(
    request: Request,
    name: str,
    identity: Identity,
    form: dict[str, str],
    files: Mapping[str, UploadFile],
) -> Response:
    check_form(request, form.get("form_token", ""))
    command = _allowed(request, name, identity)
    form = form | _kept(request, identity, files)
    key = form.get("idempotency_key", "")
    fields = forms.fields_of(command_schema(command))
    seen = read_versions(form.get("seen"))
    changed = forms.rows_changed(form)
    if changed is not None or form.get("edit"):
        typed = forms.typed(fields, changed or form)
        return _form(request, identity, command, fields, typed, key=key, seen=seen)
    form = forms.blank_rows_gone(fields, form)
    typed = forms.typed(fields, form)
    data, wrong = forms.data_of(fields, form)
    if wrong:
        problem = problems.invalid(tuple(wrong))
        return _form(request, identity, command, fields, typed, key=key, problem=problem, seen=seen)
    try:
        known = decided_on(name, data, seen)
        if command.IRREVERSIBLE and form.get("confirmed") != "yes":
            decided = foresee(request.app.state.platform, identity, name, data, seen=known)
            with department_of(request, identity).reading() as conn:
                foreseen = preview(name, decided, conn)
            return page(
                request,
                "preview.html",
                identity=identity,
                command=command,
                fields=fields,
                typed=typed,
                data=data,
                key=key,
                seen=written(seen),
                foreseen=foreseen,
            )
        given = give(request.app.state.platform, identity, name, data, key, seen=known)
    except ProblemError as problem:
        fresh = secrets.token_urlsafe(18) if problem.rule == "KeyReused" else key
        if problem.rule == "HistoryMovedOn":
            seen = _seen_now(request, identity, str(data.get("organisation") or ""))
        return _form(
            request, identity, command, fields, typed, key=fresh, problem=problem, seen=seen
        )
    department = department_of(request, identity)
    caught_up = not given.position or reached(department, given.position, SEEN_WAIT_S)
    cases: list[dict[str, Any]] = []
    with department.reading() as conn:
        inspecting = "inspections" in NODES[identity.department].projections
        things = _things_of(conn, given) if inspecting else []
        subject = str(data.get("organisation") or "") or _subject_of(conn, given)
        if subject and not is_outsider(identity):
            cases = plain(audit.cases(conn, search=subject, limit=5, offset=0)[0])
    return page(
        request,
        "given.html",
        identity=identity,
        command=command,
        given=given,
        facts=FACTS,
        subject="" if is_outsider(identity) else subject,
        cases=cases,
        things=things,
        seen=caught_up,
    )


PLACES = {
    "inspection_plan": ("/plans", "抽查计划", "The plan"),
    "plan_audit": ("/plans", "抽查计划", "The plan"),
    "draw": ("/draws", "随机抽取", "The draw"),
    "inspection_task": ("/inspections", "检查任务", "The inspection"),
}
"""Where a stream's kind has a page of its own, and what it is called."""
THINGS_MOST = 10


def _things_of(conn: sa.Connection, given: Given) -> list[dict[str, str]]:
    """The pages of what the facts of a command are recorded on."""
    events = [event.id for event in given.events]
    query = sa.select(RECEIVED.c.stream).where(RECEIVED.c.event_id.in_(events))
    found: list[dict[str, str]] = []
    for stream in dict.fromkeys(conn.execute(query).scalars()):
        kind, _, number = stream.partition("/")
        if kind in PLACES and len(found) < THINGS_MOST:
            path, zh, en = PLACES[kind]
            found.append({"path": f"{path}/{number}", "zh": zh, "en": en, "number": number})
    return found


def _subject_of(conn: sa.Connection, given: Given) -> str:
    """Whom the facts of a command are about, as far as this department has taken them in."""
    events = [event.id for event in given.events]
    query = sa.select(RECEIVED.c.subject).where(RECEIVED.c.event_id.in_(events)).limit(1)
    return str(conn.execute(query).scalar_one_or_none() or "")


def asked_for(request: Request) -> dict[str, str]:
    """The address's values by name; a name given several times is a list, one on each line."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found


def _kept(request: Request, identity: Identity, files: Mapping[str, UploadFile]) -> dict[str, str]:
    """The files of a form, kept at once, so that a refused or previewed form still has them."""
    return {
        field.removesuffix(".upload"): forms.reference_text(
            **plain_reference(keep(request, identity, file.file, file.content_type or ""))
        )
        for field, file in files.items()
        if file.filename
    }


def _allowed(request: Request, name: str, identity: Identity) -> type[Command]:
    command = COMMANDS.get(name)
    if command is None:
        raise unknown_command(name)
    now = request.app.state.platform.clock.now()
    if name not in commands_allowed(identity.post.organ, now):
        raise problems.forbidden(
            problems.Said(
                zh=f"岗位“{identity.post.id}”没有“{command.ZH}”的职权",
                en=f"The post “{identity.post.id}” has no power to: {command.EN}",
            ),
            rule="NoPower",
        )
    return command


def _seen_now(request: Request, identity: Identity, subject: str) -> dict[str, int]:
    """The versions that this department's pages show of a firm now; none to a firm's own post.

    Which streams there are about a firm says what is being done about it.
    """
    if not subject or is_outsider(identity):
        return {}
    with department_of(request, identity).reading() as conn:
        return versions_of(conn, identity.department, subject)


def _form(
    request: Request,
    identity: Identity,
    command: type[Command],
    fields: tuple[forms.Field, ...],
    typed: dict[str, str],
    *,
    key: str,
    problem: ProblemError | None = None,
    seen: Mapping[str, int],
) -> Response:
    wrong, loose = forms.placed(problem, fields, typed)
    return page(
        request,
        "command.html",
        status=problem.status if problem else 200,
        identity=identity,
        command=command,
        fields=fields,
        typed=typed,
        files=forms.holds_files(fields),
        key=key,
        seen=written(seen),
        problem=problem,
        wrong=wrong,
        loose=loose,
    )
