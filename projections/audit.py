"""What an auditor sees: whole case histories, on the recorded and on the known-to axis.

The facts themselves are read from the received log, byte for byte; this reader keeps only
what finds them: a summary of each matter, the links between matters, the subjects' names.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    MetaData,
    Select,
    Table,
    Text,
    func,
    or_,
    select,
)

from domain import law
from domain.facts import FACTS, Recorded
from domain.matter import MatterLinked
from domain.review.facts import CorrectionKind
from domain.terms import Term
from domain.versions import is_twin
from projections.reader import Facts, Projection, register
from projections.received import RECEIVED
from projections.rows import Rows
from projections.steps import CORRECTED, Entity, apply, by_type, moment, steps_columns, within
from projections.subject_life import SUBJECT_FIELDS, fold_subject

METADATA = MetaData()

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

CASES = Table(
    "audit_cases",
    METADATA,
    Column("matter", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_sequence", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("last_by", Text, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
    Column("last_type", Text, nullable=False),
    Column("departments", Text, nullable=False),
    Index("audit_cases_last", "last"),
    Index("audit_cases_subject", "subject"),
    Index("audit_cases_region", "region", "last"),
)

LINKS = Table(
    "audit_links",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("one", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("because", Text, nullable=False),
    Index("audit_links_one", "one"),
    Index("audit_links_other", "other"),
)

SUBJECTS = Table(
    "audit_subjects",
    METADATA,
    Column("uscc", Text, primary_key=True),
    Column("name", Text),
    Column("region", Text),
    *steps_columns(),
    Index("audit_subjects_name", "name"),
)

MATTERS_LINKED_MAX = 200
"""A case view follows links until it joins this many matters; no lawful case comes near it."""


def _subject(steps: Any) -> dict[str, Any]:
    folded = fold_subject(steps)
    return {"name": folded["name"], "region": folded["region"]}


_NAMES = Entity(SUBJECTS, lambda f: str(f.fact.uscc), SUBJECT_FIELDS, _subject)


_NAMING = frozenset({*SUBJECT_FIELDS, CORRECTED})


class _Audit:
    """The auditor's projection: it reads every type there is."""

    name = "audit"
    version = 2
    metadata = METADATA

    @property
    def reads(self) -> frozenset[str]:
        """Every published type of `domain.law`."""
        return frozenset(law.FACTS)

    def apply(self, facts: Facts, rows: Rows) -> None:
        """Brings case summaries, links and names up to these facts."""
        apply(_NAMES, by_type([fact for fact in facts if fact.type in _NAMING]), rows)
        cases: dict[str, list[Recorded[Any]]] = {}
        for fact in facts:
            held = cases.get(fact.matter)
            if held is None:
                held = cases[fact.matter] = []
            held.append(fact)
            if isinstance(fact.fact, MatterLinked):
                link = fact.fact
                row = {"event_id": fact.id, "one": link.one, "other": link.other}
                rows.put(LINKS, row | {"because": link.because})
        rows.prefetch(CASES, cases)
        for matter, found in cases.items():
            _summarise(matter, found, rows)


def _summarise(matter: str, facts: Facts, rows: Rows) -> None:
    """Brings one case's first fact, last fact and departments up to these facts."""
    row = rows.get(CASES, matter)
    changed: dict[str, Any] = {"matter": matter} if row is None else {}
    first, last = facts[0], facts[0]
    for fact in facts:
        if fact.order < first.order:
            first = fact
        elif fact.order > last.order:
            last = fact
    if row is None or first.order < (row["opened"], row["opened_by"], row["opened_sequence"]):
        changed |= {
            "subject": first.subject,
            "region": first.region,
            "opened": first.stamp,
            "opened_by": first.department,
            "opened_sequence": first.sequence,
        }
    if row is None or last.order > (row["last"], row["last_by"], row["last_sequence"]):
        changed |= {
            "last": last.stamp,
            "last_by": last.department,
            "last_sequence": last.sequence,
            "last_type": last.type,
        }
    known = set() if row is None else set(row["departments"].split(","))
    departments = known.union(fact.department for fact in facts)
    if departments != known:
        changed["departments"] = ",".join(sorted(departments))
    if changed:
        rows.put(CASES, (row or {}) | changed)


