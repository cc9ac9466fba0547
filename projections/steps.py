"""Rows that keep the facts they are made of: an entity's steps, and the columns folded from them.

Each row of such a table holds, in `steps`, the few fields of every fact that bears on its
entity, in the one order (stamp, department, sequence). Its other columns are the fold of
those steps. So a row is a function of the set of facts, the same fact again changes
nothing, and the row as of any stamp is the fold of the steps up to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Boolean, Column, ColumnElement, Table, Text

from domain.facts import CHINA, FACTS, Recorded, instant
from domain.review.facts import CorrectionKind, FactCorrected
from projections.rows import Row, Rows


class Step(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One fact as an entity's row keeps it; `data` holds the chosen fields as plain values."""

    stamp: int
    department: str
    sequence: int
    event: str
    type: str
    effective: str
    region: str
    matter: str
    subject: str
    data: dict[str, Any]

    @property
    def order(self) -> tuple[int, str, int]:
        """The place of the fact in the one order that every reader agrees on."""
        return (self.stamp, self.department, self.sequence)


Steps = Sequence[Step]
Fold = Callable[[Steps], Row]
Keys = str | tuple[str, ...] | None

CORRECTED = FactCorrected.TYPE

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Step]).decode


@dataclass(frozen=True)
class Entity:
    """A table of entities: which facts bear on a row, which of their fields count, and the fold.

    `key` gives a fact's row by its primary key, several where it bears on several, None where
    it bears on none; `fields` names, for each event type, the fields that the steps keep.
    `fold` gives every column but the key and those of `steps_columns`.
    """

    table: Table
    key: Callable[[Recorded[Any]], Keys]
    fields: Mapping[str, tuple[str, ...]]
    fold: Fold

    @property
    def key_name(self) -> str:
        """The name of the table's one key column."""
        return next(iter(self.table.primary_key.columns)).name


def steps_columns() -> tuple[Column[Any], Column[Any]]:
    """The columns that hold an entity's steps and whether none of them stands any more.

    A voided row still answers for the time before its correction; lists leave it out.
    """
    return Column("steps", Text, nullable=False), Column("voided", Boolean, nullable=False)


_day = lru_cache(maxsize=4096)(date.isoformat)


def step_of(fact: Recorded[Any], names: tuple[str, ...]) -> Step:
    """The step that a fact leaves, with these of its fields."""
    body = fact.fact
    return Step(
        fact.stamp,
        fact.department,
        fact.sequence,
        fact.id,
        fact.type,
        _day(fact.effective),
        fact.region,
        fact.matter,
        fact.subject,
        {
            name: value if type(value := getattr(body, name)) is str else plain(value)
            for name in names
        },
    )


def corrected(fact: Recorded[Any]) -> Recorded[Any]:
    """The fact that a correction is about, as far as the correction tells it.

    Its id, type and data are the fact's own; the rest is the correction's.
    """
    body = fact.fact
    data = msgspec.json.decode(body.target_data, type=FACTS[body.target_type])
    return replace(fact, fact=data, id=body.target_event_id, type=body.target_type)


def _correction_step(fact: Recorded[Any], about: Recorded[Any], names: tuple[str, ...]) -> Step:
    """The step of a correction: what it aims at, and the kept fields before and after."""
    body = fact.fact
    anew: dict[str, Any] = {}
    if body.kind is CorrectionKind.REPLACE:
        given = msgspec.json.decode(body.replaces_with or "{}")
        whole = msgspec.json.decode(body.target_data) | given
        now = msgspec.convert(whole, type(about.fact))
        anew = {name: plain(getattr(now, name)) for name in names if name in given}
    return msgspec.structs.replace(
        step_of(fact, ()),
        data={
            "target": about.id,
            "kind": body.kind._value_,
            "type": about.type,
            "was": step_of(about, names).data,
            "anew": anew,
        },
    )


def standing(steps: Steps) -> Steps:
    """The steps that count: without corrections and what they voided, replaced fields read anew.

    A voiding outweighs every replacement; of replacements, each field's latest counts.
    """
    for step in steps:
        if step.type == CORRECTED:
            break
    else:
        return steps
    void: set[str] = set()
    anew: dict[str, dict[str, Any]] = {}
    for step in steps:
        if step.type == CORRECTED:
            target = step.data["target"]
            if step.data["kind"] == CorrectionKind.VOID:
                void.add(target)
            else:
                anew[target] = anew.get(target, {}) | step.data["anew"]
    return [
        msgspec.structs.replace(step, data=step.data | anew[step.event])
        if step.event in anew
        else step
        for step in steps
        if step.type != CORRECTED and step.event not in void
    ]


