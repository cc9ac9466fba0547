"""The envelope: CloudEvents 1.0 in structured JSON, with four times and the fact's lineage.

Extension attributes are lower-case ASCII as the specification demands; sequences are
decimal strings because CloudEvents integers end at 2^31.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from domain.commands import Decided
from domain.facts import CHINA, FACTS, Recorded, instant, stamp_of
from domain.review.facts import FactCorrected
from domain.versions import OtherVersion, is_twin
from gateways.contracts.conversion import from_json, to_class
from gateways.contracts.upcasting import current, superseded

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
"""The media type of a record's value and of an event over HTTP."""


class UnknownType(ValueError):
    """The event type is not one of ours; a reader sets the record aside."""


def timestamp(moment: datetime) -> str:
    """RFC 3339 with microseconds and +08:00: fixed width, so text order is time order."""
    return moment.astimezone(CHINA).isoformat(timespec="microseconds")


def schema_name(type_name: str) -> str:
    """The `dataschema` of an event type: a name, not an address."""
    return f"urn:liandong:schema:{type_name}"


def to_data(fact: Any) -> Any:
    """A fact or a part of one as plain JSON values; absent optional fields are left out."""
    return _without_absent(msgspec.to_builtins(fact, builtin_types=()))


def _without_absent(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_absent(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_without_absent(item) for item in value]
    return value


def draft_envelope(
    decided: Decided,
    *,
    event_id: str,
    command_id: str,
    command_name: str,
    post: str,
    organ: str,
    appointment: str,
    powers: str,
    region: str,
    cause: str | None,
    now: int,
    history: bool = False,
) -> dict[str, Any]:
    """Every attribute of an envelope that does not depend on the store's head."""
    fact = decided.fact
    occurred = decided.occurred or instant(now)
    effective = decided.effective or occurred.astimezone(CHINA).date()
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "type": fact.TYPE,
        "subject": decided.subject,
        "time": timestamp(occurred),
        "datacontenttype": "application/json",
        "dataschema": schema_name(fact.TYPE),
        "effective": effective.isoformat(),
        "stream": decided.stream,
        "matter": decided.matter,
        "command": command_id,
        "commandname": command_name,
        "post": post,
        "organ": organ,
        "appointment": appointment,
        "powers": powers,
        "region": decided.region or region,
        "confidentiality": _confidentiality(fact),
        "data": to_data(fact),
    }
    if cause is not None:
        envelope["cause"] = cause
    if history:
        envelope["history"] = True
    if decided.decided is not None:
        envelope["decided"] = timestamp(decided.decided)
    if decided.served is not None:
        envelope["served"] = timestamp(decided.served)
    return envelope


def _confidentiality(fact: Any) -> str:
    """A correction carries the data of what it corrects, so it is as confidential."""
    cls = FACTS[fact.target_type] if isinstance(fact, FactCorrected) else type(fact)
    return cls.CONFIDENTIALITY.value


def source_of(department: str, mode: str, incarnation: str) -> str:
    """`/labour/<department>/<real|simulated>/<incarnation>`: who wrote it, and whether it is real."""
    return f"/labour/{department}/{mode}/{incarnation}"


@lru_cache(maxsize=256)
def read_source(source: str) -> tuple[str, str, str]:
    """(department, mode, incarnation) of a source. Raises ValueError for another form."""
    parts = source.split("/")
    if len(parts) != 5 or parts[0] or parts[1] != "labour":
        raise ValueError(f"{source!r} is not a source of this log")
    return parts[2], parts[3], parts[4]


class _Envelope(msgspec.Struct, kw_only=True, gc=False):
    """The attributes that a fact on record is made of; others are passed over."""

    type: str
    source: str
    id: str
    stream: str
    streamversion: str
    sequence: str
    recorded: str
    subject: str
    region: str
    matter: str
    organ: str
    post: str
    command: str
    commandname: str
    time: datetime
    effective: date
    data: Any
    cause: str | None = None
    decided: datetime | None = None
    served: datetime | None = None
    history: bool = False
    factversions: str | None = None


class _EnvelopeBytes(_Envelope, kw_only=True, gc=False):
    """An envelope whose data is not decoded yet: its type says into what."""

    data: msgspec.Raw


_of_bytes = msgspec.json.Decoder(_EnvelopeBytes)


def recorded(envelope: dict[str, Any], *, received: int | None = None) -> Recorded[Any]:
    """The fact on record that a valid envelope describes; unknown data fields are ignored.

    An older version reads as the newest. Raises UnknownType for a type that has no class here,
    ValueError for wrong values.
    """
    return _on_record(to_class(envelope, _Envelope), received)


def fact_of(body: bytes, received: int | None = None) -> Recorded[Any]:
    """The fact on record of an envelope's exact bytes, as `recorded` reads what they say.

    `received` is the stamp at which the reader received it.
    """
    return _on_record(_of_bytes.decode(body), received)


def _on_record(envelope: _Envelope, received: int | None) -> Recorded[Any]:
    type_name = envelope.type
    twin = is_twin(type_name, envelope.factversions)
    if twin:
        told = _data(type_name, envelope.data) if type_name in FACTS else OtherVersion()
    else:
        type_name, told = _newest(type_name, envelope.data)
    department, _, _ = read_source(envelope.source)
    # Told at once: a frozen dataclass sets each of its 23 fields by a call of its own, which was
    # a twentieth of what it costs to read a fact and fold it into its clocks.
    fact: Recorded[Any] = object.__new__(Recorded)
    vars(fact).update(
        fact=told,
        id=envelope.id,
        type=type_name,
        stream=envelope.stream,
        stream_version=int(envelope.streamversion),
        department=department,
        sequence=int(envelope.sequence),
        stamp=recorded_stamp(envelope.recorded),
        subject=envelope.subject,
        region=envelope.region,
        matter=envelope.matter,
        organ=envelope.organ,
        post=envelope.post,
        command=envelope.command,
        command_name=envelope.commandname,
        cause=envelope.cause,
        occurred=envelope.time,
        effective=envelope.effective,
        decided=envelope.decided,
        served=envelope.served,
        received=received,
        history=envelope.history,
        twin=twin,
    )
    return fact


def _newest(type_name: str, data: Any) -> tuple[str, Any]:
    """The type and the fact of an event's data, by the newest version that is known here."""
    if superseded(type_name):
        if type(data) is msgspec.Raw:
            data = msgspec.json.decode(data)
        type_name, data = current(type_name, data)
    if type_name not in FACTS:
        raise UnknownType(f"no event class for {type_name!r}")
    return type_name, _data(type_name, data)


def _data(type_name: str, data: Any) -> Any:
    reading = from_json if type(data) is msgspec.Raw else to_class
    return reading(data, FACTS[type_name])


def recorded_stamp(text: str) -> int:
    """The stamp of a timestamp; those that we write share their second with many others."""
    fraction = text[20:26]
    if len(text) == 32 and text[19] == "." and text[26:] == "+08:00" and fraction.isdecimal():
        return _second(text[:19]) + int(fraction)
    return stamp_of(datetime.fromisoformat(text))


@lru_cache(maxsize=1024)
def _second(text: str) -> int:
    return stamp_of(datetime.fromisoformat(f"{text}+08:00"))
