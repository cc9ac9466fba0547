"""Where random casework happens: departments in one room, or real ones with stores and a log."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgspec

from domain.departments import ORGANS
from domain.errors import Refusal
from domain.facts import Recorded, instant
from domain.reactions import RULES, Kind
from gateways.contracts.envelope import fact_of
from ops.player import all_events
from ops.posts import default_post
from tests.domain.referrals import DOCUMENTS
from tests.domain.story import Story
from tests.gateways.department.town import Town, opened

DEPARTMENTS = "hr,cac,psb,oversight,samr,drc,lgo,com,twn"
DAY = 86_400_000_000
START = "2025-02-10T09:00"
ENCLOSED = [
    {"code": "D1", "file": {"content": {"title": "案件移送书"}}},
    {"code": "D2", "file": {"content": {"title": "调查报告"}}},
    {"code": "D3", "file": {"content": {"title": "物品清单"}}},
    {"code": "D4", "not_applicable": True, "reason": "无需检验鉴定"},
    {"code": "D5", "file": {"content": {"title": "转账记录汇总"}}},
]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A command that somebody gives: `HRSS.HEAD` in a territory."""

    by: str
    command: str
    data: dict[str, Any]
    at: str = "210103"

    @property
    def organ(self) -> str:
        """The organ without the role."""
        return self.by.partition(".")[0]


class World(Protocol):
    """What the machine needs of either kind."""

    @property
    def now(self) -> int:
        """The stamp of the moment."""

    def facts(self) -> list[Recorded[Any]]:
        """All published facts in the one order."""

    def head(self, ask: Ask) -> object:
        """Something that changes with every fact of who is asked, published or not."""

    def give(self, ask: Ask) -> None:
        """Gives a command; raises its refusal."""

    def meet(self, first: Ask, second: Ask) -> list[Refusal | None]:
        """Both at once, each having read before the other is recorded; what refused them."""

    def settle(self) -> None:
        """Everybody learns everything, and rules do what they do."""

    def wait(self, days: int) -> None:
        """Time goes on; what falls due on the way is declared."""

    def documents(self, missing: int) -> Any:
        """The documents of a referral without one of them (5: all there)."""

    def close(self) -> None:
        """Releases everything."""


def refusal_of(act: Callable[[], Any]) -> Refusal | None:
    """The refusal of an act, None where it is accepted."""
    try:
        act()
    except Refusal as refusal:
        return refusal
    return None


class Room:
    """The domain alone: what is decided is known to all at once."""

    def __init__(self) -> None:
        self.story = Story().on(START)
        self._reacted = 0

    @property
    def now(self) -> int:
        return self.story.now

    def facts(self) -> list[Recorded[Any]]:
        return self.story.facts

    def head(self, ask: Ask) -> object:
        return len(self.story.facts)

    def give(self, ask: Ask) -> None:
        self.story.give(ask.by, ask.command, at=ask.at, **ask.data)

    def meet(self, first: Ask, second: Ask) -> list[Refusal | None]:
        return [refusal_of(lambda: self.give(second)), refusal_of(lambda: self.give(first))][::-1]

    def settle(self) -> None:
        while self._reacted < len(self.story.facts):
            seen = self.story.facts[self._reacted]
            self._reacted += 1
            for rule in RULES:
                if rule.kind is Kind.AUTOMATIC and rule.applies(seen):
                    self.story.run(rule.id, seen)

    def wait(self, days: int) -> None:
        self.settle()
        self.story.now += days * DAY

    def documents(self, missing: int) -> Any:
        return tuple(one for place, one in enumerate(DOCUMENTS) if place != missing)

    def close(self) -> None:
        """Nothing is held."""


class Country:
    """Nine real departments in one folder: gateways, stores, relays, intakes, rules, clocks."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        folder = Path(self._opened.enter_context(tempfile.TemporaryDirectory()))
        self.town: Town = self._opened.enter_context(
            opened(folder / "one", departments=DEPARTMENTS, start=START)
        )
        self.folder = folder
        self._known: list[Recorded[Any]] = []
        self._read = dict.fromkeys(self.town.platform.departments, 0)
        self._given = 0

    @property
    def now(self) -> int:
        return self.town.clock.now()

    def facts(self) -> list[Recorded[Any]]:
        for name, department in self.town.platform.departments.items():
            for event in all_events(department.store, self._read[name]):
                self._known.append(fact_of(event.body))
                self._read[name] = event.sequence
        self._known.sort(key=lambda one: one.order)
        return self._known

    def head(self, ask: Ask) -> object:
        head = self.town.platform.departments[ORGANS[ask.organ].node].store.head()
        return head.sequence, head.private_sequence

    def give(self, ask: Ask) -> None:
        organ, _, role = ask.by.partition(".")
        self._given += 1
        self.town.platform.departments[ORGANS[organ].node].give(
            ask.command,
            _said(msgspec.to_builtins(ask.data)),
            default_post(organ, ask.at, role),
            key=f"k{self._given}",
        )

    def meet(self, first: Ask, second: Ask) -> list[Refusal | None]:
        store = self.town.platform.departments[ORGANS[first.organ].node].store
        append, came = store.append, list[Refusal | None]()

        def another_came_first(one: Any) -> Any:
            del store.append
            came.append(refusal_of(lambda: self.give(second)))
            return append(one)

        store.append = another_came_first  # type: ignore[method-assign,assignment]
        try:
            refused = refusal_of(lambda: self.give(first))
        finally:
            vars(store).pop("append", None)
        return [refused, came[0] if came else refusal_of(lambda: self.give(second))]

    def settle(self) -> None:
        self.town.platform.settle()

    def wait(self, days: int) -> None:
        later = instant(self.now + days * DAY)
        self.town.live_until(later.strftime("%Y-%m-%dT%H:%M"))

    def documents(self, missing: int) -> Any:
        return [one for place, one in enumerate(ENCLOSED) if place != missing]

    def close(self) -> None:
        self._opened.close()


def _said(value: Any) -> Any:
    """What was filled in: a field that is left out is not sent."""
    if isinstance(value, dict):
        return {name: _said(one) for name, one in value.items() if one is not None}
    return [_said(one) for one in value] if isinstance(value, list | tuple) else value
