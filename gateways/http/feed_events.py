"""Server-sent events of the feed: one message an event, resumed by its id.

A message is built when the one before it has gone out: a client that reads slowly keeps one
page waiting, whatever comes meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gateways.http.feed_source import OUTAGE_S, FeedSource
from gateways.http.metrics import FEED_RECORDS, FEED_STREAMS
from gateways.log.port import LogUnavailable, PositionOutOfRange, TopicPartition
from gateways.log.positions import written

PAGE, PAGE_BYTES_MAX = 200, 131_072
CHUNK_BYTES = 32_768
HEARTBEAT_S = 15.0
RETRY_MS = 2000
STREAMS_MAX = 1000
STREAMS_OF_KEY_MAX = 100


class Streams:
    """How many streams are open in this process, of every key and of one."""

    def __init__(
        self,
        *,
        most: int = STREAMS_MAX,
        of_key: int = STREAMS_OF_KEY_MAX,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._most, self._of_key, self.heartbeat_s = most, of_key, heartbeat_s
        self._open: Counter[str] = Counter()

    def take(self, credential: str) -> bool:
        """Takes a place for one more stream; False where there is none left."""
        if self._open.total() >= self._most or self._open[credential] >= self._of_key:
            return False
        self._open[credential] += 1
        FEED_STREAMS.inc()
        return True

    def give_back(self, credential: str) -> None:
        """A stream has ended."""
        self._open[credential] -= 1
        FEED_STREAMS.dec()

    @property
    def open(self) -> int:
        """How many streams are open."""
        return self._open.total()


class EventStream(StreamingResponse):
    """A stream that gives its place back however it ends."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[bytes], streams: Streams, credential: str) -> None:
        super().__init__(content, headers={"X-Accel-Buffering": "no"})
        self._streams, self._credential = streams, credential

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.give_back(self._credential)


async def events(
    request: Request,
    source: FeedSource,
    topic: str,
    offsets: Mapping[TopicPartition, int],
    live: Callable[[], bool],
    heartbeat_s: float,
) -> AsyncIterator[bytes]:
    """The messages after the offsets, without an end.

    It ends when the client has gone, when `live` no longer holds (looked at once a
    heartbeat), and when its position is no longer on the log: the next request is told why.
    """
    at = dict(offsets)
    looked = time.monotonic()
    yield b"retry: %d\n\n" % RETRY_MS
    while True:
        if time.monotonic() - looked >= heartbeat_s:
            looked = time.monotonic()
            if await request.is_disconnected() or not await run_in_threadpool(live):
                return
        try:
            records = await source.page(at, limit=PAGE, bytes_max=PAGE_BYTES_MAX)
        except LogUnavailable:
            yield b": the log is away\n\n"
            await asyncio.sleep(OUTAGE_S)
            continue
        except PositionOutOfRange:
            return
        if not records:
            if not await source.news(topic, at, heartbeat_s):
                yield b": heartbeat\n\n"
            continue
        chunk = bytearray()
        for it in records:
            at[it.topic, it.partition] = it.offset + 1
            chunk += b"id: %b\ndata: %b\n\n" % (written(topic, at).encode(), it.value)
            if len(chunk) >= CHUNK_BYTES:
                yield bytes(chunk)
                chunk.clear()
        if chunk:
            yield bytes(chunk)
        FEED_RECORDS.labels(topic, "stream").inc(len(records))
