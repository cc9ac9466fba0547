"""Clocks: the system's, and a simulated one that only goes forward."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What time it is, in microseconds since 1970 (UTC)."""

    simulated: bool

    def now(self) -> int:
        """The present stamp."""
        ...


class SystemClock:
    """The machine's clock."""

    simulated = False

    def now(self) -> int:
        """The present stamp."""
        return time.time_ns() // 1000


class SimulatedClock:
    """A clock that a scenario moves; `running` lets it go on at real speed from where it stands.

    Simulated time never goes back: `advance_to` an earlier moment raises ValueError.
    """

    simulated = True

    def __init__(self, start: int, *, running: bool = False) -> None:
        self._lock = threading.Lock()
        self._now = start
        self._since = time.monotonic_ns() if running else None

    def now(self) -> int:
        """The present simulated stamp."""
        with self._lock:
            if self._since is None:
                return self._now
            return self._now + (time.monotonic_ns() - self._since) // 1000

    def advance_to(self, stamp: int) -> None:
        """Moves the clock forward to `stamp`."""
        now = self.now()
        if stamp < now:
            raise ValueError(f"simulated time cannot go back from {now} to {stamp}")
        with self._lock:
            self._now = stamp
            if self._since is not None:
                self._since = time.monotonic_ns()

    def run(self) -> None:
        """Lets the clock go on at real speed."""
        with self._lock:
            self._since = time.monotonic_ns()
