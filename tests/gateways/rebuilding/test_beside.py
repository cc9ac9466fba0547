"""Other processes beside a rebuild: readers notice nothing, and one that is killed is gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from gateways.rebuilding.tables import NEW, suffixed
from ops.settings import ROOT
from projections.human_resources.tables import LICENCES, SUBJECTS
from tests.gateways.rebuilding.apart import NAME, WRONG
from tests.gateways.rebuilding.world import World, told
from tests.projections.facts import Taken

SWAPS = 4


@cache
def facts() -> tuple[Taken, ...]:
    return tuple(told().taken)


@contextmanager
def apart(world: World, doing: str) -> Iterator[subprocess.Popen[str]]:
    """A process apart that works on the same database; killed on leaving."""
    place = [world.database.schema] if world.database.schema else []
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.gateways.rebuilding.apart",
            doing,
            world.database.url,
            *place,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_reader_in_another_process_sees_all_old_or_all_new_rows_and_no_error(
    world: World,
) -> None:
    rest = facts()[-40:]
    world.take_all(facts()[:-40], [NAME])
    one = world.rebuild(NAME)
    one.build(NAME)
    for table, column in ((SUBJECTS, "name"), (LICENCES, "scope")):
        world.spoil(table.name, column, WRONG)
    stopped = threading.Event()

    def taking_in() -> None:
        # Other readers' rows: they stand under the same lock as this reader's.
        for taken in rest:
            world.take([taken], ["audit", "clocks"])
            if stopped.wait(0.01):
                return

    with apart(world, "read") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "old old\n"
        intake = threading.Thread(target=taking_in)
        intake.start()
        one.cutover(NAME, yes=True)
        for _ in range(SWAPS):
            one.rollback(NAME)
        stopped.set()
        intake.join()
        process.stdin.write("\n")
        process.stdin.flush()
        *states, reads = process.stdout.read().splitlines()
        assert process.wait(60) == 0
    assert set(states) <= {"old old", "new new"}
    assert states[0] == "new new"
    assert int(reads.split()[1]) > SWAPS


def test_a_rebuild_that_was_killed_goes_on_where_it_was_without_the_dead_process(
    world: World,
) -> None:
    world.take_all(facts(), [NAME])
    with apart(world, "build") as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < 24:
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)
    one = world.rebuild(NAME, "li")
    killed = one.standing(NAME)
    assert killed is not None
    assert killed.done >= 24
    assert killed.holder.startswith("zhang@")
    seen: list[int] = []
    done = one.build(NAME, tell=lambda known: seen.append(known.done))
    assert (seen[0], done.started) == (killed.done, killed.started)
    assert world.contents(NAME, lambda table: suffixed(table, NEW)) == world.contents(NAME)
