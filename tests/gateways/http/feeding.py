"""A web edge over a log alone, served for real, and records for it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import uvicorn

from domain.departments import TOPICS
from gateways.http import feed
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.http.feed_events import Streams
from gateways.http.feed_source import FeedSource
from gateways.log.partitioning import partition_of
from gateways.log.port import Log, OutRecord, TopicSpec

SECRET = "a secret of the tests, long enough to sign with"
LICENSING = "labour.hr.licensing"
COMPLAINTS = "labour.hr.complaint"


def application(log: Log, accounts: Accounts, *, streams: Streams | None = None) -> Any:
    """The web edge over a log and no departments."""
    log.ensure_topics(
        [TopicSpec(name, TOPICS[name].partitions) for name in (LICENSING, COMPLAINTS)]
    )
    platform: Any = SimpleNamespace(departments={}, log=log, clock=None, workers=None)
    app = create_app(platform, accounts, WebConfig(secret=SECRET, hosts=("*",)))
    app.state.feeds = feed.Feeds(source=FeedSource(log), streams=streams or Streams())
    return app


def append(log: Log, first: int, count: int, *, padding: int = 0, keys: int = 9) -> list[bytes]:
    """Appends numbered envelopes of some subjects, and gives their bytes."""
    records = []
    for number in range(first, first + count):
        key = f"subject-{number % keys}"
        value = json.dumps(
            {
                "id": f"e{number}",
                "subject": key,
                "data": {"n": number, "zh": "许可" + "x" * padding},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        records.append(OutRecord(LICENSING, partition_of(key.encode(), 6), key.encode(), value))
    log.writer("feeding").append(records)
    return [it.value for it in records]


def key_of(accounts: Accounts, organ: str) -> dict[str, str]:
    """The header of a new API key of an organ."""
    return {"X-API-Key": accounts.issue_key(organ=organ, region="210103", appointment="test")}


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[str]:
    """The application behind a real server; gives its address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def until(holds: Any, limit_s: float = 15.0) -> None:
    """Waits until something holds; fails the test where it does not come."""
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


def messages(lines: Iterator[str]) -> Iterator[tuple[str, bytes]]:
    """(id, data) of each message of a stream; comments are left out."""
    number, data = "", b""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            number = value
        elif name == "data":
            data = value.encode()
        elif not line and data:
            yield number, data
            data = b""


def follow(
    address: str, headers: dict[str, str], count: int, *, last: str = "", after: str = ""
) -> list[tuple[str, bytes]]:
    """The next messages of the licensing stream."""
    asked = {**headers, **({"Last-Event-ID": last} if last else {})}
    with httpx.stream(
        "GET",
        f"{address}/api/v1/feed/{LICENSING}/events",
        params={"after": after} if after else {},
        headers=asked,
        timeout=15,
    ) as answer:
        assert answer.status_code == 200, answer.read()
        got: list[tuple[str, bytes]] = []
        for message in messages(answer.iter_lines()):
            got.append(message)
            if len(got) == count:
                break
        return got
