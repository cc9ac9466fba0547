"""Nominations for the red and the black board (红黑榜提名): with grounds, checked by the issuer.

1. A nomination names what stands on record about the firm: for the black board what was found
   or decided against it, for the red one what speaks for it. What was overturned is no ground.
2. A unit nominates in its territory, or the issuer itself; a firm has one open nomination.
3. The issuer checks, by another post than the nominating one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from domain.campaign import state
from domain.campaign.facts import (
    Board,
    BoardChanged,
    BoardNominated,
    NominationChecked,
    board_of,
)
from domain.campaign.state import Campaign
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    Received,
    command,
    decides,
)
from domain.departments import covers
from domain.enforcement.facts import HandlingDecided, PenaltyDecided
from domain.errors import Refusal
from domain.facts import Fact, Recorded
from domain.finding import ViolationFound
from domain.inspection.facts import Category, InspectionResultRecorded
from domain.licence.facts import LicenceAnnulled, LicenceRevoked
from domain.market.facts import (
    AnnualReportDisclosed,
    AnnualReportSubmitted,
    ModelAgencyChanged,
    TitleAction,
)
from domain.review.facts import DecisionOverturned
from domain.review.overturning import UNDOES
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import Identifier, Reason, RegionCode, SubjectId, Term

BOARDS = f"{CAMPAIGN_PLAN}四（二）（红黑榜公示制度）"

_NAMED = {
    ViolationFound.TYPE: "finding_id",
    PenaltyDecided.TYPE: "decision_id",
    HandlingDecided.TYPE: "decision_id",
    LicenceRevoked.TYPE: "licence_id",
    LicenceAnnulled.TYPE: "licence_id",
    InspectionResultRecorded.TYPE: "task_id",
    ModelAgencyChanged.TYPE: "title_id",
    AnnualReportSubmitted.TYPE: "report_id",
    AnnualReportDisclosed.TYPE: "report_id",
}
"""The kinds of fact that are grounds, and the field by which each is named beside its own id."""


@command(zh="红黑榜提名", en="Nominate for a board", source=BOARDS)
@dataclass(frozen=True, kw_only=True)
class NominateForBoard(Command):
    """Nominates a firm; `grounds` are findings, decisions, results or titles on record about it."""

    campaign: Identifier
    board: Annotated[Board, Term(zh="榜单", en="Board")]
    organisation: SubjectId
    grounds: Annotated[tuple[Identifier, ...], Term(zh="事由（在案编号）", en="Grounds")] = ()
    reason: Reason
    region: RegionCode | None = None


@command(zh="审核红黑榜提名", en="Check a nomination", source=BOARDS)
@dataclass(frozen=True, kw_only=True)
class CheckNomination(Command):
    """Agrees to a nomination, or refuses it with a reason."""

    campaign: Identifier
    organisation: SubjectId
    nomination: Identifier
    agreed: Annotated[bool, Term(zh="同意", en="Agreed")]
    reason: Reason | None = None


class BoardNeedsGrounds(Refusal):
    """The nomination names no ground."""

    zh = "提名{organisation}没有写明事由。"
    en = "The nomination of {organisation} names no ground."
    next_zh = "请填写在案的违法事项、处罚决定、检查结果或称号编号。"
    next_en = "Name findings, decisions, results or titles on record."
    source = BOARDS
    field = "grounds"


class BoardGroundUnknown(Refusal):
    """What is named as ground does not stand on record about this firm."""

    zh = "编号{ground}不是关于{organisation}的在案事项，或已被撤销。"
    en = "{ground} stands not on record about {organisation}, or was overturned."
    next_zh = "请核对编号；刚刚登记的，请稍后重试。"
    next_en = "Check the number; try again where it was recorded just now."
    source = BOARDS
    field = "grounds"
    transient = True


class BoardGroundElsewhere(Refusal):
    """A ground lies in a territory that is not the unit's."""

    zh = "事由{ground}属于{region}，不在{unit}辖区。"
    en = "{ground} lies in {region}, not in {unit}."
    next_zh = "请由该地区提名。"
    next_en = "Let that territory nominate."
    source = f"{BOARDS}（上报辖区名单）"
    field = "grounds"


