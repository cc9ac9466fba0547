"""A lead as it stands: both halves folded together (reference 7.3).

TRANSFERRED, RECEIPTED or RETURNED, ASSESSED, (COORDINATED), DISPOSED or CLOSED_NO_ACTION.
Each sending begins a new round; what was done in an earlier round stays on record and
counts for the returns only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from domain.commands import History, Post, Read
from domain.departments import covers
from domain.errors import Refusal
from domain.facts import Recorded
from domain.lead.facts import (
    CaseFiledOnLead,
    Disposal,
    LeadAssessed,
    LeadDisposed,
    LeadKind,
    LeadReceipted,
    LeadTransferred,
    ReceiptOutcome,
    Stage,
    receipt_of,
    stream_of,
)
from domain.lead.halves import both, known


class LeadState(StrEnum):
    """Where a lead stands."""

    TRANSFERRED = "TRANSFERRED"
    RECEIPTED = "RECEIPTED"
    RETURNED = "RETURNED"
    ASSESSED = "ASSESSED"
    COORDINATED = "COORDINATED"
    DISPOSED = "DISPOSED"
    CLOSED_NO_ACTION = "CLOSED_NO_ACTION"


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A lead in its present round. `sent` is the last sending, `first` the very first one.

    `receipt`, `assessed` and `disposed` belong to the present round; `returns` and `filed`, the
    cases that were filed on it, count all.
    """

    lead_id: str
    matter: str
    first: LeadTransferred
    sent: LeadTransferred
    sent_event: Recorded[Any]
    returns: int = 0
    returned_by: LeadTransferred | None = None
    receipt: LeadReceipted | None = None
    assessed: LeadAssessed | None = None
    disposed: LeadDisposed | None = None
    filed: tuple[CaseFiledOnLead, ...] = ()

    @property
    def state(self) -> LeadState:
        """The state of the present round."""
        if self.disposed is not None:
            if self.disposed.outcome is Disposal.NO_ACTION:
                return LeadState.CLOSED_NO_ACTION
            return LeadState.DISPOSED
        if self.assessed is not None:
            return LeadState.ASSESSED
        if self.receipt is not None:
            if self.receipt.outcome is ReceiptOutcome.RETURNED:
                return LeadState.RETURNED
            return LeadState.RECEIPTED
        if self.sent.stage is Stage.COORDINATE:
            return LeadState.COORDINATED
        return LeadState.TRANSFERRED

    @property
    def accepted(self) -> bool:
        """Whether the receiver of the present round signed for it."""
        return self.receipt is not None and self.receipt.outcome is ReceiptOutcome.ACCEPTED

    def received_by(self, post: Post) -> bool:
        """Whether a post acts for the receiver of the present round."""
        return post.organ == self.sent.to_organ and covers(post.region, self.sent.to_region)

    def sent_by(self, post: Post) -> bool:
        """Whether a post acts for the sender of the present round."""
        return post.organ == self.sent.from_organ and covers(post.region, self.sent.from_region)


def evolve(state: Lead | None, recorded: Recorded[Any]) -> Lead | None:
    """The lead after one more fact of either half."""
    match recorded.fact:
        case LeadTransferred() as sent if state is None:
            return Lead(
                lead_id=sent.lead_id,
                matter=recorded.matter,
                first=sent,
                sent=sent,
                sent_event=recorded,
            )
        case LeadTransferred() as sent if state is not None:
            return replace(
                state,
                sent=sent,
                sent_event=recorded,
                receipt=None,
                assessed=None,
                disposed=None,
            )
        case LeadReceipted() as receipt if state is not None and receipt.round == state.sent.round:
            returned = receipt.outcome is ReceiptOutcome.RETURNED
            return replace(
                state,
                receipt=receipt,
                returns=state.returns + returned,
                returned_by=state.sent if returned else state.returned_by,
            )
        case LeadAssessed() as assessed if state is not None:
            return replace(state, assessed=assessed)
        case CaseFiledOnLead() as mark if state is not None:
            return replace(state, filed=(*state.filed, mark))
        case LeadDisposed() as disposed if state is not None:
            return replace(state, disposed=disposed)
        case _:
            return state


