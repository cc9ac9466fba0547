"""Model agencies (诚信服务示范机构): selected at a level, and without the title again.

1. A territory selects at its own level: a prefecture no provincial model, a county none of the
   prefecture. An agency holds one title at a level at a time.
2. Only an agency whose licence or filing is in force is selected.
3. The title ends with its term, or is withdrawn with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.errors import Refusal
from domain.facts import Recorded
from domain.market.agencies import must_be_agency, must_be_in_force, reads_agency
from domain.market.facts import Level, ModelAgencyChanged, TitleAction, titles_of
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import DocumentNumber, Reason, Term, Uscc


@command(zh="评选示范机构", en="Select a model agency", source=f"{CAMPAIGN_PLAN}三（三）")
@dataclass(frozen=True, kw_only=True)
class SelectModel(Command):
    """Gives an agency the title at the post's own level."""

    organisation: Uscc
    level: Annotated[Level, Term(zh="级别", en="Level")]
    document_no: DocumentNumber
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    until: Annotated[date | None, Term(zh="有效期至", en="Valid until")] = None


@command(
    zh="取消示范机构称号", en="Withdraw the title of a model", source=f"{CAMPAIGN_PLAN}三（三）"
)
@dataclass(frozen=True, kw_only=True)
class WithdrawModel(Command):
    """Takes the title at the post's own level from an agency."""

    organisation: Uscc
    level: Annotated[Level, Term(zh="级别", en="Level")]
    document_no: DocumentNumber
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    reason: Reason


class LevelOfAnotherTerritory(Refusal):
    """The post acts at another level."""

    zh = "岗位辖区{region}为{own}级，不能评选或者取消{level}级示范机构。"
    en = "The post of {region} acts at the level {own}, not {level}."
    next_zh = "请由该级人力资源社会保障部门办理。"
    next_en = "Let the organ of that level act."
    source = f"{CAMPAIGN_PLAN}三（三）"
    field = "level"


class ModelTitleHeldAlready(Refusal):
    """The agency holds the title."""

    zh = "{organisation}自{on}起为{level}级示范机构（{document_no}）。"
    en = "{organisation} has been a model at the level {level} since {on} ({document_no})."
    next_zh = "无需再次评选；期满或者取消后可再评。"
    next_en = "Select it again when the title has ended."
    source = f"{CAMPAIGN_PLAN}三（三）"
    field = "organisation"


class ModelTitleNotHeld(Refusal):
    """The agency holds no title to withdraw."""

    zh = "{organisation}在{on}没有{level}级示范机构称号。"
    en = "On {on} {organisation} holds no title at the level {level}."
    next_zh = "请核对机构和级别。"
    next_en = "Check the agency and the level."
    source = f"{CAMPAIGN_PLAN}三（三）"
    field = "organisation"


class ModelDateInFuture(DateInFuture):
    """The selection or withdrawal has not happened yet."""

    field = "on"


class TitleEndsBeforeItBegins(DateBeforeItsGround):
    """The last day of the title comes before its first."""

    field = "until"


class WithdrawnBeforeSelection(DateBeforeItsGround):
    """The title was withdrawn before it was given."""

    field = "on"


def level_of(region: str) -> Level:
    """The level of a territory by its division code."""
    if len(region) == 6 and region.endswith("0000"):
        return Level.PROVINCE
    if len(region) == 6 and region.endswith("00"):
        return Level.PREFECTURE
    return Level.COUNTY


def title_held(
    history: History, uscc: str, level: Level, on: date
) -> Recorded[ModelAgencyChanged] | None:
    """The selection by which an agency holds a title at a level on a day."""
    held: Recorded[ModelAgencyChanged] | None = None
    for one in history.own(titles_of(uscc)):
        if one.fact.level is level:
            held = one if one.fact.action is TitleAction.SELECTED else None
    if held is None or (held.fact.until is not None and held.fact.until < on):
        return None
    return held


def _must_be_own_level(asked: SelectModel | WithdrawModel, context: Context) -> None:
    own = level_of(context.post.region)
    if asked.level is not own:
        raise LevelOfAnotherTerritory(
            region=context.post.region, own=own.value, level=asked.level.value
        )


def _reads(asked: SelectModel | WithdrawModel) -> tuple[Own, ...]:
    return (Own(stream=titles_of(asked.organisation)),)


@decides(SelectModel, reads=lambda asked: (*_reads(asked), *reads_agency(asked.organisation)))
def select(asked: SelectModel, history: History, context: Context) -> Iterator[Decided]:
    """Gives an agency in force the title at the post's level."""
    uscc = asked.organisation
    _must_be_own_level(asked, context)
    on = asked.on or context.today
    must_have_come(on, context.today, ModelDateInFuture)
    if asked.until is not None:
        must_follow(asked.until, on, TitleEndsBeforeItBegins)
    registration = must_be_in_force(history, uscc, on)
    held = title_held(history, uscc, asked.level, on)
    if held is not None:
        raise ModelTitleHeldAlready(
            organisation=uscc,
            level=asked.level.value,
            on=held.fact.on.isoformat(),
            document_no=held.fact.document_no,
        )
    yield Decided(
        stream=titles_of(uscc),
        subject=uscc,
        matter=context.mint("M"),
        region=registration.region,
        effective=on,
        fact=ModelAgencyChanged(
            title_id=context.mint("TTL"),
            uscc=uscc,
            level=asked.level,
            action=TitleAction.SELECTED,
            on=on,
            until=asked.until,
            document_no=asked.document_no,
        ),
    )


@decides(WithdrawModel, reads=lambda asked: (*_reads(asked), *reads_agency(asked.organisation)))
def withdraw(asked: WithdrawModel, history: History, context: Context) -> Iterator[Decided]:
    """Takes a title that is held."""
    uscc = asked.organisation
    _must_be_own_level(asked, context)
    on = asked.on or context.today
    must_have_come(on, context.today, ModelDateInFuture)
    registration = must_be_agency(history, uscc)
    held = title_held(history, uscc, asked.level, on)
    if held is None:
        raise ModelTitleNotHeld(organisation=uscc, level=asked.level.value, on=on.isoformat())
    must_follow(on, held.fact.on, WithdrawnBeforeSelection)
    yield Decided(
        stream=titles_of(uscc),
        subject=uscc,
        matter=held.matter,
        region=registration.region,
        effective=on,
        fact=ModelAgencyChanged(
            title_id=held.fact.title_id,
            uscc=uscc,
            level=asked.level,
            action=TitleAction.WITHDRAWN,
            on=on,
            document_no=asked.document_no,
            reason=asked.reason,
        ),
    )