PROJECTION: Projection = _Audit()
register(PROJECTION)


@dataclass(frozen=True)
class Change:
    """A field whose value differs from the one that its stream last said."""

    before: Any
    after: Any


@dataclass(frozen=True)
class CaseFact:
    """One fact of a case: its place in the one order, who, the four times, what it changed.

    `standing` is STANDS, VOID or REPLACED within the axes asked for, `corrected_by` the ids of
    the corrections that say so; `data` and `body` stay as they were published.
    """

    place: int
    event_id: str
    type: str
    zh: str
    en: str
    department: str
    organ: str
    post: str
    command: str
    recorded: str
    occurred: str
    effective: str
    decided: str | None
    served: str | None
    received: str
    cause: str | None
    stream: str
    stream_version: int
    subject: str
    region: str
    matter: str
    confidentiality: str
    data: dict[str, Any]
    changed: dict[str, Change]
    body: bytes
    standing: str
    corrected_by: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """Two matters joined, and why."""

    one: str
    other: str
    because: str


@dataclass(frozen=True)
class History:
    """The linked whole of a case as one department may see it.

    `withheld` is how many facts it can tell are missing: holes in the versions of the
    streams it shows, and causes that were never received. Facts after the last one shown of
    a stream cannot be told.
    """

    matter: str
    linked: tuple[str, ...]
    links: tuple[Link, ...]
    facts: tuple[CaseFact, ...]
    withheld: int


def cases(
    conn: Connection,
    *,
    search: str | None = None,
    region: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[dict[str, Any]], int]:
    """Matters, the latest moved first, and how many there are.

    `search` is the beginning of a matter or code, or part of a name.
    """
    query = select(CASES, SUBJECTS.c.name).outerjoin(SUBJECTS, SUBJECTS.c.uscc == CASES.c.subject)
    if region is not None:
        query = query.where(within(CASES.c.region, region))
    if search:
        query = query.where(
            or_(
                CASES.c.matter.startswith(search, autoescape=True),
                CASES.c.subject.startswith(search.upper(), autoescape=True),
                SUBJECTS.c.name.contains(search, autoescape=True),
            )
        )
    total = conn.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(CASES.c.last.desc(), CASES.c.matter).limit(limit).offset(offset)
    rows = conn.execute(page).mappings().all()
    return _summaries(conn, rows), total


def subject(conn: Connection, uscc: str) -> dict[str, Any]:
    """A subject's name and every matter that has a fact about it, the latest moved first."""
    name = conn.execute(select(SUBJECTS.c.name).where(SUBJECTS.c.uscc == uscc)).scalar_one_or_none()
    own = select(RECEIVED.c.matter).where(RECEIVED.c.subject == uscc).distinct()
    query = (
        select(CASES, SUBJECTS.c.name)
        .outerjoin(SUBJECTS, SUBJECTS.c.uscc == CASES.c.subject)
        .where(CASES.c.matter.in_(own))
        .order_by(CASES.c.last.desc(), CASES.c.matter)
    )
    rows = conn.execute(query).mappings().all()
    return {"uscc": uscc, "name": name, "matters": _summaries(conn, rows)}