def _fallen(steps: Steps) -> Steps:
    """The steps of a row of which nothing stands, as they were; for its columns only."""
    return [step for step in steps if step.type != CORRECTED] or [
        msgspec.structs.replace(
            step, event=step.data["target"], type=step.data["type"], data=step.data["was"]
        )
        for step in steps
    ]


def plain(value: Any) -> Any:
    """A field's value as JSON has it: ISO dates, codes of enumerations, lists."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is date:
        return value.isoformat()
    if isinstance(value, Enum):
        return value._value_
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    raise TypeError(f"{type(value).__name__} is not a plain value")


_PLAIN = frozenset({str, int, bool, type(None)})


def moment(stamp: int | None) -> str | None:
    """A stamp as an RFC 3339 instant with +08:00, None where there is none."""
    return None if stamp is None else instant(stamp).isoformat(timespec="microseconds")


def read(steps: str) -> list[Step]:
    """Every step of a row, oldest first, corrections among them."""
    return _decode(steps)


def until(steps: Steps, as_of: int | None) -> Steps:
    """The steps that stood as recorded up to a stamp; those that stand now for None."""
    if as_of is not None:
        steps = [step for step in steps if step.stamp <= as_of]
    return standing(steps)


def merge(old: Steps, new: Iterable[Step]) -> list[Step]:
    """Old and new steps in the one order, each fact once."""
    new = list(new)
    if not old and len(new) == 1:
        return new
    by_event = {step.event: step for step in old}
    for step in new:
        by_event.setdefault(step.event, step)
    return sorted(by_event.values(), key=lambda step: (step.stamp, step.department, step.sequence))


@dataclass(frozen=True)
class Change:
    """A row that gained steps: before (empty for a new row) and after, corrections among them."""

    key: str
    before: list[Step]
    after: list[Step]


def by_type(facts: Iterable[Recorded[Any]]) -> dict[str, list[Recorded[Any]]]:
    """The facts of each type, in their order: sorted once for all entities of a reader."""
    sorted_out: dict[str, list[Recorded[Any]]] = {}
    for fact in facts:
        held = sorted_out.get(fact.type)
        if held is None:
            sorted_out[fact.type] = [fact]
        else:
            held.append(fact)
    return sorted_out


def apply(entity: Entity, facts: Mapping[str, Sequence[Recorded[Any]]], rows: Rows) -> list[Change]:
    """Brings an entity's rows up to these facts (see `by_type`); returns what changed."""
    gained: dict[str, list[Step]] = {}
    key_of = entity.key
    for type_name, names in entity.fields.items():
        for fact in facts.get(type_name, ()):
            key = key_of(fact)
            if key is None:
                continue
            step = step_of(fact, names)
            for one in (key,) if type(key) is str else key:
                held = gained.get(one)
                if held is None:
                    held = gained[one] = []
                held.append(step)
    for fact in facts.get(CORRECTED, ()):
        _correct(entity, fact, gained)
    if not gained:
        return []
    table, key_name = entity.table, entity.key_name
    rows.prefetch(table, gained)
    changes = []
    for key, new in gained.items():
        row = rows.get(table, key)
        before: list[Step] = [] if row is None else _decode(row["steps"])
        after = merge(before, new)
        if len(after) == len(before):
            continue
        counted = standing(after)
        folded = entity.fold(counted or _fallen(after))
        folded["voided"] = not counted
        folded[key_name] = key
        folded["steps"] = _encode(after).decode()
        rows.put(table, folded)
        changes.append(Change(key, before, after))
    return changes


def _correct(entity: Entity, fact: Recorded[Any], gained: dict[str, list[Step]]) -> None:
    """Adds a correction's step to the rows on which the corrected fact bears."""
    about = corrected(fact)
    names = entity.fields.get(about.type)
    key = None if names is None else entity.key(about)
    if names is None or key is None:
        return
    step = _correction_step(fact, about, names)
    for one in (key,) if isinstance(key, str) else key:
        gained.setdefault(one, []).append(step)


def within(column: Any, region: str) -> ColumnElement[bool]:
    """The condition that a row's region lies in a territory (domain.departments.covers, in SQL)."""
    if len(region) == 6 and region.endswith("0000"):
        condition: ColumnElement[bool] = column.like(f"{region[:2]}%")
    elif len(region) == 6 and region.endswith("00"):
        condition = column.like(f"{region[:4]}%") & ~column.like("%-%")
    elif len(region) == 6 and "-" not in region:
        condition = column.like(f"{region}%")
    else:
        condition = column == region
    return condition
