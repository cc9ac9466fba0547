"""Delivering: each subscription's lanes in the order of the log, tried again until they arrive.

Theory of operation. One process of a department delivers, by a lease in its store. A round
of a subscription runs in a thread of its own, so that an endpoint that hangs holds up itself
alone; its partitions go side by side, the records of a partition one after another. A lane
moves on after its records were accepted; killed in between, it sends them again under the
same `webhook-id`, which is the event's id. What fails is tried again at a due time that
stands in the database: exponential, with jitter, for the lane and for the endpoint as a
whole. An endpoint that has failed for days is disabled, and an operator is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import structlog

from domain.departments import entitled_topics
from gateways.log.port import Log, LogRecord, PositionOutOfRange, TopicPartition
from gateways.store.port import EventStore
from gateways.webhooks.addresses import Network, WrongEndpoint, checked
from gateways.webhooks.sending import ATTEMPT_S, Outcome, Sender
from gateways.webhooks.signing import headers
from gateways.webhooks.subscriptions import (
    DEAD,
    ENABLED,
    GONE,
    LOST,
    REVOKED,
    Lane,
    Subscriptions,
    UnknownWebhook,
    Webhook,
)

LEASE_S, RENEW_S = 10.0, 3.0
ENDPOINTS_AT_ONCE = 8
LANES_AT_ONCE = 6
BATCH, BATCH_BYTES_MAX = 20, 1_000_000
ROUND_S = 5.0
STOP_S = 1.0

_log = structlog.get_logger("liandong.webhooks")


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long an endpoint is waited for. Seconds.

    The wait after attempt n is `first_s * factor ** (n - 1)`, at most `most_s`, times a random
    0.8 to 1.2. A lane that fails for `dead_after_s`, and at least `attempts_min` times,
    disables its subscription.
    """

    first_s: float = 5.0
    factor: float = 3.0
    most_s: float = 3600.0
    dead_after_s: float = 5 * 86_400.0
    attempts_min: int = 10
    attempt_s: float = ATTEMPT_S

    def wait_s(self, attempts: int) -> float:
        """Seconds until the next attempt after so many have failed."""
        plain = min(self.first_s * self.factor ** min(max(0, attempts - 1), 30), self.most_s)
        return plain * random.uniform(0.8, 1.2)


