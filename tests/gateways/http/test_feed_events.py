"""Server-sent events of the feed: resumed by id, over restarts, with slow clients and many."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from gateways.http.accounts import Accounts
from gateways.http.feed_events import Streams
from gateways.log.embedded import EmbeddedLog
from gateways.log.port import Log
from tests.gateways.http.feeding import (
    LICENSING,
    append,
    application,
    follow,
    key_of,
    messages,
    served,
    until,
)

EVENTS = f"/api/v1/feed/{LICENSING}/events"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    opened = EmbeddedLog(tmp_path / "log.sqlite")
    yield opened
    opened.close()


def numbers(got: list[tuple[str, bytes]]) -> list[int]:
    return sorted(json.loads(data)["data"]["n"] for _, data in got)


def test_a_stream_goes_on_by_its_last_id_over_a_restart_without_loss_or_repeat(
    log: Log, accounts: Accounts, samr: dict[str, str]
) -> None:
    app = application(log, accounts)
    sent = append(log, 0, 500)
    with served(app) as address:
        got = follow(address, samr, 137)
    with served(application(log, accounts)) as address:
        got += follow(address, samr, 263, last=got[-1][0])
        sent += append(log, 500, 20)
        got += follow(address, samr, 120, last=got[-1][0])
    assert sorted(data for _, data in got) == sorted(sent)
    seen: dict[str, int] = {}
    for _, data in got:
        told = json.loads(data)
        assert seen.get(told["subject"], -1) < told["data"]["n"]
        seen[told["subject"]] = told["data"]["n"]


def test_a_record_comes_at_once_and_an_idle_stream_beats(
    log: Log, accounts: Accounts, samr: dict[str, str]
) -> None:
    app = application(log, accounts, streams=Streams(heartbeat_s=0.2))
    with (
        served(app) as address,
        httpx.stream(
            "GET", address + EVENTS, params={"after": "latest"}, headers=samr, timeout=10
        ) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        while ": heartbeat" not in next(lines):
            pass
        began = time.monotonic()
        (line,) = append(log, 7, 1)
        assert next(messages(lines))[1] == line
        assert time.monotonic() - began < 8


def test_a_stream_ends_when_its_key_is_revoked_and_when_its_client_goes(
    log: Log, accounts: Accounts
) -> None:
    streams = Streams(heartbeat_s=0.2)
    app = application(log, accounts, streams=streams)
    headers = key_of(accounts, "SAMR")
    with served(app) as address:
        with httpx.stream("GET", address + EVENTS, headers=headers, timeout=10):
            assert streams.open == 1
        until(lambda: streams.open == 0)
        with httpx.stream("GET", address + EVENTS, headers=headers, timeout=10) as answer:
            accounts.revoke_key(headers["X-API-Key"].partition(".")[0])
            assert list(answer.iter_lines())[-1] == ""
        until(lambda: streams.open == 0)
        assert httpx.get(address + EVENTS, headers=headers).status_code == 401


def test_a_key_has_no_more_streams_than_its_share(
    log: Log, accounts: Accounts, samr: dict[str, str]
) -> None:
    app = application(log, accounts, streams=Streams(of_key=1))
    with (
        served(app) as address,
        httpx.stream("GET", address + EVENTS, headers=samr, timeout=10) as first,
    ):
        assert first.status_code == 200
        second = httpx.get(address + EVENTS, headers=samr)
        assert (second.status_code, second.json()["rule"]) == (503, "TooManyStreams")
        assert second.headers["Retry-After"] == "30"


def test_a_client_that_does_not_read_neither_grows_memory_nor_holds_up_the_others(
    log: Log, accounts: Accounts, samr: dict[str, str]
) -> None:
    app = application(log, accounts)
    total, padding = 1500, 60_000  # 90 MB
    for first in range(0, total, 100):
        append(log, first, 100, padding=padding)
    with served(app) as address:
        where = urlsplit(address)
        stalled = []
        for _ in range(8):
            one = socket.create_connection((where.hostname or "", where.port or 0))
            one.sendall(
                f"GET {EVENTS} HTTP/1.1\r\nHost: test\r\nX-API-Key: {samr['X-API-Key']}\r\n\r\n".encode()
            )
            stalled.append(one)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.monotonic()
        assert numbers(follow(address, samr, 300)) != []
        assert time.monotonic() - began < 20
        time.sleep(1)
        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown_kib < 60_000  # eight clients would hold 720 MB
        for one in stalled:
            one.close()


def test_two_hundred_streams_follow_at_once_and_share_their_reads(
    log: Log, accounts: Accounts
) -> None:
    reads = 0
    app = application(log, accounts)
    source = app.state.feeds.source
    real = source.log.read

    def counted(*given: object, **named: object) -> object:
        nonlocal reads
        reads += 1
        return real(*given, **named)

    source.log.read = counted
    keys = [key_of(accounts, "SAMR") for _ in range(4)]
    clients, each = 200, 20
    append(log, 0, 10)

    async def one(session: httpx.AsyncClient, address: str, headers: dict[str, str]) -> list[int]:
        got: list[int] = []
        async with session.stream("GET", address + EVENTS, headers=headers) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    got.append(json.loads(line[6:])["data"]["n"])
                if len(got) == each:
                    break
        return sorted(got)

    async def all_of_them(address: str) -> list[list[int]]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(limits=limits, timeout=60) as session:
            following = [
                asyncio.create_task(one(session, address, keys[number % len(keys)]))
                for number in range(clients)
            ]
            while app.state.feeds.streams.open < clients:
                await asyncio.sleep(0.05)
            await asyncio.to_thread(append, log, 10, 10)
            return await asyncio.gather(*following)

    # A browser of other tests may keep a loop of its own running in this thread.
    with served(app) as address, ThreadPoolExecutor(1) as alone:
        got = alone.submit(asyncio.run, all_of_them(address)).result()
    assert got == [list(range(each))] * clients
    # Not one read for each client and record: those at one place share a page.
    assert reads < clients * 4
