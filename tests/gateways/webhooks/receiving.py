"""A receiver of webhooks that can fail, hang, die and come back, and what sends to it."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from gateways.department.database import Database
from gateways.log.embedded import EmbeddedLog
from gateways.log.partitioning import partition_of
from gateways.log.port import OutRecord, TopicSpec
from gateways.store import migrate
from gateways.store.sqlite import SQLiteStore
from gateways.webhooks.addresses import networks_of
from gateways.webhooks.deliveries import Deliveries, Patience
from gateways.webhooks.subscriptions import METADATA, Subscriptions

LICENSING = "labour.hr.licensing"
CREDIT = "labour.hr.credit"
LOOPBACK = networks_of(["127.0.0.0/8"])
WRAPPING = b"w" * 32
QUICK = Patience(first_s=0.1, factor=2.0, most_s=0.5, attempt_s=0.6)


@dataclass(frozen=True)
class Got:
    """One request as it came, and what was answered."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def number(self) -> int:
        """Which record it is."""
        return int(json.loads(self.body)["data"]["n"])


@dataclass
class Receiver:
    """A real HTTP server; `answer` says what it does with a request: a status, or anything."""

    answer: Callable[[BaseHTTPRequestHandler, bytes], int] = lambda _request, _body: 200
    got: list[Got] = field(default_factory=list)
    port: int = 0
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook?to=1"

    @property
    def accepted(self) -> list[Got]:
        """What it took."""
        return [one for one in self.got if one.status == 200]

    def start(self) -> None:
        """Listens, on the port that it had before."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # whoever sent it gave up in the middle: nothing was received
                status = receiver.answer(self, body)
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Got(self.path, headers, body, status))
                if status:
                    self.send_response(status)
                    self.send_header("content-length", "0")
                    self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def die(self) -> None:
        """Stops listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@dataclass
class Bench:
    """One department's deliveries over a real log, store and database."""

    folder: Path
    department: str = "samr"
    holder: str = "bench"
    patience: Patience = QUICK
    networks: Any = LOOPBACK
    alive: Callable[[str], bool] = lambda _account: True
    seconds: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        file = self.folder / f"{self.department}.sqlite"
        migrate.upgrade(file, extra=[METADATA])
        self.store = SQLiteStore.open(str(file), self.department, "real")
        self.database = Database(f"sqlite:///{file.absolute()}")
        self.log = EmbeddedLog(self.folder / "log.sqlite")
        self.log.ensure_topics([TopicSpec(LICENSING, 6), TopicSpec(CREDIT, 6)])
        self.subscriptions = Subscriptions(
            self.department, self.database, WRAPPING, lambda: self.seconds()
        )
        self.deliveries = Deliveries(
            self.subscriptions,
            self.log,
            self.store,
            self.holder,
            networks=self.networks,
            alive=lambda account: self.alive(account),
            patience=self.patience,
            seconds=lambda: self.seconds(),
        )

    def append(self, first: int, count: int, *, keys: int = 9, topic: str = LICENSING) -> None:
        """Appends numbered envelopes of some subjects."""
        records = []
        for number in range(first, first + count):
            key = f"subject-{number % keys}"
            value = json.dumps(
                {"id": f"{topic}-e{number}", "subject": key, "data": {"n": number, "zh": "许可"}},
                ensure_ascii=False,
            ).encode()
            records.append(OutRecord(topic, partition_of(key.encode(), 6), key.encode(), value))
        self.log.writer("bench").append(records)

    def subscribe(self, url: str, *topics: str, account: str = "key:a") -> str:
        """A subscription from the beginning; its id."""
        places = self.log.partitions(topics or [LICENSING])
        return self.subscriptions.add(account, url, dict.fromkeys(places, 0))[0].webhook_id

    def run(self, until: Callable[[], bool], limit_s: float = 20.0) -> None:
        """Steps until something holds; fails the test where it does not come."""
        deadline = time.monotonic() + limit_s
        while not until():
            assert time.monotonic() < deadline, "it did not come"
            self.deliveries.step()
            time.sleep(0.01)
        self.deliveries.finish()

    def close(self) -> None:
        """Releases everything."""
        self.deliveries.stop()
        self.store.close()
        self.database.close()
        self.log.close()


@contextlib.contextmanager
def bench(folder: Path, **given: Any) -> Iterator[Bench]:
    """A bench, closed afterwards."""
    one = Bench(folder, **given)
    try:
        yield one
    finally:
        one.close()
