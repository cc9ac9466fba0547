"""What the readers of feeds share: pages, and one look at the log for all who wait.

Theory of operation. However many clients wait, one task asks the log for its ends and wakes
those for whom something came. What stands on the log never changes, so a page that was read
for one client serves every other one that stands at the same place; the last few are kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool

from gateways.log.port import Log, LogRecord, LogUnavailable, TopicPartition

WATCH_S = 0.05
OUTAGE_S = 1.0
PAGES_KEPT = 16

_Key = tuple[tuple[tuple[TopicPartition, int], ...], int, int]


@dataclass(eq=False, slots=True)
class _Waiting:
    """One client that waits for anything after its offsets."""

    topic: str
    offsets: dict[TopicPartition, int]
    woken: asyncio.Event


class FeedSource:
    """Pages and news of one log, for the clients of one process and one event loop."""

    def __init__(self, log: Log, *, watch_s: float = WATCH_S) -> None:
        self.log = log
        self._watch_s = watch_s
        self._waiting: set[_Waiting] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._pages: OrderedDict[_Key, list[LogRecord]] = OrderedDict()
        self._reading: dict[_Key, asyncio.Task[list[LogRecord]]] = {}

    async def page(
        self, offsets: Mapping[TopicPartition, int], *, limit: int, bytes_max: int
    ) -> list[LogRecord]:
        """The records after the offsets (see the log's port); clients at one place share a read."""
        key = tuple(sorted(offsets.items())), limit, bytes_max
        if (kept := self._pages.get(key)) is not None:
            self._pages.move_to_end(key)
            return kept
        task = self._reading.get(key)
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.create_task(self._read(key))
            self._reading[key] = task
        # A client that goes away does not end the read of the others.
        return await asyncio.shield(task)

    async def _read(self, key: _Key) -> list[LogRecord]:
        places, limit, bytes_max = key
        try:
            records = await run_in_threadpool(
                self.log.read, dict(places), limit=limit, bytes_max=bytes_max
            )
        finally:
            self._reading.pop(key, None)
        if records:
            self._pages[key] = records
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
        return records

    async def news(
        self, topic: str, offsets: Mapping[TopicPartition, int], timeout_s: float
    ) -> bool:
        """Whether records after the offsets came before the time ran out."""
        one = _Waiting(topic, dict(offsets), asyncio.Event())
        self._waiting.add(one)
        if (
            self._watcher is None
            or self._watcher.done()
            or self._watcher.get_loop() is not (asyncio.get_running_loop())
        ):
            self._watcher = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(timeout_s):
                await one.woken.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(one)
        return True

    async def _watch(self) -> None:
        while self._waiting:
            topics = sorted({one.topic for one in self._waiting})
            try:
                ends = await run_in_threadpool(self.log.ends, topics)
            except LogUnavailable:
                # Who waits is told by the read that follows, or goes on waiting.
                await asyncio.sleep(OUTAGE_S)
                continue
            for one in self._waiting:
                if any(ends.get(place, at) > at for place, at in one.offsets.items()):
                    one.woken.set()
            await asyncio.sleep(self._watch_s)
