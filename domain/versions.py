"""Versions of a fact: what replaces what, how the older reads today, and until when both go out.

1. A released version never ends: its class, schema and samples stay, and its events are read for
   ever, by a pure function from the older data to the newer (an upcaster).
2. A breaking version goes out beside the older one until an announced day, inclusive. The records
   of one fact then share a fact id and name the versions that went out.
3. A reader applies one of them, the newest that it knows, whatever comes first.
4. Nothing but this table and the class itself names an older version: deciders, reactions, clocks
   and projections know the newest alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.facts import FACTS, Audience, Confidentiality, Fact

Data = Mapping[str, Any]
Change = Callable[[Data], dict[str, Any]]
"""A pure function from the data of one version to the data of another, as plain values."""


@dataclass(frozen=True, kw_only=True)
class Succession:
    """One version of a fact follows another; `until` is the last day on which both go out.

    `downcast` makes the older data of the newer for those who have not moved on yet; without
    it and `until` the older version is only read.
    """

    old: str
    new: str
    upcast: Change
    downcast: Change | None = None
    until: date | None = None


SUCCESSIONS: dict[str, Succession] = {}
"""The succession of each older version, by its type name."""


class OtherVersion(Fact):
    """A version of a fact that this program does not know, beside one that it does."""

    CONFIDENTIALITY = Confidentiality.CRIMINAL
    """The narrowest circle: nobody here can tell what it says."""


def supersedes(
    old: str,
    new: str,
    *,
    upcast: Change,
    downcast: Change | None = None,
    until: date | None = None,
) -> Succession:
    """Declares that one version follows another. Raises TypeError where the two cannot be such."""
    if stem(old) != stem(new) or number(new) != number(old) + 1:
        raise TypeError(f"{new} is not the version after {old}")
    if old in SUCCESSIONS:
        raise TypeError(f"{old} is superseded twice")
    before, after = FACTS[old], FACTS[new]
    for name in ("FAMILY", "AUDIENCE"):
        if getattr(before, name) != getattr(after, name):
            raise TypeError(f"{new} has another {name.lower()} than {old}")
    if (downcast is None) != (until is None):
        raise TypeError(f"{old} goes out beside {new} by a downcast until a day: name both")
    made = Succession(old=old, new=new, upcast=upcast, downcast=downcast, until=until)
    SUCCESSIONS[old] = made
    return made


def stem(type_name: str) -> str:
    """The fact that a type is a version of: `licence.granted` of `licence.granted.v1`."""
    return type_name.rpartition(".v")[0]


def number(type_name: str) -> int:
    """The number of a version: 1 of `licence.granted.v1`."""
    return int(type_name.rpartition(".v")[2])


def present(type_name: str, data: Data) -> tuple[str, Data]:
    """The newest version of a fact that is known here, and its data."""
    while (found := SUCCESSIONS.get(type_name)) is not None:
        type_name, data = found.new, found.upcast(data)
    return type_name, data


def with_older(types: Iterable[str]) -> tuple[str, ...]:
    """These types, each with every version that it follows."""
    named = list(dict.fromkeys(types))
    if not SUCCESSIONS:
        return tuple(named)
    older = {one.new: one.old for one in SUCCESSIONS.values()}
    for type_name in named:
        if type_name in older and older[type_name] not in named:
            named.append(older[type_name])
    return tuple(named)


def going_out(fact: Fact, data: Data, on: date) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The older versions that go out beside a fact on a day, oldest first, with their data."""
    if not SUCCESSIONS or fact.AUDIENCE is Audience.OWNER_ONLY:
        return ()
    before = {one.new: one for one in SUCCESSIONS.values()}
    found: list[tuple[str, dict[str, Any]]] = []
    type_name = fact.TYPE
    while (one := before.get(type_name)) is not None:
        if one.downcast is None or one.until is None or on > one.until:
            break
        data = one.downcast(data)
        found.insert(0, (one.old, dict(data)))
        type_name = one.old
    return tuple(found)


def versions_text(types: Iterable[str]) -> str:
    """The versions of one fact that go out together, as its envelopes name them: `1 2`."""
    return " ".join(str(one) for one in sorted(number(name) for name in types))


def is_twin(type_name: str, together: str | None) -> bool:
    """Whether another of the versions that went out together is the one to apply here.

    `together` is what the envelope names, None where one version went out alone.
    """
    if together is None:
        return False
    of = stem(type_name)
    known = [int(one) for one in together.split() if f"{of}.v{one}" in FACTS]
    return bool(known) and number(type_name) != max(known)
