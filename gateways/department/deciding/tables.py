"""The counting of a statistics form: from the department's reader to a kept file, before it is prepared.

1. The figures are the department's: whatever was asked for is replaced by what the facts give.
   Of the rows that a person gave, only the other forms that they attach are taken over.
2. The content is canonical and content-addressed. It names the moment, the window and what had
   come from each department, so that counting it again gives the same bytes for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from domain.campaign.facts import CampaignLaunched, TableRow, campaign_of
from domain.commands import Post
from domain.facts import Recorded, stamp_of
from domain.statistics.counting import Window, window_of, with_attachments
from domain.terms import FileRef
from gateways.contracts import canonical
from gateways.department.database import Database
from gateways.files.keeping import JSON, Files
from projections import statistics
from projections.statistics import Form

History = Callable[[str], tuple[Recorded[Any], ...]]
"""The facts of a stream, the department's own half and the received one, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Recount:
    """A sealed content counted again: whether it is the same, and the rows that differ."""

    same: bool
    sealed_sha256: str
    differing: tuple[int, ...]


class Tables:
    """The statistics forms that one department counts."""

    def __init__(self, files: Files, database: Database, history: History) -> None:
        self._files, self._database, self._history = files, database, history

    def prepared(
        self, name: str, data: Mapping[str, Any], post: Post, unit: str, now: int
    ) -> dict[str, Any]:
        """The data of a form being prepared with its figures counted and its content kept.

        Nothing is counted for an unknown campaign or a moment that has not come: the decision
        says what is wrong.
        """
        found = dict(data)
        if name != "PrepareTable":
            return found
        found["computed"], found["content"] = [], None
        facts = self._history(campaign_of(found["campaign"]))
        launched = [one.fact for one in facts if isinstance(one.fact, CampaignLaunched)]
        as_of = stamp_of(datetime.fromisoformat(str(found["as_of"])))
        if not launched or as_of > now:
            return found
        given = msgspec.convert(found.get("rows") or [], list[TableRow])
        attached = {one.row: one.attached for one in given if one.attached is not None}
        with self._database.reading() as connection:
            form = statistics.table(connection, window_of(launched[-1]), unit, as_of)
        rows = with_attachments(form.values, attached)
        kept = self._files.keep([content_of(form, rows)], JSON, post, now=now)
        found["computed"] = [_plain(one) for one in rows]
        found["content"] = msgspec.to_builtins(kept)
        return found


def content_of(form: Form, rows: Iterable[TableRow]) -> bytes:
    """The canonical bytes that are sealed: the counted form, with the other forms attached."""
    attached = {one.row: one.attached for one in rows if one.attached is not None}
    content = form.content()
    for row in content["rows"]:
        if row["row"] in attached:
            row["attached"] = msgspec.to_builtins(attached[row["row"]])
    return canonical.encode(content)


def form_of(connection: Connection, content: Mapping[str, Any]) -> tuple[Form, list[TableRow]]:
    """A sealed form counted again from the facts, as of its own moment, with what it attached."""
    window = Window(
        campaign=content["campaign"],
        starts=date.fromisoformat(content["starts"]),
        form=content["form"],
        year=content["year"],
        units=tuple(content["units"]),
    )
    form = statistics.table(
        connection, window, content["unit"], content["as_of"], known=content["known"]
    )
    attached = {
        row["row"]: FileRef(**row["attached"]) for row in content["rows"] if "attached" in row
    }
    return form, list(with_attachments(form.values, attached))


def counted_again(connection: Connection, content: Mapping[str, Any], sha256: str) -> Recount:
    """Whether a sealed content is what the facts give for its moment; `sha256` is its digest."""
    form, rows = form_of(connection, content)
    again = canonical.decode(content_of(form, rows))
    sealed = {row["row"]: row for row in content["rows"]}
    return Recount(
        same=again == content,
        sealed_sha256=sha256,
        differing=tuple(row["row"] for row in again["rows"] if sealed.get(row["row"]) != row),
    )


def _plain(row: TableRow) -> dict[str, Any]:
    given: dict[str, Any] = msgspec.to_builtins(row)
    return {name: value for name, value in given.items() if value is not None}
