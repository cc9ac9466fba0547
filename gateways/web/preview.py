"""What an irreversible command sets in motion: who is told, and which terms begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.calendar.deadlines import due
from domain.calendar.working_days import CALENDAR
from domain.clocks.reckoning import CLOCK_RULES
from domain.commands import COMMANDS
from domain.departments import readers_of, topics_written
from domain.facts import FACTS, Audience, instant

BRINGS_ABOUT: dict[str, tuple[str, ...]] = {
    "GrantLicence": ("licence.granted.v1",),
    "AnnulLicence": ("licence.annulled.v1",),
    "RevokeLicence": ("licence.revoked.v1",),
    "DeregisterLicence": ("licence.deregistered.v1",),
    "OverturnDecision": ("review.decision_overturned.v1",),
    "CorrectFact": ("fact.corrected.v1",),
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
    "ErasePerson": ("access.person_erased.v1",),
}
"""The facts of each irreversible command; a test holds the table complete."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """A statutory term that the fact starts, counted from today."""

    code: str
    zh: str
    en: str
    due: str


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """A fact that the command brings about, who receives it, and the terms it starts."""

    zh: str
    en: str
    recipients: tuple[str, ...]
    terms: tuple[Term, ...]


def preview(name: str, department: str, now: int) -> tuple[Foreseen, ...]:
    """What a command would bring about if it were given now."""
    assert COMMANDS[name].IRREVERSIBLE
    found = []
    for type_name in BRINGS_ABOUT[name]:
        fact = FACTS[type_name]
        recipients: tuple[str, ...] = ()
        if fact.AUDIENCE is Audience.DEPARTMENTS:
            recipients = tuple(
                dict.fromkeys(
                    reader
                    for topic in topics_written(department, fact.FAMILY)
                    for reader in readers_of(topic)
                )
            )
        found.append(
            Foreseen(zh=fact.ZH, en=fact.EN, recipients=recipients, terms=_terms(type_name, now))
        )
    return tuple(found)


def _terms(type_name: str, now: int) -> tuple[Term, ...]:
    terms = []
    for rule in CLOCK_RULES:
        period: Any = rule.period
        if period is None or not any(start.type == type_name for start in rule.started_by):
            continue
        end = due(instant(now), period, CALENDAR)
        terms.append(Term(code=rule.code, zh=rule.zh, en=rule.en, due=end.day.isoformat()))
    return tuple(terms)
