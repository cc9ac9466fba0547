"""What a clock rule is made of: its debtor, what starts and stops it, and what silence brings.

A clock belongs to a *key* (a firm, an application, a licence, a region) and, within it, to
an *item* (one push, one licence). A stop with an item ends the clocks of that item; a stop
without one ends every clock of its key (the firm's cancellation ends the terms of all its
pushes). A stop may name several keys (a case names all its leads). Source: reference 0.3
items 9 and 10, Appendix A.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.calendar.deadlines import Period
from domain.departments import ORGANS, topics_written
from domain.facts import FACTS, Recorded

Seen = Recorded[Any]
Policy = Mapping[str, Any]


class Debtor(StrEnum):
    """Whose lateness it is: only an office's missed clock is a breach."""

    OFFICE = "OFFICE"
    OUTSIDE = "OUTSIDE"
    PARTY = "PARTY"


class Ending(StrEnum):
    """How a fact ends a clock."""

    FULFILLED = "FULFILLED"
    MOOT = "MOOT"
    LAPSED = "LAPSED"
    DEEMED = "DEEMED"


class State(StrEnum):
    """Where a clock stands at a moment."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    FULFILLED = "FULFILLED"
    FULFILLED_LATE = "FULFILLED_LATE"
    MISSED = "MISSED"
    LAPSED = "LAPSED"
    OUTSIDE = "OUTSIDE"
    MOOT = "MOOT"
    DEEMED = "DEEMED"


STATE_NAMES: dict[State, tuple[str, str]] = {
    State.RUNNING: ("计时中", "Running"),
    State.PAUSED: ("中止", "Suspended"),
    State.FULFILLED: ("按期完成", "Fulfilled in time"),
    State.FULFILLED_LATE: ("逾期完成", "Fulfilled late"),
    State.MISSED: ("逾期", "Missed"),
    State.LAPSED: ("期限已过", "Lapsed"),
    State.OUTSIDE: ("平台外期限已过", "Past, of a body outside the platform"),
    State.MOOT: ("不再适用", "Moot"),
    State.DEEMED: ("依法视为", "Deemed by law"),
}


def always(_: Seen) -> bool:
    """Every fact of the type."""
    return True


def in_every_region(_: Policy) -> bool:
    """Whatever the region configured."""
    return True


def on_record(seen: Seen) -> date:
    """A platform term runs from the day the fact was recorded."""
    return seen.recorded_on


def field(name: str) -> Callable[[Seen], str]:
    """A key or an item: one field of the fact, as text."""

    def read(seen: Seen) -> str:
        return str(getattr(seen.fact, name))

    return read


uscc = field("uscc")
subject_id = field("subject_id")


def event(seen: Seen) -> str:
    """The fact itself as key or item."""
    return seen.id


Keys = str | tuple[str, ...]


def owner_of_ground(_: Seen) -> str:
    """The debtor is the organ whose fact is the ground (who sent what the police answer)."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Start:
    """A kind of fact that starts a clock.

    `until` gives the last day where the fact or a rule fixes it (then the period is not
    used; None: no clock); `data` is what the clock's own command needs. `period` replaces the
    rule's (an older law's term). `owner` and `region` say who owes it where the fact names
    them (a lead its receiver); an empty owner is that of the ground.
    """

    type: str
    key: Callable[[Seen], str]
    item: Callable[[Seen], str] | None = None
    when: Callable[[Seen], bool] = always
    where: Callable[[Policy], bool] = in_every_region
    on: Callable[[Seen], date | datetime] = on_record
    until: Callable[[Seen, Policy], date | None] | None = None
    data: Callable[[Seen], dict[str, str]] | None = None
    period: Period | None = None
    owner: Callable[[Seen], str] | None = None
    region: Callable[[Seen], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A kind of fact that ends clocks; `on` gives the day that counts where the fact names one.

    An item of None ends the clocks of every item of its keys.
    """

    type: str
    key: Callable[[Seen], Keys]
    item: Callable[[Seen], str | None] | None = None
    when: Callable[[Seen], bool] = always
    ending: Ending | Callable[[Seen], Ending] = Ending.FULFILLED
    on: Callable[[Seen], date] | None = None


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A kind of fact that lengthens a running clock by more of its unit.

    The number may stand in the fact (None or 0: this term is not lengthened); with `in_all` it
    is the length of the whole term.
    """

    type: str
    key: Callable[[Seen], Keys]
    by: int | Callable[[Seen], int | None]
    item: Callable[[Seen], str | None] | None = None
    when: Callable[[Seen], bool] = always
    in_all: bool = False


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A kind of fact that suspends a clock from a day, or (`resumes`) lets the rest of it run."""

    type: str
    key: Callable[[Seen], Keys]
    on: Callable[[Seen], date]
    item: Callable[[Seen], str | None] | None = None
    when: Callable[[Seen], bool] = always
    resumes: bool = False


@dataclass(frozen=True, kw_only=True)
class ClockRule:
    """One statutory term or platform clock.

    `owner` is the debtor's organ (for a party's term: the organ that watches it), or None
    for the organ that recorded the starting fact. `setting` names the regional setting that
    replaces the number of `period`. `grounds` are facts without which a start means nothing
    (an ended firm's licences, a failed commitment): one clock runs for each that stands. `on_elapse`
    is "breach", the name of the command that silence gives, or None (shown, not counted);
    `acted` are the facts by which that command is seen to have been given. `watched` marks a
    party's term whose end is the office's next act: it stands in the inbox. `same_fact` lets
    the starting fact also be the stop (a filing names the day its term ran from). A rule without
    `started_by` waits for events that do not exist yet; `note` says which. `mark` is the
    reference's provenance mark, `version` changes with the rule.

    `paused_by` are the facts that suspend it and let it go on: the day of the suspension is
    used, and from the day of the resumption the days that were left run. One that does not
    `await` acts at its end without asking whether others are closed past it. Of `several` one
    fact starts more than one, each with a key and an item of its own.
    """

    code: str
    zh: str
    en: str
    debtor: Debtor
    owner: str | None
    period: Period | None
    basis: str
    mark: str
    started_by: tuple[Start, ...] = ()
    stopped_by: tuple[Stop, ...] = ()
    extended_by: tuple[Extension, ...] = ()
    paused_by: tuple[Pause, ...] = ()
    grounds: tuple[Stop, ...] = ()
    acted: tuple[Stop, ...] = ()
    on_elapse: str | None = None
    commands: tuple[str, ...] = ()
    setting: str | None = None
    rolls: bool = True
    same_fact: bool = False
    watched: bool = False
    awaits: bool = True
    several: bool = False
    version: str = "1"
    valid_from: date = date(2004, 1, 1)
    valid_to: date | None = None
    note: str = ""

    @property
    def rule_version(self) -> str:
        """The rule and its version: what a clock names for ever."""
        return f"{self.code}.{self.version}"

    def period_for(self, policy: Policy) -> Period | None:
        """The period, with the region's number where the rule leaves it to the region."""
        if self.period is None or self.setting is None or self.setting not in policy:
            return self.period
        n = int(policy[self.setting])
        return self.period if n == self.period.n else Period(n, self.period.unit)

    def topics(self, node: str | None) -> set[str]:
        """Every topic whose facts start or stop this clock; those of `node` alone where several
        nodes may emit the same kind of fact (each holds its own licences).
        """
        found: set[str] = set()
        patterns: tuple[Start | Stop | Extension | Pause, ...] = (
            *self.started_by,
            *self.stopped_by,
            *self.grounds,
            *self.extended_by,
            *self.paused_by,
        )
        for pattern in patterns:
            nodes = {ORGANS[organ].node for organ in FACTS[pattern.type].ORGANS}
            for one in nodes & {node} or nodes if node else nodes & {"hr"} or nodes:
                found |= _topics(one, pattern.type)
        return found

    def awaited_topics(self, node: str) -> tuple[str, ...]:
        """Topics of other nodes whose facts may still stop this clock.

        A breach is declared only when they are closed past the due instant.
        """
        found: set[str] = set()
        for stop in self.stopped_by if self.awaits else ():
            nodes = {ORGANS[organ].node for organ in FACTS[stop.type].ORGANS}
            if node not in nodes:
                for one in nodes:
                    found |= _topics(one, stop.type)
        return tuple(sorted(found))


def _topics(node: str, type_name: str) -> set[str]:
    return {topic.name for topic in topics_written(node, FACTS[type_name].FAMILY)}