def _summaries(conn: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    matters = [row["matter"] for row in rows]
    counts: dict[str, int] = {
        row[0]: row[1]
        for row in conn.execute(
            select(RECEIVED.c.matter, func.count())
            .where(RECEIVED.c.matter.in_(matters))
            .group_by(RECEIVED.c.matter)
        )
    }
    return [
        {
            "matter": row["matter"],
            "subject": row["subject"],
            "name": row["name"],
            "region": row["region"],
            "opened": moment(row["opened"]),
            "last": moment(row["last"]),
            "facts": counts.get(row["matter"], 0),
            "departments": row["departments"].split(","),
            "state": {
                "type": row["last_type"],
                "zh": FACTS[row["last_type"]].ZH,
                "en": FACTS[row["last_type"]].EN,
            },
        }
        for row in rows
    ]


def history(
    conn: Connection, matter: str, *, as_of: int | None = None, known_to: int | None = None
) -> History:
    """The case as recorded up to `as_of` and as this department knew it at `known_to`.

    Both are stamps, None for now. Links are followed only where the linking fact itself is
    within both.
    """
    linked, links = _linked(conn, matter, as_of, known_to)
    rows = (
        conn.execute(
            _up_to(select(RECEIVED).where(RECEIVED.c.matter.in_(linked)), as_of, known_to).order_by(
                RECEIVED.c.stamp, RECEIVED.c.department, RECEIVED.c.sequence
            )
        )
        .mappings()
        .all()
    )
    rows = [row for row in rows if not _is_twin(row)]
    streams = sorted({row["stream"] for row in rows})
    changes = _changes(conn, streams, as_of, known_to)
    corrections = _corrections(conn, streams, as_of, known_to)
    facts = tuple(
        _case_fact(
            place,
            row,
            changes.get(row["event_id"], {}),
            corrections.get(row["event_id"], ()),
        )
        for place, row in enumerate(rows, start=1)
    )
    withheld = _withheld(conn, streams, {row["cause"] for row in rows} - {None}, as_of, known_to)
    return History(matter, tuple(linked), tuple(links), facts, withheld)


def _up_to(query: Query, as_of: int | None, known_to: int | None) -> Query:
    if as_of is not None:
        query = query.where(RECEIVED.c.stamp <= as_of)
    if known_to is not None:
        query = query.where(RECEIVED.c.received <= known_to)
    return query


def _linked(
    conn: Connection, matter: str, as_of: int | None, known_to: int | None
) -> tuple[list[str], list[Link]]:
    found, links, edge = [matter], dict[str, Link](), {matter}
    while edge and len(found) < MATTERS_LINKED_MAX:
        query = select(LINKS, RECEIVED.c.stream).join(
            RECEIVED, RECEIVED.c.event_id == LINKS.c.event_id
        )
        query = _up_to(query, as_of, known_to).where(
            or_(LINKS.c.one.in_(edge), LINKS.c.other.in_(edge))
        )
        reached: set[str] = set()
        rows = conn.execute(query.order_by(RECEIVED.c.stamp, LINKS.c.event_id)).mappings().all()
        corrections = _corrections(conn, {row["stream"] for row in rows}, as_of, known_to)
        for row in rows:
            if any(kind == CorrectionKind.VOID for _, kind in corrections.get(row["event_id"], ())):
                continue
            links[row["event_id"]] = Link(row["one"], row["other"], row["because"])
            reached |= {row["one"], row["other"]}
        edge = reached - set(found)
        found.extend(sorted(edge))
    return found, list(links.values())


def _corrections(
    conn: Connection, streams: Collection[str], as_of: int | None, known_to: int | None
) -> dict[str, list[tuple[str, str]]]:
    """(event id, kind) of the corrections of each fact of these streams, oldest first."""
    if not streams:
        return {}
    query = _up_to(
        select(RECEIVED.c.event_id, RECEIVED.c.body).where(
            RECEIVED.c.stream.in_(streams), RECEIVED.c.type == CORRECTED
        ),
        as_of,
        known_to,
    ).order_by(RECEIVED.c.stamp, RECEIVED.c.sequence)
    found: dict[str, list[tuple[str, str]]] = {}
    for event_id, body in conn.execute(query):
        data = msgspec.json.decode(bytes(body))["data"]
        found.setdefault(data["target_event_id"], []).append((event_id, data["kind"]))
    return found


def _changes(
    conn: Connection, streams: Sequence[str], as_of: int | None, known_to: int | None
) -> dict[str, dict[str, Change]]:
    query = _up_to(
        select(RECEIVED.c.stream, RECEIVED.c.event_id, RECEIVED.c.type, RECEIVED.c.body).where(
            RECEIVED.c.stream.in_(streams)
        ),
        as_of,
        known_to,
    ).order_by(RECEIVED.c.stream, RECEIVED.c.stream_version)
    changes: dict[str, dict[str, Change]] = {}
    last: dict[tuple[str, str, str], Any] = {}
    for stream, event_id, type_name, body in conn.execute(query):
        changed: dict[str, Change] = {}
        data = msgspec.json.decode(bytes(body))["data"]
        if type_name == CORRECTED:
            type_name, data = data["target_type"], _replaced(data)
        for name, value in data.items():
            place = (stream, name, _meaning(type_name, name))
            if last.get(place) != value:
                changed[name] = Change(last.get(place), value)
            last[place] = value
        changes[event_id] = changed
    return changes


def _is_twin(row: Any) -> bool:
    """Whether a record is of a fact that also went out in the version that counts here."""
    body = bytes(row["body"])
    if b'"factversions"' not in body:
        return False
    envelope = msgspec.json.decode(body)
    return is_twin(envelope["type"], envelope.get("factversions"))


def _replaced(correction: dict[str, Any]) -> dict[str, Any]:
    """The fields of the corrected fact that read anew; none where it was voided."""
    found: dict[str, Any] = msgspec.json.decode(correction.get("replaces_with") or "{}")
    return found


@cache
def _meaning(type_name: str, name: str) -> str:
    """What a field says: a licence's cause of annulment is not its cause of deregistration."""
    declared = FACTS.get(type_name)
    waiting = [get_type_hints(declared, include_extras=True).get(name)] if declared else []
    while waiting:
        hint = waiting.pop(0)
        for note in getattr(hint, "__metadata__", ()):
            if isinstance(note, Term):
                return note.zh
        waiting.extend(get_args(hint))
    return ""


def _withheld(
    conn: Connection,
    streams: Sequence[str],
    causes: set[str],
    as_of: int | None,
    known_to: int | None,
) -> int:
    versions = conn.execute(
        _up_to(
            select(func.max(RECEIVED.c.stream_version), func.count()).where(
                RECEIVED.c.stream.in_(streams)
            ),
            as_of,
            known_to,
        ).group_by(RECEIVED.c.stream)
    )
    holes = sum(int(last) - int(count) for last, count in versions)
    known = conn.execute(
        _up_to(select(RECEIVED.c.event_id).where(RECEIVED.c.event_id.in_(causes)), as_of, known_to)
    ).scalars()
    return holes + len(causes - set(known))


def _case_fact(
    place: int, row: Any, changed: dict[str, Change], corrections: Sequence[tuple[str, str]]
) -> CaseFact:
    kinds = {kind for _, kind in corrections}
    body = bytes(row["body"])
    envelope = msgspec.json.decode(body)
    declared = FACTS.get(row["type"])
    return CaseFact(
        place=place,
        event_id=row["event_id"],
        type=row["type"],
        zh=row["type"] if declared is None else declared.ZH,
        en=row["type"] if declared is None else declared.EN,
        department=row["department"],
        organ=envelope["organ"],
        post=envelope["post"],
        command=envelope["commandname"],
        recorded=envelope["recorded"],
        occurred=envelope["time"],
        effective=envelope["effective"],
        decided=envelope.get("decided"),
        served=envelope.get("served"),
        received=str(moment(row["received"])),
        cause=row["cause"],
        stream=row["stream"],
        stream_version=row["stream_version"],
        subject=row["subject"],
        region=row["region"],
        matter=row["matter"],
        confidentiality=row["confidentiality"],
        data=envelope["data"],
        changed=changed,
        body=body,
        standing="VOID" if CorrectionKind.VOID in kinds else "REPLACED" if kinds else "STANDS",
        corrected_by=tuple(event_id for event_id, _ in corrections),
    )
