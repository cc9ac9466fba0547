"""What a command's data become before it is decided: files kept, and filled in what nobody types.

A decision reads no file and no register: content is kept and referred to, a document's files are
made, a population is frozen, a form is counted, and what a draw drew is read from its record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.commands import COMMANDS, Own, Post
from domain.facts import Recorded
from domain.inspection import drawn
from domain.lead.halves import both, known
from gateways.contracts.fields import file_places, replaced
from gateways.department.database import Database
from gateways.department.deciding.answers import InvalidCommand
from gateways.department.deciding.draws import Draws
from gateways.department.deciding.histories import load
from gateways.department.deciding.populations import Populations
from gateways.department.deciding.tables import Tables
from gateways.files.documents import Documents
from gateways.files.keeping import Files
from gateways.store.port import EventStore


class Preparing:
    """Prepares the commands of one department."""

    def __init__(self, store: EventStore, database: Database, files: Files, draws: Draws) -> None:
        self._store, self._database, self._files, self._draws = store, database, files, draws
        self._documents = Documents(files, self._own)
        self._populations = Populations(files, database, self._halves)
        self._tables = Tables(files, database, self._halves)

    def prepared(
        self,
        name: str,
        data: Mapping[str, Any],
        post: Post,
        region: str,
        now: int,
        *,
        rehearsed: bool = False,
    ) -> dict[str, Any]:
        """Valid data as it is decided, of a region; `rehearsed` makes no key of the escrow.

        Raises InvalidCommand for a document's content that could not be printed, and the
        refusals of what is kept, made, frozen or counted.
        """
        found = self._kept(name, data, post, now)
        unfit = self._documents.problems(name, found, post, now)
        if unfit:
            raise InvalidCommand(name, unfit)
        found = self._documents.prepared(name, found, post, now)
        found = self._draws.prepared(name, found, rehearsed=rehearsed)
        found = self._populations.prepared(name, found, post, region, now)
        found = self._tables.prepared(name, found, post, region, now)
        found = drawn.filled(name, found, self._halves, self._draws.lines)
        if "region" in COMMANDS[name].__dataclass_fields__:
            found.setdefault("region", region)
        return found

    def _kept(self, name: str, data: Mapping[str, Any], post: Post, now: int) -> dict[str, Any]:
        """The data with each file that it carries kept, and replaced by its reference."""
        found = dict(data)
        for place in file_places(name):
            found = replaced(found, place, lambda given: self._files.taken(given, post, now=now))
        return found

    def _own(self, stream: str) -> tuple[Recorded[Any], ...]:
        return load((Own(stream=stream),), self._store, self._database)[0].own(stream)

    def _halves(self, stream: str) -> tuple[Recorded[Any], ...]:
        return known(load(both(stream), self._store, self._database)[0], stream)
