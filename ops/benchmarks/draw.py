"""The draw: firms filtered by the eight phrases, frozen, hashed and drawn, on two processes.

Firms are invented into a file beforehand, with scopes as registers hold them; every twentieth
carries none of the phrases. Measured is all from that file to the record of the draw: reading,
filtering, freezing (sorted, hashed, written), the strata, one ticket for each object. Memory
is the sum over the processes at its highest. The floor is a SHA-256 over the population's
bytes alone.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from hashlib import sha256
from pathlib import Path

from domain.draw.plan import DrawPlan
from domain.draw.population import TAG, DrawObject, in_population
from domain.draw.record import DrawRecord
from domain.draw.verification import verify
from gateways.draws.files import draw_from_file, freeze_file, lines_in, ranges
from ops.benchmarks.figures import Figure

SIZES = (10_000, 100_000, 2_000_000)
SECONDS_MOST = 10.0
MEGABYTES_MOST = 500.0
ON = date(2022, 6, 2)

_SCOPES = (
    "许可项目：劳务派遣服务（依法须经批准的项目，经相关部门批准后方可开展经营活动）；一般项目：企业管理咨询；家政服务",
    "一般项目：人力资源服务（不含职业中介活动、劳务派遣服务）；软件开发；信息技术咨询服务；货物进出口",
    "职业中介活动；企业形象策划；会议及展览服务；市场营销策划；教育咨询服务（不含涉许可审批的教育培训活动）",
    "物业管理；停车场服务；园林绿化工程施工；建筑物清洁服务；专业保洁、清洗、消毒服务；人力资源外包",
)
_WITHOUT = "餐饮服务；食品销售（仅销售预包装食品）；日用百货销售；服装服饰批发；五金产品零售；普通货物仓储服务"
_GRADES = ("A", "B", "B", "B", "C", "D", "")
PLAN = DrawPlan(
    id="PL-BENCH",
    departments=("hr", "samr"),
    region_digits=4,
    by_class=True,
    tags=("重点区域",),
    size=1000,
    class_factors={
        "": Fraction(1),
        "S4:A": Fraction(1, 2),
        "S4:B": Fraction(1),
        "S4:C": Fraction(2),
        "S4:D": Fraction(4),
    },
)
SECRETS = {name: sha256(name.encode()).digest() for name in PLAN.departments}


def measure(sizes: Sequence[int] = SIZES) -> list[Figure]:
    """Seconds and megabytes of a draw from each number of objects."""
    figures: list[Figure] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="liandong-draw-") as folder:
            figures += _measure_one(size, Path(folder))
    return figures


def _measure_one(size: int, folder: Path) -> list[Figure]:
    register = folder / "register.tsv"
    with register.open("wb") as out:
        out.writelines(_firms(size))
    population = folder / "draw.population"
    memory = _Memory()
    began, worked = time.perf_counter(), _processor_seconds()
    with memory:
        record = _drawn(register, population)
    seconds, worked = time.perf_counter() - began, _processor_seconds() - worked
    assert record.population.count == size
    content = population.read_bytes()
    began = time.perf_counter()
    assert sha256(TAG + content).hexdigest() == record.population.hash
    floor = time.perf_counter() - began
    del content
    began = time.perf_counter()
    with population.open("rb") as opened:
        assert verify(record.bytes(), opened).good
    checked = time.perf_counter() - began
    what = f"{size:,} objects"
    return [
        Figure(
            "draw",
            f"{what}: filtered, frozen, drawn",
            seconds * 1000,
            "ms",
            SECONDS_MOST * 1000,
            most=True,
            note=f"{worked:.1f} s of processors, {seconds / floor:,.0f} times a SHA-256 of the same "
            f"bytes; {record.size} drawn",
        ),
        Figure("draw", f"{what}: memory", memory.highest / 1e6, "MB", MEGABYTES_MOST, most=True),
        Figure("draw", f"{what}: verified by one process", checked * 1000, "ms"),
    ]


def _drawn(register: Path, population: Path) -> DrawRecord:
    sources = [partial(_objects, register, first, end) for first, end in ranges(register, 2)]
    frozen = freeze_file(sources, population)
    return draw_from_file("DR-BENCH", PLAN, frozen, SECRETS, population)


def _objects(register: Path, first: int, end: int) -> Iterator[DrawObject]:
    return in_population(_rows(register, first, end), ON)


def _rows(register: Path, first: int, end: int) -> Iterator[tuple[DrawObject, str]]:
    tags: dict[str, tuple[str, ...]] = {"": ()}
    for line in lines_in(register, first, end):
        id_, region, grade, scheme, tag, scope = line.decode().split("\t")
        if tag not in tags:
            tags[tag] = (tag,)
        yield DrawObject(id_, region, grade, scheme, tags[tag]), scope


def _firms(size: int) -> Iterator[bytes]:
    """`size` firms of the population in no order of their ids, and a twentieth more."""
    stride = 7_368_787  # prime, so that every number comes once
    for number in range(size + size // 20):
        place = number * stride % 99_999_989
        grade = _GRADES[place % 7]
        row = (
            f"91{420100 + place % 17 * 100}MA{place:08d}",
            f"42{place % 17 + 1:02d}{place % 9 + 1:02d}",
            grade,
            "S4" if grade else "",
            "重点区域" if place % 11 == 0 else "",
            _SCOPES[place % 4] if number < size else _WITHOUT,
        )
        yield ("\t".join(row) + "\n").encode()


def _processor_seconds() -> float:
    """What this process and its ended children have used; a busy machine makes only time long."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


class _Memory:
    """The highest sum of resident bytes of this process and its children, in 20 ms steps.

    Pages that processes share count once for each of them.
    """

    def __init__(self) -> None:
        self.highest = 0
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> _Memory:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _sample(self) -> None:
        while not self._over.wait(0.02):
            self.highest = max(self.highest, sum(_resident(one) for one in _family(os.getpid())))


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            found += _family(int(child))
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
