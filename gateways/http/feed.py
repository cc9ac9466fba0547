"""The feed: the topics of the shared log over HTTP, for systems that cannot reach Kafka.

The records are the stored bytes, those that a Kafka consumer gets. Who may read which topic
is the one table of entitlements; withheld topics are given to nobody here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from domain.departments import NODES, TOPICS, Topic, entitled_topics, readers_of
from gateways.http import parameters, problems
from gateways.http.accounts import Identity
from gateways.http.api import Officer
from gateways.http.feed_events import EventStream, Streams, events
from gateways.http.feed_source import FeedSource
from gateways.http.metrics import FEED_RECORDS
from gateways.log.port import LogRecord, LogUnavailable, PositionOutOfRange, TopicPartition
from gateways.log.positions import EARLIEST, BadPosition, begin, written

router = APIRouter(prefix="/api/v1/feed")

LIMIT, LIMIT_MAX = 100, 500
PAGE_BYTES_MAX = 1_000_000
"""Bytes of envelopes in a page; a page may go over it by one record of each partition."""

LINES = "application/x-ndjson"
POSITION = "Liandong-Position"

TOPICS_LISTED = problems.Said(
    zh="GET /api/v1/feed 列出可读的主题", en="GET /api/v1/feed lists the topics you may read"
)
AFTER_TEXT = (
    "位置：上一页的 position，或 earliest（缺省）、latest / "
    "where to go on: the position of the page before, or earliest (default) or latest. "
    "Opaque, and good for ever"
)
Limit = Annotated[
    str | None,
    Query(description=f"最多条数，1 至 {LIMIT_MAX} / records at most; {LIMIT} by default"),
]
After = Annotated[str | None, Query(description=AFTER_TEXT)]
Wait = Annotated[
    str | None,
    Query(
        description="没有新记录时最多等待的秒数 / seconds to wait for a first record; 0 by default"
    ),
]


@dataclass(frozen=True, kw_only=True)
class Feeds:
    """What the feed needs in one process."""

    source: FeedSource
    streams: Streams


@router.get("", summary="可读的主题 / the topics that may be read")
def list_topics(identity: Officer) -> Any:
    """The topics that the caller's department is entitled to, each with its writer."""
    return [
        {
            "topic": topic.name,
            "department": topic.node,
            "zh": NODES[topic.node].zh,
            "en": NODES[topic.node].en,
            "family": topic.family,
            "partitions": topic.partitions,
        }
        for topic in entitled_topics(identity.department)
    ]


@router.get(
    "/{topic}",
    summary="一页事件 / a page of events",
    response_class=Response,
    responses={
        200: {
            "description": "按位置读取的一页。同一主体的事件次序不变；每个事件是其存储的原始字节。"
            "空页表示已到末尾。 / One page. The order of each subject's events is kept; each event"
            " is exactly its stored bytes. An empty page means that the end was reached. Read on"
            f" with `after` = `position` (NDJSON: the header {POSITION}). A crash between pages"
            " repeats a page: know events by `id`, or by `partitionsequence` in a topic.",
            "headers": {
                POSITION: {
                    "description": "the position after this page",
                    "schema": {"type": "string"},
                }
            },
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["topic", "position", "events"],
                        "properties": {
                            "topic": {"type": "string"},
                            "position": {"type": "string"},
                            "events": {
                                "type": "array",
                                "description": "CloudEvents 1.0 envelopes (schemas/envelope.v1.json)",
                                "items": {"type": "object"},
                            },
                        },
                    }
                },
                LINES: {"schema": {"type": "string", "description": "one envelope a line"}},
            },
        },
        403: {"description": "NotEntitledToTopic"},
        404: {"description": "UnknownTopic"},
        409: {"description": "PositionNotOnLog"},
        503: {"description": "LogUnavailable"},
    },
)
async def page(
    topic: str,
    request: Request,
    identity: Officer,
    after: After = None,
    limit: Limit = None,
    wait: Wait = None,
) -> Response:
    """A page of a topic. `Accept: application/x-ndjson` gives one envelope a line.

    With `wait` the answer comes as soon as there is a record (long poll).
    """
    found = _entitled(topic, identity)
    parameters.only(request.query_params, "after", "limit", "wait")
    feeds: Feeds = request.app.state.feeds
    most = parameters.whole_number("limit", limit, LIMIT, least=1, most=LIMIT_MAX)
    wait_s = parameters.whole_number("wait", wait, 0, most=request.app.state.config.wait_s_max)
    offsets = await start(feeds, found, after)
    records = await _page(feeds, offsets, most)
    if not records and wait_s and await feeds.source.news(topic, offsets, wait_s):
        records = await _page(feeds, offsets, most)
    FEED_RECORDS.labels(topic, "page").inc(len(records))
    position = written(topic, after_all(offsets, records))
    if LINES in request.headers.get("accept", ""):
        body, kind = b"".join(it.value + b"\n" for it in records), LINES
    else:
        head = f'{{"topic":"{topic}","position":"{position}","events":['.encode()
        body, kind = head + b",".join(it.value for it in records) + b"]}", "application/json"
    return Response(body, media_type=kind, headers={POSITION: position, "Vary": "Accept"})


