"""Which remedies against a decision are known, and on which days one was pending.

1. A remedy is pending from its application until its result, or until it is not accepted.
2. One decision has one remedy at a time; litigation may follow reconsideration, not the reverse
   (行政诉讼法 44; 行政复议法 29).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.commands import Received
from domain.facts import Recorded
from domain.review.facts import DecisionOverturned, RemedyKind, RemedyStep, RemedyStepTaken


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One remedy against one decision; `until` is the day of its end, None while it is pending."""

    remedy_id: str
    kind: RemedyKind
    since: date
    until: date | None = None
    accepted: bool = True

    def days(self, start: date, end: date) -> int:
        """How many of the days after `start` up to and including `end` it was pending."""
        first = max(self.since, start)
        last = end if self.until is None else min(self.until, end)
        return max(0, (last - first).days)


def reviews_about(subject: str) -> Received:
    """The read of every step and result of a remedy about one subject."""
    return Received(subject=subject, types=(RemedyStepTaken.TYPE, DecisionOverturned.TYPE))


def remedies_of(facts: Iterable[Recorded[Any]], target: str) -> tuple[Remedy, ...]:
    """The remedies against the decision that an event recorded, in the order of application."""
    found: dict[str, Remedy] = {}
    ended: dict[str, date] = {}
    for one in facts:
        fact = one.fact
        if fact.target != target:
            continue
        if isinstance(fact, DecisionOverturned):
            if fact.remedy_id is not None:
                ended[fact.remedy_id] = fact.decided_on
        elif fact.step is RemedyStep.APPLIED:
            found[fact.remedy_id] = Remedy(remedy_id=fact.remedy_id, kind=fact.kind, since=fact.on)
        elif fact.step is RemedyStep.NOT_ACCEPTED and fact.remedy_id in found:
            before = found[fact.remedy_id]
            found[fact.remedy_id] = Remedy(
                remedy_id=before.remedy_id,
                kind=before.kind,
                since=before.since,
                until=fact.on,
                accepted=False,
            )
    return tuple(
        one
        if one.remedy_id not in ended
        else Remedy(
            remedy_id=one.remedy_id, kind=one.kind, since=one.since, until=ended[one.remedy_id]
        )
        for one in found.values()
    )
