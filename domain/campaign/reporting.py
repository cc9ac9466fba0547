"""Reports of the units, in time or late, and the issuer's circulars.

1. A unit reports for itself, each report once. A later one for the same code amends the newest
   and says why; it counts as in time where the one that it amends did.
2. Late is what is recorded after 24:00 of the day; the day never rolls. A late report is taken.
3. A closed phase takes no first report; what was reported in it may still be amended until the
   campaign is over, so that a mistake found later is told.
4. The statistics form is submitted as it was approved, with the hash of its content. A list of
   the boards rests on nominations, or says that there are none. Every other report says
   something: a text, an attachment or a sealed document.
5. A circular goes down from the issuer to its units.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from domain.campaign import state, tables
from domain.campaign.facts import (
    BoardNominated,
    ReportCode,
    ReportExpected,
    ReportKind,
    ReportSubmitted,
    campaign_of,
    tables_of,
    unit_of,
)
from domain.campaign.state import Campaign
from domain.campaign.tables import Table
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
from domain.document.facts import DocumentSealed
from domain.document.facts import stream_of as document_of
from domain.errors import Refusal
from domain.facts import Recorded
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import FileRef, Identifier, Reason, RegionCode, Term

Attachments = Annotated[tuple[FileRef, ...], Term(zh="附件", en="Attachments")]


@command(
    zh="报送专项行动材料", en="Submit a report", source=f"{CAMPAIGN_PLAN}四", irreversible=True
)
@dataclass(frozen=True, kw_only=True)
class SubmitReport(Command):
    """Reports to the issuer what a unit owes; `region` is the unit, of itself the post's."""

    campaign: Identifier
    code: ReportCode
    as_of: Annotated[datetime | None, Term(zh="统计截止时间", en="As of")] = None
    text: Reason | None = None
    attachments: Attachments = ()
    document: Identifier | None = None
    table: Identifier | None = None
    amends: Identifier | None = None
    because: Reason | None = None
    region: RegionCode | None = None


@command(zh="印发情况通报", en="Issue a circular", source=f"{CAMPAIGN_PLAN}四（三）（情况通报）")
@dataclass(frozen=True, kw_only=True)
class IssueCircular(Command):
    """Tells the units how the campaign goes."""

    campaign: Identifier
    to_units: Annotated[
        tuple[RegionCode, ...], Term(zh="发至单位", en="Sent to units", min_items=1)
    ]
    text: Reason
    attachments: Attachments = ()


class CampaignReportUnknown(Refusal):
    """The campaign asks for no such report."""

    zh = "专项行动{campaign}没有要求报送“{code}”。"
    en = "The campaign {campaign} asks for no report {code}."
    next_zh = "请在报送要求中选择。"
    next_en = "Choose one of the reports that it asks for."
    source = f"{CAMPAIGN_PLAN}四"
    field = "code"


class PhaseIsClosed(Refusal):
    """The phase of the report was closed."""

    zh = "阶段{phase}已于{closed_on}结束，不再接收“{code}”。"
    en = "The phase {phase} was closed on {closed_on} and takes no {code}."
    next_zh = "请与部署单位联系。"
    next_en = "Turn to the issuer."
    source = f"{CAMPAIGN_PLAN}四（阶段）"
    field = "code"


class ReportAlreadySubmitted(Refusal):
    """The report was submitted, and this one does not amend the newest."""

    zh = "{unit}已报送“{code}”（编号{report}）。"
    en = "{unit} submitted {code} as {report}."
    next_zh = "需要更正的，请填写被更正的报送编号{report}和理由，原报送保留。"
    next_en = "To amend it, name {report} and say why; it stays on record."
    source = "平台规则（更正报送，不改原报送）"
    field = "amends"


class AmendedReportUnknown(Refusal):
    """The unit submitted nothing of this code that could be amended."""

    zh = "{unit}没有报送过“{code}”，没有可以更正的报送{report}。"
    en = "{unit} submitted no {code}; there is no {report} to amend."
    next_zh = "请核对编号；首次报送不填写被更正的编号。"
    next_en = "Check the number; a first report amends none."
    source = "平台规则（更正报送，不改原报送）"
    field = "amends"


