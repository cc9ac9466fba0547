"""The persons in a command: their values are sealed before it is decided, and kept by one organ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

import domain.law  # noqa: F401 -- completes the table of commands
from domain import protected
from domain.commands import COMMANDS, Post
from domain.terms import PersonRef
from gateways.department.database import Database
from gateways.trust.vault import Keeper, Vault


class Sealing:
    """Seals what the commands of one department tell of persons."""

    def __init__(self, database: Database, vault: Vault, draw: Callable[[int], bytes]) -> None:
        self._database, self._vault, self._draw = database, vault, draw

    def must_keep(self, name: str, data: Mapping[str, Any], post: Post) -> None:
        """Refuses to read or erase a value that another organ keeps, before it is on record."""
        person = data.get("person")
        if name in protected.ABOUT_SEALED and isinstance(person, str):
            with self._database.reading() as connection:
                keeper = self._vault.keeper(connection, person)
            if keeper is not None:
                protected.must_keep(person, keeper.organ, keeper.region, post)

    def sealed(
        self, name: str, data: Mapping[str, Any], post: Post, scope: str, now: int
    ) -> tuple[dict[str, Any], list[PersonRef]]:
        """The data with each personal object replaced by its sealed reference."""
        sealed: dict[str, Any] = dict(data)
        persons = []
        keeper = Keeper(protected.keeper_of(post, data.get("type")), post.region)
        for field_name in personal_fields(name):
            value = sealed.get(field_name)
            if value is None:
                continue
            with self._database.writing() as connection:
                reference = self._vault.seal(
                    connection, value, draw=self._draw, now=now, scope=scope, keeper=keeper
                )
            sealed[field_name] = msgspec.to_builtins(reference)
            persons.append(reference)
        return sealed, persons

    def confirm(self, persons: Sequence[PersonRef]) -> None:
        """Notes that the command which names these persons is on record."""
        if persons:
            with self._database.writing() as connection:
                self._vault.confirm(connection, persons)


def personal_fields(name: str) -> tuple[str, ...]:
    """The fields of a command that carry a person's values."""
    return PERSONAL[name]


PERSONAL: dict[str, tuple[str, ...]] = {
    name: tuple(
        spec.name
        for spec in msgspec.inspect.type_info(command).fields  # type: ignore[attr-defined]
        if "PersonRef" in repr(spec.type)
    )
    for name, command in COMMANDS.items()
}
