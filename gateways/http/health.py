"""Health of a node, whatever its roles: it lives, it can work, and figures for Prometheus.

Ready means that every department's database can be read and that no worker has stopped or
raised an alarm. A worker that waits for a service is named, and does not make a node unready:
commands are still acknowledged while the log is away. Nor does a projection that needs a
rebuild: it is named, and serves. Nothing here names a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import and_, case, func, select
from sqlalchemy.exc import DBAPIError
from starlette.middleware.trustedhost import TrustedHostMiddleware

from domain.delivery.facts import FAULT_KINDS
from domain.departments import CONTROL_FAMILY
from gateways.contracts.inbound import OUTCOMES
from gateways.department.database import PARKED, POSITIONS, TOPIC_MARKS
from gateways.department.ledger.tables import FAULTS
from gateways.department.node import Department
from gateways.department.quarantine.parking import OPEN_STATES
from gateways.department.taking_in.lag import lags
from gateways.http.edge import SecurityHeaders
from gateways.log.port import LogUnavailable
from gateways.rebuilding import standing
from gateways.rebuilding.versions import outdated
from gateways.store.port import StoreUnavailable
from projections.clocks.terms import TERMS

UNREADY = ("ALARM", "STOPPED")
UNREACHABLE = (DBAPIError, StoreUnavailable, OSError)
log = structlog.get_logger("http")


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A worker that does not run, and the sentence that says why."""

    worker: str
    state: str
    zh: str
    en: str


def health_app(platform: Any, hosts: tuple[str, ...]) -> FastAPI:
    """The application of a node without the gateway: health and metrics, nothing else."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.platform = platform
    mount(app)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(SecurityHeaders)
    return app


def mount(app: FastAPI) -> None:
    """Adds /healthz, /readyz and /metrics to an application with `state.platform`."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Any:
        """The process answers, however many threads are busy."""
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    def readyz(request: Request) -> Any:
        """Databases can be read and workers run; 503 names what does not."""
        platform = request.app.state.platform
        failing, found = unreadable(platform), troubles(platform)
        bad = bool(failing) or any(one.state in UNREADY for one in found)
        told = {
            "status": "unavailable" if bad else "ok",
            "failing": failing,
            "workers": [vars(one) for one in found],
            "needs_rebuild": to_rebuild(platform, failing),
        }
        return JSONResponse(told, 503 if bad else 200)

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        """Prometheus text: the process's own counters, then its departments' figures."""
        figures = CollectorRegistry(auto_describe=False)
        figures.register(Figures(request.app.state.platform))
        return Response(
            generate_latest() + generate_latest(figures), media_type=CONTENT_TYPE_LATEST
        )


def unreadable(platform: Any) -> list[str]:
    """The departments whose database cannot be read now."""
    failing = []
    for name, department in platform.departments.items():
        try:
            with department.reading() as conn:
                conn.exec_driver_sql("SELECT 1")
        except UNREACHABLE as error:
            log.warning("not_ready", department=name, error=type(error).__name__)
            failing.append(name)
    return failing


def to_rebuild(platform: Any, failing: list[str]) -> list[str]:
    """`department/projection` of live rows that another version made: they serve, and are told."""
    found = []
    for name, department in platform.departments.items():
        if name not in failing:
            with department.reading() as conn:
                found += [f"{name}/{one.projection}" for one in outdated(conn, name)]
    return found


def troubles(platform: Any) -> list[Trouble]:
    """The workers that wait, raise an alarm or have stopped; a defect's text stays in the log."""
    workers = getattr(platform, "workers", None)
    found = []
    for one in workers.states if workers is not None else ():
        if one.state == "RUNNING":
            continue
        zh, en = SENTENCES[one.state]
        why = one.detail if one.state != "STOPPED" else one.detail.partition(":")[0]
        found.append(Trouble(worker=one.name, state=one.state, zh=zh + why, en=en + why))
    return found


SENTENCES = {
    "WAITING": ("等待服务恢复：", "waits for a service: "),
    "ALARM": ("须运维人员处理：", "an operator must act: "),
    "STOPPED": (
        "已停止，请查看日志，处理后重启进程：",
        "has stopped; read the log, mend the cause and start the process again: ",
    ),
}


