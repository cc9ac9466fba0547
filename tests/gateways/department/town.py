"""A small town: 市场监管, 人社 and 发展改革 in one folder, on a simulated clock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from domain.commands import Post
from domain.delivery.quarantine import keeper_of
from domain.departments import ORGANS
from gateways.contracts import canonical
from gateways.department.database import INTENTS, PARKED
from gateways.department.deciding.answers import Given
from gateways.department.node import Department
from gateways.department.quarantine.treatment import Carried
from gateways.department.time import SimulatedClock
from gateways.log.port import Log, LogRecord, OutRecord
from ops.player import all_events
from ops.posts import default_post
from ops.scenario import moment
from ops.settings import Settings, StoreMode
from ops.wiring import House, house
from projections.received import RECEIVED
from tests.faults.organisations import uscc

REGION = "210103"
START = "2024-11-18T09:00"
SCOPE = "职业中介活动"
PERSON = {
    "name": "虚例乙",
    "identity_number": "000000190001010019",
    "phone": "00000000001",
}


class Town:
    """An opened installation, its clock, and short ways to act in it."""

    def __init__(self, one: House) -> None:
        self.house, self.platform = one, one.platform

    @property
    def clock(self) -> SimulatedClock:
        """The clock that all departments share."""
        assert isinstance(self.platform.clock, SimulatedClock)
        return self.platform.clock

    @property
    def log(self) -> Log:
        """The shared log."""
        return self.platform.log

    @property
    def samr(self) -> Department:
        """市场监管."""
        return self.platform.departments["samr"]

    @property
    def hr(self) -> Department:
        """人社."""
        return self.platform.departments["hr"]

    @property
    def drc(self) -> Department:
        """发展改革."""
        return self.platform.departments["drc"]

    def give(
        self,
        organ: str,
        name: str,
        data: Mapping[str, Any],
        *,
        key: str | None = None,
        post: Post | None = None,
    ) -> Given:
        """One command by an organ's default post."""
        department = self.platform.departments[ORGANS[organ].node]
        key = key or uuid.uuid4().hex
        return department.give(name, data, post or default_post(organ, REGION), key=key)

    def register(self, number: int = 0, **more: Any) -> Given:
        """Registers firm `number` with a scope that is pushed."""
        return self.give("SAMR", "RegisterOrganisation", firm(number) | more)

    def grant(self, number: int = 0) -> None:
        """Carries firm `number` to a licence; settles between."""
        self.register(number)
        self.platform.settle()
        one = {"organisation": uscc(number)}
        self.give("HRSS_MKT", "ClaimPush", one)
        self.give(
            "HRSS_APPR",
            "ApplyForLicence",
            one | {"mode": "COMMITMENT", "scope": SCOPE, "full_time_staff": 3},
        )
        self.give("HRSS_APPR", "GrantLicence", one | {"scope": SCOPE})

    def at(self, text: str) -> None:
        """Moves the clock to a time of +08:00, without settling."""
        self.clock.advance_to(moment(text))

    def live_until(self, text: str) -> None:
        """Moves the clock to a time; every clock on the way fires at its own instant."""
        until = moment(text)
        self.platform.settle()
        while (due := self.platform.next_due()) is not None and due <= until:
            self.clock.advance_to(max(due, self.clock.now()))
            self.platform.settle()
            assert self.platform.next_due() != due, f"the clock due at {due} cannot be declared"
        self.clock.advance_to(until)
        self.platform.settle()

    def send(self) -> None:
        """Every relay sends what its store holds; nobody reads."""
        for department in self.platform.departments.values():
            while department.relay.step():
                pass


def firm(number: int = 0) -> dict[str, Any]:
    """The data that registers firm `number`."""
    return {
        "organisation": uscc(number),
        "name": f"沈阳虚例{number:03d}人力有限公司",
        "scope": SCOPE,
    }


@contextmanager
def opened(
    folder: Path,
    *,
    departments: str = "samr,hr,drc",
    start: str | int = START,
    incarnation: Callable[[str], str] | None = None,
    draw: Callable[[str], Callable[[int], bytes]] | None = None,
    shared: bool = False,
) -> Iterator[Town]:
    """An embedded, simulated installation in a folder, new or as it was left."""
    settings = Settings(
        data=folder,
        departments=departments,  # type: ignore[arg-type]
        store=StoreMode.SIMULATED,
    )
    since = moment(start) if isinstance(start, str) else start
    with house(
        settings, create=True, start=since, incarnation=incarnation, draw=draw, shared=shared
    ) as one:
        yield Town(one)


def bodies(department: Department) -> list[dict[str, Any]]:
    """The published envelopes of a department's store, in order."""
    return [canonical.decode(event.body) for event in all_events(department.store)]


def types(department: Department) -> list[str]:
    """The published types of a department's store, in order."""
    return [event.type for event in all_events(department.store)]


def received(department: Department) -> list[tuple[str, int, int, bytes]]:
    """(topic, partition, partition sequence, bytes) of the received log, in the order received."""
    with department.reading() as connection:
        rows = connection.execute(
            select(RECEIVED).order_by(
                RECEIVED.c.topic, RECEIVED.c.partition, RECEIVED.c.partition_sequence
            )
        )
        return [(row.topic, row.partition, row.partition_sequence, bytes(row.body)) for row in rows]


def parked(department: Department) -> list[tuple[str, str, str]]:
    """(state, cause, detail) of every parked record that is not released, in order."""
    with department.reading() as connection:
        rows = connection.execute(
            select(PARKED).where(PARKED.c.state != "RELEASED").order_by(PARKED.c.parked_id)
        )
        return [(row.state, row.cause, row.detail) for row in rows]


def intents(department: Department) -> list[Any]:
    """Every intent, in the order of their events."""
    with department.reading() as connection:
        return list(
            connection.execute(
                select(INTENTS).order_by(
                    INTENTS.c.event_stamp, INTENTS.c.event_sequence, INTENTS.c.rule
                )
            )
        )


def decide_release(department: Department) -> list[str]:
    """Decides to release every group of heads that hold up their keys; which these are."""
    department.treatment.tell()
    post = default_post(keeper_of(department.id), REGION, "HEAD")
    found = [one.group for one in department.treatment.groups() if one.kind == "STUCK"]
    for group in found:
        data = {"group": group, "reason": "故障已排除"}
        department.give("ReleaseParked", data, post, key=uuid.uuid4().hex)
    return found


def release(department: Department) -> list[Carried | None]:
    """Releases what holds up its keys, by a decision on each group; what each came to."""
    return [department.treatment.carry_out(group) for group in decide_release(department)]


def all_records(log: Log, topics: Mapping[str, int]) -> dict[tuple[str, int], list[LogRecord]]:
    """Every record of every partition of these topics (name: partitions), in offset order."""
    return {
        (name, partition): log.tail(name, partition, 1_000_000)
        for name, partitions in topics.items()
        for partition in range(partitions)
    }


def append(log: Log, *records: OutRecord) -> None:
    """Appends records past every relay."""
    writer = log.writer("test")
    writer.append(list(records))
    writer.close()


def again(record: LogRecord, value: bytes | None = None) -> OutRecord:
    """A record once more, with other bytes where given."""
    return OutRecord(
        record.topic, record.partition, record.key, record.value if value is None else value
    )
