"""Counting the form: the steps of a territory's facts, and the row values that they make.

1. Counted is what was on record and in effect by t. Flow looks at the window [first day, t],
   stock at t itself.
2. A unit with both roles counts once in each and once in `distinct`. In a flow it has the
   role that it held on the day of the fact: a licence lost later changes nothing.
3. Who held neither licence nor filing on the day stands in no row of 1 to 14.
4. A fact of a territory counts in every territory above it. What a superior did about a firm
   counts where that firm is licensed or filed.
5. A superior's values count the facts anew, each organisation once. A regime of a superior
   holds in its units; beside its own answer a superior tells how many units say 是.
6. An annual report counts by the day on which it became public; one that is not public does not.
7. A declaration that another one replaced does not count.
8. The black board is no list: row 21 counts the statutory list of serious dishonesty alone.
Source: 楚雄州劳务中介专项整治行动量化统计表; reference 10.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.campaign.facts import CampaignLaunched, TableRow
from domain.departments import covers
from domain.statistics.form import FORM, REPORT_YEAR, ROWS, FormRow, Kind, Rule, row_of
from domain.terms import FileRef

HR, DISPATCH = "HR", "DISPATCH"
_BIT = {HR: 1, DISPATCH: 2}
_ROLES_OF = {1: (HR,), 2: (DISPATCH,), 3: (HR, DISPATCH)}
NO_END = "9999-12-31"


class What(StrEnum):
    """What a step tells."""

    HELD = "HELD"
    REPORTED = "REPORTED"
    INSPECTED = "INSPECTED"
    LISTED = "LISTED"
    FOUND = "FOUND"
    DECLARED = "DECLARED"
    REBATE = "REBATE"
    GUIDANCE = "GUIDANCE"
    ACTIVITY = "ACTIVITY"
    REGIME = "REGIME"
    STANDING = "STANDING"


class Step(NamedTuple):
    """One fact as the form needs it; days in ISO form, `until` the last day that it holds.

    `kind` is a role (HELD, LISTED), a year, a kind of inspection or activity, a code of the
    catalogue, a regime, a level or a list; `event` the id of the fact.
    """

    what: str
    subject: str
    kind: str
    region: str
    effective: str
    recorded: int
    event: str
    amount: int = 1
    until: str = NO_END


@dataclass(frozen=True, kw_only=True)
class Window:
    """What a campaign counts: from which day, the year of the annual reports, its units."""

    campaign: str
    starts: date
    form: str = FORM
    year: int = REPORT_YEAR
    units: tuple[str, ...] = ()

    def below(self, unit: str) -> tuple[str, ...]:
        """The reporting units that lie below a unit."""
        return tuple(one for one in self.units if one != unit and covers(unit, one))


def window_of(launched: CampaignLaunched) -> Window:
    """What a campaign counts, as its launch says."""
    return window_from(
        launched.campaign_id,
        launched.effective_from,
        units=launched.units,
        form=launched.indicators,
        year=launched.report_year,
    )


def window_from(
    campaign: str,
    starts: date,
    *,
    units: Iterable[str] = (),
    form: str | None = None,
    year: int | None = None,
) -> Window:
    """A window from its first day; a year that is not named is the one before."""
    return Window(
        campaign=campaign,
        starts=starts,
        form=form or FORM,
        year=year or starts.year - 1,
        units=tuple(sorted(units)),
    )


class Counted(NamedTuple):
    """What a value counts: an organisation (or an act of one), as which role, by which facts."""

    subject: str
    roles: tuple[str, ...]
    events: tuple[str, ...]
    amount: int = 1


@dataclass(frozen=True, kw_only=True)
class RowCount:
    """A row's value, and everything that it counts."""

    value: TableRow
    opened: tuple[Counted, ...] = ()


def counted(
    steps: Iterable[Step], window: Window, unit: str, day: date, rows: Sequence[FormRow] = ROWS
) -> tuple[RowCount, ...]:
    """The rows of a unit's form at the end of a day, from the facts on record by then.

    The steps may lie anywhere: those of other territories only tell who held what.
    """
    found = _Territory(steps, window, unit, day.isoformat())
    return tuple(found.row(row) for row in rows)


