"""`python -m ops.soak [--minutes 10] [--rate 100] [--kills] [--out FOLDER]`.

Starts PostgreSQL and Kafka of its own and every role of 市场监管, 人社 and 发展改革 beside the
gateway as processes of their own, is the gateway itself, registers firms at a steady rate for that long, prints throughput, lag and memory
as it goes, and draws them as `soak.svg` beside `soak.json`. With `--kills`, processes are
killed, paused and started again at random. In the end every event must stand exactly once with
every entitled department, and every command be acknowledged: exit 1 where one is not.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from gateways.department.deciding.answers import TooBusy
from gateways.store.port import StoreUnavailable
from ops import services
from ops.benchmarks.figures import machine
from ops.benchmarks.prepared import uscc
from ops.posts import default_post
from ops.settings import Mode, Settings
from ops.soak.chart import draw
from ops.soak.processes import COPIES, TOGETHER, Copy, copies
from ops.soak.watching import Sample, look, wrongs_that_stay
from ops.wiring import House, house

DEPARTMENTS = ("samr", "hr", "drc")
CLIENTS = 8
QUIET_S_MAX = 180.0
KILL_EVERY_S = (8.0, 25.0)
PAUSE_S = 13.0

Told = list[tuple[float, str]]


class Load:
    """Firms registered at a steady rate, each command given until it is acknowledged."""

    def __init__(self, one: House, rate: float) -> None:
        self._samr, self._post = one.department("samr"), default_post("SAMR", "210103")
        self._rate, self.acknowledged = rate, 0
        self._asked = 0
        self._errors: list[BaseException] = []
        self._lock = threading.Lock()

    def run(self, seconds: float) -> None:
        """Gives commands for so long; what is late is given as fast as it can be."""
        began, self._asked = time.monotonic(), int(seconds * self._rate)
        with ThreadPoolExecutor(CLIENTS) as clients:
            for number in range(self._asked):
                time.sleep(max(0.0, began + number / self._rate - time.monotonic()))
                clients.submit(self._register, number).add_done_callback(self._note)

    def wrongs(self) -> list[str]:
        """How many commands were never acknowledged, and why the first was not; none if all were."""
        missing = self._asked - self.acknowledged
        if not missing:
            return []
        why = f": {self._errors[0]!r}" if self._errors else ""
        return [f"{missing} of {self._asked} commands were not acknowledged{why}"]

    def _register(self, number: int) -> None:
        data = {
            "organisation": uscc(number),
            "name": f"沈阳虚例{number}号",
            "scope": "职业中介活动",
        }
        while True:
            try:
                self._samr.give("RegisterOrganisation", data, self._post, key=f"soak-{number}")
                break
            except (StoreUnavailable, TooBusy):
                time.sleep(0.2)
        with self._lock:
            self.acknowledged += 1

    def _note(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            self._errors.append(error)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; 0 where every command was acknowledged and every event stands exactly once."""
    parser = argparse.ArgumentParser(prog="python -m ops.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long commands are given")
    parser.add_argument(
        "--rate", type=float, default=40.0, help="commands a second (3 events each)"
    )
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two looks")
    parser.add_argument("--kills", action="store_true", help="kill and pause processes at random")
    parser.add_argument("--together", action="store_true", help="one process for all other roles")
    parser.add_argument("--seed", type=int, help="of what is killed when; drawn if not named")
    parser.add_argument("--out", type=Path, default=Path("var/soak"), help="folder of the chart")
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="liandong-soak-") as name:
        root = Path(name)
        try:
            settings = Settings(
                data=root / "data",
                mode=Mode.JOINED,
                database=services.start_postgres(root).url,
                kafka=services.start_kafka(root).bootstrap,
                departments=DEPARTMENTS,
                roles=("gateway",),
            )
            return _run(settings, chosen, root)
        finally:
            services.stop(root, wipe=True)