class Deliveries:
    """The deliveries of one department. `alive` says whether an account still holds good."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        log: Log,
        store: EventStore,
        holder: str,
        *,
        networks: Sequence[Network] = (),
        alive: Callable[[str], bool] = lambda _account: True,
        patience: Patience | None = None,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        self.subscriptions = subscriptions
        self._log, self._store, self._holder = log, store, holder
        self._networks, self._alive = tuple(networks), alive
        self._patience, self._seconds = patience or Patience(), seconds
        self._readable = {topic.name for topic in entitled_topics(subscriptions.department)}
        self._rounds: dict[str, Future[None]] = {}
        self._running: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._context: ssl.SSLContext | None = None
        self._stopping = threading.Event()
        self._held, self._asked = False, float("-inf")

    def step(self) -> bool:
        """Begins a round for each subscription that has something due; whether any began.

        Raises LogUnavailable, StoreUnavailable, and what a round met that no endpoint causes.
        """
        self._collect()
        now = self._seconds()
        due = [
            one
            for one in self.subscriptions.all()
            if one.state == ENABLED and one.due <= now and one.webhook_id not in self._rounds
        ]
        # Where nobody subscribes, no lease is written for ever and ever.
        if not (due or self._rounds) or not self._hold() or not due:
            return False
        ends = self._log.ends(sorted({topic for one in due for topic in one.topics}))
        began = False
        for one in due:
            lanes = [
                lane
                for lane in one.lanes
                if lane.topic in self._readable
                and lane.due <= now
                and lane.next_offset != ends.get(lane.place, 0)
            ]
            if lanes:
                self._begin(one, lanes)
                began = True
        return began

    def finish(self) -> None:
        """Waits for the rounds that run."""
        wait(self._rounds.values())
        self._collect()

    def stop(self) -> None:
        """Lets the deliveries that are on their way end, soon, and gives the lease back.

        An endpoint that hangs is not waited for: its event goes out again at the next start.
        """
        self._stopping.set()
        wait(self._rounds.values(), timeout=STOP_S)
        for loop, task in list(self._running.values()):
            with contextlib.suppress(RuntimeError):  # it has ended meanwhile
                loop.call_soon_threadsafe(task.cancel)
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self._held:
            self._store.release("webhooks", self._holder)
            self._held = False

    def _hold(self) -> bool:
        since = time.monotonic() - self._asked
        if since >= RENEW_S:
            self._held = self._store.lease("webhooks", self._holder, LEASE_S)
            self._asked = time.monotonic()
        return self._held

    def _begin(self, one: Webhook, lanes: Sequence[Lane]) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(ENDPOINTS_AT_ONCE, thread_name_prefix="webhooks")
            self._context = ssl.create_default_context()
        self._rounds[one.webhook_id] = self._pool.submit(
            lambda: asyncio.run(self._bounded(one, lanes))
        )

    def _collect(self) -> None:
        for name, future in list(self._rounds.items()):
            if future.done():
                del self._rounds[name]
                try:
                    future.result()
                except BaseExceptionGroup as several:
                    # Lanes side by side meet the same outage: the first tells of it.
                    raise several.exceptions[0] from several

    async def _bounded(self, one: Webhook, lanes: Sequence[Lane]) -> None:
        """A round that `stop` can end; it ends by itself where its subscription is removed."""
        task = asyncio.current_task()
        assert task is not None
        self._running[one.webhook_id] = asyncio.get_running_loop(), task
        try:
            if not self._stopping.is_set():
                await self._round(one, lanes)
        except* UnknownWebhook:
            _log.info("webhook removed during a round", webhook=one.webhook_id)
        finally:
            del self._running[one.webhook_id]

    async def _round(self, one: Webhook, lanes: Sequence[Lane]) -> None:
        if not await asyncio.to_thread(self._alive, one.account):
            await asyncio.to_thread(self._disable, one, REVOKED, of=one.account)
            return
        try:
            endpoint = await asyncio.to_thread(checked, one.url, self._networks)
        except WrongEndpoint as wrong:
            await asyncio.to_thread(self._failed, one, lanes[0], Outcome(error=wrong.en))
            return
        assert self._context is not None
        secrets = await asyncio.to_thread(self.subscriptions.signing, one.webhook_id)
        until = time.monotonic() + ROUND_S
        # While an endpoint fails, one lane finds out for all of them.
        chosen = sorted(lanes, key=lambda lane: lane.due)[: 1 if one.failures else None]
        failing = asyncio.Event()
        at_once = asyncio.Semaphore(LANES_AT_ONCE)
        async with Sender(endpoint, self._context, attempt_s=self._patience.attempt_s) as sender:

            async def run(lane: Lane) -> None:
                async with at_once:
                    await self._lane(one, lane, sender, secrets, failing, until)

            async with asyncio.TaskGroup() as group:
                for lane in chosen:
                    group.create_task(run(lane))

    async def _lane(
        self,
        one: Webhook,
        lane: Lane,
        sender: Sender,
        secrets: Sequence[bytes],
        failing: asyncio.Event,
        until: float,
    ) -> None:
        while not failing.is_set() and not self._stopping.is_set() and time.monotonic() < until:
            place: TopicPartition = lane.place
            try:
                records = await asyncio.to_thread(
                    self._log.read,
                    {place: lane.next_offset},
                    limit=BATCH,
                    bytes_max=BATCH_BYTES_MAX,
                )
            except PositionOutOfRange:
                self._disable(one, LOST)
                failing.set()
                return
            if not records:
                return
            reached, outcome = lane.next_offset, Outcome()
            for it in records:
                if failing.is_set() or self._stopping.is_set():
                    break
                outcome = await self._send(sender, secrets, it)
                if outcome.error:
                    break
                reached = it.offset + 1
            if reached > lane.next_offset:
                moved = await asyncio.to_thread(
                    self.subscriptions.delivered, one.webhook_id, lane, reached
                )
                if not moved:
                    return
                lane = replace(lane, next_offset=reached, attempts=0, failing_since=None)
            if outcome.error:
                failing.set()
                await asyncio.to_thread(self._failed, one, lane, outcome)
                return

    async def _send(self, sender: Sender, secrets: Sequence[bytes], record: LogRecord) -> Outcome:
        now = self._seconds()
        signed = headers(secrets, id_of(record), int(now), record.value)
        return await sender.send(record.value, signed, now)

    def _failed(self, one: Webhook, lane: Lane, outcome: Outcome) -> None:
        patience, now = self._patience, self._seconds()
        asked = min(outcome.retry_after_s, patience.most_s)
        noted = self.subscriptions.failed(
            one.webhook_id,
            lane,
            outcome.error,
            lane_due=now + max(patience.wait_s(lane.attempts + 1), asked),
            endpoint_due=now + max(patience.wait_s(one.failures + 1), asked),
        )
        _log.warning("webhook not delivered", webhook=one.webhook_id, error=outcome.error)
        if outcome.gone:
            self._disable(one, GONE)
        elif (
            noted is not None
            and noted.failing_since is not None
            and noted.attempts >= patience.attempts_min
            and now - noted.failing_since >= patience.dead_after_s
        ):
            self._disable(one, DEAD)

    def _disable(self, one: Webhook, reason: str, *, of: str | None = None) -> None:
        if self.subscriptions.disable(one.webhook_id, reason, of=of).reason != reason:
            return
        _log.error(
            "webhook disabled",
            department=self.subscriptions.department,
            webhook=one.webhook_id,
            reason=reason,
        )


def id_of(record: LogRecord) -> str:
    """The event's id, the same at every attempt; its place on the log where it has none."""
    try:
        found = json.loads(record.value).get("id")
    except (ValueError, AttributeError):
        found = None
    if isinstance(found, str) and found.isascii() and found.isprintable() and 0 < len(found) <= 200:
        return found
    return f"{record.topic}-{record.partition}-{record.offset}"
