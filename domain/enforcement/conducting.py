"""Which case an organ may act on: one that it filed, that is open, and that is not suspended."""

from __future__ import annotations

from typing import Any

from domain.commands import Decided, History, Own
from domain.enforcement.case import Case, CaseState
from domain.enforcement.facts import PeriodGround, stream_of
from domain.enforcement.state import fold
from domain.errors import Refusal
from domain.facts import Fact


class CaseUnknown(Refusal):
    """This organ's department has filed no such case."""

    zh = "本部门没有编号为{case}的案件。"
    en = "This department has filed no case {case}."
    next_zh = "请核对案件编号。"
    next_en = "Check the case."
    source = "行政处罚法第54条"
    field = "case"


class CaseAlreadyClosed(Refusal):
    """The case is closed."""

    zh = "案件{case}已结案（{outcome}）。"
    en = "The case {case} is closed ({outcome})."
    next_zh = "已结案的不再办理；决定被撤销的，可重新办理。"
    next_en = "A closed case is done with; it is reopened where its decision was overturned."
    source = "行政处罚法第57条；平台规则（案件状态）"
    field = "case"


class CaseSuspended(Refusal):
    """The case is suspended."""

    zh = "案件{case}已于{on}中止（{ground}）。"
    en = "The case {case} has been suspended since {on} ({ground})."
    next_zh = "请在中止原因消除后先恢复办理。"
    next_en = "Resume it first, when the ground has fallen away."
    source = "行政处罚法第27条；平台规则（移送期间中止）"
    field = "case"


class NotAPartyOfCase(Refusal):
    """Who is named is no party of the case."""

    zh = "{party}不是案件{case}的当事人（{parties}）。"
    en = "{party} is no party of the case {case} ({parties})."
    next_zh = "请核对当事人；需要追加的，另行立案并关联同一事项。"
    next_en = "Check the party; for another one file a case in the same matter."
    source = "行政处罚法第54、57条；平台规则（一案多查）"
    field = "party"


class CaseOfAnotherOrgan(Refusal):
    """Another organ of the department filed the case."""

    zh = "案件{case}由{owner}立案，{organ}不能办理。"
    en = "The case {case} was filed by {owner}; {organ} does not conduct it."
    next_zh = "请由立案机关办理。"
    next_en = "Leave it to the organ that filed it."
    source = "行政处罚法第25条；平台职权表"
    field = "case"


def must_know(history: History, case_id: str) -> Case:
    """The case of the own stream that was read, or CaseUnknown."""
    case = fold(history.own(stream_of(case_id)))
    if case is None:
        raise CaseUnknown(case=case_id)
    return case


def must_not_be_closed(case: Case) -> Case:
    """Refuses a closed case."""
    if case.stage is CaseState.CLOSED:
        raise CaseAlreadyClosed(case=case.case_id, outcome=case.outcome)
    return case


def must_run(
    history: History, case_id: str, organ: str | None, though: tuple[PeriodGround, ...] = ()
) -> Case:
    """The case, where it is the organ's own, open, and not suspended but for what `though` names."""
    case = must_be_open(history, case_id, organ)
    if case.suspended is not None and case.suspended not in though:
        raise CaseSuspended(case=case_id, on=case.changed_on, ground=case.suspended.value)
    return case


def must_be_open(history: History, case_id: str, organ: str | None) -> Case:
    """The case, where it is open (it may be suspended) and the organ's own; None: anybody's."""
    case = must_not_be_closed(must_know(history, case_id))
    if organ is not None and case.organ != organ:
        raise CaseOfAnotherOrgan(case=case_id, owner=case.organ, organ=organ)
    return case


def must_be_party(case: Case, party: str | None) -> str:
    """The party that is meant: the case's subject where none is named."""
    if party is None:
        return case.subject
    if party not in case.parties:
        raise NotAPartyOfCase(party=party, case=case.case_id, parties="、".join(case.parties))
    return party


def own_case(case_id: str) -> Own:
    """The read of a case's own stream."""
    return Own(stream=stream_of(case_id))


def on_case(case: Case, fact: Fact, *, party: str | None = None, **times: Any) -> Decided:
    """One fact of a case, about its subject or a party; `times` as for `Decided`."""
    return Decided(
        stream=stream_of(case.case_id),
        subject=party or case.subject,
        matter=case.matter,
        region=case.region,
        fact=fact,
        **times,
    )
