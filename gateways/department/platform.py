"""The departments that live in one process: in turn for a scenario, side by side to serve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from domain.departments import NODES, TOPICS
from gateways.department.node import Department
from gateways.department.reacting.intents import ALL
from gateways.department.roles import ROLES
from gateways.department.time import Clock
from gateways.department.workers import Workers
from gateways.log.port import Log, TopicPartition


class Unsettled(Exception):
    """The departments kept answering one another: a rule without an end."""


class Platform:
    """Some departments, their shared log and their clock."""

    def __init__(self, departments: Mapping[str, Department], log: Log, clock: Clock) -> None:
        self.departments = {node: departments[node] for node in NODES if node in departments}
        self.log, self.clock = log, clock
        self._topics = sorted({name for one in departments.values() for name in one.intake.topics})
        self._ends: dict[Log, Mapping[TopicPartition, int]] = {}
        self._dues: dict[str, int | None] = {}
        self._alone = False
        self._sent: set[str] = set()
        self._drained: dict[str, int] = {}
        self._workers: Workers | None = None

    def alone(self) -> None:
        """From now on nobody else writes to these stores, databases and topics, and nobody must.

        What this process did not change, it then need not look at again.
        """
        self._alone = True
        for one in self.departments.values():
            one.database.alone = True

    def settle(self, *, rounds: int = 200) -> None:
        """Lets every department finish: relay, intake, intents, in a fixed order, until quiet.

        Clocks that have run out are declared; where one waits for another department to be
        closed past its due instant, all departments close first. Single thread; the same
        commands give the same bytes. Raises Unsettled where departments keep answering one
        another.
        """
        departments = self.departments.values()
        self._dues.clear()
        for _ in range(rounds):
            self._exchange(rounds)
            held_back = [one for one in departments if one.intents.held_back]
            if sum(one.intents.step(waiting=True, limit=ALL) for one in held_back):
                continue
            fired = self._fire()
            if not fired and any(one.clocks.held_back for one in departments):
                self.close_topics()
                fired = self._fire()
            if not fired:
                return
        raise Unsettled(f"not settled after {rounds} rounds")

    def _fire(self) -> int:
        """Every department acts on its clocks that have run out; how many did."""
        fired = 0
        for one in self.departments.values():
            due = self._due(one)
            if due is None or due > self.clock.now():
                one.clocks.held_back = False
                continue
            fired += one.clocks.step()
            self._dues.pop(one.id, None)
        return fired

    def close_topics(self) -> None:
        """Every department says up to where it is closed, and takes in what the others say."""
        self._sent.update(self.departments)
        for one in self.departments.values():
            one.relay.close_topics()
        self._take_in()

    def exchange_receipts(self) -> None:
        """Every department says what it took in, and compares what the others say.

        For an installation that no node runs: nothing is declared, since nobody is live.
        """
        everybody = self.departments.values()
        self._sent.update(self.departments)
        for one in everybody:
            one.relay.step()
            while one.receipts.say(sign_of_life=False)[1]:
                pass
            while one.relay.send_control():
                pass
        self._take_in()
        for one in everybody:
            while one.ledger.take_in():
                pass
            one.ledger.watch()

    def next_due(self) -> int | None:
        """The next instant at which any department's clock runs out."""
        self._dues.clear()
        dues = [self._due(one) for one in self.departments.values()]
        return min((due for due in dues if due is not None), default=None)

    def _due(self, one: Department) -> int | None:
        """When a department's next clock runs out, as known since it last took something in."""
        if one.id not in self._dues:
            self._dues[one.id] = one.clocks.next_due()
        return self._dues[one.id]

    def start(self, roles: Iterable[str] = ROLES) -> None:
        """Starts the roles' workers for every department of this process."""
        self._workers = Workers(list(self.departments.values()), frozenset(roles))
        self._workers.start()

    @property
    def workers(self) -> Workers | None:
        """The running workers, for health and metrics."""
        return self._workers

    def stop(self) -> None:
        """Stops the workers, gives leases back, and releases everything."""
        if self._workers is not None:
            self._workers.stop()
            self._workers = None
        with ExitStack() as rest:
            rest.callback(self.log.close)
            for department in reversed(self.departments.values()):
                rest.callback(department.stop)

    def _exchange(self, rounds: int) -> None:
        """Sends, takes in and acts, until nobody has anything to do.

        After the first round only who acted has something to send, and only who took something
        in has something to act on.
        """
        everybody = list(self.departments.values())
        sending, acting = everybody, everybody
        for _ in range(rounds):
            for one in sending:
                self._send(one)
            taken = self._take_in()
            acted = [one for one in acting or taken if _act(one)]
            if not acted and not taken:
                return
            sending, acting = acted, []
        raise Unsettled(f"still exchanging after {rounds} rounds")

    def _send(self, one: Department) -> None:
        """Sends all that a department recorded; who is alone knows whether there is anything."""
        appends = one.gateway.appends
        if self._alone and self._drained.get(one.id) == appends and one.relay.renew():
            return
        self._sent.add(one.id)
        while one.relay.step():
            pass
        self._drained[one.id] = appends

    def _now_ends(self, log: Log) -> Mapping[TopicPartition, int]:
        """Where the topics end; who is alone asks about those only that something was sent to."""
        before = self._ends.get(log)
        if not self._alone or before is None:
            return log.ends(self._topics)
        moved = [name for name in self._topics if TOPICS[name].node in self._sent]
        return {**before, **log.ends(moved)} if moved else before

    def _take_in(self) -> list[Department]:
        """Every department takes in what stands on its log, which is asked once for its ends."""
        ends: dict[Log, Mapping[TopicPartition, int]] = {}
        moved: dict[Log, dict[TopicPartition, int]] = {}
        taken = []
        for one in self.departments.values():
            log = one.intake.log
            if log not in ends:
                ends[log], before = self._now_ends(log), self._ends.get(log, {})
                # What ended there when everybody had last taken it in, nobody has to look at.
                moved[log] = {
                    place: end for place, end in ends[log].items() if before.get(place) != end
                }
            if one.intake.catch_up(moved[log]):
                self._dues.pop(one.id, None)
                taken.append(one)
        self._ends = ends
        self._sent.clear()
        return taken


def _act(department: Department) -> bool:
    """Turns a department's new intents into commands; whether there was one."""
    settled = 0
    while found := department.intents.step():
        settled += found
    return settled > 0
