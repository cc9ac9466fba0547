"""Groups of parked records: what one cause set aside on one topic.

A group is (department, topic, kind, cause, event type where known, normalised error); its id is
a digest of these and so the same in every process and after every restart. A number, a code or
a quoted value in an error does not make another cause.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, exists, func, literal_column, select

from domain.delivery.parked import ACTS, EARLY
from domain.terms import IDENTIFIER_PATTERN, REGION_PATTERN
from gateways.contracts import canonical
from gateways.department.database import PARKED, PARKED_ACTS, PARKED_DECISIONS, PARKED_GROUPS
from gateways.department.quarantine.parking import OPEN_STATES

NAMED = 20
"""Keys and matters that a group names; the rest is a number."""

_CHUNK = 500
_IDENTIFIER = re.compile(IDENTIFIER_PATTERN)
_REGION = re.compile(REGION_PATTERN)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”")
_NUMBERED = re.compile(r"[\w.:/@-]*\d[\w.:/@-]*", re.ASCII)

KINDS: dict[str, tuple[str, str]] = {
    "STUCK": ("阻塞", "Holds up its key"),
    "FOREIGN": ("外来", "Foreign"),
    "EARLY": ("先到", "Early"),
}
"""What kind of group it is: what may be done with it depends on that."""

ALLOWED: dict[str, tuple[str, ...]] = {
    "STUCK": tuple(ACTS),
    "FOREIGN": ("DISCARD",),
    "EARLY": (),
}
"""The acts on each kind of group."""

_KIND_OF = {"BLOCKING": "STUCK", "FOREIGN": "FOREIGN", "EARLY": "EARLY"}


@dataclass(frozen=True, slots=True)
class Label:
    """What a record is by its cause and its bytes: its group, type, matter and region."""

    group: str
    kind: str
    cause: str
    event_type: str | None
    error: str
    matter: str | None
    region: str | None


@dataclass(slots=True)
class ParkedGroup:
    """One group: heads that failed, what waits behind them, since when, and whom it concerns.

    `through` is the last head's number: a decision that names it touches nothing that comes later.
    `opened` and `deciding` are the facts that told of it and that decided about it, if any.
    """

    group: str
    department: str
    topic: str
    kind: str
    cause: str
    event_type: str | None
    error: str
    records: int = 0
    waiting: int = 0
    oldest: int = 0
    through: int = 0
    keys: list[str] = field(default_factory=list)
    keys_in_all: int = 0
    cases: list[str] = field(default_factory=list)
    cases_in_all: int = 0
    region: str | None = None
    opened: bool = False
    deciding: str | None = None

    @property
    def acts(self) -> tuple[str, ...]:
        """What may be decided about it."""
        return ALLOWED[self.kind]


def normalised(cause: str, detail: str) -> str:
    """An error without its values: quoted texts and whatever holds a digit become `#`."""
    if cause in ("FOREIGN", "CONFLICT", EARLY):
        return cause
    return _NUMBERED.sub("#", _QUOTED.sub("#", detail))[:200]


def group_id(*parts: str) -> str:
    """The stable id of a group."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return "QG-" + base64.b32encode(digest[:10]).decode()


class Labels:
    """The labels of one department's parked records, each worked out once from its bytes."""

    def __init__(self, department: str) -> None:
        self._department = department
        self._known: dict[tuple[int, str, str], Label] = {}

    def of(self, connection: Connection, rows: Iterable[Any]) -> dict[int, Label]:
        """The labels of these heads, by parked id."""
        wanted = {row.parked_id: row for row in rows}
        keys = {key: (key, row.cause, row.detail) for key, row in wanted.items()}
        if len(self._known) > 2 * len(wanted) + 1000:
            here = set(keys.values())
            self._known = {whole: one for whole, one in self._known.items() if whole in here}
        unknown = [key for key, whole in keys.items() if whole not in self._known]
        for start in range(0, len(unknown), _CHUNK):
            bodies = connection.execute(
                select(PARKED.c.parked_id, PARKED.c.body).where(
                    PARKED.c.parked_id.in_(unknown[start : start + _CHUNK])
                )
            )
            for row in bodies:
                label = self._label(wanted[row.parked_id], bytes(row.body))
                self._known[keys[row.parked_id]] = label
        return {key: self._known[whole] for key, whole in keys.items() if whole in self._known}

    def _label(self, row: Any, body: bytes) -> Label:
        kind = _KIND_OF[row.state]
        told = {} if kind == "FOREIGN" else _told(body)
        event_type = _text(told.get("type"))
        error = normalised(row.cause, row.detail)
        of_type = event_type if kind == "STUCK" else None
        parts = (self._department, row.topic, kind, row.cause, of_type or "", error)
        region, matter = _text(told.get("region")), _text(told.get("matter"))
        return Label(
            group=group_id(*parts),
            kind=kind,
            cause=row.cause,
            event_type=event_type,
            error=error,
            matter=matter if matter and _IDENTIFIER.match(matter) else None,
            region=region if region and _REGION.match(region) else None,
        )


# Spelt out as in the index of what is pending, by which alone the acts are found.
_UNDONE = PARKED_ACTS.c.state == literal_column("'PENDING'")
_PENDING = (
    select(PARKED_ACTS.c.decision)
    .where(
        _UNDONE,
        exists().where(
            PARKED_DECISIONS.c.decision == PARKED_ACTS.c.decision,
            PARKED_GROUPS.c.group_id == PARKED_DECISIONS.c.group_id,
            PARKED_GROUPS.c.state == "OPEN",
        ),
    )
    .limit(1)
)
_DECISIONS = select(func.count()).select_from(PARKED_DECISIONS)
_OF_STATES = (
    select(
        PARKED.c.state,
        func.count(),
        func.max(PARKED.c.parked_id),
        func.sum(PARKED.c.parked_id),
    )
    .where(PARKED.c.state.in_(OPEN_STATES))
    .group_by(PARKED.c.state)
    .order_by(PARKED.c.state)
)
"""Asked every second by every department, and so built once."""


