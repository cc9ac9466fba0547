"""Filing supervision by the procuratorate (立案监督; reference 8.1, DL-REF-13 and 14).

1. A sender's suggestion opens it, or the procuratorate itself where the police let their term
   to decide pass. The police are asked for their reasons first, and have 7 days.
2. Where no reason comes or none holds, they are told to file, and have 15 days.
3. A suggestion that is not supported is rejected; that is a review decided (`review`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.commands import Command, Context, Decided, History, command, decides
from domain.errors import Refusal
from domain.referral.facts import (
    ExplanationDemanded,
    FilingDemanded,
    ReviewKind,
    supervision_of,
)
from domain.referral.review import FilingAlreadyDemanded, ReviewNotRequested
from domain.referral.rules import as_overseer, on_referral, reads_of_overseer
from domain.referral.state import EXPLANATION_DAYS, Referral
from domain.terms import Identifier


@command(
    zh="要求说明不立案理由",
    en="Demand an explanation",
    source="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
)
@dataclass(frozen=True, kw_only=True)
class DemandExplanation(Command):
    """Asks the police why they did not file; they have 7 days."""

    referral: Identifier


@command(
    zh="通知公安机关立案",
    en="Demand that the case be filed",
    source="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
)
@dataclass(frozen=True, kw_only=True)
class DemandFiling(Command):
    """Tells the police to file; they have 15 days."""

    referral: Identifier


class ExplanationAlreadyDemanded(Refusal):
    """The police were asked."""

    zh = "已于{demanded_on}要求公安机关说明移送{referral}的不立案理由。"
    en = "The police were asked on {demanded_on} to explain about {referral}."
    next_zh = "等待说明；期满未说明或者理由不成立的，通知立案。"
    next_en = "Wait; if no reason comes or none holds, tell them to file."
    source = "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条"
    field = "referral"


class ExplanationAwaited(Refusal):
    """The police are heard before they are told to file."""

    zh = "移送{referral}应先要求公安机关说明不立案理由，并等待说明或者期满。"
    en = "On {referral} the police are asked to explain first, and have their term to do so."
    next_zh = "先要求说明理由；已要求的，等待说明或者{days}日期满。"
    next_en = "Ask them to explain; once asked, wait for it or for the {days} days to pass."
    source = "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条"
    field = "referral"


class FilingTermRunning(Refusal):
    """The police still have time to decide."""

    zh = "公安机关对移送{referral}的审查期限至{until}（含当日），尚未届满。"
    en = "The police may decide on {referral} until {until} inclusive."
    next_zh = "期限届满仍未决定的，可以依职权要求说明理由。"
    next_en = "When it has passed without a decision, ask for the reasons of your own motion."
    source = "行政执法机关移送涉嫌犯罪案件的规定第8条；人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条"
    field = "referral"


def _supervised(history: History, referral: str, today: date) -> Referral:
    """A referral that the police left undecided too long, or whose supervision was suggested."""
    found = as_overseer(history, referral)
    if found.filing_due is not None:
        if today <= found.filing_due:
            raise FilingTermRunning(referral=referral, until=found.filing_due)
        return found
    if (
        found.asked(ReviewKind.SUPERVISION) is None
        or found.reviewed(ReviewKind.SUPERVISION) is not None
        or not found.refused
    ):
        raise ReviewNotRequested(referral=referral, organ="PROC")
    return found


@decides(DemandExplanation, reads=lambda asked: reads_of_overseer(asked.referral))
def demand_explanation(
    asked: DemandExplanation, history: History, context: Context
) -> Iterator[Decided]:
    """Asks the police for their reasons, once."""
    referral = _supervised(history, asked.referral, context.today)
    if referral.demanded_on is not None:
        raise ExplanationAlreadyDemanded(referral=asked.referral, demanded_on=referral.demanded_on)
    yield on_referral(
        supervision_of(asked.referral),
        referral,
        ExplanationDemanded(
            referral_id=asked.referral,
            subject_id=referral.subject,
            demanded_on=context.today,
        ),
        region=referral.at,
    )


@decides(DemandFiling, reads=lambda asked: reads_of_overseer(asked.referral))
def demand_filing(asked: DemandFiling, history: History, context: Context) -> Iterator[Decided]:
    """Tells the police to file, after they explained or let their term pass."""
    referral = _supervised(history, asked.referral, context.today)
    if referral.filing_demanded_on is not None:
        raise FilingAlreadyDemanded(
            referral=asked.referral, demanded_on=referral.filing_demanded_on
        )
    if not referral.explained and not referral.explanation_overdue(context.today):
        raise ExplanationAwaited(referral=asked.referral, days=EXPLANATION_DAYS)
    yield on_referral(
        supervision_of(asked.referral),
        referral,
        FilingDemanded(
            referral_id=asked.referral,
            subject_id=referral.subject,
            demanded_on=context.today,
        ),
        region=referral.at,
    )
