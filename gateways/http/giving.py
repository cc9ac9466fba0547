"""Giving a command at the edge: from a body to an answer or a problem, for API and forms alike."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from domain.errors import HistoryMovedOn, Refusal
from domain.facts import Recorded
from gateways.department.deciding.answers import (
    Given,
    InvalidCommand,
    KeyReused,
    TooBusy,
    UnknownCommand,
)
from gateways.department.platform import Platform
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_here
from gateways.http.metrics import COMMAND_SECONDS, COMMANDS_ANSWERED
from gateways.store.port import EnvelopeTooLarge, StoreUnavailable

KEY_PATTERN = re.compile(r"[\x21-\x7e]{1,120}")


def give(
    platform: Platform,
    identity: Identity,
    name: str,
    data: dict[str, Any],
    key: str,
    *,
    seen: Mapping[str, int] | None = None,
) -> Given:
    """Gives a command as the identity's post. Every "no" is a ProblemError.

    `seen` are the stream versions that the giver knew: one that has moved on refuses it.
    """
    if KEY_PATTERN.fullmatch(key) is None:
        raise problems.missing_key()
    department = department_here(platform, identity.department)
    with told(name, key):
        given: Given = department.give(
            name, data, identity.post, key=key, credential=identity.credential, expected=seen
        )
    return given


def foresee(
    platform: Platform,
    identity: Identity,
    name: str,
    data: dict[str, Any],
    *,
    seen: Mapping[str, int] | None = None,
) -> tuple[Recorded[Any], ...]:
    """The facts that a command would bring about if the identity's post gave it now."""
    department = department_here(platform, identity.department)
    with told(name, ""):
        decided: tuple[Recorded[Any], ...] = department.foresee(
            name, data, identity.post, expected=seen
        )
    return decided


@dataclass
class Answered:
    """How a command over HTTP was answered: its name once it is known, and its status."""

    command: str = ""
    status: int = 201

    def by(self, given: Given) -> None:
        """Notes the answer: 201 for what was done now, 200 for what had been done before."""
        self.status = 200 if given.repeated else 201


@contextmanager
def counted(department: str, command: str = "") -> Iterator[Answered]:
    """Counts the command that is given inside, by its status, and the time until its answer."""
    begun, answered = time.perf_counter(), Answered(command)
    try:
        yield answered
    except problems.ProblemError as problem:
        COMMANDS_ANSWERED.labels(department, answered.command, str(problem.status)).inc()
        raise
    COMMANDS_ANSWERED.labels(department, answered.command, str(answered.status)).inc()
    COMMAND_SECONDS.labels(department).observe(time.perf_counter() - begun)


@contextmanager
def told(name: str, key: str) -> Iterator[None]:
    """Every "no" of a department as a ProblemError."""
    try:
        yield
    except HistoryMovedOn as moved:
        problem = problems.of_refusal(moved)
        problem.field = "If-Match"
        raise problem from moved
    except Refusal as refusal:
        raise problems.of_refusal(refusal) from refusal
    except InvalidCommand as error:
        raise problems.invalid(error.problems) from error
    except UnknownCommand as error:
        raise unknown_command(name) from error
    except KeyReused as error:
        raise problems.key_reused(key) from error
    except EnvelopeTooLarge as error:
        raise problems.event_too_large(str(error)) from error
    except TooBusy as error:
        raise problems.busy() from error
    except StoreUnavailable as error:
        raise problems.unavailable() from error


def unknown_command(name: str) -> problems.ProblemError:
    """There is no command of this name."""
    return problems.not_found(
        problems.Said(zh=f"没有名为“{name}”的命令", en=f"There is no command “{name}”"),
        rule="UnknownCommand",
        field_name="name",
    )
