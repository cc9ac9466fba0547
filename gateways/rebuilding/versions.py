"""Which version the live rows of a projection are of, and whether they need a rebuild.

A projection's version is raised whenever the same facts would give other rows. The version
that made the live rows stands in the department's own database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, inspect, select

from domain.departments import NODES
from gateways.rebuilding.standing import now
from gateways.rebuilding.tables import VERSIONS, projection_tables
from gateways.store.inserting import insert_into
from projections.catalogue import PROJECTIONS
from projections.reader import Projection
from projections.received import RECEIVED

NEVER = 0
"""The version of rows that the facts received before never went into."""


@dataclass(frozen=True, kw_only=True)
class Outdated:
    """A projection whose live rows another version made; NEVER where they lack older facts."""

    department: str
    projection: str
    live: int
    version: int

    @property
    def told(self) -> tuple[str, str]:
        """What is the matter, in Chinese and English."""
        if self.live == NEVER:
            return (
                f"{self.department} 的投影 {self.projection} 需要重建：缺少以前收到的事实",
                f"{self.department}: the projection {self.projection} needs a rebuild:"
                " it lacks the facts received before",
            )
        return (
            f"{self.department} 的投影 {self.projection} 需要重建：现有各行为第 {self.live} 版，"
            f"本程序为第 {self.version} 版",
            f"{self.department}: the projection {self.projection} needs a rebuild: its rows are"
            f" of version {self.live}, this program has version {self.version}",
        )

    @property
    def command(self) -> str:
        """What an operator runs to build it anew."""
        return f"liandong projections rebuild {self.projection} --department {self.department}"


def versions(connection: Connection) -> dict[str, int]:
    """The version of the live rows of each projection, as far as it is noted."""
    if not inspect(connection).has_table(VERSIONS.name):
        return {}
    return {row.projection: row.version for row in connection.execute(select(VERSIONS))}


def live_version(connection: Connection, projection: Projection) -> int:
    """The version of a projection's live rows; this program's where none is noted."""
    return versions(connection).get(projection.name, projection.version)


def outdated(connection: Connection, department: str) -> list[Outdated]:
    """The projections of a department that need a rebuild."""
    noted = versions(connection)
    return [
        Outdated(
            department=department,
            projection=name,
            live=noted[name],
            version=PROJECTIONS[name].version,
        )
        for name in NODES[department].projections
        if noted.get(name, PROJECTIONS[name].version) != PROJECTIONS[name].version
    ]


def note_version(connection: Connection, name: str, version: int) -> None:
    """Notes of which version the live rows of a projection are."""
    values = {"version": version, "since": now()}
    connection.execute(
        insert_into(connection, VERSIONS)
        .values(projection=name, **values)
        .on_conflict_do_update(index_elements=[VERSIONS.c.projection], set_=values)
    )


def note_new(connection: Connection, projections: Iterable[str]) -> None:
    """Notes the version of projections of which none is noted, after their tables were made.

    Rows of a projection that came to a department with facts lack these: NEVER.
    """
    noted = versions(connection)
    new = [PROJECTIONS[name] for name in projections if name not in noted]
    if not new:
        return
    received = connection.execute(select(RECEIVED.c.event_id).limit(1)).first() is not None
    for projection in new:
        lacks = received and _lacks_facts(connection, projection)
        made = NEVER if lacks else projection.version
        connection.execute(
            insert(VERSIONS).values(projection=projection.name, version=made, since=now())
        )


def _lacks_facts(connection: Connection, projection: Projection) -> bool:
    for table in projection_tables(projection):
        if connection.execute(select(table).limit(1)).first() is not None:
            return False
    read = select(RECEIVED.c.event_id).where(RECEIVED.c.type.in_(projection.reads)).limit(1)
    return connection.execute(read).first() is not None