@router.get(
    "/{topic}/events",
    summary="事件流 / server-sent events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "每个事件一条消息：id 是其后的位置，data 是存储的原始字节；断开后以"
            " Last-Event-ID 续读，不丢不重。空闲时每 15 秒一行注释。 / One message an event: `id` is the"
            " position after it, `data` its stored bytes. Last-Event-ID (or `after`) goes on without"
            " loss or repeat. A comment every 15 s while idle.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        403: {"description": "NotEntitledToTopic"},
        404: {"description": "UnknownTopic"},
        409: {"description": "PositionNotOnLog"},
        503: {"description": "TooManyStreams, LogUnavailable"},
    },
)
async def stream(topic: str, request: Request, identity: Officer, after: After = None) -> Response:
    """A topic as server-sent events, from a position on and without an end.

    A client that reads slowly holds up itself alone. The stream ends when its API key is revoked.
    """
    found = _entitled(topic, identity)
    parameters.only(request.query_params, "after")
    feeds: Feeds = request.app.state.feeds
    last = request.headers.get("last-event-id")
    field = "Last-Event-ID" if last else "after"
    offsets = await start(feeds, found, last or after, field)
    # What is wrong with the position is told now: a stream can only break off.
    await _page(feeds, offsets, 1, field)
    if not feeds.streams.take(identity.credential):
        raise _too_many()

    def live() -> bool:
        accounts, key = request.app.state.accounts, request.headers.get("x-api-key", "")
        return accounts.of_key(key) is not None

    return EventStream(
        events(request, feeds.source, topic, offsets, live, feeds.streams.heartbeat_s),
        feeds.streams,
        identity.credential,
    )


async def start(
    feeds: Feeds, topic: Topic, word: str | None, field: str = "after"
) -> dict[TopicPartition, int]:
    """The offsets for a position, or a problem that says what is wrong with it and where it stood."""
    try:
        return await run_in_threadpool(begin, feeds.source.log, topic.name, word or EARLIEST)
    except BadPosition:
        raise problems.bad_parameter(
            field,
            "不是该主题的位置；请使用上一页返回的 position，或 earliest、latest",
            "is no position of this topic; use the position of the page before, earliest or latest",
        ) from None
    except LogUnavailable as error:
        raise log_away() from error


def after_all(
    offsets: Mapping[TopicPartition, int], records: Iterable[LogRecord]
) -> dict[TopicPartition, int]:
    """The offsets after some records."""
    following = dict(offsets)
    for it in records:
        following[it.topic, it.partition] = it.offset + 1
    return following


async def _page(
    feeds: Feeds, offsets: Mapping[TopicPartition, int], limit: int, field: str = "after"
) -> list[LogRecord]:
    try:
        return await feeds.source.page(offsets, limit=limit, bytes_max=PAGE_BYTES_MAX)
    except LogUnavailable as error:
        raise log_away() from error
    except PositionOutOfRange as error:
        raise _not_on_log(error, field) from error


def _entitled(name: str, identity: Identity) -> Topic:
    topic = TOPICS.get(name)
    if topic is None:
        problem = problems.not_found(
            problems.Said(zh=f"没有主题“{name}”", en=f"There is no topic “{name}”"),
            rule="UnknownTopic",
            field_name="topic",
        )
        problem.next = TOPICS_LISTED
        raise problem
    if identity.department not in readers_of(topic):
        raise not_entitled(name, identity.department)
    return topic


def not_entitled(topic: str, department: str) -> problems.ProblemError:
    """The department may not read a topic."""
    problem = problems.forbidden(
        problems.Said(
            zh=f"{NODES[department].zh}部门无权读取主题“{topic}”",
            en=f"{NODES[department].en} is not entitled to the topic “{topic}”",
        ),
        rule="NotEntitledToTopic",
    )
    problem.field = "topic"
    problem.next = TOPICS_LISTED
    return problem


def _not_on_log(error: PositionOutOfRange, field: str) -> problems.ProblemError:
    return problems.ProblemError(
        status=409,
        rule="PositionNotOnLog",
        title=problems.Said(zh="位置不在日志中", en="The position is not on the log"),
        detail=problems.Said(
            zh=f"{error.topic} 分区 {error.partition} 没有位置 {error.position}：日志被更换或截断过",
            en=f"{error.topic} partition {error.partition} has no position {error.position}: "
            "the log was replaced or cut",
        ),
        next=problems.Said(
            zh="请与运维人员核对后，从 earliest 重新读取，并按事件 id 去重",
            en="Ask the operators, then read from earliest again and know events by their id",
        ),
        field=field,
    )


def log_away() -> problems.ProblemError:
    """The shared log does not answer."""
    return problems.ProblemError(
        status=503,
        rule="LogUnavailable",
        title=problems.Said(zh="共享日志暂不可用", en="The shared log cannot be reached"),
        detail=problems.Said(zh="日志没有应答", en="The log did not answer"),
        next=problems.Said(
            zh="请稍后从同一位置继续", en="Go on from the same position a little later"
        ),
        headers={"Retry-After": "5"},
    )


def _too_many() -> problems.ProblemError:
    return problems.ProblemError(
        status=503,
        rule="TooManyStreams",
        title=problems.Said(zh="事件流过多", en="Too many streams"),
        detail=problems.Said(
            zh="本节点或此密钥打开的事件流已达上限",
            en="This node, or this key, has as many streams open as it may",
        ),
        next=problems.Said(
            zh="请关闭不用的连接，或改用 wait 参数的长轮询",
            en="Close what is not used, or use the long poll (wait)",
        ),
        headers={"Retry-After": "30"},
    )
