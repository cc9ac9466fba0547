"""A figure of a benchmark: what was measured, beside its floor and its target."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

MEASURED = ("eventsourcing", "SQLAlchemy", "psycopg", "kafka-python", "msgspec", "jsonschema-rs")


@dataclass(frozen=True)
class Figure:
    """One measurement; `target` is what `value` must reach, or stay under where `most`."""

    benchmark: str
    what: str
    value: float
    unit: str
    target: float | None = None
    most: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is met; without a target there is nothing to miss."""
        if self.target is None:
            return True
        return self.value <= self.target if self.most else self.value >= self.target

    @property
    def share(self) -> float | None:
        """How the value stands to its target: 1 is just met, more is better."""
        if self.target is None or not self.value:
            return None
        return self.target / self.value if self.most else self.value / self.target

    def __str__(self) -> str:
        value = f"{self.value:,.2f}" if self.unit == "ratio" else f"{self.value:,.0f} {self.unit}"
        sign = "at most" if self.most else "at least"
        aim = "" if self.target is None else f"  target {sign} {self.target:g}"
        mark = "" if self.met else "  MISSED"
        note = f"  ({self.note})" if self.note else ""
        return f"{self.benchmark:<11}{self.what:<52}{value:>18}{aim}{mark}{note}"


def say(figures: Sequence[Figure]) -> list[Figure]:
    """Prints figures as they come and gives them back."""
    for figure in figures:
        print(figure, flush=True)
    return list(figures)


def machine() -> str:
    """The machine and the versions that every figure depends on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in MEASURED)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {_memory()} GB memory, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; {libraries}"
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
