"""Importing: a dry run first, then every good row as a command of the post, or none.

1. The dry run reads and judges every row, and asks the department what it would say to it.
   Nothing is recorded.
2. `ALL` gives nothing while one row is bad; `GOOD` gives the good ones and names the others.
3. A row's key is made of its content. A row that was given before changes nothing, also when
   an import was interrupted and is begun again.
4. Each row is recorded whole or not at all. An import that is killed while it gives leaves the
   rows before; the same file given again gives the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from domain.commands import Post
from domain.errors import Refusal
from gateways.contracts import canonical
from gateways.department.deciding.answers import InvalidCommand
from gateways.files.exchange.checking import Bad, BadCell, Good, judged, written
from gateways.files.exchange.layouts_words import Layout
from gateways.files.exchange.reading import column_letters, rows_of
from gateways.files.exchange.refusals import LayoutOnlyOut

SHOWN_MOST = 1000
"""Bad cells that a report holds; the others are counted, and told to who listens."""


class Choice(StrEnum):
    """What is done with the good rows."""

    CHECK = "CHECK"
    ALL = "ALL"
    GOOD = "GOOD"


class Receiver(Protocol):
    """A department that is given rows."""

    def foresee(self, name: str, data: dict[str, Any], post: Post) -> Any: ...
    def give(
        self, name: str, data: dict[str, Any], post: Post, *, key: str, credential: str
    ) -> Any: ...
    def given_before(self, key: str, credential: str) -> bool: ...
    def row_key(self, content: bytes) -> str: ...


@dataclass(kw_only=True)
class Report:
    """How an import went, in rows; `cells` are the bad ones, `more` says how many are not held.

    `read` = `good` + `bad`. Of the good ones `given` brought about facts, `repeated` stood on
    record already. `applied` says that good rows were given.
    """

    read: int = 0
    good: int = 0
    bad: int = 0
    given: int = 0
    repeated: int = 0
    applied: bool = False
    cells: list[BadCell] = field(default_factory=list)
    more: int = 0


Tell = Callable[[BadCell], object]
Advance = Callable[[bool, int], object]
"""Hears how far an import is: whether it gives rows by now, and how many it has gone through."""
ADVANCE_ROWS = 100


def imported(
    path: Path,
    layout: Layout,
    choice: Choice,
    post: Post,
    receiver: Receiver,
    *,
    name: str | None = None,
    tell: Tell | None = None,
    advance: Advance = lambda _giving, _rows: None,
    ask: bool = True,
) -> Report:
    """Checks a file, and gives its rows as chosen.

    Each bad cell goes to `tell` as it is found; `advance` hears of every hundredth row. Without `ask` the dry run does not ask the
    department, which then may refuse a row when it is given. Raises LayoutOnlyOut,
    TableUnreadable, TableHeadingsMissing, TableColumnTwice before anything is given.
    """
    if layout.command is None:
        raise LayoutOnlyOut(layout=layout.zh)
    exchange = _Exchange(path, layout, post, receiver, name)
    report = Report()
    # A file that breaks off is refused before anything is given, so all of it is read first.
    for one in exchange.checked(ask and choice is not Choice.GOOD):
        _count(report, one, None if choice is Choice.GOOD else tell)
        if report.read % ADVANCE_ROWS == 0:
            advance(False, report.read)
    if choice is Choice.CHECK or (choice is Choice.ALL and report.bad):
        return report
    report = Report(applied=True)
    for one, repeated in exchange.given():
        _count(report, one, tell)
        if isinstance(one, Good):
            report.repeated += repeated
            report.given += not repeated
        if report.read % ADVANCE_ROWS == 0:
            advance(True, report.read)
    return report


def _count(report: Report, one: Good | Bad, tell: Tell | None) -> None:
    report.read += 1
    if isinstance(one, Good):
        report.good += 1
        return
    report.bad += 1
    for cell in one.cells:
        if len(report.cells) < SHOWN_MOST:
            report.cells.append(cell)
        else:
            report.more += 1
        if tell is not None:
            tell(cell)


class _Exchange:
    """One file on its way to one department."""

    def __init__(
        self, path: Path, layout: Layout, post: Post, receiver: Receiver, name: str | None
    ) -> None:
        self._path, self._layout, self._post, self._name = path, layout, post, name
        self._receiver = receiver
        self._credential = f"exchange:{post.organ}@{post.region}"

    def checked(self, ask: bool) -> Iterator[Good | Bad]:
        """Every row as the file and, where asked, the department judge it."""
        # Rows given before come one behind the other: what the last one was is looked for first.
        before = True
        for one in judged(self._layout, rows_of(self._path, self._name)):
            if isinstance(one, Bad) or not ask:
                yield one
                continue
            looked = before
            if looked and (before := self._before(one.data)):
                yield one
                continue
            found = self._asked(one)
            if isinstance(found, Bad) and not looked and self._before(one.data):
                before, found = True, one
            yield found

    def given(self) -> Iterator[tuple[Good | Bad, bool]]:
        """Gives every good row; whether it stood on record already."""
        for one in judged(self._layout, rows_of(self._path, self._name)):
            if isinstance(one, Bad):
                yield one, False
                continue
            key = self._key(one.data)
            if self._receiver.given_before(key, self._credential):
                yield one, True
                continue
            try:
                events = self._either(
                    one.data,
                    lambda data, key=key: self._receiver.give(  # type: ignore[misc]
                        str(self._layout.command),
                        data,
                        self._post,
                        key=key,
                        credential=self._credential,
                    ),
                ).events
            except (Refusal, InvalidCommand) as wrong:
                yield self._refused(one, wrong), False
            else:
                yield one, not events

    def _asked(self, one: Good) -> Good | Bad:
        try:
            self._either(
                one.data,
                lambda data: self._receiver.foresee(str(self._layout.command), data, self._post),
            )
        except (Refusal, InvalidCommand) as wrong:
            return self._refused(one, wrong)
        return one

    def _either(self, data: dict[str, Any], act: Callable[[dict[str, Any]], Any]) -> Any:
        """The act on the data; where its entry stands and is renewed, on that of the renewal."""
        try:
            return act(data)
        except Refusal as refusal:
            renewed = self._layout.renews(refusal.rule, refusal.values, data)
            if renewed is None:
                raise
        return act(renewed)

    def _before(self, data: Mapping[str, Any]) -> bool:
        return self._receiver.given_before(self._key(data), self._credential)

    def _key(self, data: Mapping[str, Any]) -> str:
        content = canonical.encode({"layout": self._layout.code, "row": dict(data)})
        return self._receiver.row_key(content)

    def _refused(self, one: Good, wrong: Refusal | InvalidCommand) -> Bad:
        if isinstance(wrong, InvalidCommand):
            rule, name = "FieldInvalid", wrong.problems[0].field
            zh, en = wrong.problems[0].zh, wrong.problems[0].en
        else:
            rule, name = wrong.rule, wrong.field or ""
            zh, en = wrong.sentence("zh"), wrong.sentence("en")
        name = self._layout.cells.get(rule, name)
        column = next((each for each in self._layout.columns if each.field == name), None)
        place = one.places.get(name)
        cell = BadCell(
            sheet=one.sheet,
            cell=f"{'' if place is None else column_letters(place)}{one.number}",
            heading="" if column is None else column.zh,
            value=written(column, one.data) if column is not None else "",
            rule=rule,
            zh=zh,
            en=en,
        )
        return Bad(one.sheet, one.number, (cell,))
