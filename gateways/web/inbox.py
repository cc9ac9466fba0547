"""工作台: an officer's tasks by deadline: unread, read and open, to be mended, done."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from domain import powers
from domain.clocks.reckoning import RULES_BY_CODE
from domain.clocks.words import Debtor
from domain.commands import COMMANDS
from domain.departments import NODES, covers
from domain.errors import Refusal
from domain.facts import FACTS, instant
from domain.reactions import RULES
from gateways.department.database import INTENTS
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.parameters import plain
from gateways.web import owed
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed
from projections import audit, clocks, human_resources
from projections.clocks.queries import within
from projections.clocks.terms import TERMS
from projections.received import RECEIVED

router = APIRouter(include_in_schema=False)
SECTIONS = ("unread", "read", "mend", "done")
DONE_SHOWN = 50
REACTIONS = {rule.id: rule for rule in RULES}


@router.get("/")
def inbox(request: Request, identity: Signed) -> Response:
    """The tasks of the signed-in post, soonest deadline first, with the commands that settle them.

    Unread are those this account has not opened yet. To be mended is what a rule would not do
    by itself, and what went back to the applicant. A firm's post is led to its own page.
    """
    if identity.post.organ == "AGENCY":
        return RedirectResponse(Words(page_language(request)).url("/own"), status_code=303)
    now = request.app.state.platform.clock.now()
    tasks = open_tasks(request, identity, now)
    with department_of(request, identity).reading() as conn:
        mend = to_mend(conn, identity)
        shown = {
            "unread": [task for task in tasks if not task["read"]],
            "read": [task for task in tasks if task["read"]],
            "mend": mend,
        }
        section = request.query_params.get("section", "")
        if section not in SECTIONS:
            section = next((name for name in SECTIONS[:3] if shown[name]), "done")
        done = done_lately(conn, identity) if section == "done" else []
        named = names_of(conn, [*(row["subject"] for row in (*tasks, *mend, *done))])
    return page(
        request,
        "inbox.html",
        identity=identity,
        section=section,
        counts={name: len(rows) for name, rows in shown.items()},
        tasks=shown.get(section, []) if section != "mend" else [],
        mend=mend,
        done=done,
        named=named,
        overdue=sum(task["overdue"] for task in tasks),
        now=now,
    )


@router.get("/tasks/next")
def next_task(request: Request, identity: Signed) -> Response:
    """The next task of the post: unread before read, soonest first; the inbox where none is left."""
    now = request.app.state.platform.clock.now()
    after = request.query_params.get("after", "")
    tasks = [one for one in open_tasks(request, identity, now) if one["clock_id"] != after]
    tasks.sort(key=lambda task: bool(task["read"]))
    words = Words(page_language(request))
    to = words.url(f"/tasks/{tasks[0]['clock_id']}") if tasks else words.url("/")
    return RedirectResponse(to, status_code=303)


@router.get("/tasks/{clock}")
def task(request: Request, clock: str, identity: Signed) -> Response:
    """One task: what is owed, by when and on what basis, and what to do. Opening it is reading it."""
    now = request.app.state.platform.clock.now()
    tasks = open_tasks(request, identity, now)
    place = next((n for n, one in enumerate(tasks) if one["clock_id"] == clock), None)
    if place is None:
        raise task_settled()
    found = tasks[place]
    request.app.state.accounts.mark_read(identity.name, clock)
    with department_of(request, identity).reading() as conn:
        named = names_of(conn, [found["subject"]])
        source = conn.execute(
            sa.select(RECEIVED.c.type, RECEIVED.c.stamp).where(
                RECEIVED.c.event_id == found["source_event"]
            )
        ).first()
    return page(
        request,
        "task.html",
        identity=identity,
        task=found,
        name=named.get(found["subject"]),
        source=source and {"fact": FACTS.get(source.type), "recorded": source.stamp},
        place=place + 1,
        total=len(tasks),
        now=now,
    )


@router.get("/tasks/{clock}/{command}")
def act(request: Request, clock: str, command: str, identity: Signed) -> Response:
    """Opens the form of a task's command, filled in with what the task knows; that is reading it."""
    now = request.app.state.platform.clock.now()
    found = next(
        (one for one in open_tasks(request, identity, now) if one["clock_id"] == clock), None
    )
    if found is None or command not in {one.NAME for one in found["commands"]}:
        raise task_settled()
    request.app.state.accounts.mark_read(identity.name, clock)
    with department_of(request, identity).reading() as conn:
        known = owed.filled(conn, clock, command)
    words = Words(page_language(request))
    return RedirectResponse(words.url(f"/cmd/{command}", **known), status_code=303)


def task_settled() -> problems.ProblemError:
    """The task is done, or another post's."""
    return problems.not_found(
        problems.Said(
            zh="这件待办已经办结，或不属于本岗位",
            en="This task is settled, or belongs to another post",
        ),
        rule="TaskSettled",
    )