class ReportNeedsTable(Refusal):
    """The statistics form was to be submitted, and none was named."""

    zh = "报送“{code}”须附经签批的统计表。"
    en = "{code} is the statistics form: name the one that was approved."
    next_zh = "请先编制、审核、签批统计表，再填写其编号。"
    next_en = "Prepare, check and approve the form, then name it."
    source = "楚雄州劳务中介专项整治行动量化统计表"
    field = "table"


class ReportTakesNoTable(Refusal):
    """A report of another kind named a statistics form."""

    zh = "报送“{code}”不是统计表，不附统计表编号。"
    en = "{code} is no statistics form and names none."
    next_zh = "请将统计表作为单独的报送提交。"
    next_en = "Submit the form as the report that it is."
    source = "平台规则（统计表报送）"
    field = "table"


class TableNotApproved(Refusal):
    """The form that was named is not approved."""

    zh = "统计表{table}尚未签批，不得报送。"
    en = "The form {table} was not approved and is not submitted."
    next_zh = "请先由三个不同岗位编制、审核、签批。"
    next_en = "Have it prepared, checked and approved by three posts."
    source = "楚雄州劳务中介专项整治行动量化统计表（分管领导、负责人、填报人）"
    field = "table"


class TableAlreadySubmitted(Refusal):
    """An amended report names a form that was submitted before."""

    zh = "统计表{table}已随报送{report}提交。"
    en = "The form {table} was submitted with {report}."
    next_zh = "请另行编制更正后的统计表。"
    next_en = "Prepare the amended form and submit that."
    source = "平台规则（更正报送，不改原报送）"
    field = "table"


class ReportIsEmpty(Refusal):
    """The report says nothing."""

    zh = "报送“{code}”没有内容。"
    en = "{code} says nothing."
    next_zh = "请填写内容、上传附件，或填写已定稿文书的编号。"
    next_en = "Enter a text, attach a file, or name a sealed document."
    source = f"{CAMPAIGN_PLAN}四（工作总结应包括的内容）"
    field = "text"


class ReportDocumentNotSealed(Refusal):
    """The document that was named is not sealed."""

    zh = "文书{document}尚未定稿用印，不得报送。"
    en = "The document {document} is not sealed and is not submitted."
    next_zh = "请先审核、批准并定稿。"
    next_en = "Have it checked, approved and sealed."
    source = "平台规则（文书定稿与散列）"
    field = "document"


class NominationsMissing(Refusal):
    """A list of the boards rests on no nomination and does not say that there are none."""

    zh = "{unit}在本次专项行动中没有红黑榜提名记录。"
    en = "{unit} has no nomination for a board on record."
    next_zh = "请先提名；确无上榜机构的，请在内容中写明“无”及原因，或稍后重试。"
    next_en = "Nominate first, or say in the text that there are none."
    source = f"{CAMPAIGN_PLAN}四（二）（上报辖区劳务中介机构红黑榜名单）"
    field = "text"
    transient = True


class ReportMomentInFuture(Refusal):
    """The moment that a report speaks of has not come."""

    zh = "统计截止时间{as_of}尚未到来。"
    en = "{as_of} has not come."
    next_zh = "请改正统计截止时间。"
    next_en = "Name a moment that has passed."
    source = "平台规则（统计截止时间）"
    field = "as_of"


def _nominated_in(unit: str) -> Received:
    return Received(region=unit, types=(BoardNominated.TYPE,))


def _reads(asked: SubmitReport) -> tuple[Read, ...]:
    unit = asked.region or ""
    document = () if asked.document is None else (Own(stream=document_of(asked.document)),)
    return (
        state.read(asked.campaign),
        Own(stream=unit_of(asked.campaign, unit)),
        Own(stream=tables_of(asked.campaign, unit)),
        _nominated_in(unit),
        *document,
    )