class BoardGroundContrary(Refusal):
    """A ground speaks for the other board."""

    zh = "事由{ground}不能作为列入{board_zh}的依据。"
    en = "{ground} is no ground for {board}."
    next_zh = (
        "红榜以称号、公示的年度报告或未发现问题的检查结果为据，黑榜以违法事项或处理处罚决定为据。"
    )
    next_en = (
        "The red board rests on titles, disclosed reports or results without a problem, the "
        "black board on findings or decisions."
    )
    source = BOARDS
    field = "grounds"


class NominationAlreadyOpen(Refusal):
    """The firm is nominated, and the nomination was not refused or used."""

    zh = "{organisation}在本次专项行动中已有提名{nomination}。"
    en = "{organisation} is nominated as {nomination}."
    next_zh = "请先办结该提名。"
    next_en = "Deal with that nomination first."
    source = BOARDS
    field = "organisation"


class NominationUnknown(Refusal):
    """The firm has no such nomination."""

    zh = "{organisation}在本次专项行动中没有编号为{nomination}的提名。"
    en = "{organisation} has no nomination {nomination} in this campaign."
    next_zh = "请核对编号。"
    next_en = "Check the number."
    source = BOARDS
    field = "nomination"


class NominationAlreadyChecked(Refusal):
    """The nomination was checked."""

    zh = "提名{nomination}已审核。"
    en = "The nomination {nomination} was checked."
    next_zh = "同意的，请公示；未同意的，请重新提名。"
    next_en = "Show it where it was agreed to; nominate again where it was not."
    source = BOARDS
    field = "nomination"


class NominatorMayNotCheck(Refusal):
    """The nominating post checks."""

    zh = "提名{nomination}由岗位{post}提出，该岗位不得审核。"
    en = "{post} made the nomination {nomination} and does not check it."
    next_zh = "请由其他岗位审核。"
    next_en = "Let another post check it."
    source = BOARDS


class NominationRefusalNeedsReason(Refusal):
    """A nomination was not agreed to, without a reason."""

    zh = "不同意提名{nomination}的，须写明理由。"
    en = "The nomination {nomination} is refused with a reason."
    next_zh = "请填写理由。"
    next_en = "Enter the reason."
    source = BOARDS
    field = "reason"


BOARD_NAMES = {Board.RED_BOARD: ("红榜", "red board"), Board.BLACK_BOARD: ("黑榜", "black board")}


@dataclass(kw_only=True)
class Nomination:
    """A nomination, who made and checked it, and the entry that it led to."""

    made: Recorded[BoardNominated]
    checked: NominationChecked | None = None
    entry: BoardChanged | None = None

    @property
    def open(self) -> bool:
        """Neither refused nor shown."""
        return self.entry is None and (self.checked is None or self.checked.agreed)


def fold(facts: Iterable[Recorded[Any]]) -> dict[str, Nomination]:
    """A firm's nominations in a campaign by number, oldest first; `entry` is the newest change."""
    found: dict[str, Nomination] = {}
    for one in facts:
        fact = one.fact
        if isinstance(fact, BoardNominated):
            found[fact.nomination_id] = Nomination(made=one)
        elif isinstance(fact, NominationChecked) and fact.nomination_id in found:
            found[fact.nomination_id].checked = fact
        elif isinstance(fact, BoardChanged) and fact.nomination_id in found:
            found[fact.nomination_id].entry = fact
    return found


def _about(organisation: str) -> Received:
    return Received(subject=organisation, types=(*_NAMED, DecisionOverturned.TYPE))


def board_reads(asked: Any) -> tuple[Read, ...]:
    return (
        state.read(asked.campaign),
        Own(stream=board_of(asked.campaign, asked.organisation)),
    )


def _with_grounds(asked: NominateForBoard) -> tuple[Read, ...]:
    return (*board_reads(asked), _about(asked.organisation))


