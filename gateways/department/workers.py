"""Workers: the parts of departments side by side, each in a thread of its own.

A worker that meets an outage waits and goes on; one that meets a fork or a defect stops,
says so in its state, and leaves every other worker running.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from gateways.department.deciding.answers import TooBusy
from gateways.department.node import Department
from gateways.department.reacting.intents import RuleFailed
from gateways.log.port import LogUnavailable
from gateways.store.port import StoreForked, StoreUnavailable

CLOSE_EVERY_S = 2.0
CONTROL_EVERY_S = 1.0
CHECK_EVERY_S = 5.0
SWEEP_EVERY_S = 60.0
TIDY_EVERY_S = 3600.0
LOOK_AGAIN_S = 0.5
OUTAGE_S = 1.0

_log = structlog.get_logger("liandong.workers")


@dataclass
class WorkerState:
    """What a worker is doing: RUNNING, WAITING (an outage), ALARM or STOPPED (an operator must act)."""

    name: str
    department: str
    role: str
    state: str = "RUNNING"
    detail: str = ""
    steps: int = 0
    last_step: float = 0.0


class _Worker(threading.Thread):
    def __init__(
        self,
        state: WorkerState,
        step: Callable[[], bool],
        stop: threading.Event,
        idle_s: float,
        alarm: Callable[[], str],
    ) -> None:
        super().__init__(name=state.name, daemon=True)
        self._idle_s = idle_s
        self.state = state
        self.event = threading.Event()
        self._step, self._stopping, self._alarm = step, stop, alarm

    def run(self) -> None:
        while not self._stopping.is_set():
            self.event.clear()
            try:
                busy = self._step()
            except (LogUnavailable, StoreUnavailable, TooBusy) as outage:
                self._note("WAITING", str(outage))
                self._stopping.wait(OUTAGE_S)
                continue
            except StoreForked as fork:
                self._note("STOPPED", str(fork))
                return
            except RuleFailed as failed:
                self._note("ALARM", str(failed))
                self.event.wait(self._idle_s)
                continue
            except Exception as defect:
                self._note("STOPPED", f"{type(defect).__name__}: {defect}")
                _log.exception("worker stopped", department=self.state.department)
                return
            alarm = self._alarm()
            self._note("ALARM" if alarm else "RUNNING", alarm)
            self.state.steps += 1
            self.state.last_step = time.time()
            if not busy and not self._stopping.is_set():
                self.event.wait(self._idle_s)

    def _note(self, state: str, detail: str) -> None:
        if (state, detail) != (self.state.state, self.state.detail):
            level = _log.info if state == "RUNNING" else _log.warning
            level(
                "worker state",
                worker=self.state.name,
                department=self.state.department,
                state=state,
                detail=detail,
            )
        self.state.state, self.state.detail = state, detail


class Workers:
    """The threads of some departments' roles."""

    def __init__(self, departments: Sequence[Department], roles: frozenset[str]) -> None:
        self._stopping = threading.Event()
        self._departments = departments
        self._threads: list[_Worker] = []
        for department in departments:
            self._of(department, roles)

    @property
    def states(self) -> list[WorkerState]:
        """What each worker is doing."""
        return [thread.state for thread in self._threads]

    def start(self) -> None:
        """Starts every thread."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Lets each worker finish its step, then ends it."""
        self._stopping.set()
        for department in self._departments:
            department.intake.wake()
            department.inbound.wake()
        for thread in self._threads:
            thread.event.set()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.1, deadline - time.monotonic()))

    def _of(self, department: Department, roles: frozenset[str]) -> None:
        if "relay" in roles:
            # Commands given in this process wake the relay; those of another it must look for.
            idle_s = 0.5 if "gateway" in roles else 0.03
            relay = self._add(
                department, "relay", _relaying(department), idle_s, lambda: department.relay.alarm
            )
            department.store.on_append(relay.event.set)
            self._add(
                department,
                "control",
                _preparing(department, relay.event.set),
                min(CONTROL_EVERY_S, LOOK_AGAIN_S),
            )
        if "intake" in roles:
            settling = self._add(department, "intents", _settling(department), 1.0)
            department.intake.on_applied(settling.event.set)
            self._add(
                department,
                "intake",
                _taking_in(department),
                0.0,
                lambda: department.intake.alarm,
            )
            self._add(department, "quarantine", _treating(department), 1.0)
            self._add(department, "receipts", department.receipts.step, 1.0)
        if "clock" in roles:
            self._add(department, "clock", _firing(department), 1.0)
            self._add(department, "ledger", department.ledger.step, 1.0)
        if "webhooks" in roles:
            self._add(department, "webhooks", department.deliveries.step, 0.5)

        if "inbound" in roles:
            self._add(department, "inbound", _answering(department), 0.0)

    def _add(
        self,
        department: Department,
        role: str,
        step: Callable[[], bool],
        idle_s: float,
        alarm: Callable[[], str] = str,
    ) -> _Worker:
        state = WorkerState(f"{department.id}-{role}", department.id, role)
        worker = _Worker(state, step, self._stopping, idle_s, alarm)
        self._threads.append(worker)
        return worker


def _relaying(department: Department) -> Callable[[], bool]:
    def step() -> bool:
        if department.relay.to_mend:
            # First, because nothing can be sent to a topic that was deleted.
            department.relay.check_topics()
        return department.relay.step() > 0

    return step


def _preparing(department: Department, wake: Callable[[], None]) -> Callable[[], bool]:
    """What goes out beside the events, and what is looked at: no event waits for it."""
    closed = told = 0.0
    looked = time.monotonic()

    def step() -> bool:
        nonlocal closed, told, looked
        now = time.monotonic()
        if now - told >= CONTROL_EVERY_S:
            told = now
            ready = department.relay.prepare(closing=now - closed >= CLOSE_EVERY_S)
            if ready is not None:
                closed = now if ready.closed else closed
                wake()
        if now - looked >= CHECK_EVERY_S:
            looked = now
            if department.relay.look():
                wake()
        return False

    return step


def _settling(department: Department) -> Callable[[], bool]:
    swept = tidied = float("-inf")

    def step() -> bool:
        nonlocal swept, tidied
        if time.monotonic() - swept >= SWEEP_EVERY_S:
            department.sweep()
            swept = time.monotonic()
        if time.monotonic() - tidied >= TIDY_EVERY_S:
            department.tidy()
            tidied = time.monotonic()
        settled = department.intents.step()
        if not settled:
            department.quarantine.resume_headless()
            department.scrub()
            department.intents.step(waiting=True)
        return settled > 0

    return step


def _treating(department: Department) -> Callable[[], bool]:
    def step() -> bool:
        return department.treatment.step() > 0

    return step


def _firing(department: Department) -> Callable[[], bool]:
    def step() -> bool:
        # Another process may hold the same role: the commands' ids make it one act.
        department.clocks.step()
        return False

    return step


def _taking_in(department: Department) -> Callable[[], bool]:
    def step() -> bool:
        return department.intake.step(timeout_s=0.5) > 0

    return step


def _answering(department: Department) -> Callable[[], bool]:
    def step() -> bool:
        return department.inbound.step(timeout_s=0.5) > 0

    return step
