"""How often Python looks for cycles of garbage: seldom, where batches of facts pass through.

Facts and rows hold no cycles, so reference counting frees them; the collector walks them all
the same, again and again. Measured on the whole intake of 人社: 145 us an event with Python's
own thresholds, 104 with these; switched off altogether, 108.
"""

from __future__ import annotations

import gc

THRESHOLDS = (50_000, 20, 50)


def collect_seldom() -> None:
    """Sets aside what is loaded now and raises the thresholds, for the whole process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
