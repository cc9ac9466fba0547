"""The processes of a long run: one for each role and copy, started, killed and counted."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops.settings import PREFIX, ROOT, Settings

COPIES = (
    ("relay-1", "relay"),
    ("relay-2", "relay"),
    ("intake-1", "intake"),
    ("intake-2", "intake"),
    ("clock-1", "clock"),
    ("webhooks-1", "webhooks"),
    ("inbound-1", "inbound"),
)
"""What a small province runs: every role beside the gateway, two copies of those that carry."""

TOGETHER = (("all", "relay,intake,clock,webhooks,inbound"),)
"""The same in one process, for a look at the run itself."""

END_S_MAX = 30.0


class Copy:
    """One `liandong serve` with one role."""

    def __init__(self, name: str, role: str, settings: Settings, folder: Path) -> None:
        self.name, self.restarts = name, 0
        told = {
            "DATA": settings.data,
            "MODE": settings.mode.value,
            "DATABASE": settings.database,
            "KAFKA": settings.kafka,
            "DEPARTMENTS": ",".join(settings.departments),
            "LOG_LEVEL": "warning",
        }
        self._command = [
            "env",
            *(f"{PREFIX}{name}={value}" for name, value in told.items()),
            *(sys.executable, "-m", "ops.cli", "serve", "--roles", role),
        ]
        self._output = folder / f"{name}.log"
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._output.open("ab") as output:
            return subprocess.Popen(
                self._command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def memory_mb(self) -> float:
        """Resident memory in megabytes; 0 where the system does not tell."""
        return resident_mb(self._process.pid)

    def kill(self) -> None:
        """kill -9, and a new process at once."""
        self._process.kill()
        self._process.wait()
        self.restarts += 1
        self._process = self._started()

    def pause(self, seconds: float) -> None:
        """SIGSTOP past every time-out, then SIGCONT."""
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Ends the process in order, or at once where it does not."""
        self._process.send_signal(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(END_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def resident_mb(pid: int) -> float:
    """The resident memory of a process in megabytes; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    for line in told.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def copies(
    settings: Settings, folder: Path, wanted: Sequence[tuple[str, str]] = COPIES
) -> Iterator[Sequence[Copy]]:
    """The wanted copies (name, roles), running; ended on leaving."""
    running: list[Copy] = []
    try:
        for name, role in wanted:
            running.append(Copy(name, role, settings, folder))
        yield running
    finally:
        for one in running:
            one.end()
