"""Inbound messages over HTTP: the same message, key and answer as on a department's inbound topic.

For systems without Kafka, and for every command about a person: what comes here is sealed in the
vault before anything is decided, and stands nowhere in clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from gateways.contracts.inbound import ANSWER, OUTCOMES
from gateways.department.deciding.answers import Given, KeyReused
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.api import Officer
from gateways.http.body import read_object
from gateways.http.departments import department_of
from gateways.http.giving import counted, told
from gateways.inbound.answers import accepted
from gateways.inbound.reading import Message, Wrong, key_reused, of_object

router = APIRouter(prefix="/api/v1/inbound")

CLOUD_EVENT = "application/cloudevents+json"
KEY_S_POST = "PostOfAnotherKey"


@router.post(
    "",
    summary="提交本部门系统的办理请求 / give an inbound message",
    status_code=201,
    responses={
        201: {"description": f"{OUTCOMES['ACCEPTED'][0]} / the `data` of `{ANSWER}`"},
        200: {"description": f"{OUTCOMES['REPEATED'][0]} / {OUTCOMES['REPEATED'][1]}"},
        403: {"description": "PostOfAnotherKey, NoPower"},
        409: {"description": "KeyReused"},
        422: {"description": "InvalidMessage, InvalidCommand: problems name each field"},
    },
)
async def give_message(request: Request, identity: Officer) -> Response:
    """Gives one message as the key's post: 201 with its answer, 200 when it was given before.

    The body is a message of `inbound.message.v1`; `id` is the idempotency key, the same as on
    the topic. A message that is wrong is a problem document with each field and reason.
    """
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() == CLOUD_EVENT:
        kind = "application/json"
    body = read_object(await request.body(), kind, request.app.state.config.body_bytes_max)
    with counted(identity.department) as answered:
        message = _message(request, identity, body)
        answered.command = message.command
        given = await run_in_threadpool(_give, request, identity, message)
        answered.by(given)
    first = not given.repeated
    return JSONResponse(accepted(message, given, first=first), status_code=answered.status)


def _message(request: Request, identity: Identity, body: Mapping[str, Any]) -> Message:
    department = department_of(request, identity)
    message = of_object(body, identity.department, department.mode, topic=False)
    if message.wrong is not None:
        raise _problem(message.wrong)
    if message.post_id != identity.post.id:
        problem = problems.forbidden(
            problems.Said(
                zh=f"此密钥属于岗位{identity.post.id}，不能以{message.post_id}办理",
                en=f"this key is of the post {identity.post.id}, not of {message.post_id}",
            ),
            rule=KEY_S_POST,
        )
        problem.field = "post"
        problem.next = problems.Said(
            zh="请使用该岗位的密钥", en="use a key of the post that decided"
        )
        raise problem
    return message


def _give(request: Request, identity: Identity, message: Message) -> Given:
    department = department_of(request, identity)
    try:
        with told(message.command, message.key):
            if department.inbound.given_by_another(message):
                raise KeyReused(message.key)
            given: Given = department.give(
                message.command,
                message.data,
                identity.post,
                key=message.key,
                credential=message.credential,
            )
    except problems.ProblemError as problem:
        _place_in_message(problem, message)
        raise
    return given


def _place_in_message(problem: problems.ProblemError, message: Message) -> None:
    """Names fields as the message has them: what a command calls its own stands in `data`."""
    if problem.rule == "KeyReused":
        wrong = key_reused(message.key)
        problem.field, problem.detail = "id", problems.Said(zh=wrong.zh, en=wrong.en)
    elif problem.rule == "EventTooLarge":
        problem.field = "data"
    elif problem.field:
        problem.field = f"data.{problem.field}"
    problem.problems = tuple(
        replace(one, field=f"data.{one.field}".rstrip(".")) for one in problem.problems
    )


def _problem(wrong: Wrong) -> problems.ProblemError:
    """What is wrong with a message, as a problem document."""
    found = problems.invalid(wrong.problems)
    found.rule = wrong.rule
    return found
