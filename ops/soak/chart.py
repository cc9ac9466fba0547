"""A long run as a chart: throughput, what is under way, and memory over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import fill

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

from ops.soak.watching import Sample


def draw(
    samples: Sequence[Sample], told: Sequence[tuple[float, str]], where: str, to: Path
) -> None:
    """Writes an SVG; `told` are moments (seconds) and what was done to the processes then."""
    figure, (rates, lags, memory) = pyplot.subplots(
        3, 1, sharex=True, figsize=(11, 9), layout="constrained"
    )
    minutes = [sample.at_s / 60 for sample in samples]
    for name in ("acknowledged", "published", "applied"):
        rates.plot(
            minutes[1:],
            [
                (getattr(after, name) - getattr(before, name)) / max(after.at_s - before.at_s, 1e-9)
                for before, after in pairwise(samples)
            ],
            label=f"{name} (all readers)" if name == "applied" else name,
        )
    rates.set_ylabel("events/s")
    lags.plot(minutes, [sample.unsent for sample in samples], label="not yet published")
    for name in samples[-1].lag:
        lags.plot(minutes, [sample.lag.get(name, 0) for sample in samples], label=f"lag of {name}")
    lags.set_ylabel("events under way")
    for name in samples[-1].memory_mb:
        memory.plot(minutes, [sample.memory_mb.get(name, 0) for sample in samples], label=name)
    memory.set_ylabel("resident memory, MB")
    memory.set_xlabel("minutes")
    for axes in (rates, lags, memory):
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=7, ncols=4, loc="upper left")
        axes.spines[["top", "right"]].set_visible(False)
        for at_s, _ in told:
            axes.axvline(at_s / 60, color="#b23a48", linewidth=0.6, alpha=0.6)
    rates.set_title(fill(where, 150), fontsize=7, loc="left")
    figure.savefig(to, format="svg")
    pyplot.close(figure)