class Figures(Collector):
    """The figures of the departments of one process, read when Prometheus asks."""

    def __init__(self, platform: Any) -> None:
        self._platform = platform

    def collect(self) -> Iterator[Metric]:
        """Every figure; a department whose database is away says so and gives no others."""
        made = _Families()
        ends = self._ends(made)
        for name, department in self._platform.departments.items():
            try:
                _department(made, department, ends)
                made.reachable.add_metric((name,), 1)
            except UNREACHABLE:
                made.reachable.add_metric((name,), 0)
        workers = getattr(self._platform, "workers", None)
        for one in workers.states if workers is not None else ():
            made.workers.add_metric((one.department, one.role, one.state), 1)
            made.steps.add_metric((one.department, one.role), one.steps)
        yield from vars(made).values()

    def _ends(self, made: _Families) -> dict[tuple[str, int], int] | None:
        topics = {
            topic
            for one in self._platform.departments.values()
            for topic in (*one.intake.topics, one.inbound.topic.name)
        }
        try:
            ends: dict[tuple[str, int], int] = self._platform.log.ends(sorted(topics))
        except LogUnavailable:
            made.log.add_metric((), 0)
            return None
        made.log.add_metric((), 1)
        return ends


class _Families:
    """One metric family for each figure."""

    def __init__(self) -> None:
        def gauge(name: str, told: str, *labels: str) -> GaugeMetricFamily:
            return GaugeMetricFamily(f"liandong_{name}", told, labels=labels)

        def counter(name: str, told: str, *labels: str) -> CounterMetricFamily:
            return CounterMetricFamily(f"liandong_{name}", told, labels=labels)

        self.reachable = gauge("database_reachable", "1 where the database answers", "department")
        self.log = gauge("log_reachable", "1 where the shared log answers")
        self.recorded = counter("events_recorded", "Published events in the store", "department")
        self.relayed = counter("events_relayed", "Events acknowledged by the log", "department")
        self.taken = counter("records_taken_in", "Records of the log gone through", "department")
        self.lag = gauge("lag_records", "Records not yet taken in", "department", "topic")
        self.waits = gauge(
            "oldest_wait_seconds",
            "Age of the oldest record not yet taken in",
            "department",
            "topic",
        )
        self.applied = counter(
            "records_applied", "Events applied or set aside, by topic", "department", "topic"
        )
        self.faults = gauge("ledger_faults", "Faults of delivery that stand", "department", "kind")
        self.parked = gauge("parked_records", "Records set aside", "department", "state")
        self.groups = gauge(
            "parked_group_records",
            "Records of a group set aside, with those that wait behind them",
            "department",
            "group",
            "topic",
            "cause",
        )
        self.oldest = gauge(
            "parked_group_age_seconds", "Age of a group's oldest record", "department", "group"
        )
        self.intents = gauge("intents", "What automatic rules have not done", "department", "state")
        self.clocks = gauge("clocks", "Own clocks running, overdue, missed", "department", "state")
        self.webhooks = gauge("webhooks", "Subscriptions of webhooks", "department", "state")
        self.inbound = counter(
            "inbound_messages", "Inbound messages answered", "department", "outcome"
        )
        self.inbound_lag = gauge("inbound_lag", "Inbound messages not decided yet", "department")
        self.answers = gauge("inbound_answers_waiting", "Answers not on the log yet", "department")
        self.closed = gauge(
            "closed_age_seconds", "Age of the stamp up to which all is here", "department"
        )
        self.lost = gauge(
            "topic_partitions_lost", "Own partitions that lack records", "department", "topic"
        )
        self.refilled = counter(
            "topic_records_refilled", "Records sent again to a lost topic", "department", "topic"
        )
        copy = ("department", "projection", "copy", "state", "holder")
        self.rebuild_done = gauge("rebuild_facts_done", "Facts that a copy holds", *copy)
        self.rebuild_facts = gauge("rebuild_facts", "Facts it holds when it is filled", *copy)
        self.rebuild_rate = gauge("rebuild_facts_per_second", "How fast it is filled", *copy)
        self.rebuild_left = gauge(
            "rebuild_left_seconds", "Time left at that rate; absent where it is not known", *copy
        )
        self.steps = counter("worker_steps", "Steps that went well", "department", "role")
        self.workers = gauge("worker_state", "1 for its state", "department", "role", "state")