class _Territory:
    """The steps of one unit, sorted out by what they tell."""

    def __init__(self, steps: Iterable[Step], window: Window, unit: str, day: str) -> None:
        self._window, self._unit, self._day = window, unit, day
        self._since = window.starts.isoformat()
        held: dict[str, list[Step]] = {}
        told: dict[str, list[Step]] = {}
        for step in steps:
            if step.effective > day:
                continue
            if step.what == What.HELD:
                held.setdefault(step.subject, []).append(step)
            else:
                told.setdefault(step.what, []).append(step)
        self._held, self._told = held, told
        self._covered: dict[str, bool] = {}
        self._below = window.below(unit)

    def row(self, row: FormRow) -> RowCount:
        """One row's value."""
        if row.kind is Kind.TWO_KINDS:
            return self._two_kinds(row)
        if row.kind is Kind.YES_NO:
            return self._yes_no(row)
        if row.kind is Kind.ATTACHED:
            return RowCount(value=TableRow(row=row.number))
        return self._number(row)

    def _two_kinds(self, row: FormRow) -> RowCount:
        found: dict[str, tuple[int, tuple[str, ...]]] = {}
        for subject, role, event in self._with_roles(row):
            held = found.get(subject)
            if held is None:
                found[subject] = (_BIT[role], (event,))
            else:
                events = held[1] if event in held[1] else (*held[1], event)
                found[subject] = (held[0] | _BIT[role], events)
        kinds = [held for held, _ in found.values()]
        both = kinds.count(_BIT[HR] | _BIT[DISPATCH])
        value = TableRow(
            row=row.number,
            hr=kinds.count(_BIT[HR]) + both,
            disp=kinds.count(_BIT[DISPATCH]) + both,
            distinct=len(kinds),
        )
        opened = tuple(
            Counted(subject, _ROLES_OF[held], events)
            for subject, (held, events) in sorted(found.items())
        )
        return RowCount(value=value, opened=opened)

    def _with_roles(self, row: FormRow) -> Iterable[tuple[str, str, str]]:
        """(organisation, role, fact) of everything that a row of two kinds counts."""
        if row.rule is Rule.HELD:
            for subject, spans in self._held.items():
                for span in spans:
                    if self._day <= span.until and self._covers(span.region):
                        yield subject, span.kind, span.event
            return
        if row.rule is Rule.LISTED:
            for step in self._told.get(What.LISTED, ()):
                if self._covers(step.region):
                    yield step.subject, step.kind, step.event
            return
        for step in self._flow(row):
            day = step.effective
            for span in self._held.get(step.subject, ()):
                if span.effective <= day <= span.until:
                    yield step.subject, span.kind, step.event

    def _flow(self, row: FormRow) -> Iterable[Step]:
        wanted: list[tuple[What, tuple[str, ...]]]
        match row.rule:
            case Rule.REPORTED:
                wanted = [(What.REPORTED, (str(self._window.year),))]
            case Rule.INSPECTED:
                wanted = [(What.INSPECTED, row.of)]
            case Rule.FOUND_OR_DECLARED:
                wanted = [(What.FOUND, row.of), (What.REBATE, (self._window.campaign,))]
            case _:
                wanted = [(What.FOUND, row.of)]
        for what, kinds in wanted:
            for step in self._told.get(what, ()):
                if step.kind in kinds and self._since <= step.effective and self._here(step):
                    yield step

    def _number(self, row: FormRow) -> RowCount:
        if row.rule is Rule.STANDING:
            steps = [
                step
                for step in self._told.get(What.STANDING, ())
                if step.kind in row.of and self._day <= step.until and self._here(step)
            ]
        else:
            what = What.GUIDANCE if What.GUIDANCE in row.of else What.ACTIVITY
            steps = [
                step
                for step in self._told.get(what, ())
                if step.kind in row.of
                and self._since <= step.effective
                and self._covers(step.region)
            ]
        opened = _one_each(steps) if row.rule in (Rule.STANDING, Rule.PARTIES) else _each(steps)
        number = sum(one.amount for one in opened) if row.rule is Rule.SUM else len(opened)
        return RowCount(value=TableRow(row=row.number, number=number), opened=opened)

    def _yes_no(self, row: FormRow) -> RowCount:
        regimes = [
            step
            for step in self._told.get(What.REGIME, ())
            if step.kind in row.of and self._day <= step.until
        ]
        own = [step for step in regimes if covers(step.region, self._unit)]
        below = sum(any(covers(step.region, one) for step in regimes) for one in self._below)
        value = TableRow(row=row.number, answer=bool(own), yes_below=below if self._below else None)
        behind = [step for step in regimes if step in own or self._covers(step.region)]
        return RowCount(value=value, opened=_each(behind))

    def annex(self) -> dict[str, tuple[Counted, ...]]:
        """The findings of the window by code, of whoever it was: those without a row too."""
        found: dict[str, list[Step]] = {}
        for step in self._told.get(What.FOUND, ()):
            if self._since <= step.effective and self._here(step):
                found.setdefault(step.kind, []).append(step)
        return {code: _one_each(found[code]) for code in sorted(found)}

    def yet_to_declare(self) -> tuple[Counted, ...]:
        """Who holds a licence or filing at the moment and has not declared a self-check."""
        declared = {
            step.subject
            for step in self._told.get(What.DECLARED, ())
            if step.kind == self._window.campaign
        }
        held = self._two_kinds(row_of(1)).opened
        return tuple(one for one in held if one.subject not in declared)

    def _covers(self, region: str) -> bool:
        known = self._covered.get(region)
        if known is None:
            known = self._covered[region] = covers(self._unit, region)
        return known

    def _here(self, step: Step) -> bool:
        """Whether a fact about an organisation counts here: by its place, or by the firm's."""
        if self._covers(step.region):
            return True
        if not covers(step.region, self._unit):
            return False
        return any(self._covers(span.region) for span in self._held.get(step.subject, ()))


