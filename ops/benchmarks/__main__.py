"""`python -m ops.benchmarks [NAME...] [--out FOLDER]`, which is `liandong bench`.

Starts PostgreSQL and Kafka of its own, runs the named benchmarks (all of them if none is
named), and prints every figure beside its target, with machine, versions and sizes. With
`--out`, the figures are also written as `figures.json` and `ratios.svg`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from ops import services
from ops.benchmarks import (
    append,
    catch_up,
    draw,
    intake,
    latency,
    projection,
    rebuild,
    relay,
    replay,
    statistics,
)
from ops.benchmarks.figures import Figure, machine, say
from ops.benchmarks.prepared import ground

EVENTS = 100_000


def _appending(postgres: str, _bootstrap: str, _events: int) -> list[Figure]:
    found = []
    with append.databases(postgres) as made:
        for one in made:
            for comparison in append.COMPARISONS:
                result = append.compare(one, comparison, 3)
                found.append(
                    Figure(
                        "append",
                        result.what,
                        result.ratio,
                        "ratio",
                        result.target,
                        note=f"{result.ours:,.0f} against {result.floor:,.0f} events/s",
                    )
                )
    return found


def _relaying(postgres: str, bootstrap: str, events: int) -> list[Figure]:
    with ground(postgres, bootstrap, events) as made:
        return relay.measure(made)


def _taking_in(postgres: str, bootstrap: str, events: int) -> list[Figure]:
    with ground(postgres, bootstrap, events) as made:
        return intake.measure(made)


def _applying(postgres: str, _bootstrap: str, events: int) -> list[Figure]:
    ratios = projection.measure(postgres, min(events, 20_000), lambda _: None)
    return [
        Figure("projection", f"{node}: applying against a raw COPY", ratio, "ratio", 0.4)
        for node, ratio in ratios.items()
    ]


def _waiting(postgres: str, bootstrap: str, _events: int) -> list[Figure]:
    return latency.measure(postgres, bootstrap)


def _catching_up(postgres: str, bootstrap: str, events: int) -> list[Figure]:
    return catch_up.measure(postgres, bootstrap, events * 3)


def _replaying(postgres: str, _bootstrap: str, events: int) -> list[Figure]:
    return replay.measure(postgres, larger=events * 10)


def _rebuilding(postgres: str, _bootstrap: str, events: int) -> list[Figure]:
    return rebuild.measure(postgres, events * 2)


BENCHMARKS: dict[str, Callable[[str, str, int], list[Figure]]] = {
    "append": _appending,
    "relay": _relaying,
    "intake": _taking_in,
    "projection": _applying,
    "latency": _waiting,
    "catch-up": _catching_up,
    "replay": _replaying,
    "rebuild": _rebuilding,
}
"""Every benchmark by name; each gets a server's address, a broker's and a number of events."""

DRAW = "draw"
"""It needs no services; it gets numbers of objects."""

FORM = "statistics"
"""The statistics form: it needs no services."""


def run(
    names: Sequence[str],
    out: Path | None,
    *,
    events: int = EVENTS,
    objects: Sequence[int] = draw.SIZES,
) -> list[Figure]:
    """Runs benchmarks and prints the figures."""
    print(machine(), f"{events:,} events where nothing else is said", sep="\n", flush=True)
    figures: list[Figure] = []
    if not names or DRAW in names:
        for size in objects:
            figures += say(draw.measure([size]))
    if not names or FORM in names:
        figures += say(statistics.measure())
    on_services = [name for name in names or BENCHMARKS if name not in (DRAW, FORM)]
    if on_services:
        figures += _on_services(on_services, events)
    if out is not None:
        _write(figures, out)
    return figures


def _on_services(names: Sequence[str], events: int) -> list[Figure]:
    """Runs benchmarks on services of their own, each on a fresh broker."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        try:
            postgres = services.start_postgres(root).url
            for name in names:
                bootstrap = services.start_kafka(root).bootstrap
                figures += say(BENCHMARKS[name](postgres, bootstrap, events))
                services.stop_kafka(root, wipe=True)
        finally:
            services.stop(root, wipe=True)
    return figures


def _write(figures: Sequence[Figure], out: Path) -> None:
    # Drawing needs a library of developers; measuring does not.
    from ops.benchmarks.chart import draw

    out.mkdir(parents=True, exist_ok=True)
    made = {"machine": machine(), "figures": [asdict(figure) for figure in figures]}
    (out / "figures.json").write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    draw(figures, machine(), out / "ratios.svg")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is named; 0 where every target is met, else 1."""
    parser = argparse.ArgumentParser(prog="liandong bench")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=", ".join((*BENCHMARKS, DRAW, FORM))
    )
    parser.add_argument("--out", type=Path, help="folder for figures.json and ratios.svg")
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument(
        "--objects",
        type=lambda text: [int(one) for one in text.split(",")],
        default=draw.SIZES,
        help="sizes of the draw's populations: 10000,100000,2000000",
    )
    given = parser.parse_args(arguments)
    known = (*BENCHMARKS, DRAW, FORM)
    unknown = [name for name in given.names if name not in known]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    figures = run(given.names, given.out, events=given.events, objects=given.objects)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
