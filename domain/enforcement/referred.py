"""What a case knows of the police: its referrals, and the questions that findings raised.

1. A finding that may be a crime is answered: referred, or the reason why not (reference 8.5, R07).
2. What was recorded after an answer is answered anew; an answer that names findings is about them.
3. A question that was answered where its finding was made, in an inspection or a licence before
   the case was filed, is not asked again in the case.
"""

from __future__ import annotations

from typing import Any

from domain import finding
from domain.commands import History, Read, Received
from domain.enforcement.case import Case
from domain.enforcement.facts import stream_of as case_stream
from domain.enforcement.state import fold as fold_case
from domain.errors import Refusal
from domain.facts import Recorded
from domain.finding import ViolationFound
from domain.lead.halves import both, known
from domain.referral.facts import (
    ReferralProposed,
    ReferralQuestionAnswered,
    outcome_of,
    police_of,
    questions_of,
    stream_of,
    supervision_of,
)
from domain.referral.state import Referral, fold


class FindingQuestionOpen(Refusal):
    """A finding of the case may be a crime, and nobody answered whether it is referred."""

    zh = "案件{case}的违法事项{findings}须作移送判断，尚无判断。"
    en = "The findings {findings} of {case} raise the question of a crime, which nobody answered."
    next_zh = "请先提出移送，或者记明不移送的理由。"
    next_en = "Propose a referral, or record why not."
    source = "行政处罚法第8、27条；行政执法机关移送涉嫌犯罪案件的规定第3条；平台规则（R07）"
    field = "case"


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
    found = fold(*(known(history, stream) for stream in dict.fromkeys(streams)))
    return [one for one in found.values() if one.about in _grounds(case)]


def _grounds(case: Case) -> tuple[str, ...]:
    """The case and what it was filed on."""
    return (case.case_id, *case.leads, *case.complaints, *case.findings)


def reads_questions(case_id: str, history: History) -> tuple[Read, ...]:
    """The reads, once the case is known, of its parties' findings and the answers about them."""
    case = fold_case(history.own(case_stream(case_id)))
    if case is None:
        return ()
    streams = (
        *(finding.stream_of(one) for one in case.parties),
        *(questions_of(one) for one in _grounds(case)),
    )
    return (
        *(read for stream in dict.fromkeys(streams) for read in both(stream)),
        *(_answers_about(one) for one in case.parties),
    )


def _answers_about(party: str) -> Received:
    """What was answered about a party, wherever its findings were made."""
    return Received(subject=party, types=(ReferralQuestionAnswered.TYPE, ReferralProposed.TYPE))


def _answers(case: Case, history: History) -> dict[str, Recorded[Any]]:
    """The answers about the case, what it was filed on, and where its findings were made."""
    findings = _findings(case, history)
    made_in = {one.fact.about for one in findings} - set(_grounds(case))
    told = (
        *(one for ground in _grounds(case) for one in known(history, questions_of(ground))),
        *(
            one
            for party in case.parties
            for one in history.received(_answers_about(party))
            if one.fact.about in made_in
        ),
    )
    return {
        one.id: one
        for one in told
        if isinstance(one.fact, ReferralQuestionAnswered | ReferralProposed)
    }


def _findings(case: Case, history: History) -> list[Recorded[ViolationFound]]:
    """The findings of the case: made in it or in what it was filed on."""
    return [
        one
        for party in case.parties
        for one in known(history, finding.stream_of(party))
        if isinstance(one.fact, ViolationFound)
        and (one.fact.finding_id in case.findings or one.fact.about in _grounds(case))
    ]


def codes_answered(case: Case, history: History) -> frozenset[str]:
    """The codes of the case's findings whose question was answered, here or where they were made."""
    answers = _answers(case, history).values()
    return frozenset(
        one.fact.code
        for one in _findings(case, history)
        if any(settles(answer, one) for answer in answers)
    )


def must_be_answered(case: Case, history: History) -> None:
    """Refuses to go past a finding of the case whose question nobody answered."""
    answers = _answers(case, history).values()
    waiting = [
        one.fact.finding_id
        for one in _findings(case, history)
        if one.fact.question and not any(settles(answer, one) for answer in answers)
    ]
    if waiting:
        raise FindingQuestionOpen(case=case.case_id, findings="、".join(waiting))


def settles(answer: Recorded[Any], found: Recorded[Any]) -> bool:
    """Whether an answer or a proposal is about a finding: it names it, or none and came later."""
    named: tuple[str, ...] = answer.fact.findings
    return found.fact.finding_id in named if named else answer.order > found.order