def _run(settings: Settings, chosen: argparse.Namespace, root: Path) -> int:
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(2**32)
    wanted = TOGETHER if chosen.together else COPIES
    told: Told = []
    samples: list[Sample] = []
    with house(settings, create=True) as one, copies(settings, root, wanted) as running:
        load = Load(one, chosen.rate)
        began = time.monotonic()
        working = threading.Thread(target=load.run, args=(chosen.minutes * 60,))
        working.start()
        ended = threading.Event()
        trouble = threading.Thread(
            target=_trouble, args=(running, random.Random(seed), began, told, ended)
        )
        if chosen.kills:
            print(f"seed {seed}")
            trouble.start()
        _head()
        while working.is_alive():
            working.join(chosen.every)
            _watch(one, running, began, samples)
        ended.set()
        if chosen.kills:
            trouble.join()
        quiet = _until(lambda: _watch(one, running, began, samples), chosen.every, QUIET_S_MAX)
        found = load.wrongs() + wrongs_that_stay(one, QUIET_S_MAX if quiet else 0.0)
        restarts = sum(copy.restarts for copy in running)
    where = (
        f"{load.acknowledged:,} commands, {samples[-1].acknowledged:,} events,"
        f" {samples[-1].applied:,} applied by {', '.join(DEPARTMENTS)}; {restarts} kills; {machine()}"
    )
    (chosen.out / "soak.json").write_text(
        json.dumps(
            {"where": where, "told": told, "samples": [asdict(sample) for sample in samples]},
            indent=1,
        )
        + "\n",
        encoding="utf-8",
    )
    draw(samples, told, where, chosen.out / "soak.svg")
    print(where)
    print(f"chart: {chosen.out / 'soak.svg'}")
    if not quiet:
        found.insert(0, f"events were still under way after {QUIET_S_MAX:.0f} s")
    for wrong in found:
        print(f"wrong: {wrong}", file=sys.stderr)
    return 1 if found else 0


def _trouble(
    running: Sequence[Copy],
    luck: random.Random,
    began: float,
    told: Told,
    ended: threading.Event,
) -> None:
    while not ended.wait(luck.uniform(*KILL_EVERY_S)):
        copy = luck.choice(running)
        act = luck.choice(("kill", "kill", "pause"))
        told.append((time.monotonic() - began, f"{act} {copy.name}"))
        if act == "kill":
            copy.kill()
        else:
            copy.pause(PAUSE_S)


def _watch(one: House, running: Sequence[Copy], began: float, samples: list[Sample]) -> bool:
    """Looks, prints a line, and says whether nothing is under way."""
    try:
        sample = look(one, running, began)
    except StoreUnavailable as away:
        print(f"  {away}")
        return False
    before = samples[-1] if samples else None
    samples.append(sample)
    since = max(sample.at_s - (before.at_s if before else 0.0), 1e-9)

    def rate(name: str) -> float:
        known = getattr(before, name) if before else 0
        return float(getattr(sample, name) - known) / since

    lag = " ".join(f"{name} {count}" for name, count in sample.lag.items())
    age = max(sample.closed_age_s.values())
    print(
        f"{sample.at_s:7.0f} {rate('acknowledged'):9.0f} {rate('published'):10.0f}"
        f" {rate('applied'):8.0f} {sample.unsent:7d} {age:7.1f} {sum(sample.memory_mb.values()):7.0f}"
        f"  {lag}",
        flush=True,
    )
    return not (sample.unsent or sample.intents or any(sample.lag.values()))


def _head() -> None:
    print("seconds acked/s  published/s applied/s unsent closed_s mem_MB  lag")


def _until(quiet: Callable[[], bool], every: float, seconds: float) -> bool:
    late = time.monotonic() + seconds
    while not quiet():
        if time.monotonic() > late:
            return False
        time.sleep(min(every, 1.0))
    return True


if __name__ == "__main__":
    sys.exit(main())
