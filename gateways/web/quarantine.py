"""隔离: what could not be applied here, by cause, worst first; decided about in bulk, with a reason."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from domain import powers
from domain.delivery.parked import ACTS, CAUSES, REPAIRS
from domain.facts import FACTS, instant
from gateways.department.quarantine.grouping import KINDS, ParkedGroup
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.giving import give
from gateways.http.problems import ProblemError, Said
from gateways.web.rendering import Words, moment, page, page_language
from gateways.web.signing import Signed, check_form
from gateways.web.spreadsheets import spreadsheet

router = APIRouter(include_in_schema=False)

COMMANDS_OF = {"RELEASE": "ReleaseParked", "FIX": "FixParked", "DISCARD": "DiscardParked"}
PATH = "/ops/quarantine"
RECORDS_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a form asks: the act, its groups with the last record that was seen, and why."""

    act: str
    repair: str
    reason: str
    groups: tuple[tuple[str, int], ...]
    key: str


@router.get(PATH)
def show(request: Request, identity: Signed) -> Response:
    """The groups of the post's department, worst first, and the form to decide about them."""
    if request.query_params.get("format") == "csv":
        return _file(request, identity)
    return _page(request, identity)


@router.get(PATH + "/{group}")
def one(request: Request, group: str, identity: Signed) -> Response:
    """One group: its records, what waits behind them, and what was decided and came of it."""
    _allowed(request, identity)
    treatment = department_of(request, identity).treatment
    history = treatment.history(group)
    found = treatment.group(group)
    if not history and found is None:
        raise problems.not_found(
            Said(zh=f"本部门没有隔离组{group}", en=f"There is no group {group} here"),
            rule="ParkedGroupUnknown",
        )
    records = treatment.records(group, settled=True)
    return page(
        request,
        "quarantine_group.html",
        identity=identity,
        group=group,
        found=found,
        records=records[:RECORDS_SHOWN],
        total=len(records),
        history=history,
        facts=FACTS,
        causes=CAUSES,
        acts=ACTS,
    )


@router.post(PATH)
async def act(request: Request, identity: Signed) -> Response:
    """Shows what a decision would bring about; given again with `sure` it is recorded."""
    async with request.form(max_fields=2000) as form:
        told = {name: str(value) for name, value in form.items() if name != "group"}
        named = [str(group) for group in form.getlist("group")]
    check_form(request, told.get("form_token", ""))
    chosen = Chosen(
        act=told.get("act", ""),
        repair=told.get("repair", ""),
        reason=told.get("reason", "").strip(),
        groups=tuple((group, _number(told.get(f"through_{group}", ""))) for group in named),
        key=told.get("key", "") or secrets.token_urlsafe(18),
    )
    sure = told.get("sure") == "1"
    return await run_in_threadpool(_acted, request, identity, chosen, sure)


def _file(request: Request, identity: Identity) -> Response:
    """The groups as a table that a spreadsheet opens."""
    _allowed(request, identity)
    department = department_of(request, identity)
    words = Words(page_language(request))
    heads = (
        ("隔离组", "Group"),
        ("原因", "Cause"),
        ("错误", "Error"),
        ("主题", "Topic"),
        ("事件类型", "Event type"),
        ("隔离", "Set aside"),
        ("其后等候", "Waiting behind"),
        ("最早", "Oldest"),
        ("所涉事项", "Matters"),
        ("所涉事项总数", "Matters in all"),
        ("正在执行", "Being carried out"),
    )
    rows = [
        (
            one.group,
            words.t(*CAUSES.get(one.cause, (one.cause, one.cause))),
            one.error,
            one.topic,
            one.event_type,
            one.records,
            one.waiting,
            moment(one.oldest),
            words.t("、", ", ").join(one.cases),
            one.cases_in_all,
            words.t(*ACTS[one.deciding]) if one.deciding else "",
        )
        for one in department.treatment.groups()
    ]
    name = words.t("隔离记录", "Quarantine")
    return spreadsheet(
        name, request.app.state.platform.clock.now(), [words.t(*one) for one in heads], rows
    )