def annex(
    steps: Iterable[Step], window: Window, unit: str, day: date
) -> dict[str, tuple[Counted, ...]]:
    """Each code found in the campaign's scope with the organisations: what has no row as well."""
    return _Territory(steps, window, unit, day.isoformat()).annex()


def yet_to_declare(
    steps: Iterable[Step], window: Window, unit: str, day: date
) -> tuple[Counted, ...]:
    """The agencies of a unit that have not declared a self-check in the campaign."""
    return _Territory(steps, window, unit, day.isoformat()).yet_to_declare()


def with_attachments(
    rows: Iterable[TableRow], attached: Mapping[int, FileRef]
) -> tuple[TableRow, ...]:
    """The rows with the other forms that a person attached; a row of figures takes none."""
    return tuple(
        replace(one, attached=attached[one.row])
        if one.row in attached and row_of(one.row).kind is Kind.ATTACHED
        else one
        for one in rows
    )


def printed(row: TableRow) -> str:
    """A value as the third column has it: 4/2, a number, 是 or 否, or that a form is attached."""
    kind = row_of(row.row).kind
    if kind is Kind.TWO_KINDS:
        return f"{row.hr}/{row.disp}"
    if kind is Kind.NUMBER:
        return str(row.number)
    if kind is Kind.ATTACHED:
        return "见附表" if row.attached is not None else ""
    own = "是" if row.answer else "否"
    return own if row.yes_below is None else f"{own}（下级答“是”{row.yes_below}个）"


def _each(steps: Iterable[Step]) -> tuple[Counted, ...]:
    """Every fact for itself."""
    return tuple(
        Counted(step.subject, (), (step.event,), step.amount)
        for step in sorted(steps, key=lambda step: (step.effective, step.event))
    )


def _one_each(steps: Iterable[Step]) -> tuple[Counted, ...]:
    """Every organisation once, with all its facts."""
    events: dict[str, list[str]] = {}
    for step in sorted(steps, key=lambda step: (step.effective, step.event)):
        events.setdefault(step.subject, []).append(step.event)
    return tuple(Counted(subject, (), tuple(events[subject])) for subject in sorted(events))
