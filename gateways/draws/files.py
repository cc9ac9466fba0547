"""Freezes a population into a file and draws from it, with several processes.

The result is that of one process, whatever the number of processes: parts of a population
are sorted apart and merged by id, tickets are drawn apart and merged by number. Processes are
spawned, not forked, so that a server with threads may draw; sources must therefore pickle.
A population's file appears under its name only when it is whole.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from domain.draw.commitment import seed_of
from domain.draw.plan import DrawPlan
from domain.draw.population import DrawObject, Frozen, Run, Tail, freeze_runs, run_of
from domain.draw.record import DrawRecord, offered, recorded
from domain.draw.selection import Sample, Ticket
from domain.draw.strata import strata_of

Source = Callable[[], Iterable[DrawObject]]
"""Something that gives a part of the objects; picklable."""

PROCESSES = 2
AT_ONCE_BYTES = 1 << 20
AT_ONCE_LINES = 1 << 14


def freeze_file(sources: Sequence[Source], path: Path) -> Frozen:
    """Freezes the objects of all sources, one process for each, into the file `path`.

    Raises what `domain.draw.population.freeze` raises; no file is left then.
    """
    with tempfile.TemporaryDirectory(prefix=".draw-", dir=path.parent) as folder:
        runs = [Path(folder) / f"{number}.run" for number in range(len(sources))]
        made = Path(folder) / "population"
        with _workers(len(sources)) as workers:
            tails = list(workers.map(_run_file, sources, runs))
        with made.open("wb") as out:
            frozen = freeze_runs(
                (Run(_lines(run), part) for run, part in zip(runs, tails, strict=True)),
                out.write,
            )
            out.flush()
            os.fsync(out.fileno())
        made.replace(path)
    return frozen


def draw_from_file(
    draw: str,
    plan: DrawPlan,
    population: Frozen,
    secrets: Mapping[str, bytes],
    path: Path,
    *,
    processes: int = PROCESSES,
) -> DrawRecord:
    """Draws from a frozen population's file; the record is that of `record.drawn_from`."""
    seed = seed_of(draw, population.hash, plan.hash, secrets)
    strata = strata_of(plan, population.tails)
    sizes = {one.key: one.size for one in strata}
    samples = {key: Sample(seed, key, size) for key, size in sizes.items()}
    parts = ranges(path, processes)
    with _workers(len(parts)) as workers:
        found = [
            workers.submit(_tickets, path, first, end, plan, seed, sizes) for first, end in parts
        ]
        for part in found:
            for key, tickets in part.result().items():
                samples[key].join(tickets)
    return recorded(draw, plan, population, secrets, strata, samples)


def ranges(path: Path, parts: int) -> list[tuple[int, int]]:
    """A file of lines cut into ranges of bytes; `lines_in` gives each line to one of them."""
    size = path.stat().st_size
    marks = [size * number // parts for number in range(parts + 1)]
    return list(pairwise(marks))


def lines_in(path: Path, first: int, end: int) -> Iterator[bytes]:
    """The lines that begin in a range of bytes, with their line feeds."""
    with path.open("rb") as opened:
        at = first
        if first:
            opened.seek(first - 1)
            at += len(opened.readline()) - 1
        while at < end:
            left = end - at
            # Reading stops behind the line that passes the hint; a hint of 0 would be none.
            lines = (
                opened.readlines(min(AT_ONCE_BYTES, left - 1)) if left > 1 else [next(opened, b"")]
            )
            length = sum(map(len, lines))
            if not length:
                return
            at += length
            yield from lines


def _workers(number: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(max_workers=max(1, number), mp_context=get_context("spawn"))


def _run_file(source: Source, path: Path) -> dict[Tail, int]:
    run = run_of(source())
    with path.open("wb") as out:
        for first in range(0, len(run.lines), AT_ONCE_LINES):
            out.write(b"".join(run.lines[first : first + AT_ONCE_LINES]))
    return run.tails


def _lines(path: Path) -> list[bytes]:
    with path.open("rb") as opened:
        return opened.readlines()


def _tickets(
    path: Path, first: int, end: int, plan: DrawPlan, seed: bytes, sizes: Mapping[str, int]
) -> dict[str, list[Ticket]]:
    samples = {key: Sample(seed, key, size) for key, size in sizes.items()}
    offered(plan, samples, lines_in(path, first, end))
    return {key: sample.tickets() for key, sample in samples.items()}
