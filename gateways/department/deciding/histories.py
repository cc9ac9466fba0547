"""What a decision reads: own streams and received facts, as they stand by their corrections.

A fact that its owner voided is gone and a replaced field reads new, whichever of the loaded
histories tells it. The versions are those of the store, so that two who decide still meet.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from domain.commands import Own, Read, Received
from domain.facts import Recorded
from domain.review.standing import CORRECTED, corrections, standing
from gateways.contracts.envelope import fact_of
from gateways.department.database import Database
from gateways.store.port import EventStore, StoredEvent
from projections import received as received_log


@dataclass
class Histories:
    """The loaded histories of one decision (implements domain.commands.History)."""

    streams: dict[str, tuple[Recorded[Any], ...]] = field(default_factory=dict)
    reads: dict[Received, tuple[Recorded[Any], ...]] = field(default_factory=dict)
    latest: int = 0
    """The latest stamp of all that was loaded."""

    def own(self, stream: str) -> tuple[Recorded[Any], ...]:
        """The facts of an own stream that the decider asked for."""
        return self.streams[stream]

    def received(self, read: Received) -> tuple[Recorded[Any], ...]:
        """The facts of a read that the decider asked for."""
        return self.reads[read]

    def stand(self, as_recorded: Collection[str]) -> None:
        """Makes every list stand as corrected, by what any of them says, but those named."""
        known = (*self.streams.values(), *self.reads.values())
        self.latest = max((facts[-1].stamp for facts in known if facts), default=0)
        told = corrections(one for facts in known for one in facts)
        if told:
            self.streams = {
                name: facts if name in as_recorded else standing(facts, told)
                for name, facts in self.streams.items()
            }
            self.reads = {
                read: facts if read.event is not None else standing(facts, told)
                for read, facts in self.reads.items()
            }


class Versions(dict[str, int]):
    """Stream versions as folded; a stream that is only written to is asked for when needed."""

    def __init__(self, store: EventStore) -> None:
        super().__init__()
        self._store = store

    def __missing__(self, stream: str) -> int:
        newest = self._store.newest(stream)
        self[stream] = newest.stream_version if newest else 0
        return self[stream]


def load(
    reads: Sequence[Read], store: EventStore, database: Database
) -> tuple[Histories, Versions]:
    """Everything that a decision asked for, as it stands, and the versions that it was read at."""
    histories, versions = Histories(), Versions(store)
    wanted = [read for read in reads if isinstance(read, Received)]
    if wanted:
        with database.reading() as connection:
            histories.reads.update(_all_received(connection, wanted))
    for read in reads:
        if isinstance(read, Own):
            stored = _latest(store, read.stream) if read.latest else store.stream(read.stream)
            facts = (fact_of(one.body) for one in stored)
            histories.streams[read.stream] = tuple(one for one in facts if not one.twin)
            versions[read.stream] = stored[-1].stream_version if stored else 0
    histories.stand(
        {one.stream for one in reads if isinstance(one, Own) and (one.as_recorded or one.latest)}
    )
    return histories, versions


def _latest(store: EventStore, stream: str) -> list[StoredEvent]:
    """The newest event of a stream; after a correction, which tells of an older fact, all."""
    newest = store.newest(stream)
    if newest is None:
        return []
    return store.stream(stream) if newest.type == CORRECTED else [newest]


def _all_received(
    connection: Connection, reads: Sequence[Received]
) -> dict[Received, tuple[Recorded[Any], ...]]:
    """What each read finds; whole streams are asked for together."""
    whole = {one: one.stream for one in reads if one.stream is not None and not one.types}
    told = received_log.of_streams(connection, set(whole.values()), fact_of)
    return {one: told[whole[one]] if one in whole else _received(connection, one) for one in reads}


def _received(connection: Connection, read: Received) -> tuple[Recorded[Any], ...]:
    if read.event is not None:
        try:
            return (received_log.of_event(connection, read.event, fact_of),)
        except received_log.NotReceived:
            return ()
    types = (*read.types, CORRECTED) if read.types else ()
    if read.stream is not None:
        return received_log.of_stream(connection, read.stream, fact_of, types=types)
    if read.subject is not None:
        return received_log.of_subject(connection, read.subject, fact_of, types=types)
    assert read.region is not None
    return received_log.of_region(connection, read.region, fact_of, types=types)
