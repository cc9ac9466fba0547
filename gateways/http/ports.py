"""What the web edge needs of the platform: the smallest shape of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import sqlalchemy as sa

from domain.commands import Post
from domain.facts import Recorded
from gateways.department.quarantine.treatment import Treatment
from gateways.files.keeping import Files
from gateways.log.port import Log


class Moment(Protocol):
    """The platform's clock, real or simulated."""

    def now(self) -> int:
        """Microseconds since 1970."""
        ...


class GivenEvent(Protocol):
    """One event that a command brought about."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def sequence(self) -> int: ...
    @property
    def topic(self) -> str | None: ...
    @property
    def partition(self) -> int: ...
    @property
    def partition_sequence(self) -> int: ...


class Given(Protocol):
    """The answer to an accepted command."""

    @property
    def command_id(self) -> str: ...
    @property
    def events(self) -> Sequence[GivenEvent]: ...
    @property
    def repeated(self) -> bool: ...
    @property
    def position(self) -> str: ...


class DepartmentPort(Protocol):
    """A department at work, as pages and API see it."""

    @property
    def id(self) -> str: ...
    @property
    def files(self) -> Files: ...
    @property
    def treatment(self) -> Treatment: ...

    def give(
        self,
        name: str,
        data: dict[str, Any],
        post: Post,
        key: str,
        credential: str = "local",
        expected: Mapping[str, int] | None = None,
    ) -> Given:
        """Decides one command; raises a named refusal, or tells what is wrong with it."""
        ...

    def given_before(self, key: str, credential: str) -> bool:
        """Whether a command was recorded under a key."""
        ...

    def row_key(self, content: bytes) -> str:
        """The key of a row of a file."""
        ...

    def foresee(
        self,
        name: str,
        data: dict[str, Any],
        post: Post,
        *,
        expected: Mapping[str, int] | None = None,
    ) -> tuple[Recorded[Any], ...]:
        """The facts that a command would bring about; refuses what giving it would refuse."""
        ...

    def person(self, reference: str, purpose: str, post: Post, *, key: str) -> dict[str, Any]:
        """A protected value, after the fact that it is read was recorded."""
        ...

    def applied(self, position: str) -> bool:
        """Whether this department's projections contain the events of a position."""
        ...

    def closed_through(self) -> int:
        """The stamp up to which this department has everything it is entitled to."""
        ...

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection that reads this department's projections."""
        ...


class PlatformPort(Protocol):
    """The departments that run in this process."""

    @property
    def departments(self) -> Mapping[str, Any]: ...
    @property
    def clock(self) -> Moment: ...
    @property
    def log(self) -> Log: ...
