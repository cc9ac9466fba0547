"""A fact of the tests' own in two versions, declared as any other and taken back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain import powers
from domain.commands import COMMANDS, DECIDERS, Command, Decided, command, decides
from domain.facts import FACTS, Fact, fact
from domain.powers import Power
from domain.terms import Term, Uscc
from domain.versions import SUCCESSIONS, Data, supersedes
from gateways.department.deciding.sealing import PERSONAL

V1, V2 = "subject.noted.v1", "subject.noted.v2"
UNTIL = date(2025, 6, 30)
Text = Annotated[str, Term(zh="备注", en="Note", min_length=1, max_length=100, example="甲")]


def upcast(data: Data) -> dict[str, Any]:
    """Version 1 had one text; version 2 has its words one by one."""
    return {"uscc": data["uscc"], "words": data["note"].split(" ")}


def downcast(data: Data) -> dict[str, Any]:
    """The words as the one text that readers of version 1 know."""
    return {"uscc": data["uscc"], "note": " ".join(data["words"])}


@contextmanager
def declared(*, newest: int, until: date | None = UNTIL) -> Iterator[dict[str, type[Fact]]]:
    """The fact, its command and its power; with `newest` 2 the second version and its succession."""

    @fact(V1, family="registration", organs=("SAMR",), zh="备注", en="Noted", source="test")
    @dataclass(frozen=True, kw_only=True)
    class Noted(Fact):
        """Something was noted about a firm."""

        uscc: Uscc
        note: Text

    made: dict[str, type[Fact]] = {V1: Noted}
    if newest == 2:

        @fact(V2, family="registration", organs=("SAMR",), zh="备注", en="Noted", source="test")
        @dataclass(frozen=True, kw_only=True)
        class NotedInWords(Fact):
            """Something was noted about a firm, word by word."""

            uscc: Uscc
            words: tuple[Text, ...]

        made[V2] = NotedInWords
        supersedes(V1, V2, upcast=upcast, downcast=downcast if until else None, until=until)

    @command(zh="备注", en="Note", source="test")
    @dataclass(frozen=True, kw_only=True)
    class NoteSomething(Command):
        """Notes something about a firm."""

        organisation: Uscc
        note: Text

    @decides(NoteSomething, reads=lambda _: ())
    def note(asked: Any, _histories: Any, _context: Any) -> Iterator[Decided]:
        data = {"uscc": asked.organisation, "note": asked.note}
        told: Any = made[V2](**upcast(data)) if newest == 2 else Noted(**data)
        yield Decided(
            stream=f"organisation/{asked.organisation}",
            fact=told,
            subject=asked.organisation,
            matter=f"M-{asked.organisation}",
        )

    held = powers.POWERS
    powers.POWERS = (*held, Power("SAMR", "NoteSomething", "test", date(2020, 1, 1)))
    powers._held.cache_clear()
    PERSONAL["NoteSomething"] = ()
    try:
        yield made
    finally:
        powers.POWERS = held
        powers._held.cache_clear()
        for table in (COMMANDS, DECIDERS, PERSONAL):
            table.pop("NoteSomething", None)  # type: ignore[attr-defined]
        for name in made:
            FACTS.pop(name, None)
        SUCCESSIONS.pop(V1, None)
