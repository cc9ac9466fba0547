"""Processes apart from the tests': one reads a projection for ever, one builds it anew.

    python -m tests.gateways.rebuilding.apart read|build ADDRESS [SCHEMA]

`read` prints what it saw of two tables whenever that changes, until its input ends; `build`
prints how many facts are in after every chunk.
"""

from __future__ import annotations

import select as polling
import sys

from sqlalchemy import select

from gateways.department.database import Database
from gateways.rebuilding.filling import Pace
from gateways.rebuilding.rebuild import Rebuild
from projections.human_resources.tables import LICENCES, SUBJECTS

WRONG = "改名"
NAME = "human_resources"


def read(database: Database) -> None:
    """Reads both tables in one snapshot, again and again."""
    seen, reads = "", 0
    while not polling.select([sys.stdin], [], [], 0)[0]:
        with database.reading() as connection:
            names = set(connection.execute(select(SUBJECTS.c.name)).scalars())
            scopes = set(connection.execute(select(LICENCES.c.scope)).scalars())
        reads += 1
        now = f"{_told(names)} {_told(scopes)}"
        if now != seen:
            print(now, flush=True)
            seen = now
    print(f"reads {reads}", flush=True)


def _told(values: set[str]) -> str:
    if not values:
        return "none"
    if WRONG not in values:
        return "new"
    return "old" if values == {WRONG} else "mixed"


def build(database: Database) -> None:
    """Builds slowly."""
    Rebuild("hr", database, "zhang", pace=Pace(facts=8, pause=1.0)).build(
        NAME, tell=lambda known: print(known.done, flush=True)
    )


if __name__ == "__main__":
    doing, address, *schema = sys.argv[1:]
    opened = Database(address, schema=schema[0] if schema else None)
    {"read": read, "build": build}[doing](opened)
    opened.close()
