"""What a command is answered: its events, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateways.contracts.validation import Problem


class InvalidCommand(Exception):
    """The command's data does not fit its schema; `problems` name each field and rule."""

    def __init__(self, command: str, problems: Sequence[Problem]) -> None:
        self.command, self.problems = command, tuple(problems)
        super().__init__("; ".join(f"{problem.field}: {problem.en}" for problem in problems))


class UnknownCommand(Exception):
    """There is no command of this name."""


class KeyReused(Exception):
    """The idempotency key was used before with another body."""


class TooBusy(Exception):
    """The streams kept moving on while deciding; trying again can help."""


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """One event that a command brought about, and where it stands."""

    id: str
    type: str
    sequence: int
    topic: str | None
    partition: int
    partition_sequence: int


@dataclass(frozen=True, slots=True)
class Given:
    """An acknowledged command: its events are durable. `position` waits for their effects."""

    command_id: str
    department: str
    events: tuple[GivenEvent, ...]
    repeated: bool = False

    @property
    def position(self) -> str:
        """`<department>:<first>-<last>` of the published events; empty where there are none."""
        sequences = [event.sequence for event in self.events if event.topic is not None]
        if not sequences:
            return ""
        return f"{self.department}:{min(sequences)}-{max(sequences)}"