def standing_of(connection: Connection) -> tuple[object, ...] | None:
    """What tells without the heads that the groups are as they were; None while some are treated.

    Records come in with higher numbers than before and leave a state for ever; a head gets
    another cause only where a decision is carried out on it.
    """
    if connection.execute(_PENDING).first() is not None:
        return None
    decisions = connection.execute(_DECISIONS).scalar_one()
    return (decisions, *(tuple(row) for row in connection.execute(_OF_STATES)))


def heads(connection: Connection) -> Sequence[Any]:
    """Every record that somebody must decide about, without its bytes; early ones apart."""
    return connection.execute(
        select(
            PARKED.c.parked_id,
            PARKED.c.topic,
            PARKED.c.key,
            PARKED.c.state,
            PARKED.c.cause,
            PARKED.c.detail,
            PARKED.c.parked_at,
        )
        .where(PARKED.c.state.in_(("BLOCKING", "FOREIGN")))
        .order_by(PARKED.c.parked_id)
    ).all()


def groups(connection: Connection, department: str, labels: Labels) -> list[ParkedGroup]:
    """The groups of what is parked now, worst first: most records held up, then the oldest."""
    rows = heads(connection)
    named = labels.of(connection, rows)
    waiting = _waiting(connection)
    found: dict[str, ParkedGroup] = {}
    seen: dict[str, tuple[dict[str, None], dict[str, None], set[str]]] = {}
    for row in rows:
        label = named.get(row.parked_id)
        if label is None:
            continue
        one = found.setdefault(label.group, _empty(department, row, label))
        keys, cases, regions = seen.setdefault(label.group, ({}, {}, set()))
        one.records += 1
        one.through = max(one.through, row.parked_id)
        one.oldest = min(one.oldest, row.parked_at)
        if row.state == "BLOCKING":
            one.waiting += waiting.get((row.topic, bytes(row.key)), 0)
        keys.setdefault(bytes(row.key).decode("utf-8", "replace")[:120])
        if label.matter:
            cases.setdefault(label.matter)
        if label.region:
            regions.add(label.region)
    for group, (keys, cases, regions) in seen.items():
        one = found[group]
        one.keys, one.keys_in_all = list(keys)[:NAMED], len(keys)
        one.cases, one.cases_in_all = list(cases)[:NAMED], len(cases)
        one.region = common_region(regions)
    return sorted(
        (*found.values(), *_early(connection, department)),
        key=lambda one: (-(one.records + one.waiting), one.oldest, one.group),
    )


def common_region(regions: Iterable[str]) -> str | None:
    """The territory that holds all of these: itself, the prefecture, or the province."""
    known = sorted(set(regions))
    if len(known) < 2:
        return known[0] if known else None
    for digits in (6, 4, 2):
        heads_ = {one[:digits] for one in known}
        if len(heads_) == 1 and (head := heads_.pop()).isdigit():
            return head.ljust(6, "0")
    return None


def _waiting(connection: Connection) -> Mapping[tuple[str, bytes], int]:
    return {
        (row.topic, bytes(row.key)): row.waiting
        for row in connection.execute(
            select(PARKED.c.topic, PARKED.c.key, func.count().label("waiting"))
            .where(PARKED.c.state == "WAITING")
            .group_by(PARKED.c.topic, PARKED.c.key)
        )
    }


def _empty(department: str, row: Any, label: Label) -> ParkedGroup:
    return ParkedGroup(
        group=label.group,
        department=department,
        topic=row.topic,
        kind=label.kind,
        cause=label.cause,
        event_type=label.event_type,
        error=label.error,
        oldest=row.parked_at,
    )


def _early(connection: Connection, department: str) -> Iterable[ParkedGroup]:
    """One group of early records for each topic with a hole."""
    for row in connection.execute(
        select(
            PARKED.c.topic,
            func.count().label("records"),
            func.min(PARKED.c.parked_at).label("oldest"),
            func.max(PARKED.c.parked_id).label("through"),
            func.count(PARKED.c.key.distinct()).label("keys"),
        )
        .where(PARKED.c.state == "EARLY")
        .group_by(PARKED.c.topic)
    ).all():
        first = connection.execute(
            select(PARKED.c.key, PARKED.c.body)
            .where(PARKED.c.state == "EARLY", PARKED.c.topic == row.topic)
            .order_by(PARKED.c.parked_id)
            .limit(NAMED)
        ).all()
        told = [_told(bytes(one.body)) for one in first]
        matters = dict.fromkeys(
            matter
            for one in told
            if (matter := _text(one.get("matter"))) and _IDENTIFIER.match(matter)
        )
        regions = {
            region for one in told if (region := _text(one.get("region"))) and _REGION.match(region)
        }
        yield ParkedGroup(
            group=group_id(department, row.topic, "EARLY", EARLY, "", EARLY),
            department=department,
            topic=row.topic,
            kind="EARLY",
            cause=EARLY,
            event_type=None,
            error=EARLY,
            records=row.records,
            oldest=row.oldest,
            through=row.through,
            keys=list(dict.fromkeys(bytes(one.key).decode("utf-8", "replace") for one in first)),
            keys_in_all=row.keys,
            cases=list(matters),
            cases_in_all=len(matters),
            region=common_region(regions),
        )


def _told(body: bytes) -> Mapping[str, Any]:
    try:
        envelope = canonical.decode(body)
    except ValueError:
        return {}
    return envelope if isinstance(envelope, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= 120 else None
