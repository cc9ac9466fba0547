"""The process as a node sets it: its memory, its look for garbage, how long a thread keeps it.

Each setting was measured on the intake of 人社, catching up or in one go; none changes what a
node does.
"""

from __future__ import annotations

import ctypes
import gc
import sys

THRESHOLDS = (50_000, 20, 50)
"""Facts and rows hold no cycles, so reference counting frees them; the collector walks them all
the same, again and again. 145 us an event with Python's own thresholds, 104 with these; switched
off altogether, 108."""

SWITCH_INTERVAL_S = 0.001
"""How long a thread may keep the interpreter while others wait (measured: pages' p99 124 to 100 ms)."""

ARENAS = 1
TRIM_BYTES = 128 * 1024
"""Of the C library. It gives each thread arenas of its own and keeps what a batch left in them:
300,000 events taken in left 328 MB where 249 MB stood after the first tenth. One arena that is
trimmed: 236 MB where 234 MB stood, at the same speed."""

_M_TRIM_THRESHOLD = -1
_M_ARENA_MAX = -8
"""The numbers of mallopt(3)."""


def as_a_node_starts() -> None:
    """Keeps the process's memory in one piece; before the first thread, or it comes too late.

    Where the C library has no such settings (it is not glibc), everything stays as it is.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, ARENAS)
        mallopt(_M_TRIM_THRESHOLD, TRIM_BYTES)


def as_a_node_serves() -> None:
    """Sets the interpreter as every node does, for the whole process."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    collect_seldom()


def collect_seldom() -> None:
    """Sets aside what is loaded now and raises the thresholds, for the whole process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
