"""Background processes known by id and start time, and the state file that remembers them.

A process id alone may have been given to another program since; the start time beside it
makes sure that only what was started here is ever signalled.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PORTS = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections, so that a service which is
killed finds its port free again."""


class ServiceFailed(Exception):
    """A local service did not start or stop in time; the message names its log file."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that was started here: its id and the start time that makes the id unique."""

    pid: int
    started: str


def identity(user: tuple[int, int] | None) -> dict[str, Any]:
    """What makes subprocess run a command as (uid, gid); nothing for None."""
    if user is None:
        return {}
    return {"user": user[0], "group": user[1], "extra_groups": []}


def spawn(
    command: Sequence[str], *, log: Path, cwd: Path, user: tuple[int, int] | None = None
) -> Process:
    """Starts a command in a session of its own, output to `log`; `user` is (uid, gid)."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **identity(user),
        )
    child.returncode = 0  # the process outlives this object, which must not warn about it
    return Process(child.pid, _start_time(child.pid) or "")


def _start_time(pid: int) -> str | None:
    """The start time of a running process; None where there is none, or only its remains."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    proc = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = proc.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in ("Z", "X") else fields[19]
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def this_process() -> Process:
    """The process that asks."""
    return Process(os.getpid(), _start_time(os.getpid()) or "")


def alive(process: Process) -> bool:
    """True while the very process that was started is running."""
    return _start_time(process.pid) == process.started


def end(process: Process, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Sends each signal in turn and waits its seconds for the end. Raises ServiceFailed."""
    for number, wait_s in signals:
        if not alive(process):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            if not alive(process):
                return
            time.sleep(0.02)
    raise ServiceFailed(f"process {process.pid} did not end")


def wait_until(
    ready: Callable[[], bool], process: Process, *, log: Path, timeout_s: float, what: str
) -> None:
    """Waits until `ready`; raises ServiceFailed with the log's end where the process dies."""
    deadline = time.monotonic() + timeout_s
    while not ready():
        if not alive(process):
            raise ServiceFailed(f"{what} ended while starting; {log} ends:\n{_log_end(log)}")
        if time.monotonic() > deadline:
            raise ServiceFailed(f"{what} was not ready in {timeout_s:.0f} s; see {log}")
        time.sleep(0.05)


def _log_end(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now."""
    held: list[socket.socket] = []
    try:
        for port in random.sample(PORTS, 500):
            probe = socket.socket()
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                probe.close()
                continue
            held.append(probe)
            if len(held) == count:
                return [taken.getsockname()[1] for taken in held]
    finally:
        for taken in held:
            taken.close()
    raise ServiceFailed(f"no {count} free ports between {PORTS.start} and {PORTS.stop}")


def listening(port: int) -> bool:
    """True where something accepts connections on a port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a file's lock; other processes wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Replaces a state file whole; only its owner may read it, as it may hold a password."""
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(state, indent=1))
    beside.replace(path)


def read_state(path: Path) -> dict[str, Any] | None:
    """What a state file says; None where there is none."""
    try:
        state: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return state


def process_of(state: Mapping[str, Any]) -> Process:
    """The process that a state file describes."""
    return Process(int(state["pid"]), str(state["started"]))
