"""The red and the black board (红黑榜): shown on a legal basis, withdrawn with a reason.

1. Shown is who was nominated and agreed to, by a post that neither nominated nor checked.
2. A board's entry names its legal basis. It is publicity: it enters the firm in no statutory list.
3. A firm stands on one board at a time; an entry is withdrawn also after the campaign is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.campaign import state
from domain.campaign.facts import (
    BoardAction,
    BoardChanged,
    board_of,
)
from domain.campaign.nominations import (
    BOARD_NAMES,
    BOARDS,
    Nomination,
    board_reads,
    fold,
    in_board,
    nomination_of,
)
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    command,
    decides,
)
from domain.errors import Refusal
from domain.terms import Identifier, Reason, SubjectId, Term


@command(zh="公示红黑榜", en="Show on a board", source=BOARDS, irreversible=True)
@dataclass(frozen=True, kw_only=True)
class ShowOnBoard(Command):
    """Shows a firm on the board for which it was nominated."""

    campaign: Identifier
    organisation: SubjectId
    nomination: Identifier
    legal_basis: Annotated[Reason | None, Term(zh="公示依据", en="Legal basis", long=True)] = None
    until: Annotated[date | None, Term(zh="公示至", en="Shown until")] = None


@command(zh="撤下红黑榜", en="Withdraw from a board", source=BOARDS)
@dataclass(frozen=True, kw_only=True)
class WithdrawFromBoard(Command):
    """Takes a firm off the board on which it stands."""

    campaign: Identifier
    organisation: SubjectId
    because: Reason


class NominationNotAgreed(Refusal):
    """The nomination was not checked, or not agreed to."""

    zh = "提名{nomination}未经审核同意，不得公示。"
    en = "The nomination {nomination} was not agreed to and is not shown."
    next_zh = "请先审核。"
    next_en = "Have it checked first."
    source = BOARDS
    field = "nomination"


class CheckerMayNotShow(Refusal):
    """The post that nominated or checked shows."""

    zh = "提名{nomination}由岗位{post}提出或审核，该岗位不得批准公示。"
    en = "{post} made or checked the nomination {nomination} and does not show it."
    next_zh = "请由负责人批准公示。"
    next_en = "Let another post show it."
    source = BOARDS


class BoardNeedsLegalBasis(Refusal):
    """A firm was to be shown on no legal basis."""

    zh = "公示{organisation}须写明依据。"
    en = "{organisation} is shown on a legal basis, and none is named."
    next_zh = "请填写法律、法规、规章或文件依据。"
    next_en = "Name the law or document."
    source = "社会信用体系建设有关规定（未经原文核对）；平台规则（红黑榜）"
    field = "legal_basis"


class BoardAlreadyShown(Refusal):
    """The firm stands on a board."""

    zh = "{organisation}已在{board_zh}公示。"
    en = "{organisation} stands on {board}."
    next_zh = "需要变更的，请先撤下。"
    next_en = "Withdraw it first."
    source = BOARDS
    field = "organisation"


class NotOnBoard(Refusal):
    """The firm stands on no board of the campaign."""

    zh = "{organisation}不在本次专项行动的红黑榜上。"
    en = "{organisation} stands on no board of this campaign."
    next_zh = "无需撤下。"
    next_en = "Nothing is to be withdrawn."
    source = BOARDS
    field = "organisation"


class BoardTermPast(Refusal):
    """The last day of the entry is past."""

    zh = "公示截止日期{until}早于今天{today}。"
    en = "The entry would end on {until}, before today, {today}."
    next_zh = "请改正截止日期，或留空。"
    next_en = "Name a later day, or none."
    source = BOARDS
    field = "until"


def shown(nominations: dict[str, Nomination], today: date) -> BoardChanged | None:
    """The entry by which a firm stands on a board today; one whose last day is past stands no more."""
    for one in nominations.values():
        entry = one.entry
        if entry is None or entry.action is not BoardAction.SHOWN:
            continue
        if entry.until is None or today <= entry.until:
            return entry
    return None


@decides(ShowOnBoard, reads=board_reads)
def show(asked: ShowOnBoard, history: History, context: Context) -> Iterator[Decided]:
    """Shows a firm whose nomination was agreed to, by a third post and on a legal basis."""
    found = state.running(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    nomination = nomination_of(history, found.id, asked.organisation, asked.nomination)
    if nomination.checked is None or not nomination.checked.agreed:
        raise NominationNotAgreed(nomination=asked.nomination)
    if context.post.id in (nomination.made.post, nomination.checked.checked_by):
        raise CheckerMayNotShow(nomination=asked.nomination, post=context.post.id)
    if asked.legal_basis is None:
        raise BoardNeedsLegalBasis(organisation=asked.organisation)
    if asked.until is not None and asked.until < context.today:
        raise BoardTermPast(until=asked.until.isoformat(), today=context.today.isoformat())
    nominations = fold(history.own(board_of(found.id, asked.organisation)))
    standing = shown(nominations, context.today)
    if standing is not None or nomination.entry is not None:
        board = nomination.made.fact.board if standing is None else standing.board
        zh, en = BOARD_NAMES[board]
        raise BoardAlreadyShown(organisation=asked.organisation, board_zh=zh, board=en)
    yield in_board(
        found,
        asked.organisation,
        found.issuer,
        BoardChanged(
            entry_id=context.mint("BRD"),
            nomination_id=asked.nomination,
            campaign_id=found.id,
            board=nomination.made.fact.board,
            action=BoardAction.SHOWN,
            subject_id=asked.organisation,
            legal_basis=asked.legal_basis,
            on=context.today,
            until=asked.until,
        ),
    )


@decides(WithdrawFromBoard, reads=board_reads)
def withdraw(asked: WithdrawFromBoard, history: History, context: Context) -> Iterator[Decided]:
    """Takes a firm off its board, also after the campaign is over."""
    found = state.known(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    nominations = fold(history.own(board_of(found.id, asked.organisation)))
    standing = shown(nominations, context.today)
    if standing is None:
        raise NotOnBoard(organisation=asked.organisation)
    yield in_board(
        found,
        asked.organisation,
        found.issuer,
        BoardChanged(
            entry_id=standing.entry_id,
            nomination_id=standing.nomination_id,
            campaign_id=found.id,
            board=standing.board,
            action=BoardAction.WITHDRAWN,
            subject_id=asked.organisation,
            legal_basis=standing.legal_basis,
            on=context.today,
            because=asked.because,
        ),
    )
