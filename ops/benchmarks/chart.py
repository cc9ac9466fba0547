"""The figures as a chart: one bar for each target, 1 is just met, and where they were measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

from ops.benchmarks.figures import Figure

MET, MISSED = "#2a7f62", "#b23a48"
LONGEST_BAR = 4.0


def draw(figures: Sequence[Figure], where: str, file: Path) -> None:
    """Writes an SVG with a bar for each figure that has a target; longer is better."""
    aimed = [figure for figure in figures if figure.share is not None]
    _, axes = pyplot.subplots(figsize=(11, 1.6 + 0.36 * len(aimed)), layout="constrained")
    for place, figure in enumerate(reversed(aimed)):
        share = figure.share or 0.0
        axes.barh(place, min(share, LONGEST_BAR), color=MET if figure.met else MISSED)
        value = f"{figure.value:.2f}" if figure.unit == "ratio" else f"{figure.value:,.0f}"
        unit = "" if figure.unit == "ratio" else f" {figure.unit}"
        sign = "at most" if figure.most else "target"
        axes.text(
            min(share, LONGEST_BAR) + 0.03,
            place,
            f"{value}{unit} ({sign} {figure.target:g})",
            va="center",
            fontsize=8,
        )
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_yticks(
        range(len(aimed)),
        [f"{figure.benchmark}: {figure.what}" for figure in reversed(aimed)],
        fontsize=8,
    )
    axes.set_xlim(0, LONGEST_BAR + 1.2)
    axes.set_xlabel("share of the target (1 is just met)")
    axes.set_title(fill(where, 150), fontsize=7, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    pyplot.savefig(file, format="svg")
    pyplot.close()
