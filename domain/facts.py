"""Facts: the base of every event class, and a fact as it stands on record.

An event class is a frozen dataclass declared with `@fact`. Its declaration is the single
source for its topic, schema, sample, documentation, audience and confidentiality.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

CHINA = timezone(timedelta(hours=8))
"""China Standard Time: +08:00 all year, everywhere."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_US = 86_400_000_000
_CHINA_US = 28_800_000_000


class Confidentiality(StrEnum):
    """Who may see a fact at all (reference 14.1)."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    REPORTER_SECRET = "REPORTER_SECRET"
    CRIMINAL = "CRIMINAL"


class Audience(StrEnum):
    """Where a fact travels: to every entitled department, or nowhere outside its owner."""

    DEPARTMENTS = "DEPARTMENTS"
    OWNER_ONLY = "OWNER_ONLY"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened: immutable, past tense, owned by one department.

    `TYPE` is the published name (`licence.granted.v1`), `FAMILY` the last part of the
    topic `labour.<department>.<family>`.
    """

    TYPE: ClassVar[str]
    FAMILY: ClassVar[str]
    AUDIENCE: ClassVar[Audience]
    CONFIDENTIALITY: ClassVar[Confidentiality]
    ORGANS: ClassVar[tuple[str, ...]]
    ZH: ClassVar[str]
    EN: ClassVar[str]
    SOURCE: ClassVar[str]


FACTS: dict[str, type[Fact]] = {}
"""Every event class by its published type name."""

F = TypeVar("F", bound=Fact)


def fact(
    type_name: str,
    *,
    family: str,
    organs: tuple[str, ...],
    zh: str,
    en: str,
    source: str,
    confidentiality: Confidentiality = Confidentiality.INTERNAL,
    audience: Audience = Audience.DEPARTMENTS,
) -> Callable[[type[F]], type[F]]:
    """Declares an event class: its published name, who may emit it, and who may read it."""

    def declare(cls: type[F]) -> type[F]:
        if type_name in FACTS:
            raise TypeError(f"{type_name} is declared twice")
        cls.TYPE, cls.FAMILY, cls.ORGANS = type_name, family, organs
        cls.ZH, cls.EN, cls.SOURCE = zh, en, source
        cls.CONFIDENTIALITY, cls.AUDIENCE = confidentiality, audience
        FACTS[type_name] = cls
        return cls

    return declare


@dataclass(frozen=True, kw_only=True)
class Recorded(Generic[F]):
    """A fact as it stands on record: what was decided, by whom, when, and what caused it.

    `stamp` is the hybrid logical clock in microseconds since 1970 (UTC); the total order
    of any two facts is `(stamp, department, sequence)`. `received` is the reader's own
    stamp for when it learned of the fact, None where the owner reads its own store.
    `occurred`, `decided`, `served` are instants with +08:00; `effective` is a date.
    `history` marks a fact from before the platform, entered from an old register: it is
    folded like any other, and starts no reaction and no clock. A `twin` is a record of a fact
    of which another version went out beside it, and is the one that counts here.
    """

    fact: F
    id: str
    type: str
    stream: str
    stream_version: int
    department: str
    sequence: int
    stamp: int
    subject: str
    region: str
    matter: str
    organ: str
    post: str
    command: str
    command_name: str
    cause: str | None
    occurred: datetime
    effective: date
    decided: datetime | None = None
    served: datetime | None = None
    received: int | None = None
    history: bool = False
    twin: bool = False

    @property
    def order(self) -> tuple[int, str, int]:
        """The place of this fact in the one order that every reader agrees on."""
        return (self.stamp, self.department, self.sequence)

    @property
    def recorded(self) -> datetime:
        """When the owner recorded it, +08:00."""
        return instant(self.stamp)

    @property
    def recorded_on(self) -> date:
        """The day it was recorded, in China."""
        return day_of(self.stamp)


def instant(stamp: int) -> datetime:
    """The instant of a stamp, +08:00."""
    return datetime.fromtimestamp(stamp // 1_000_000, CHINA) + timedelta(
        microseconds=stamp % 1_000_000
    )


def day_of(stamp: int) -> date:
    """The day in China of a stamp; midnight begins a day."""
    return date.fromordinal(_EPOCH_DAY + (stamp + _CHINA_US) // _DAY_US)


def stamp_of(moment: datetime) -> int:
    """The stamp of an instant: microseconds since 1970 (UTC). A naive instant is refused."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def end_of(day: date) -> int:
    """The stamp at which a day ends in China (24:00): what a bare date means."""
    return stamp_of(datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(days=1))