def _acted(request: Request, identity: Identity, chosen: Chosen, sure: bool) -> Response:
    _allowed(request, identity)
    wrong = _wrong(chosen)
    if wrong is not None:
        return _page(request, identity, chosen=chosen, wrong=wrong, status=422)
    if not sure:
        return _preview(request, identity, chosen)
    refused: list[tuple[str, ProblemError]] = []
    name = COMMANDS_OF[chosen.act]
    for group, through in chosen.groups:
        try:
            data = _data(chosen, group, through)
            give(request.app.state.platform, identity, name, data, f"{chosen.key}/{group}")
        except ProblemError as problem:
            refused.append((group, problem))
    if refused:
        return _page(request, identity, chosen=chosen, refused=refused, status=409)
    words = Words(page_language(request))
    return RedirectResponse(
        words.url(PATH, done=chosen.act, groups=len(chosen.groups)), status_code=303
    )


def _preview(request: Request, identity: Identity, chosen: Chosen) -> Response:
    """What the decision would do to each group now; a try is rehearsed, and nothing is kept."""
    treatment = department_of(request, identity).treatment
    wanted = [group for group, _ in chosen.groups]
    found = [one for one in treatment.groups() if one.group in wanted]
    rehearsed = {
        one.group: treatment.rehearse(one, chosen.repair if chosen.act == "FIX" else None)
        for one in found
        if chosen.act in one.acts and chosen.act != "DISCARD"
    }
    return _page(
        request,
        identity,
        chosen=chosen,
        previewed=[(one, rehearsed.get(one.group)) for one in found],
        gone=[group for group in wanted if group not in {one.group for one in found}],
    )


def _page(
    request: Request,
    identity: Identity,
    *,
    chosen: Chosen | None = None,
    previewed: list[tuple[ParkedGroup, Any]] | None = None,
    gone: list[str] | None = None,
    wrong: tuple[str, str, str] | None = None,
    refused: list[tuple[str, ProblemError]] | None = None,
    status: int = 200,
) -> Response:
    _allowed(request, identity)
    department = department_of(request, identity)
    done = request.query_params.get("done", "")
    return page(
        request,
        "quarantine.html",
        status=status,
        identity=identity,
        groups=department.treatment.groups(),
        acts=ACTS,
        kinds=KINDS,
        causes=CAUSES,
        repairs=REPAIRS,
        chosen=chosen,
        previewed=previewed,
        gone=gone or [],
        wrong=wrong,
        refused=refused or [],
        done=ACTS.get(done),
        done_groups=request.query_params.get("groups", ""),
    )


def _wrong(chosen: Chosen) -> tuple[str, str, str] | None:
    """The field at fault and what is wrong with it, in both languages."""
    if not chosen.groups:
        return "groups", "请至少选择一组", "Choose at least one group"
    if chosen.act not in ACTS:
        return "act", "请选择处理方式", "Choose what to do"
    if chosen.act == "FIX" and chosen.repair not in REPAIRS:
        return "repair", "请选择转换规则", "Choose a repair"
    if len(chosen.reason) < 2:
        return "reason", "请填写理由", "Give a reason"
    return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _data(chosen: Chosen, group: str, through: int) -> dict[str, Any]:
    data: dict[str, Any] = {"group": group, "reason": chosen.reason}
    if through:
        data["through"] = through
    if chosen.act == "FIX":
        data["upcaster"] = chosen.repair
    return data


def _allowed(request: Request, identity: Identity) -> None:
    """Refuses a post whose organ has no power over parked records."""
    today = instant(request.app.state.platform.clock.now()).date()
    if "ReleaseParked" not in powers.commands_of(identity.post.organ, today):
        raise problems.forbidden(
            Said(
                zh=f"岗位“{identity.post.id}”无权处理隔离记录",
                en=f"The post “{identity.post.id}” does not deal with parked records",
            ),
            rule="NoPower",
        )
