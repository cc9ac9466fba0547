"""Marks: what a fact leaves on the clocks of a key, a start with its term or an end."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from hashlib import sha1
from typing import NamedTuple

from domain.calendar.deadlines import Due, Period, due, fixed
from domain.calendar.working_days import CALENDAR, Calendar
from domain.clocks.words import Ending
from domain.facts import CHINA

_NAMESPACE = sha1(uuid.UUID("5c7f5a0e-0d1f-5b0a-9a4e-636c6f636b73").bytes, usedforsecurity=False)
_VARIANT = {f"{n:x}": f"{n & 0x3 | 0x8:x}" for n in range(16)}


def clock_id(source_event: str, code: str, item: str = "") -> str:
    """The id of the clock that a fact starts; `item` where one fact starts several of a code.

    A UUID of version 5 (RFC 9562), written out here: every start needs one, and `uuid.uuid5`
    takes twice the time.
    """
    name = f"{source_event}/{code}/{item}" if item else f"{source_event}/{code}"
    hashed = _NAMESPACE.copy()
    hashed.update(name.encode())
    text = hashed.hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


class ClockStart(NamedTuple):
    """A start as a mark: everything that the term's end is computed from.

    `on` is the day (or, for hours, the instant) that is not counted; `until` the last day
    where a document or a rule fixes it, with `period` None. `correction` is the fact by which
    the starting fact reads so, where it was corrected. An empty `owner` is that of the ground.
    """

    code: str
    key: str
    item: str
    event: str
    stamp: int
    department: str
    sequence: int
    on: date | datetime
    period: Period | None
    until: date | None
    rolls: bool
    subject: str
    matter: str
    region: str
    owner: str
    data: dict[str, str]
    rule_version: str
    policy_version: str
    correction: str = ""

    @property
    def order(self) -> tuple[int, str, int]:
        """The place of the starting fact in the one order."""
        return (self.stamp, self.department, self.sequence)

    def due_with(self, length: Period | None, calendar: Calendar = CALENDAR) -> Due:
        """The end of a term of this length (None: the fixed last day) by a calendar."""
        if self.until is not None or length is None:
            return fixed(self.until or last_day(self.on), calendar)
        return due(self.on, length, calendar, self.rolls)


class ClockEnd(NamedTuple):
    """A mark that bears on clocks: STOP, GROUND, EXTEND, LENGTH, PAUSE, RESUME, ACTED or VOID.

    `at` is the stamp that counts: of the record, or of the end of the earlier day on which
    a document says that it happened. `by` is the number of an extension (LENGTH: of the whole
    term), `on` the day of a suspension or resumption, `organ` and `region` those of a ground.
    VOID says that the marks of `target` count no longer, or count as its `correction` reads.
    """

    code: str
    key: str
    kind: str
    item: str | None
    event: str
    stamp: int
    department: str
    sequence: int
    at: int
    ending: Ending = Ending.FULFILLED
    by: int = 0
    on: date | None = None
    organ: str = ""
    region: str = ""
    target: str = ""
    correction: str = ""

    @property
    def order(self) -> tuple[int, str, int]:
        """The place of this fact in the one order."""
        return (self.stamp, self.department, self.sequence)


def last_day(on: date | datetime) -> date:
    """The day itself, or the day in China of an instant."""
    return on.astimezone(CHINA).date() if isinstance(on, datetime) else on