def fold(facts: Iterable[Recorded[Any]]) -> Lead | None:
    """The lead that both halves amount to, whatever the order they came in; None before it was sent."""
    state: Lead | None = None
    for recorded in sorted(facts, key=lambda one: one.order):
        state = evolve(state, recorded)
    return state


def reads_of(lead: str) -> tuple[Read, ...]:
    """What must be read to know a lead."""
    return (*both(stream_of(lead)), *both(receipt_of(lead)))


def find(history: History, lead: str) -> Lead | None:
    """The lead as this department knows it; None where it knows none."""
    return fold((*known(history, stream_of(lead)), *known(history, receipt_of(lead))))


class LeadUnknown(Refusal):
    """No such lead was sent from here or has arrived."""

    zh = "本部门没有线索{lead}，或尚未收到。"
    en = "This department knows no lead {lead}, or has not received it yet."
    next_zh = "请核对线索编号；移送送达后可再次办理。"
    next_en = "Check the lead's number; try again once it has arrived."
    source = "平台规则（线索移送）"
    field = "lead"
    transient = True


class NotReceiverOfLead(Refusal):
    """The post does not act for the organ the lead was sent to."""

    zh = "线索{lead}移送给{to_organ}（{to_region}），岗位{post}不能办理。"
    en = "The lead {lead} was sent to {to_organ} in {to_region}; {post} cannot act on it."
    next_zh = "请由接收机关的岗位办理。"
    next_en = "Let a post of the receiving organ act."
    source = "平台规则（线索移送）"
    field = "lead"


class LeadAlreadyDisposed(Refusal):
    """The lead has its outcome."""

    zh = "线索{lead}已办结（{outcome}）。"
    en = "The lead {lead} is disposed of ({outcome})."
    next_zh = "如有新的情况，请另行移送线索。"
    next_en = "If something new came up, send a new lead."
    source = "平台规则（线索移送）"
    field = "lead"


class LeadNotSignedFor(Refusal):
    """Nobody signed for the lead."""

    zh = "线索{lead}尚未签收。"
    en = "The lead {lead} has not been signed for."
    next_zh = "请先签收线索。"
    next_en = "Sign for the lead first."
    source = "平台规则（DL-LEAD-01）"
    field = "lead"


class NoticeNeedsNoAct(Refusal):
    """An outcome notice tells what became of a lead: nothing is returned, judged or disposed."""

    zh = "{lead}是处理结果反馈，只须签收。"
    en = "{lead} is an outcome notice: it is signed for and nothing more."
    next_zh = "无需研判或退回；有异议的另行移送线索。"
    next_en = "Nothing to do; if you disagree, send a lead of your own."
    source = "平台规则（处理结果反馈不产生时限）"
    field = "lead"


def must_be_known(history: History, lead: str) -> Lead:
    """The lead, or LeadUnknown."""
    found = find(history, lead)
    if found is None:
        raise LeadUnknown(lead=lead)
    return found


def must_hold(history: History, lead: str, post: Post) -> Lead:
    """The lead that the post's organ signed for and has still to deal with, or why it has none."""
    found = must_be_received(history, lead, post)
    if found.sent.kind is LeadKind.OUTCOME_NOTICE:
        raise NoticeNeedsNoAct(lead=lead)
    if not found.accepted:
        raise LeadNotSignedFor(lead=lead)
    if found.disposed is not None:
        raise LeadAlreadyDisposed(lead=lead, outcome=found.disposed.outcome.value)
    return found


def must_be_received(history: History, lead: str, post: Post) -> Lead:
    """The lead that was sent to the post's organ, or why the post cannot act on it."""
    found = must_be_known(history, lead)
    if not found.received_by(post):
        raise NotReceiverOfLead(
            lead=lead,
            to_organ=found.sent.to_organ,
            to_region=found.sent.to_region,
            post=post.id,
        )
    return found
