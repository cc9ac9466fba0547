"""Commands: the base of every request to decide, and what a decision is made of.

A command is a frozen dataclass declared with `@command`; its module registers one decider
for it: which histories it reads (`reads`) and what it decides (`decide`). A decider is a
pure function of the command, those histories and the context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Protocol, TypeVar

from domain.facts import Fact, Recorded, instant


@dataclass(frozen=True, kw_only=True)
class Command:
    """A request that may be refused by a named rule.

    `NAME` is the class name. `AUTOMATIC` commands are given by rules and clocks only,
    never by a person. `IRREVERSIBLE` ones show recipients and deadlines before they are given.
    """

    NAME: ClassVar[str]
    ZH: ClassVar[str]
    EN: ClassVar[str]
    SOURCE: ClassVar[str]
    AUTOMATIC: ClassVar[bool]
    IRREVERSIBLE: ClassVar[bool]


@dataclass(frozen=True, kw_only=True)
class Own:
    """A stream of the deciding department, to be folded whole: `licence/<USCC>:LIC_HRS`.

    It is given as it stands (voided facts gone, replaced fields new); with `as_recorded`,
    which only a correction needs, as it was recorded, corrections among it. With `latest` only
    its newest fact is given, as recorded: a register is read at the same cost at any length.
    """

    stream: str
    as_recorded: bool = False
    latest: bool = False


@dataclass(frozen=True, kw_only=True)
class Received:
    """What the department has received: of one stream, region or subject, or one fact.

    Exactly one of `stream`, `region`, `subject` and `event` is given. `types` narrows it (all
    types if empty). One fact is given as it was recorded, all else as it stands.
    """

    stream: str | None = None
    region: str | None = None
    subject: str | None = None
    event: str | None = None
    types: tuple[str, ...] = ()


Read = Own | Received


class History(Protocol):
    """The histories that a decision asked for, in order, already loaded."""

    def own(self, stream: str) -> tuple[Recorded[Any], ...]:
        """The facts of one of this department's own streams, oldest first."""
        ...

    def received(self, read: Received) -> tuple[Recorded[Any], ...]:
        """The received facts of one read, in the order (stamp, department, sequence)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Post:
    """Who acts: a post of an organ in a region, never a name.

    `id` is `HRSS_APPR@210103`, `HRSS_INSP.HEAD@210103` for a post with a role of its own, or
    `AUTO:R12@HRSS_MKT` for a rule; `appointment` names the grant by which the post acts.
    """

    id: str
    organ: str
    region: str
    appointment: str
    automatic: bool = False

    @property
    def role(self) -> str:
        """The post's role within its organ (OFFICER, REVIEWER, HEAD); empty for a whole office."""
        return "" if self.automatic else self.id.split("@")[0].partition(".")[2]


def _no_randomness(_: int) -> bytes:
    raise LookupError("this decision was given no randomness")


def _no_seal(_: str, __: bytes, ___: bytes) -> str:
    raise LookupError("this decision was given no means to seal a deposit")


def _no_opening(_: str, __: bytes, ___: str) -> bytes | None:
    raise LookupError("this decision was given no means to open a deposit")


def _no_lines(_: str) -> Iterable[bytes]:
    raise LookupError("this decision was given no files to read")


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a decision knows besides histories: the moment, the actor, the rules in force.

    `mint(kind)` gives a fresh id, always the same for the same command and call order.
    `cause` is the fact that a rule reacts to; None for a person's command. `draw(n)` gives n
    random bytes that nobody can foretell: for secrets only, other each time.

    `seal(public_key, label, secret)` makes a deposit for the escrow, `unseal(key, label,
    deposit)` opens one (None: it is not what that key and label open); `lines(sha256)` gives
    the lines of a kept file, found unchanged.
    """

    now: int
    post: Post
    department: str
    region: str
    mint: Callable[[str], str]
    cause: Recorded[Any] | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    draw: Callable[[int], bytes] = _no_randomness
    seal: Callable[[str, bytes, bytes], str] = _no_seal
    unseal: Callable[[str, bytes, str], bytes | None] = _no_opening
    lines: Callable[[str], Iterable[bytes]] = _no_lines

    @property
    def moment(self) -> datetime:
        """The instant of the decision, +08:00."""
        return instant(self.now)

    @property
    def today(self) -> date:
        """The day of the decision in China."""
        return self.moment.date()


@dataclass(frozen=True, kw_only=True)
class Decided:
    """One fact that a decision brings about, and the stream it belongs to.

    `subject` keys the record on the log. `matter` is the home matter. `occurred` defaults
    to the moment of the decision, `effective` to its day. `family` is given only by a
    correction, which travels with the fact that it corrects. `keeps` are the bytes of a file
    that the fact refers to, with their media type: they are kept before it is recorded.
    """

    stream: str
    fact: Fact
    subject: str
    matter: str
    region: str | None = None
    occurred: datetime | None = None
    effective: date | None = None
    decided: datetime | None = None
    served: datetime | None = None
    family: str | None = None
    keeps: tuple[tuple[bytes, str], ...] = ()


C = TypeVar("C", bound=Command)


@dataclass(frozen=True)
class Decider:
    """How one command is decided: what it reads, and the pure decision.

    `then` names what is read besides, once the first histories say whose (a case its parties).
    """

    command: type[Command]
    reads: Callable[[Any], tuple[Read, ...]]
    decide: Callable[[Any, History, Context], Iterable[Decided]]
    then: Callable[[Any, History], tuple[Read, ...]] | None = None


COMMANDS: dict[str, type[Command]] = {}
"""Every command class by its name."""

DECIDERS: dict[str, Decider] = {}
"""Every command's decider by the command's name."""


def command(
    *, zh: str, en: str, source: str, automatic: bool = False, irreversible: bool = False
) -> Callable[[type[C]], type[C]]:
    """Declares a command class: its labels, its source, and whether a person may give it."""

    def declare(cls: type[C]) -> type[C]:
        if cls.__name__ in COMMANDS:
            raise TypeError(f"{cls.__name__} is declared twice")
        cls.NAME, cls.ZH, cls.EN, cls.SOURCE = cls.__name__, zh, en, source
        cls.AUTOMATIC, cls.IRREVERSIBLE = automatic, irreversible
        COMMANDS[cls.__name__] = cls
        return cls

    return declare


def decides(
    command_class: type[Command],
    *,
    reads: Callable[[Any], tuple[Read, ...]],
    then: Callable[[Any, History], tuple[Read, ...]] | None = None,
) -> Callable[
    [Callable[[Any, History, Context], Iterable[Decided]]],
    Callable[[Any, History, Context], Iterable[Decided]],
]:
    """Registers the decorated pure function as the decider of a command."""

    def register(
        decide: Callable[[Any, History, Context], Iterable[Decided]],
    ) -> Callable[[Any, History, Context], Iterable[Decided]]:
        DECIDERS[command_class.__name__] = Decider(command_class, reads, decide, then)
        return decide

    return register