def _department(
    made: _Families, department: Department, ends: dict[tuple[str, int], int] | None
) -> None:
    name, now = department.id, department.clock.now()
    made.recorded.add_metric((name,), department.store.head().sequence)
    made.relayed.add_metric((name,), department.store.cursor())
    with department.reading() as conn:
        read = {
            (row.topic, row.partition): row.next_offset for row in conn.execute(select(POSITIONS))
        }
        made.taken.add_metric((name,), sum(read.values()))
        applied: dict[str, int] = {}
        for row in conn.execute(select(POSITIONS)):
            applied[row.topic] = applied.get(row.topic, 0) + row.partition_sequence
        for topic in department.intake.topics:
            if not topic.endswith(f".{CONTROL_FAMILY}"):
                made.applied.add_metric((name, topic), applied.get(topic, 0))
        found = dict.fromkeys(FAULT_KINDS, 0)
        for row in conn.execute(
            select(FAULTS.c.kind, func.count().label("n"))
            .where(FAULTS.c.mended_at.is_(None))
            .group_by(FAULTS.c.kind)
        ):
            found[row.kind] = row.n
        for kind, count in found.items():
            made.faults.add_metric((name, kind), count)
        parked = dict.fromkeys(OPEN_STATES, 0)
        for state, count in conn.execute(
            select(PARKED.c.state, func.count())
            .where(PARKED.c.state.in_(OPEN_STATES))
            .group_by(PARKED.c.state)
        ):
            parked[state] = count
        for state, count in parked.items():
            made.parked.add_metric((name, state), count)
        intents = dict.fromkeys(("PENDING", "WAITING", "REFUSED"), 0)
        intents |= {one.state: one.count for one in department.intents.counts(conn)}
        for state, count in intents.items():
            made.intents.add_metric((name, state), count)
        for state, count in department.webhooks.counts(conn).items():
            made.webhooks.add_metric((name, state), count)
        for outcome, count in (
            dict.fromkeys(OUTCOMES, 0) | department.inbound.counts(conn)
        ).items():
            made.inbound.add_metric((name, outcome), count)
        made.answers.add_metric((name,), department.inbound.unsent(conn))
        if ends is not None:
            read = department.inbound.positions(conn)
            topic = department.inbound.topic.name
            behind = sum(end - read.get(at, 0) for at, end in ends.items() if at[0] == topic)
            made.inbound_lag.add_metric((name,), behind)
        own = TERMS.c.node == name
        for state, this in (
            ("running", and_(own, TERMS.c.open, TERMS.c.due_at > now)),
            ("overdue", and_(own, TERMS.c.open, TERMS.c.due_at <= now)),
            ("missed", and_(own, TERMS.c.breach_event.is_not(None))),
        ):
            count = conn.execute(select(func.count()).select_from(TERMS).where(this)).scalar_one()
            made.clocks.add_metric((name, state), count)
        for mark in conn.execute(
            select(
                TOPIC_MARKS.c.topic,
                func.sum(case((TOPIC_MARKS.c.lost != "", 1), else_=0)).label("lost"),
                func.sum(TOPIC_MARKS.c.refilled).label("refilled"),
            ).group_by(TOPIC_MARKS.c.topic)
        ):
            made.lost.add_metric((name, mark.topic), int(mark.lost))
            made.refilled.add_metric((name, mark.topic), int(mark.refilled))
        for copy in standing.every(conn):
            labels = (name, copy.projection, copy.copy, copy.state, copy.holder)
            made.rebuild_done.add_metric(labels, copy.done)
            made.rebuild_facts.add_metric(labels, copy.facts)
            made.rebuild_rate.add_metric(labels, copy.rate)
            if copy.left_s is not None:
                made.rebuild_left.add_metric(labels, copy.left_s)
    for group in department.treatment.groups():
        of_group = (name, group.group, group.topic, group.cause)
        made.groups.add_metric(of_group, group.records + group.waiting)
        made.oldest.add_metric((name, group.group), max(0.0, (now - group.oldest) / 1e6))
    for one in lags(department, ends) if ends is not None else ():
        made.lag.add_metric((name, one.topic), one.lag)
        made.waits.add_metric((name, one.topic), one.oldest_wait_s or 0.0)
    closed = department.closed_through()
    if closed:
        made.closed.add_metric((name,), max(0.0, (now - closed) / 1e6))
