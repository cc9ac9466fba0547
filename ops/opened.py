"""The installation that a command line works on: opened for one command, closed after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ops import logs
from ops.settings import Settings, load
from ops.wiring import House, house

Data = Annotated[Path | None, typer.Option("--data", help="folder of the stores (LIANDONG_DATA)")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="rows at most")]
Offset = Annotated[int, typer.Option("--offset", min=0, help="rows to leave out first")]
Region = Annotated[str | None, typer.Option("--region", help="division code")]


def settings(data: Path | None = None, **given: object) -> Settings:
    """The settings of this command; logs go to stderr at the level they name."""
    chosen = load(data=data, **given)
    logs.configure(chosen.log_level, chosen.log_format)
    return chosen


@contextmanager
def opened(data: Path | None = None, **given: object) -> Iterator[House]:
    """An existing installation, to be asked or told something."""
    with house(settings(data, **given), create=False) as one:
        yield one
