"""Webhooks over HTTP: a department system subscribes its own endpoint to topics it may read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from domain.departments import TOPICS
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.api import Officer
from gateways.http.body import read_object
from gateways.http.departments import department_of
from gateways.http.feed import log_away, not_entitled
from gateways.log.port import LogUnavailable, TopicMismatch
from gateways.log.positions import EARLIEST, LATEST, BadPosition
from gateways.webhooks.addresses import WrongEndpoint
from gateways.webhooks.giving import renew, replay, subscribe, told
from gateways.webhooks.subscriptions import NotEntitled, UnknownWebhook, Webhook

router = APIRouter(prefix="/api/v1/webhooks")

Answer = TypeVar("Answer")
SUBSCRIPTION = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["url", "topics"],
            "additionalProperties": False,
            "properties": {
                "url": {"type": "string", "description": "https；内网地址须由运维人员允许 / https"},
                "topics": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "after": {
                    "type": "string",
                    "default": LATEST,
                    "description": "latest（缺省）、earliest，或单个主题的位置 / "
                    "latest (default), earliest, or a position where there is one topic",
                },
            },
        }
    }
}
REPLAY = {
    "application/json": {
        "schema": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "topic": {"type": "string", "description": "缺省为全部 / every one by default"},
                "after": {"type": "string", "default": EARLIEST},
            },
        }
    }
}


async def sent(request: Request) -> dict[str, Any]:
    """The object in the body, read as strictly as any other; {} where nothing is sent."""
    raw = await request.body()
    kind, most = request.headers.get("content-type", ""), request.app.state.config.body_bytes_max
    return read_object(raw, kind, most) if raw else {}


Sent = Annotated[dict[str, Any], Depends(sent)]


@router.get("", summary="推送订阅 / subscriptions")
def list_webhooks(request: Request, identity: Officer) -> Any:
    """The department's subscriptions: state, each topic's position, lag and last error."""
    department = department_of(request, identity)
    return [_told(request, one) for one in department.webhooks.all()]


@router.post(
    "",
    summary="订阅 / subscribe",
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": SUBSCRIPTION}},
)
def add_webhook(request: Request, identity: Officer, body: Sent) -> Any:
    """Subscribes an endpoint to topics; the answer shows its secret, once.

    Each event comes as a POST of its stored bytes (CloudEvents 1.0, structured JSON) with
    `webhook-id` (the event's id), `webhook-timestamp` and `webhook-signature` by the Standard
    Webhooks convention. Answer 2xx within 15 s. Order is kept within a partition, so for each
    subject; delivery is at least once: know events by `webhook-id`. What fails is tried again,
    later and later, up to once an hour; after five days, and on 410, the subscription is
    disabled and an operator is told. Redirects are not followed.
    """
    _only(body, {"url", "topics", "after"})
    url, topics, after = body.get("url"), body.get("topics"), body.get("after", LATEST)
    if not isinstance(url, str):
        raise _wrong("url", "应为文本", "must be a text")
    named = isinstance(topics, list) and all(isinstance(one, str) for one in topics)
    if not isinstance(topics, list) or not named or not 0 < len(topics) <= len(TOPICS):
        raise _wrong(
            "topics", "应为主题名的列表，不能为空", "must be a list of topic names, not empty"
        )
    department = department_of(request, identity)
    made, secret = _answered(
        identity,
        lambda: subscribe(
            department.webhooks,
            request.app.state.platform.log,
            department.networks,
            account=identity.credential,
            url=url,
            topics=topics,
            after=_word(after),
        ),
    )
    return {**_told(request, made), "secret": secret}


@router.get("/{webhook_id}", summary="一个订阅 / one subscription")
def show_webhook(webhook_id: str, request: Request, identity: Officer) -> Any:
    """One subscription: state, each topic's position, lag and last error."""
    webhooks = department_of(request, identity).webhooks
    return _told(request, _answered(identity, lambda: webhooks.one(webhook_id)))


@router.post("/{webhook_id}/enable", summary="启用 / enable")
def enable_webhook(webhook_id: str, request: Request, identity: Officer) -> Any:
    """Sends again from where it stopped, at once; it is from now on the caller's key's."""
    webhooks = department_of(request, identity).webhooks
    return _told(
        request,
        _answered(
            identity, lambda: webhooks.enable(_known(webhooks, webhook_id), identity.credential)
        ),
    )


@router.post("/{webhook_id}/disable", summary="停用 / disable")
def disable_webhook(webhook_id: str, request: Request, identity: Officer) -> Any:
    """Sends nothing more; what was delivered is remembered."""
    webhooks = department_of(request, identity).webhooks
    return _told(
        request, _answered(identity, lambda: webhooks.disable(_known(webhooks, webhook_id)))
    )


@router.post(
    "/{webhook_id}/replay",
    summary="从某一位置重新推送 / deliver again from a position",
    openapi_extra={"requestBody": {"required": True, "content": REPLAY}},
)
def replay_webhook(webhook_id: str, request: Request, identity: Officer, body: Sent) -> Any:
    """Goes on from another position, under the same `webhook-id` for each event."""
    _only(body, {"topic", "after"})
    topic = body.get("topic")
    if topic is not None and not isinstance(topic, str):
        raise _wrong("topic", "应为文本", "must be a text")
    webhooks = department_of(request, identity).webhooks
    log = request.app.state.platform.log
    after = _word(body.get("after", EARLIEST))
    return _told(
        request, _answered(identity, lambda: replay(webhooks, log, webhook_id, topic, after))
    )


@router.post("/{webhook_id}/secret", summary="更换密钥 / a new secret")
def renew_secret(webhook_id: str, request: Request, identity: Officer) -> Any:
    """Draws a new secret and shows it, once.

    Deliveries then bear two signatures, of the new secret and of the one before it, until the
    next is drawn: an endpoint goes over to the new one at any moment. Draw two after a leak.
    """
    webhooks = department_of(request, identity).webhooks
    made, secret = _answered(identity, lambda: renew(webhooks, webhook_id))
    return {**_told(request, made), "secret": secret}


@router.delete("/{webhook_id}", summary="删除 / remove", status_code=204)
async def remove_webhook(webhook_id: str, request: Request, identity: Officer) -> Response:
    """Forgets a subscription and its secret."""
    webhooks = department_of(request, identity).webhooks
    await run_in_threadpool(_answered, identity, lambda: webhooks.remove(webhook_id))
    return Response(status_code=204)


def _known(webhooks: Any, webhook_id: str) -> str:
    webhooks.one(webhook_id)
    return webhook_id


def _answered(identity: Identity, act: Callable[[], Answer]) -> Answer:
    """What an act answers, or the problem that says why it was refused."""
    try:
        return act()
    except WrongEndpoint as wrong:
        raise _wrong("url", wrong.zh, wrong.en) from wrong
    except NotEntitled as wrong:
        raise not_entitled(str(wrong), identity.department) from wrong
    except BadPosition as wrong:
        raise _wrong(
            "after", "不是该主题的位置", "is no position of this topic; say earliest or latest"
        ) from wrong
    except UnknownWebhook as wrong:
        raise problems.not_found(
            problems.Said(
                zh=f"本部门没有推送订阅“{wrong}”", en=f"There is no webhook “{wrong}” here"
            ),
            rule="UnknownWebhook",
        ) from wrong
    except (LogUnavailable, TopicMismatch) as wrong:
        raise log_away() from wrong


def _told(request: Request, webhook: Webhook) -> dict[str, Any]:
    try:
        ends = request.app.state.platform.log.ends(list(webhook.topics))
    except LogUnavailable:
        ends = None  # the subscription is shown without its lag
    return told(webhook, ends)


def _word(after: Any) -> str:
    if not isinstance(after, str):
        raise _wrong("after", "应为文本", "must be a text")
    return after


def _only(body: dict[str, Any], known: set[str]) -> None:
    for name in sorted(set(body) - known):
        raise _wrong(name[:60], "没有这个字段", "is not a field here")


def _wrong(field: str, zh: str, en: str) -> problems.ProblemError:
    return problems.ProblemError(
        status=422,
        rule="InvalidWebhook",
        title=problems.Said(zh="订阅不符合要求", en="The subscription cannot be made so"),
        detail=problems.Said(zh=f"{field}：{zh}", en=f"{field}: {en}"),
        next=problems.Said(zh="请改正该字段", en="Correct this field"),
        field=field,
    )
