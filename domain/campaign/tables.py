"""The statistics form of a unit: prepared, checked and approved by three posts (填报人, 负责人, 分管领导).

1. The figures are counted from the facts as of a moment; nobody types them. A row that a person
   gives must be the counted one, but for the attached form of a row that has no figure.
2. The form is prepared for a moment that has passed, within the campaign.
3. Who prepared does not check; who prepared or checked does not approve.
4. An approved form never changes: what was corrected since makes another form, which names the
   one that it amends, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from domain.campaign import state
from domain.campaign.facts import (
    TableApproved,
    TableChecked,
    TablePrepared,
    TableRow,
    tables_of,
)
from domain.campaign.state import Campaign
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.errors import Refusal
from domain.facts import CHINA, Fact, Recorded
from domain.terms import FileRef, Identifier, Reason, RegionCode, Term

_FORM = "楚雄州劳务中介专项整治行动量化统计表"


@command(zh="编制统计表", en="Prepare the statistics form", source=f"{_FORM}（填报人）")
@dataclass(frozen=True, kw_only=True)
class PrepareTable(Command):
    """Prepares a unit's form as of a moment; `region` is the unit, of itself the post's.

    `rows` are those a person gave; `computed` and `content` are counted by the department from
    the facts, whoever asks.
    """

    campaign: Identifier
    as_of: Annotated[datetime, Term(zh="统计截止时间", en="As of")]
    rows: Annotated[tuple[TableRow, ...], Term(zh="各行数据", en="Rows")] = ()
    amends: Identifier | None = None
    because: Reason | None = None
    region: RegionCode | None = None
    computed: Annotated[tuple[TableRow, ...], Term(zh="统计所得", en="Rows counted")] = ()
    content: FileRef | None = None


@command(zh="审核统计表", en="Check the statistics form", source=f"{_FORM}（负责人）")
@dataclass(frozen=True, kw_only=True)
class CheckTable(Command):
    """Agrees to a prepared form, or sends it back with a reason."""

    campaign: Identifier
    table: Identifier
    agreed: Annotated[bool, Term(zh="同意", en="Agreed")]
    reason: Reason | None = None
    region: RegionCode | None = None


@command(zh="签批统计表", en="Approve the statistics form", source=f"{_FORM}（分管领导）")
@dataclass(frozen=True, kw_only=True)
class ApproveTable(Command):
    """Approves a checked form for submission."""

    campaign: Identifier
    table: Identifier
    region: RegionCode | None = None


class CampaignHasNoForm(Refusal):
    """The campaign orders no statistics form."""

    zh = "专项行动{campaign}没有统计表式。"
    en = "The campaign {campaign} has no statistics form."
    next_zh = "无需编制。"
    next_en = "Nothing is to be prepared."
    source = "平台规则（统计表）"
    field = "campaign"


class TableMomentOutside(Refusal):
    """The moment of the form has not come, or lies before the campaign."""

    zh = "统计截止时间{as_of}须在{first}（起始日期）之后、现在之前。"
    en = "The form is counted as of {as_of}; it must lie after {first} and before now."
    next_zh = "请改正统计截止时间。"
    next_en = "Name a moment of the campaign that has passed."
    source = "平台规则（统计截止时间）"
    field = "as_of"


class TableNotCounted(Refusal):
    """The department has counted nothing for the form."""

    zh = "未取得由事实统计的数据，不能编制统计表。"
    en = "No figures were counted from the facts; there is nothing to prepare."
    next_zh = "请稍后重试；仍不成功的，请联系系统管理员。"
    next_en = "Try again; ask the administrator if it goes on."
    source = "平台规则（统计数据由事件计算）"
    transient = True


class FiguresEditedByHand(Refusal):
    """A row says something else than what the facts give."""

    zh = "第{row}行的数据与事实统计不符（统计所得：{counted}），不得手工修改。"
    en = "Row {row} differs from what the facts give ({counted}); figures are not edited by hand."
    next_zh = "请更正有误的事实记录后重新编制，不在表上改数。"
    next_en = "Correct the facts that are wrong and prepare the form again."
    source = "平台规则（统计数据由事件计算）"
    field = "rows"


class TableUnknown(Refusal):
    """The unit has no such form."""

    zh = "{unit}在本次专项行动中没有编号为{table}的统计表。"
    en = "{unit} has no form {table} in this campaign."
    next_zh = "请核对编号；尚未编制的，请先编制。"
    next_en = "Check its number, or prepare it first."
    source = "平台规则（统计表）"
    field = "table"


class AmendmentNeedsReason(Refusal):
    """What replaces an earlier form or report says why, and only that does."""

    zh = "更正前一份报送须写明被更正的编号和理由，二者缺一不可。"
    en = "An amendment names what it amends and why; one without the other is refused."
    next_zh = "请同时填写被更正的编号和理由。"
    next_en = "Enter both."
    source = "平台规则（更正报送，不改原报送）"
    field = "because"


class PreparerCannotCheck(Refusal):
    """The preparer's own post checks."""

    zh = "统计表{table}由岗位{post}编制，该岗位不得审核。"
    en = "{post} prepared the form {table} and does not check it."
    next_zh = "请由负责人审核。"
    next_en = "Let another post check it."
    source = f"{_FORM}（填报人、负责人、分管领导分设）"


