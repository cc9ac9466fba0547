"""The library's way to read our store: its mapper gives facts on record, its repository folds.

Stored bytes are the published envelope, so the mapper decodes envelopes; upcasting is by the
version in the type name (`licence.granted.v1`), never by the library's `class_version`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar, cast

from eventsourcing.application import AggregateNotFoundError, Repository
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    ApplicationRecorder,
    EventStore,
    JSONTranscoder,
    Mapper,
    StoredEvent,
)

from domain.facts import Recorded
from gateways.contracts.envelope import fact_of

State = TypeVar("State")


class EnvelopeMapper(Mapper[str]):
    """Turns stored envelopes into `Recorded` facts."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """The fact on record. Raises UnknownType where no class has that type name."""
        # The library reads no attribute of what it hands to a projector function.
        return cast(DomainEventProtocol[str], fact_of(stored_event.state))

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> NoReturn:
        """Refused: an envelope is completed under the head's lock, by the store's `append`."""
        raise NotImplementedError("events are recorded through the store's append()")


def repository(recorder: ApplicationRecorder) -> Repository[str]:
    """A repository of the library over a store's recorder."""
    return Repository(EventStore(EnvelopeMapper(), recorder))


def fold(
    source: Repository[str],
    stream: str,
    evolve: Callable[[State, Recorded[Any]], State],
    initial: State,
    *,
    version: int | None = None,
) -> State:
    """A stream's state, whole or at a version; `initial` where the stream is empty."""

    def project(_: State | None, facts: Iterable[Recorded[Any]]) -> State | None:
        state, any_fact = initial, False
        for fact in facts:
            state, any_fact = state if fact.twin else evolve(state, fact), True
        return state if any_fact else None

    get = cast(Callable[..., State], source.get)
    try:
        return get(stream, version=version, projector_func=project)
    except AggregateNotFoundError:
        return initial
