"""The interpreter as a node sets it: how often it looks for garbage, how long a thread keeps it.

Cycles of garbage are looked for seldom where batches of facts pass through.

Facts and rows hold no cycles, so reference counting frees them; the collector walks them all
the same, again and again. Measured on the whole intake of 人社: 145 us an event with Python's
own thresholds, 104 with these; switched off altogether, 108.
"""

from __future__ import annotations

import gc
import sys

THRESHOLDS = (50_000, 20, 50)

SWITCH_INTERVAL_S = 0.001
"""How long a thread may keep the interpreter while others wait (measured: pages' p99 124 to 100 ms)."""


def as_a_node_serves() -> None:
    """Sets the interpreter as every node does, for the whole process."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    collect_seldom()


def collect_seldom() -> None:
    """Sets aside what is loaded now and raises the thresholds, for the whole process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
