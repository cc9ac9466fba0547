"""What a projection is, and the register of all of them.

A projection is the read model of one reader: its tables, how facts become rows, and its
queries, standing together in one module. Its rows are a function of the *set* of facts it
has seen, resolved by (stamp, department, sequence): never of the order in which topics
arrive, and the same facts again change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import MetaData

from domain.facts import Recorded
from projections.rows import Rows
from projections.steps import CORRECTED, Entity, apply, by_type

Facts = Sequence[Recorded[Any]]

OWN_DOING = "own_doing"
"""Marks in a table's `info` that its rows do not follow from facts: no rebuild touches it."""


class Projection(Protocol):
    """One reader's tables and how facts become rows.

    `version` is raised whenever the same facts would give other rows: the projection is then
    rebuilt. Table names begin with the projection's name or its short form. `reads` are the
    event types it wants; `apply` passes over any other.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def metadata(self) -> MetaData: ...

    @property
    def reads(self) -> frozenset[str]: ...

    def apply(self, facts: Facts, rows: Rows) -> None:
        """Brings the rows up to these facts; the caller flushes and commits."""
        ...


@dataclass(frozen=True)
class Reader:
    """A projection made of a module's tables and its apply function."""

    name: str
    version: int
    metadata: MetaData
    reads: frozenset[str]
    applying: Callable[[Facts, Rows], None]

    def apply(self, facts: Facts, rows: Rows) -> None:
        """Brings the rows up to these facts."""
        self.applying(facts, rows)


PROJECTIONS: dict[str, Projection] = {}
"""Every projection by name, complete once `projections.catalogue` is imported."""


def register(projection: Projection) -> None:
    """Enters a projection in the register; a name stands for one projection only."""
    if projection.name in PROJECTIONS:
        raise ValueError(f"the projection {projection.name} is registered twice")
    PROJECTIONS[projection.name] = projection


def reader_of(name: str, version: int, metadata: MetaData, entities: Sequence[Entity]) -> Reader:
    """Makes and registers the reader whose tables are these entities."""

    def apply_facts(facts: Facts, rows: Rows) -> None:
        sorted_out = by_type(facts)
        for entity in entities:
            apply(entity, sorted_out, rows)

    reads = frozenset(type_name for entity in entities for type_name in entity.fields) | {CORRECTED}
    reader = Reader(name, version, metadata, reads, apply_facts)
    register(reader)
    return reader