@decides(SubmitReport, reads=_reads)
def submit(asked: SubmitReport, history: History, context: Context) -> Iterator[Decided]:
    """Takes a unit's report, in time or late."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context)
    owed = found.owed(asked.code)
    if owed is None:
        raise CampaignReportUnknown(campaign=found.id, code=asked.code)
    tables.must_say_why(asked.amends, asked.because)
    facts = history.own(unit_of(found.id, unit))
    earlier = submitted(facts, asked.code)
    if owed.phase in found.closed_phases and not (earlier and asked.amends):
        raise PhaseIsClosed(
            phase=owed.phase, closed_on=found.closed_phases[owed.phase], code=asked.code
        )
    _must_amend_the_newest(asked, unit, earlier)
    if asked.as_of is not None and asked.as_of > context.moment:
        raise ReportMomentInFuture(as_of=asked.as_of.isoformat())
    table = _table(asked, owed.kind, history, unit, earlier)
    _must_say_something(asked, owed.kind, history, unit)
    due = next(
        (
            one.fact.due
            for one in facts
            if isinstance(one.fact, ReportExpected) and one.fact.code == asked.code
        ),
        owed.due,
    )
    report = context.mint("RPT")
    yield Decided(
        stream=unit_of(found.id, unit),
        subject=found.id,
        matter=found.matter,
        region=unit,
        fact=ReportSubmitted(
            report_id=report,
            campaign_id=found.id,
            unit=unit,
            code=asked.code,
            kind=owed.kind,
            phase=owed.phase,
            as_of=asked.as_of if table is None else table.prepared.fact.as_of,
            due=due,
            on_time=earlier[-1].on_time if earlier else context.today <= due,
            text=asked.text,
            attachments=asked.attachments,
            document_id=asked.document,
            table_id=asked.table,
            content_hash=None if table is None else table.prepared.fact.content.sha256,
            amends=asked.amends,
            because=asked.because,
        ),
    )


def submitted(facts: Iterable[Recorded[Any]], code: str) -> tuple[ReportSubmitted, ...]:
    """A unit's reports of one code, oldest first: the last one counts."""
    return tuple(
        one.fact for one in facts if isinstance(one.fact, ReportSubmitted) and one.fact.code == code
    )


def _must_amend_the_newest(
    asked: SubmitReport, unit: str, earlier: tuple[ReportSubmitted, ...]
) -> None:
    if not earlier:
        if asked.amends is not None:
            raise AmendedReportUnknown(unit=unit, code=asked.code, report=asked.amends)
        return
    newest = earlier[-1].report_id
    if asked.amends != newest:
        raise ReportAlreadySubmitted(unit=unit, code=asked.code, report=newest)


def _table(
    asked: SubmitReport,
    kind: ReportKind,
    history: History,
    unit: str,
    earlier: tuple[ReportSubmitted, ...],
) -> Table | None:
    """The approved form of a report that is one."""
    if kind is not ReportKind.STAT_TABLE:
        if asked.table is not None:
            raise ReportTakesNoTable(code=asked.code)
        return None
    if asked.table is None:
        raise ReportNeedsTable(code=asked.code)
    table = tables.find(history, asked.campaign, unit, asked.table)
    if table.approved is None:
        raise TableNotApproved(table=asked.table)
    for one in earlier:
        if one.table_id == asked.table:
            raise TableAlreadySubmitted(table=asked.table, report=one.report_id)
    return table


def _must_say_something(asked: SubmitReport, kind: ReportKind, history: History, unit: str) -> None:
    if asked.document is not None and not any(
        isinstance(one.fact, DocumentSealed) for one in history.own(document_of(asked.document))
    ):
        raise ReportDocumentNotSealed(document=asked.document)
    if kind is ReportKind.STAT_TABLE:
        return
    if kind is ReportKind.RED_BLACK_LIST:
        nominated = any(
            one.fact.campaign_id == asked.campaign and one.fact.unit == unit
            for one in history.received(_nominated_in(unit))
            if isinstance(one.fact, BoardNominated)
        )
        if not nominated and asked.text is None:
            raise NominationsMissing(unit=unit)
        return
    if asked.text is None and not asked.attachments and asked.document is None:
        raise ReportIsEmpty(code=asked.code)


@decides(IssueCircular, reads=lambda asked: (state.read(asked.campaign),))
def circulate(asked: IssueCircular, history: History, context: Context) -> Iterator[Decided]:
    """Sends a circular of the issuer down to units of the campaign."""
    found = state.known(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    for unit in asked.to_units:
        state.must_be_unit(found, unit)
    yield Decided(
        stream=campaign_of(found.id),
        subject=found.id,
        matter=found.matter,
        region=found.issuer,
        fact=_circular(asked, found, context),
    )


def _circular(asked: IssueCircular, found: Campaign, context: Context) -> ReportSubmitted:
    return ReportSubmitted(
        report_id=context.mint("RPT"),
        campaign_id=found.id,
        unit=found.issuer,
        code=ReportKind.CIRCULAR.value,
        kind=ReportKind.CIRCULAR,
        text=asked.text,
        attachments=asked.attachments,
        to_units=asked.to_units,
    )