def open_tasks(request: Request, identity: Identity, now: int) -> list[dict[str, Any]]:
    """What the post owes, soonest first, each marked whether this account has opened it."""
    with department_of(request, identity).reading() as conn:
        found = clocks.open_tasks(
            conn, organs=(identity.post.organ,), region=identity.post.region, now=now
        )
    allowed = commands_allowed(identity.post.organ, now)
    read = request.app.state.accounts.read_of(identity.name, [task.clock_id for task in found])
    return [_task(plain(one), allowed, read) for one in found]


def commands_allowed(organ: str, now: int) -> list[str]:
    """The commands that a person of this organ may give today."""
    names = powers.commands_of(organ, instant(now).date())
    return [name for name in names if name in COMMANDS and not COMMANDS[name].AUTOMATIC]


def _task(task: dict[str, Any], allowed: list[str], read: set[str]) -> dict[str, Any]:
    left = task["working_days_left"]
    return {
        **task,
        "left": left,
        "mark": "bad" if task["overdue"] else "warn" if left <= 1 else "time",
        "read": task["clock_id"] in read,
        "commands": [COMMANDS[name] for name in task["commands"] if name in allowed],
    }


def to_mend(conn: sa.Connection, identity: Identity) -> list[dict[str, Any]]:
    """What a rule wanted to do and was refused, and applications that went back to be completed."""
    rows = []
    refused = sa.select(INTENTS).where(
        INTENTS.c.state == "REFUSED", INTENTS.c.organ == identity.post.organ
    )
    for row in conn.execute(refused.order_by(INTENTS.c.event_stamp)).mappings():
        if covers(identity.post.region, row["region"]):
            rows.append(_refused(row))
    if "human_resources" in NODES[identity.department].projections:
        wanted = "HandleLicenceApplication"
        if any(
            power.organ == identity.post.organ for power in powers.POWERS if power.command == wanted
        ):
            rows += [
                {
                    "subject": one["uscc"],
                    "matter": one["matter"],
                    "zh": "许可申请已退回申请人补正",
                    "en": "A licence application went back to be completed",
                    "why": None,
                    "since": one.get("began"),
                    "command": COMMANDS["SubmitCompletion"],
                }
                for one in human_resources.applications(
                    conn, region=identity.post.region, state="RETURNED_FOR_COMPLETION"
                )
            ]
    return rows


def _refused(row: Any) -> dict[str, Any]:
    rule = REACTIONS.get(row["rule"])
    command = COMMANDS.get(row["command"])
    refusal = Refusal.RULES.get(row["refusal"] or "")
    why = {"zh": row["refusal"] or "", "en": row["refusal"] or ""}
    if refusal is not None:
        said = refusal(**json.loads(row["refusal_values"] or "{}"))
        why = {language: said.sentence(language) for language in ("zh", "en")}
    return {
        "subject": row["subject"],
        "matter": row["matter"],
        "zh": rule.zh if rule else row["rule"],
        "en": rule.en if rule else row["rule"],
        "why": why,
        "since": row["created"],
        "command": None if command is None or command.AUTOMATIC else command,
    }


def done_lately(conn: sa.Connection, identity: Identity) -> list[dict[str, Any]]:
    """The terms of the post that were met or missed and then done, latest first."""
    owed = [
        code
        for code, rule in RULES_BY_CODE.items()
        if rule.commands and rule.debtor is Debtor.OFFICE
    ]
    query = (
        sa.select(TERMS)
        .where(
            TERMS.c.owner == identity.post.organ,
            TERMS.c.code.in_(owed),
            ~TERMS.c.open,
            TERMS.c.stop_event.is_not(None),
            within(TERMS.c.region, identity.post.region),
        )
        .order_by(TERMS.c.stop_at.desc(), TERMS.c.clock_id)
        .limit(DONE_SHOWN)
    )
    found = []
    for row in conn.execute(query).mappings():
        rule = RULES_BY_CODE[row["code"]]
        late = row["stop_at"] is not None and row["stop_at"] >= row["due_at"]
        found.append(
            {
                "zh": rule.zh,
                "en": rule.en,
                "code": row["code"],
                "basis": rule.basis,
                "subject": row["subject"],
                "matter": row["matter"],
                "due": row["due"],
                "done": row["stop_at"],
                "late": late,
                "ending": row["ending"],
            }
        )
    return found


def names_of(conn: sa.Connection, subjects: Iterable[str]) -> dict[str, str]:
    """The registered names of these subjects, as this department knows them."""
    known = sa.select(audit.SUBJECTS.c.uscc, audit.SUBJECTS.c.name).where(
        audit.SUBJECTS.c.uscc.in_(sorted(set(subjects))), audit.SUBJECTS.c.name.is_not(None)
    )
    return {row.uscc: row.name for row in conn.execute(known)}
