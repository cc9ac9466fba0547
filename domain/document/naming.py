"""Which files a fact names: every reference in it, however deep, and the evidence of a lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from domain.facts import FACTS, Fact
from domain.lead.facts import LeadTransferred
from domain.terms import FileRef


def files_of(fact: Fact) -> tuple[str, ...]:
    """The digests of the files that a fact names, each once, in the order of its fields."""
    evidence = fact.evidence if isinstance(fact, LeadTransferred) else ()
    return tuple(dict.fromkeys((*_references(fact), *evidence)))


def types_naming_files() -> tuple[str, ...]:
    """The event types whose facts can name files, in name order."""
    return tuple(
        name for name, kind in sorted(FACTS.items()) if kind is LeadTransferred or _holds_file(kind)
    )


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, FileRef):
        yield value.sha256
    elif isinstance(value, tuple):
        for item in value:
            yield from _references(item)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _references(getattr(value, part.name))


def _holds_file(hint: Any) -> bool:
    if hint is FileRef:
        return True
    if isinstance(hint, type) and is_dataclass(hint):
        return any(map(_holds_file, get_type_hints(hint).values()))
    return any(_holds_file(one) for one in get_args(hint) if one is not Ellipsis)
