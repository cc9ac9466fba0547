"""The scenario player: one story through the real path, in simulated time, in one thread.

Between two steps the clock stops at every due instant on the way, so that each statutory
clock fires at its own second, and all departments settle in a fixed order. The incarnation
of the stores and the vault's randomness derive from the scenario's name, the randomness from
its salt too where it has one. The same file therefore gives the same bytes twice, and in both modes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from domain.commands import COMMANDS
from domain.departments import ORGANS
from domain.errors import Refusal
from domain.facts import instant
from gateways.contracts import canonical
from gateways.department.deciding.answers import InvalidCommand, KeyReused
from gateways.department.platform import Platform
from gateways.department.time import SimulatedClock
from gateways.store.port import EventStore, StoredEvent
from ops.expectations import Difference, check
from ops.output import said
from ops.posts import default_post
from ops.scenario import Expectation, Scenario, Step

NAMESPACE = uuid.UUID("8c1f7f3a-3a52-5f0e-8f0e-6c69616e646f")
REFERENCE = re.compile(
    r"^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)(?:\.([1-9][0-9]*|all|[1-9][0-9]*-[1-9][0-9]*))?$"
)
"""`sent.task_id` is the one value that a step brought about; `sent.task_id.3` the third of
several, `sent.task_id.1-3` a list of the first three, `sent.task_id.all` of them all."""
ROUNDS_MAX = 10_000
BATCH = 1_000


class WrongReference(Exception):
    """A step refers to a result that no earlier step has, or that is not one value."""


class StoreInUse(Exception):
    """The store holds facts already, or another process is at work on it."""


class EndlessClocks(Exception):
    """Clocks kept falling due without simulated time going on: a rule feeds itself."""


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What became of one step: its events, or the rule that refused it; `fault` where wrong."""

    step: Step
    events: tuple[str, ...] = ()
    refused: str | None = None
    sentence: tuple[str, str] = ("", "")
    fault: str | None = None


@dataclass(kw_only=True)
class Played:
    """The outcome of a scenario: every step, and every difference from what was expected."""

    scenario: Scenario
    steps: list[StepResult] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    checked: int = 0
    events: int = 0
    digest: str = ""

    @property
    def passed(self) -> bool:
        """Whether each step went as told and each expectation holds."""
        return not self.differences and not any(result.fault for result in self.steps)


def incarnation_of(scenario: str, department: str) -> str:
    """The incarnation of a department's store in a scenario: always the same."""
    return uuid.uuid5(NAMESPACE, f"{scenario}/{department}").hex[:16]


def draw_for(scenario: str, department: str, salt: str | None = None) -> Callable[[int], bytes]:
    """Bytes that look random and are always the same for a scenario's department and salt.

    For simulated stores only: whoever knows the scenario's file can foretell them.
    """
    seed = (
        f"{scenario}/{department}" if salt is None else f"{scenario}/{salt}/{department}"
    ).encode()
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        made = b""
        while len(made) < size:
            made += hmac.new(seed, count.to_bytes(8, "big"), hashlib.sha256).digest()
            count += 1
        return made[:size]

    return draw