@decides(NominateForBoard, reads=_with_grounds)
def nominate(asked: NominateForBoard, history: History, context: Context) -> Iterator[Decided]:
    """Nominates a firm with grounds that stand on record and bear on the board."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context, issuer_too=True)
    if not asked.grounds:
        raise BoardNeedsGrounds(organisation=asked.organisation)
    on_record = history.received(_about(asked.organisation))
    for ground in asked.grounds:
        _must_bear(ground, asked, on_record, unit)
    for one in fold(history.own(board_of(found.id, asked.organisation))).values():
        if one.open:
            raise NominationAlreadyOpen(
                organisation=asked.organisation, nomination=one.made.fact.nomination_id
            )
    yield in_board(
        found,
        asked.organisation,
        unit,
        BoardNominated(
            nomination_id=context.mint("NOM"),
            campaign_id=found.id,
            unit=unit,
            board=asked.board,
            subject_id=asked.organisation,
            grounds=asked.grounds,
            reason=asked.reason,
        ),
    )


def _must_bear(
    ground: str, asked: NominateForBoard, on_record: tuple[Recorded[Any], ...], unit: str
) -> None:
    """Refuses what is not on record about the firm, was overturned, lies elsewhere or speaks for
    the other board. A superior's fact is one of the unit's as well.
    """
    undone = {
        name
        for one in on_record
        if isinstance(one.fact, DecisionOverturned) and one.fact.result in UNDOES
        for name in (one.fact.target, one.fact.decision_id)
    }
    standing = [
        one
        for one in on_record
        if one.type in _NAMED
        and ground in (one.id, getattr(one.fact, _NAMED[one.type]))
        and not _rests_on(one) & undone
    ]
    if not standing:
        raise BoardGroundUnknown(ground=ground, organisation=asked.organisation)
    region = standing[-1].region
    if not covers(unit, region) and not covers(region, unit):
        raise BoardGroundElsewhere(ground=ground, region=region, unit=unit)
    if all(_speaks_for(one.fact) is not asked.board for one in standing):
        zh, en = BOARD_NAMES[asked.board]
        raise BoardGroundContrary(ground=ground, board_zh=zh, board=en)


def _rests_on(one: Recorded[Any]) -> set[str]:
    """The fact and the decision by which it falls: a revocation falls with its penalty."""
    decision = getattr(one.fact, "penalty_decision_id", getattr(one.fact, _NAMED[one.type]))
    return {one.id, str(decision)}


def _speaks_for(fact: Fact) -> Board | None:
    """The board for which a fact speaks; a withdrawn title speaks for none."""
    if isinstance(fact, ModelAgencyChanged):
        return Board.RED_BOARD if fact.action is TitleAction.SELECTED else None
    if isinstance(fact, AnnualReportSubmitted):
        return None if fact.disclosed_on is None else Board.RED_BOARD
    if isinstance(fact, AnnualReportDisclosed):
        return Board.RED_BOARD
    if isinstance(fact, InspectionResultRecorded):
        if fact.category is Category.BUSINESS_NOT_FOUND:
            return None
        clean = fact.category is Category.NO_PROBLEM
        return Board.RED_BOARD if clean else Board.BLACK_BOARD
    return Board.BLACK_BOARD


def nomination_of(
    history: History, campaign: str, organisation: str, nomination: str
) -> Nomination:
    """A firm's nomination of this number. Raises NominationUnknown."""
    found = fold(history.own(board_of(campaign, organisation))).get(nomination)
    if found is None:
        raise NominationUnknown(organisation=organisation, nomination=nomination)
    return found


@decides(CheckNomination, reads=board_reads)
def check(asked: CheckNomination, history: History, context: Context) -> Iterator[Decided]:
    """Checks a nomination once, for the issuer, by another post than the nominating one."""
    found = state.running(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    nomination = nomination_of(history, found.id, asked.organisation, asked.nomination)
    if nomination.checked is not None:
        raise NominationAlreadyChecked(nomination=asked.nomination)
    if context.post.id == nomination.made.post:
        raise NominatorMayNotCheck(nomination=asked.nomination, post=context.post.id)
    if not asked.agreed and asked.reason is None:
        raise NominationRefusalNeedsReason(nomination=asked.nomination)
    yield in_board(
        found,
        asked.organisation,
        nomination.made.region,
        NominationChecked(
            nomination_id=asked.nomination,
            campaign_id=found.id,
            board=nomination.made.fact.board,
            subject_id=asked.organisation,
            agreed=asked.agreed,
            checked_by=context.post.id,
            reason=asked.reason,
        ),
    )


def in_board(found: Campaign, organisation: str, region: str, fact: Fact) -> Decided:
    return Decided(
        stream=board_of(found.id, organisation),
        subject=organisation,
        matter=found.matter,
        region=region,
        fact=fact,
    )
