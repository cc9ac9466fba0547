"""The referrals of a case as the organ that conducts it knows them (reference 8.4)."""

from __future__ import annotations

from domain.commands import History, Read
from domain.enforcement.case import Case
from domain.lead.halves import both, known
from domain.referral.facts import outcome_of, police_of, questions_of, stream_of, supervision_of
from domain.referral.state import Referral, fold


def _halves(referral: str) -> tuple[str, ...]:
    return (
        stream_of(referral),
        police_of(referral),
        supervision_of(referral),
        outcome_of(referral),
    )


def reads_referrals(case_id: str, named: tuple[str, ...]) -> tuple[Read, ...]:
    """The reads of a case's referral questions, and of every half of the referrals named."""
    streams = (questions_of(case_id), *(one for name in named for one in _halves(name)))
    return tuple(read for stream in dict.fromkeys(streams) for read in both(stream))


def named_referrals(case: Case, named: tuple[str, ...], history: History) -> list[Referral]:
    """The referrals of a case that its questions know or that are named, oldest first.

    A referral rests on the case itself or on something the case was filed on; one of another
    case is left out.
    """
    streams = (questions_of(case.case_id), *(one for name in named for one in _halves(name)))
    rests_on = {case.case_id, *case.leads, *case.complaints, *case.findings}
    found = fold(*(known(history, stream) for stream in dict.fromkeys(streams)))
    return [one for one in found.values() if one.about in rests_on]
