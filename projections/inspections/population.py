"""The population of a draw, row by row from the registers: what is frozen before anybody commits.

Of an object nothing leaves the register but its id, its region, its class in the scheme that the
plan names, and those of its tags that the plan makes strata of; the file is public, and who is
under key supervision is not. A region is that of the county, of a zone without a code that of
its province: a line has six digits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from domain.draw.facts import Predicate
from domain.draw.population import DrawObject
from domain.licence.facts import HR_LICENCES
from domain.push.scope_matching import ScopeClass, classify, mapping_on
from projections.inspections.availability import available
from projections.inspections.objects import classed_on, held_on, tags_of
from projections.inspections.tables import INSPECTORS, OBJECTS, TASKS
from projections.steps import within

ROWS_AT_ONCE = 10_000

_REQUIRED = (
    (ScopeClass.INTERMEDIARY.value, "LIC_HRS"),
    (ScopeClass.DISPATCH.value, "LIC_DISPATCH"),
)


def population(
    conn: Connection,
    predicate: Predicate,
    region: str,
    *,
    on: date,
    tags: Collection[str] = (),
    only: Collection[str] = (),
    grade_scheme: str | None = None,
    beside: str | None = None,
) -> Iterator[DrawObject]:
    """The objects of a territory that a predicate takes on a day, in no order, read in parts.

    EIGHT_PHRASES takes a registered firm whose scope, as registered, contains one of the eight
    phrases; LICENSED one with a licence in force on the day; SCOPE_WITHOUT_LICENCE one of the
    first that does intermediation or dispatch by its scope without the licence for it. Ended
    registrations and places without a code are in none; nor, for an extra draw, what has a task
    under the plan `beside` which it is made. `only` takes what bears one of these tags. The
    connection stays open meanwhile.
    """
    columns = OBJECTS.c
    query = select(
        columns.subject,
        columns.region,
        columns.scope,
        columns.licences,
        columns.filed,
        columns.level,
        columns.list_state,
        columns.classes,
    ).where(
        ~columns.voided,
        ~columns.place,
        columns.ended.is_(None),
        columns.registered_on.is_not(None),
        within(columns.region, region),
    )
    if predicate is Predicate.LICENSED:
        query = query.where(columns.licences != "")
    else:
        query = query.where(columns.phrased)
    if beside is not None:
        sent = select(TASKS.c.subject).where(TASKS.c.plan_id == beside, ~TASKS.c.voided)
        query = query.where(columns.subject.not_in(sent))
    asked = _Asked(frozenset(tags), frozenset(only), grade_scheme)
    return _taken(_rows(conn, query), predicate, on, asked)


class _Asked(NamedTuple):
    """What a plan asks of the objects of its population."""

    tags: frozenset[str]
    only: frozenset[str]
    scheme: str | None


def _taken(
    rows: Iterator[Any], predicate: Predicate, on: date, asked: _Asked
) -> Iterator[DrawObject]:
    phrases = tuple(one.text for one in mapping_on(on).phrases if one.drawn)
    day, licensed = on.isoformat(), predicate is Predicate.LICENSED
    wanted = asked.tags | asked.only
    for subject, region, scope, licences, filed, level, entry, classes in rows:
        if not licensed and not any(words in scope for words in phrases):
            continue
        held = held_on(licences, day) if licences else {}
        if licensed and held.keys().isdisjoint(HR_LICENCES):
            continue
        if predicate is Predicate.SCOPE_WITHOUT_LICENCE and not _unlicensed(scope, held, on):
            continue
        grade = ""
        tags: tuple[str, ...] = ()
        if asked.scheme and classes:
            grade = classed_on(classes, day).grades.get(asked.scheme, "")
        if wanted:
            borne = tags_of(
                held,
                filed=bool(filed),
                level=level,
                place=False,
                listed=entry == "ENTERED",
                classed=classed_on(classes, day),
            )
            if asked.only and asked.only.isdisjoint(borne):
                continue
            tags = tuple(one for one in borne if one in asked.tags)
        if len(region) != 6:
            region = county_of(region)
        yield DrawObject(subject, region, grade, asked.scheme or "" if grade else "", tags)


def county_of(region: str) -> str:
    """The six digits under which a line has a territory: a township's county, a zone's province."""
    return f"{region[:2]}0000" if "-" in region else region[:6]


def _unlicensed(scope: str, held: Collection[str], on: date) -> bool:
    found = classify(scope, on)
    return found.needs_licence and any(
        name in found.classes and licence not in held for name, licence in _REQUIRED
    )


def inspector_population(
    conn: Connection,
    region: str,
    *,
    window_from: date,
    window_to: date,
    subjects: Collection[str] = (),
    excluded: Collection[str] = (),
    department: str | None = None,
    tags: Collection[str] | None = None,
) -> Iterator[DrawObject]:
    """The inspectors of a territory who may inspect these subjects in a window.

    Left out: who has left the register, whose certificate ends before the window does, who is
    away for all of it, who declared a relation to all of the subjects, and the `excluded`.
    Tags are the inspector's department and specialities (those in `tags`, where it is given).
    """
    query = select(INSPECTORS).where(
        ~INSPECTORS.c.voided,
        ~INSPECTORS.c.left,
        INSPECTORS.c.entered.is_not(None),
        INSPECTORS.c.certificate_until >= window_to.isoformat(),
        within(INSPECTORS.c.region, region),
    )
    if department is not None:
        query = query.where(INSPECTORS.c.owner == department)
    for row in conn.execute(query.order_by(INSPECTORS.c.inspector_id)).mappings():
        if row["inspector_id"] in excluded:
            continue
        if not available(row, window_from, window_to, subjects):
            continue
        borne = (row["owner"], *filter(None, (row["specialities"] or "").split(",")))
        kept = borne if tags is None else tuple(one for one in borne if one in tags)
        yield DrawObject(row["inspector_id"], row["region"], tags=kept)


def _rows(conn: Connection, query: Any) -> Iterator[Any]:
    found = conn.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
    for part in found.partitions():
        yield from part