class Player:
    """Plays one scenario on a platform whose stores are empty and whose roles rest."""

    def __init__(
        self,
        platform: Platform,
        scenario: Scenario,
        on_step: Callable[[StepResult], None] = lambda _: None,
    ) -> None:
        if not isinstance(platform.clock, SimulatedClock):
            raise TypeError("a scenario is played on a simulated clock")
        self._platform, self._clock = platform, platform.clock
        self._scenario, self._on_step = scenario, on_step
        self._results: dict[str, list[dict[str, Any]]] = {}
        self._played = Played(scenario=scenario)
        self._seen: dict[str, int] = {}
        self._looked: dict[str, int] = {}

    def play(self) -> Played:
        """Plays every step to the calendar's end, then says what differs from the expectations."""
        self._refuse_used_stores()
        waiting = sorted(
            (one for one in self._scenario.expectations if one.at is not None),
            key=lambda one: one.at or 0,
        )
        self._platform.settle()
        for step in self._scenario.given:
            self._done(self._give(step, history=True))
        for step in self._scenario.steps:
            while waiting and (waiting[0].at or 0) < step.at:
                self._expect(waiting.pop(0))
            self.advance_to(step.at)
            self._done(self._give(step))
        for expectation in waiting:
            self._expect(expectation)
        self.advance_to(self._scenario.end)
        self._platform.close_topics()
        for expectation in self._scenario.expectations:
            if expectation.at is None:
                self._compare(expectation)
        self._played.events = sum(
            department.store.head().sequence for department in self._platform.departments.values()
        )
        self._played.digest = events_digest(self._platform)
        return self._played

    def advance_to(self, stamp: int) -> None:
        """Moves time to `stamp`, stopping at every due instant between."""
        for _ in range(ROUNDS_MAX):
            due = self._platform.next_due()
            if due is None or due > stamp:
                break
            if due > self._clock.now():
                self._clock.advance_to(due)
            self._platform.settle()
            if self._platform.next_due() == due:
                raise EndlessClocks(
                    said(
                        f"{instant(due)} 届满的期限无法宣告",
                        f"the clock due at {instant(due)} cannot be declared",
                    )
                )
        else:
            raise EndlessClocks(
                said(
                    f"{instant(stamp)} 之前已有 {ROUNDS_MAX:,} 个期限届满",
                    f"{ROUNDS_MAX:,} clocks ran out before {instant(stamp)}",
                )
            )
        if stamp > self._clock.now():
            self._clock.advance_to(stamp)
        self._platform.settle()

    def _done(self, result: StepResult) -> None:
        self._played.steps.append(result)
        self._on_step(result)

    def _expect(self, expectation: Expectation) -> None:
        self.advance_to(expectation.at or 0)
        self._compare(expectation)

    def _compare(self, expectation: Expectation) -> None:
        self._played.checked += 1
        self._played.differences.extend(check(self._platform, self._scenario, expectation))

    def _refuse_used_stores(self) -> None:
        for name, department in self._platform.departments.items():
            head = department.store.head()
            if head.sequence or head.private_sequence:
                raise StoreInUse(
                    said(
                        f"{name} 的事实库已有 {head.sequence} 条事实；请在空目录中演练",
                        f"the store of {name} holds {head.sequence} facts; play into an empty"
                        " place",
                    )
                )

    def _give(self, step: Step, *, history: bool = False) -> StepResult:
        department = self._platform.departments[ORGANS[step.organ].node]
        try:
            data = self._data(step)
            given = department.give(
                step.command,
                data,
                default_post(step.organ, step.region, step.role),
                key=f"{self._scenario.name}/{'given-' if history else ''}{step.number}",
                credential="scenario",
                history_at=step.at if history else None,
            )
        except Refusal as refusal:
            return self._refused(step, refusal)
        except InvalidCommand as invalid:
            told = "; ".join(f"{problem.field}: {problem.en}" for problem in invalid.problems)
            return StepResult(step=step, fault=f"{step.command} is not valid: {told}")
        except (KeyReused, WrongReference) as error:
            return StepResult(step=step, fault=str(error))
        self._platform.settle()
        caused = list(self._caused({event.id for event in given.events}))
        if step.name is not None:
            self._results[step.name] = [envelope["data"] for envelope in caused]
        fault = None
        if step.refused is not None:
            fault = f"was to be refused by {step.refused}, and was accepted"
        return StepResult(
            step=step, events=tuple(envelope["type"] for envelope in caused), fault=fault
        )

    def _refused(self, step: Step, refusal: Refusal) -> StepResult:
        sentence = (refusal.sentence("zh"), refusal.sentence("en"))
        fault = None
        if step.refused is None:
            fault = f"was refused by {refusal.rule}: {sentence[1]}"
        elif step.refused != refusal.rule:
            fault = f"was to be refused by {step.refused}, and was refused by {refusal.rule}"
        return StepResult(step=step, refused=refusal.rule, sentence=sentence, fault=fault)

    def _data(self, step: Step) -> dict[str, Any]:
        data: dict[str, Any] = self._resolved(dict(step.data))
        short = step.data.get("organisation")
        organisation = self._scenario.organisations.get(short) if isinstance(short, str) else None
        wanted = {one.name for one in fields(COMMANDS[step.command])}
        if organisation is not None and "name" in wanted:
            data.setdefault("name", organisation["name"])
        return data

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: self._resolved(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._resolved(part) for part in value]
        if not isinstance(value, str):
            return value
        if value in self._scenario.organisations:
            return self._scenario.organisations[value]["uscc"]
        reference = REFERENCE.match(value)
        if reference is None:
            return value
        return self._result(*reference.groups())

    def _result(self, name: str, field_name: str, which: str | None) -> Any:
        if name not in self._results:
            raise WrongReference(f"no earlier step is named {name}")
        found: list[Any] = []
        for data in self._results[name]:
            for value in _values(data, field_name, deep=which is not None):
                if value not in found:
                    found.append(value)
        if which == "all":
            return found
        first, _, last = (which or "").partition("-")
        if last:
            if not int(first) <= int(last) <= len(found):
                raise WrongReference(f"{name}.{field_name}.{which}: there are {len(found)} values")
            return found[int(first) - 1 : int(last)]
        if first:
            if int(first) > len(found):
                raise WrongReference(f"{name}.{field_name}.{which}: there are {len(found)} values")
            return found[int(first) - 1]
        if len(found) != 1:
            told = "no value" if not found else f"{len(found)} different values"
            raise WrongReference(f"the step {name} brought about {told} of {field_name}")
        return found[0]

    def _caused(self, ids: set[str]) -> Iterator[dict[str, Any]]:
        """The envelopes that a step brought about, itself and through reactions, in order."""
        envelopes = []
        for name, department in self._platform.departments.items():
            if self._looked.get(name) == department.gateway.appends:
                continue
            self._looked[name] = department.gateway.appends
            for event in all_events(department.store, self._seen.get(name, 0)):
                envelopes.append(canonical.decode(event.body))
                self._seen[name] = event.sequence
        envelopes.sort(
            key=lambda one: (one["recorded"], one["source"].split("/")[2], int(one["sequence"]))
        )
        for envelope in envelopes:
            if envelope["id"] in ids or envelope.get("cause") in ids:
                ids.add(envelope["id"])
                yield envelope


def _values(data: Any, name: str, *, deep: bool) -> Iterator[Any]:
    """The values of a field of an event's data, in its parts too where `deep`."""
    if isinstance(data, Mapping):
        if name in data:
            yield data[name]
        elif deep:
            for part in data.values():
                yield from _values(part, name, deep=True)
    elif isinstance(data, list):
        for part in data:
            yield from _values(part, name, deep=True)


def all_events(store: EventStore, after: int = 0) -> Iterator[StoredEvent]:
    """The published events of a store after a sequence, in order."""
    while batch := store.after(after, limit=BATCH):
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].sequence


def events_digest(platform: Platform) -> str:
    """SHA-256 over every published event's bytes of every department, in their fixed order."""
    digest = hashlib.sha256()
    for name in sorted(platform.departments):
        for event in all_events(platform.departments[name].store):
            digest.update(f"{name}/{event.sequence}/{len(event.body)}\n".encode())
            digest.update(event.body)
    return digest.hexdigest()
