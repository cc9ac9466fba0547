"""What one group commit writes: outcomes, rows and the new head, decided under the head's lock.

The head gives each event the next sequence and a stamp later than the head, than the writer's
clock and than its cause. Appends are planned one after the other, so that a second one sees
the streams and the scopes of the first; one that conflicts leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from domain.facts import instant
from gateways.contracts.canonical import (
    LARGEST_ENVELOPE,
    NotCanonical,
    decode,
    encode,
)
from gateways.contracts.envelope import timestamp
from gateways.store.port import (
    Accepted,
    Append,
    Appended,
    Conflict,
    Draft,
    EnvelopeTooLarge,
    InvalidAppend,
    OtherBody,
    Outcome,
    Repeated,
)

LARGEST_STAMP = 253_000_000_000_000_000
"""The year 9987: dates end there, and a wrong unit of time is far beyond it."""

LONGEST_NAME = 400
"""Characters of a scope, stream, type, key or id: all databases can index that many."""


class EventRow(NamedTuple):
    """A row of `stored_events`; `notification_id` is minus the private sequence for owner-only facts."""

    notification_id: int
    originator_id: str
    originator_version: int
    topic: str
    state: bytes
    stamp: int
    log_topic: str | None
    log_partition: int
    partition_sequence: int
    record_key: str


class CommandRow(NamedTuple):
    """A row of `commands`; `answer` is JSON."""

    scope: str
    command_id: str
    body_digest: str
    command_name: str
    stamp: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database holds, read under the head's lock, of all that a batch touches."""

    sequence: int
    private_sequence: int
    stamp: int
    commands: Mapping[str, tuple[str, Accepted]]
    versions: Mapping[str, int]
    ends: Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one transaction writes, and what each append is answered."""

    sequence: int
    private_sequence: int
    stamp: int
    events: list[EventRow]
    commands: list[CommandRow]
    ends: dict[tuple[str, int], int]
    outcomes: list[Outcome]


class Unplannable(Exception):
    """The append at `place` of a batch cannot be recorded at all; `error` is for its caller."""

    def __init__(self, place: int, error: Exception) -> None:
        self.place, self.error = place, error
        super().__init__(f"{place}: {error}")


def inspect(append: Append) -> None:
    """Raises InvalidAppend for what would break a whole batch; called before it is queued."""
    for draft in append.drafts:
        if draft.stream not in append.expected:
            raise InvalidAppend(f"{append.command_name}: no expected version for {draft.stream!r}")
    texts = [append.command_id, append.scope, append.body_digest, append.command_name]
    texts.extend(append.expected)
    for draft in append.drafts:
        texts += (draft.type, draft.key, draft.topic or "")
    whole = "".join(texts)
    if "\0" in whole or max(map(len, texts)) > LONGEST_NAME:
        raise InvalidAppend(
            f"{append.command_name}: a name is longer than {LONGEST_NAME} characters or holds NUL"
        )
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        raise InvalidAppend(f"{append.command_name}: a name is not Unicode text") from error
    for stamp in (append.now, append.cause_stamp):
        if not 0 <= stamp < LARGEST_STAMP:
            raise InvalidAppend(f"{append.command_name}: {stamp} is no stamp in microseconds")


def plan(standing: Standing, source: str, appends: Sequence[Append]) -> Plan:
    """Gives sequence, stamp and bytes to every event of a batch. Raises Unplannable."""
    sequence, private, stamp = standing.sequence, standing.private_sequence, standing.stamp
    commands, versions = dict(standing.commands), dict(standing.versions)
    ends: dict[tuple[str, int], int] = {}
    rows: list[EventRow] = []
    command_rows: list[CommandRow] = []
    outcomes: list[Outcome] = []
    for place, append in enumerate(appends):
        refused = _known(commands, append) or _conflict(versions, append)
        if refused is not None:
            outcomes.append(refused)
            continue
        answer: list[Appended] = []
        for draft in append.drafts:
            stamp = max(stamp, append.now, append.cause_stamp) + 1
            version = versions[draft.stream] = versions.get(draft.stream, 0) + 1
            if draft.topic is None:
                private += 1
                number, place_in_partition = private, 0
            else:
                sequence += 1
                lane = (draft.topic, draft.partition)
                place_in_partition = ends.get(lane, standing.ends.get(lane, 0)) + 1
                ends[lane] = place_in_partition
                number = sequence
            try:
                body = _body(draft, source, stamp, number, version, place_in_partition)
            except (EnvelopeTooLarge, NotCanonical) as error:
                raise Unplannable(place, error) from error
            rows.append(
                EventRow(
                    number if draft.topic is not None else -number,
                    draft.stream,
                    version,
                    draft.type,
                    body,
                    stamp,
                    draft.topic,
                    draft.partition,
                    place_in_partition,
                    draft.key,
                )
            )
            answer.append(
                Appended(
                    draft.envelope["id"],
                    draft.type,
                    number,
                    stamp,
                    draft.topic,
                    draft.partition,
                    place_in_partition,
                )
            )
        accepted = Accepted(append.command_id, tuple(answer))
        commands[append.scope] = (append.body_digest, accepted)
        command_rows.append(
            CommandRow(
                append.scope,
                append.command_id,
                append.body_digest,
                append.command_name,
                stamp,
                encode([tuple(event) for event in answer]),
            )
        )
        outcomes.append(accepted)
    return Plan(sequence, private, stamp, rows, command_rows, ends, outcomes)


def read_answer(command_id: str, answer: bytes) -> Accepted:
    """The answer of a row of `commands`."""
    return Accepted(command_id, tuple(Appended(*event) for event in decode(answer)))


def _known(
    commands: Mapping[str, tuple[str, Accepted]], append: Append
) -> Repeated | OtherBody | None:
    known = commands.get(append.scope)
    if known is None:
        return None
    digest, answer = known
    return Repeated(answer) if digest == append.body_digest else OtherBody(answer.command_id)


def _conflict(versions: Mapping[str, int], append: Append) -> Conflict | None:
    for stream, expected in append.expected.items():
        actual = versions.get(stream, 0)
        if actual != expected:
            return Conflict(stream, expected, actual)
    return None


def _body(
    draft: Draft, source: str, stamp: int, number: int, version: int, place_in_partition: int
) -> bytes:
    envelope: dict[str, Any] = {
        **draft.envelope,
        "source": source,
        "recorded": recorded_text(stamp),
        "sequence": str(number),
        "streamversion": str(version),
    }
    if draft.topic is not None:
        envelope["partitionsequence"] = str(place_in_partition)
    body = encode(envelope)
    if len(body) > LARGEST_ENVELOPE:
        raise EnvelopeTooLarge(
            f"the event {draft.type} has {len(body)} bytes, more than {LARGEST_ENVELOPE}: "
            "shorten its texts or attach them as a file"
        )
    return body


def recorded_text(stamp: int) -> str:
    """`timestamp(instant(stamp))`, nine times faster: most events share their second."""
    second, microseconds = divmod(stamp, 1_000_000)
    return f"{_to_the_second(second)}.{microseconds:06d}+08:00"


@lru_cache(maxsize=64)
def _to_the_second(second: int) -> str:
    return timestamp(instant(second * 1_000_000))[:19]
