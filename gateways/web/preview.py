"""What an irreversible command sets in motion: its facts, who is told, which terms begin or end.

The command is decided as it was typed, on the histories as they stand, and nothing is recorded:
what would be refused is refused here, and every date is that of the command's own data and of
its region's settings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from domain.calendar.deadlines import Unit
from domain.clocks.marks import ClockEnd, ClockStart
from domain.clocks.reckoning import Clock, Debtor, clocks_of, marks_of
from domain.departments import NODES, readers_of, topics_written
from domain.facts import FACTS, Audience, Recorded
from domain.policy import policy_for
from domain.reactions import Kind, rules_for
from projections.clocks.terms import KEYS, read_marks

BRINGS_ABOUT: dict[str, tuple[str, ...]] = {
    "GrantLicence": ("licence.granted.v1",),
    "AnnulLicence": ("licence.annulled.v1",),
    "RevokeLicence": ("licence.revoked.v1",),
    "DeregisterLicence": ("licence.deregistered.v1",),
    "OverturnDecision": ("review.decision_overturned.v1",),
    "CorrectFact": ("fact.corrected.v1",),
    "CorrectResult": ("fact.corrected.v1",),
    "SealDocument": ("document.sealed.v1",),
    "ServeDocument": ("document.served.v1",),
    "FileCase": ("case.filed.v1",),
    "DecidePenalty": ("case.penalty_decided.v1",),
    "DecideHandling": ("case.handling_decided.v1",),
    "ServePenalty": ("case.penalty_served.v1",),
    "CloseCase": ("case.closed.v1",),
    "PublishDecision": ("case.publication_changed.v1",),
    "TransferReferral": ("referral.transferred.v1",),
    "RequestOnlineDisposal": ("online.disposal_requested.v1",),
    "DecideFiling": ("referral.filing_decided.v1",),
    "ApprovePlan": ("draw.plan_approved.v1",),
    "RevealForDraw": ("draw.revealed.v1",),
    "LaunchCampaign": ("campaign.launched.v1",),
    "SubmitReport": ("campaign.report_submitted.v1",),
    "ShowOnBoard": ("campaign.board_changed.v1",),
    "CloseCampaign": ("campaign.closed.v1",),
    "DiscardParked": ("delivery.parked_decided.v1",),
    "ErasePerson": ("access.person_erased.v1",),
}
"""The facts of each irreversible command; a test holds the table complete."""


PARTY = "PARTY"
"""The party itself as the one a fact is addressed to."""


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """Whom a fact goes to by name: an organ of a territory, or the party (`organ` is PARTY)."""

    organ: str
    region: str
    copy: bool = False


@dataclass(frozen=True, kw_only=True)
class Term:
    """A term that the decision begins, ends, suspends or moves; `owner` is who has to keep it.

    `until` is the instant at which a term of hours ends; a term of days ends with its day.
    """

    code: str
    zh: str
    en: str
    basis: str
    owner: str
    region: str
    party: bool
    due: str
    until: int | None
    provisional: bool
    change: str


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """A fact that the command brings about, who receives it, and what a machine does on it."""

    zh: str
    en: str
    type: str
    addressed: tuple[Addressed, ...]
    recipients: tuple[str, ...]
    automatic: tuple[dict[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The whole of it: the facts, those that the command is for first, and the terms they move."""

    facts: tuple[Foreseen, ...]
    terms: tuple[Term, ...]


def preview(name: str, decided: Iterable[Recorded[Any]], conn: Connection) -> Preview:
    """What a decision that was looked at sets in motion."""
    facts = sorted(decided, key=lambda one: one.type not in BRINGS_ABOUT[name])
    return Preview(
        facts=tuple(_foreseen(one) for one in facts),
        terms=tuple(_terms(facts, conn)),
    )


def recipients_of(department: str, type_name: str) -> tuple[str, ...]:
    """The departments that receive facts of a type which this department records."""
    fact = FACTS[type_name]
    if fact.AUDIENCE is not Audience.DEPARTMENTS:
        return ()
    topics = topics_written(department, fact.FAMILY)
    readers = {reader for topic in topics for reader in readers_of(topic)}
    return tuple(node for node in NODES if node in readers)


def _foreseen(one: Recorded[Any]) -> Foreseen:
    fact = type(one.fact)
    return Foreseen(
        zh=fact.ZH,
        en=fact.EN,
        type=one.type,
        addressed=tuple(_addressed(one)),
        recipients=recipients_of(one.department, one.type),
        automatic=tuple(
            {"zh": rule.zh, "en": rule.en, "id": rule.id}
            for rule in rules_for(one.type)
            if rule.kind is Kind.AUTOMATIC and rule.applies(one)
        ),
    )


def _addressed(one: Recorded[Any]) -> Iterable[Addressed]:
    fact = one.fact
    region = str(getattr(fact, "to_region", None) or one.region)
    if one.type == "referral.transferred.v1":
        yield Addressed(organ="PSB", region=region)
        yield Addressed(organ="PROC", region=region, copy=True)
    elif one.type == "online.disposal_requested.v1":
        yield Addressed(organ="CAC", region=one.region)
    elif getattr(fact, "to_organ", None):
        yield Addressed(organ=str(fact.to_organ), region=region)
    if hasattr(fact, "served_on"):
        yield Addressed(organ=PARTY, region=one.subject)


def _terms(facts: Iterable[Recorded[Any]], conn: Connection) -> Iterable[Term]:
    """The clocks of every key that the facts leave marks on, before and after, compared."""
    begun: dict[tuple[str, str], list[ClockStart]] = {}
    others: dict[tuple[str, str], list[ClockEnd]] = {}
    for one in facts:
        starts, ends = marks_of(one, policy_for)
        for start in starts:
            begun.setdefault((start.code, start.key), []).append(start)
        for end in ends:
            others.setdefault((end.code, end.key), []).append(end)
    found = []
    for key in {**begun, **others}:
        known_starts, known_ends = read_marks(_marks(conn, key[1]), key[0])
        before = {clock.id: clock for clock in clocks_of(known_starts, known_ends)}
        starts = [*known_starts, *begun.get(key, ())]
        after = clocks_of(starts, [*known_ends, *others.get(key, ())])
        found += [
            _term(clock, change)
            for clock in after
            if (change := _change(before.get(clock.id), clock)) is not None
        ]
    order = ("BEGINS", "MOVED", "PAUSED", "RESUMED", "ENDS")
    return sorted(found, key=lambda term: (order.index(term.change), term.due, term.code))


def _marks(conn: Connection, key: str) -> dict[str, Any] | None:
    row = conn.execute(select(KEYS).where(KEYS.c.key == key)).mappings().one_or_none()
    return None if row is None else dict(row)


def _change(before: Clock | None, after: Clock) -> str | None:
    if before is None:
        return "BEGINS" if after.open else None
    if before.open and not after.open:
        return "ENDS"
    if after.paused is not None and before.paused is None:
        return "PAUSED"
    if before.paused is not None and after.paused is None and after.open:
        return "RESUMED"
    return "MOVED" if after.open and before.due.day != after.due.day else None


def _term(clock: Clock, change: str) -> Term:
    return Term(
        code=clock.rule.code,
        zh=clock.rule.zh,
        en=clock.rule.en,
        basis=clock.rule.basis,
        owner=clock.owner,
        region=clock.region,
        party=clock.rule.debtor is Debtor.PARTY,
        due=clock.due.day.isoformat(),
        until=clock.due.at if clock.length and clock.length.unit is Unit.HR else None,
        provisional=clock.due.provisional,
        change=change,
    )