class PreparerCannotApprove(Refusal):
    """The preparer's or the checker's own post approves."""

    zh = "统计表{table}由岗位{post}编制或审核，该岗位不得签批。"
    en = "{post} prepared or checked the form {table} and does not approve it."
    next_zh = "请由分管领导签批。"
    next_en = "Let a third post approve it."
    source = f"{_FORM}（填报人、负责人、分管领导分设）"


class TableReturnNeedsReason(Refusal):
    """A form was sent back without a reason."""

    zh = "退回统计表{table}须写明理由。"
    en = "The form {table} is sent back with a reason."
    next_zh = "请填写退回理由。"
    next_en = "Enter the reason."
    source = "平台规则（统计表审核）"
    field = "reason"


class TableAlreadyChecked(Refusal):
    """The form was checked before."""

    zh = "统计表{table}已审核。"
    en = "The form {table} was checked."
    next_zh = "被退回的，请重新编制；已同意的，请签批。"
    next_en = "Prepare another where it was sent back; approve it where it was agreed to."
    source = "平台规则（统计表审核）"
    field = "table"


class TableNotChecked(Refusal):
    """The form was not checked, or was sent back."""

    zh = "统计表{table}尚未审核同意，不得签批。"
    en = "The form {table} was not agreed to and is not approved."
    next_zh = "请先由负责人审核同意。"
    next_en = "Have it checked first."
    source = f"{_FORM}（负责人、分管领导）"
    field = "table"


class TableAlreadyApproved(Refusal):
    """The form was approved before."""

    zh = "统计表{table}已签批。"
    en = "The form {table} was approved."
    next_zh = "请报送；数据有更正的，另行编制并写明理由。"
    next_en = "Submit it; prepare an amended one where facts were corrected."
    source = "平台规则（统计表签批）"
    field = "table"


@dataclass(kw_only=True)
class Table:
    """A prepared form, who prepared, checked and approved it."""

    prepared: Recorded[TablePrepared]
    checked: TableChecked | None = None
    approved: TableApproved | None = None


def fold(facts: Iterable[Recorded[Any]]) -> dict[str, Table]:
    """Every form of a unit by its number, oldest first."""
    found: dict[str, Table] = {}
    for one in facts:
        if isinstance(one.fact, TablePrepared):
            found[one.fact.table_id] = Table(prepared=one)
        elif isinstance(one.fact, TableChecked) and one.fact.table_id in found:
            found[one.fact.table_id].checked = one.fact
        elif isinstance(one.fact, TableApproved) and one.fact.table_id in found:
            found[one.fact.table_id].approved = one.fact
    return found


def find(history: History, campaign: str, unit: str, table: str) -> Table:
    """A unit's form of this number. Raises TableUnknown."""
    found = fold(history.own(tables_of(campaign, unit))).get(table)
    if found is None:
        raise TableUnknown(unit=unit, table=table)
    return found


def must_say_why(amends: str | None, because: str | None) -> None:
    """Refuses an amendment without a reason, and a reason without an amendment."""
    if (amends is None) != (because is None):
        raise AmendmentNeedsReason


