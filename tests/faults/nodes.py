"""The processes of a fault run: each `liandong serve` with some roles, killed, paused, started."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.faults.proxy import Wire


class Node:
    """One `liandong serve` process of some roles, which can be killed, paused and started again."""

    def __init__(self, name: str, roles: str, environment: Mapping[str, str], folder: Path) -> None:
        self.name, self._roles = name, roles
        self._environment, self._output = environment, (folder / f"{name}.log").open("ab")
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "ops.cli", "serve", "--roles", self._roles],
            env=self._environment,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def kill_and_restart(self, after_s: float) -> None:
        """kill -9, and a new process a while later."""
        self.process.kill()
        self.process.wait()
        time.sleep(after_s)
        self.process = self._start()

    def pause(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT past its time-outs."""
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)

    def leave(self) -> None:
        """Ends the process in order, as an operator does who takes a copy away."""
        self.process.terminate()
        assert self.process.wait(60) is not None

    def end(self) -> None:
        """Ends the process however it stands."""
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        self._output.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


ROLES = {"doors": "webhooks,inbound"}
"""The roles of a node whose name does not say them."""


@contextmanager
def nodes(
    environment: Mapping[str, str], folder: Path, wire: Wire, port: int
) -> Iterator[dict[str, Node]]:
    """Every role in processes of its own: two relays and two intakes, for one of each may die."""
    environment = dict(environment)
    edge = environment | {"LIANDONG_PORT": str(port)}
    wired_up = environment | {"LIANDONG_KAFKA": f"127.0.0.1:{wire.port}"}
    running = {
        name: Node(name, ROLES.get(role := name.split("-")[0], role), around, folder)
        for name, around in (
            ("relay-1", wired_up),
            ("relay-2", environment),
            ("intake-1", wired_up),
            ("intake-2", environment),
            ("clock-1", environment),
            ("gateway-1", edge),
            ("doors-1", environment),
        )
    }
    try:
        yield running
    finally:
        for node in running.values():
            node.end()
