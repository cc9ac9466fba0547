"""What a reaction is made of: its kind, what it reacts to, and the command it names (14.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.departments import node_of
from domain.facts import Recorded

Seen = Recorded[Any]


class Kind(StrEnum):
    """Whether a machine acts at once or an officer decides."""

    AUTOMATIC = "AUTOMATIC"
    DUTY = "DUTY"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One reaction.

    `when` are published type names; `given` narrows them by what the fact says. `command`
    builds the data of `command_name` (for a duty: what its form is filled with). `target`
    with the fact's id and the rule's id makes the command's id. `clock` is the code that
    measures the duty.
    """

    id: str
    kind: Kind
    owner_organ: str
    when: tuple[str, ...]
    given: Callable[[Seen], bool]
    command_name: str
    command: Callable[[Seen], dict[str, Any]]
    target: Callable[[Seen], str]
    clock: str | None
    zh: str
    en: str
    source: str

    @property
    def node(self) -> str:
        """The node in which the rule runs."""
        return node_of(self.owner_organ).id

    def applies(self, seen: Seen) -> bool:
        """Whether the rule reacts to this fact."""
        return not seen.history and seen.type in self.when and self.given(seen)


def always(_: Seen) -> bool:
    """Every fact of the type."""
    return True


def subject(seen: Seen) -> str:
    """The target of a rule that acts about the fact's subject."""
    return seen.subject