def _reads(asked: PrepareTable | CheckTable | ApproveTable) -> tuple[Read, ...]:
    return (
        state.read(asked.campaign),
        Own(stream=tables_of(asked.campaign, asked.region or "")),
    )


@decides(PrepareTable, reads=_reads)
def prepare(asked: PrepareTable, history: History, context: Context) -> Iterator[Decided]:
    """Prepares a form from what was counted; a row that a person gave must be the counted one."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context, issuer_too=True)
    form = found.launched.fact.indicators
    if form is None:
        raise CampaignHasNoForm(campaign=found.id)
    _must_have_passed(found, asked.as_of, context)
    must_say_why(asked.amends, asked.because)
    if asked.amends is not None:
        find(history, found.id, unit, asked.amends)
    if not asked.computed or asked.content is None:
        raise TableNotCounted
    _must_be_counted(asked.rows, asked.computed)
    table = context.mint("TAB")
    yield _of(
        found,
        unit,
        TablePrepared(
            table_id=table,
            campaign_id=found.id,
            unit=unit,
            form=form,
            as_of=asked.as_of,
            rows=asked.computed,
            content=asked.content,
            prepared_by=context.post.id,
            amends=asked.amends,
            because=asked.because,
        ),
    )


def _must_have_passed(found: Campaign, as_of: datetime, context: Context) -> None:
    first = found.launched.fact.effective_from
    day = as_of.astimezone(CHINA).date()
    if day < first or as_of > context.moment:
        raise TableMomentOutside(as_of=as_of.isoformat(), first=first.isoformat())


def _must_be_counted(given: tuple[TableRow, ...], counted: tuple[TableRow, ...]) -> None:
    rows = {one.row: one for one in counted}
    for one in given:
        if rows.get(one.row) != one:
            raise FiguresEditedByHand(row=one.row, counted=said(rows.get(one.row)))


def said(row: TableRow | None) -> str:
    """What a counted row says, in a word: `4/2（5）`, a number, 是 or 否."""
    if row is None:
        return "无此行"
    if row.hr is not None or row.disp is not None:
        return f"{row.hr}/{row.disp}（{row.distinct}）"
    if row.answer is not None:
        return "是" if row.answer else "否"
    return "另表" if row.number is None else str(row.number)


@decides(CheckTable, reads=_reads)
def check(asked: CheckTable, history: History, context: Context) -> Iterator[Decided]:
    """Checks a form once, by another post than the preparer's."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context, issuer_too=True)
    table = find(history, found.id, unit, asked.table)
    if table.checked is not None:
        raise TableAlreadyChecked(table=asked.table)
    if context.post.id == table.prepared.fact.prepared_by:
        raise PreparerCannotCheck(table=asked.table, post=context.post.id)
    if not asked.agreed and asked.reason is None:
        raise TableReturnNeedsReason(table=asked.table)
    yield _of(
        found,
        unit,
        TableChecked(
            table_id=asked.table,
            unit=unit,
            agreed=asked.agreed,
            checked_by=context.post.id,
            reason=asked.reason,
        ),
    )


@decides(ApproveTable, reads=_reads)
def approve(asked: ApproveTable, history: History, context: Context) -> Iterator[Decided]:
    """Approves a form that was agreed to, by a third post."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context, issuer_too=True)
    table = find(history, found.id, unit, asked.table)
    if table.approved is not None:
        raise TableAlreadyApproved(table=asked.table)
    checker = table.checked.checked_by if table.checked is not None else None
    if context.post.id in (table.prepared.fact.prepared_by, checker):
        raise PreparerCannotApprove(table=asked.table, post=context.post.id)
    if table.checked is None or not table.checked.agreed:
        raise TableNotChecked(table=asked.table)
    yield _of(
        found,
        unit,
        TableApproved(table_id=asked.table, unit=unit, approved_by=context.post.id),
    )


def _of(found: Campaign, unit: str, fact: Fact) -> Decided:
    return Decided(
        stream=tables_of(found.id, unit),
        subject=found.id,
        matter=found.matter,
        region=unit,
        fact=fact,
    )
