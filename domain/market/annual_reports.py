"""Annual reports of agencies: submitted, then made public (reference 10.2 row 2).

1. An agency reports each year that is over, once; what was wrong in it is corrected, not
   reported again (人力资源市场暂行条例 37; 劳务派遣行政许可实施办法 22).
2. Submitting and making public (公示) are two acts, which may fall on one day.
3. The agency reports for itself, or the market section enters what it handed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.errors import Refusal
from domain.market.agencies import must_be_agency, reads_agency
from domain.market.facts import (
    AnnualReportDisclosed,
    AnnualReportSubmitted,
    EnteredBy,
    reports_of,
)
from domain.powers import for_itself
from domain.terms import FileRef, Persons, Term, Uscc

_SOURCE = "人力资源市场暂行条例第37条；劳务派遣行政许可实施办法第22条"

Year = Annotated[int, Term(zh="报告年度", en="Year", minimum=2000, maximum=2200, example="2020")]


@command(zh="登记年度经营情况报告", en="Submit an annual report", source=_SOURCE)
@dataclass(frozen=True, kw_only=True)
class SubmitAnnualReport(Command):
    """Records an agency's report of a year, and the day it became public where it has."""

    organisation: Uscc
    year: Year
    submitted_on: Annotated[date | None, Term(zh="提交日期", en="Submitted on")] = None
    disclosed_on: Annotated[date | None, Term(zh="公示日期", en="Disclosed on")] = None
    staff: Persons | None = None
    dispatched: Annotated[
        int | None, Term(zh="派遣人数", en="Workers dispatched", minimum=0, maximum=10_000_000)
    ] = None
    file: FileRef | None = None
    imported: Annotated[bool, Term(zh="由文件导入", en="From a file")] = False


@command(zh="登记年度报告公示", en="Disclose an annual report", source=_SOURCE)
@dataclass(frozen=True, kw_only=True)
class DiscloseAnnualReport(Command):
    """Records the day on which a submitted report became public."""

    organisation: Uscc
    year: Year
    disclosed_on: Annotated[date | None, Term(zh="公示日期", en="Disclosed on")] = None


class YearNotOver(Refusal):
    """The year that is reported has not ended."""

    zh = "{submitted_on}不能提交{year}年度报告：该年度尚未结束。"
    en = "No report of {year} is made on {submitted_on}: the year has not ended."
    next_zh = "请核对报告年度。"
    next_en = "Check the year."
    source = _SOURCE
    field = "year"


class YearReportedAlready(Refusal):
    """The agency reported the year."""

    zh = "{organisation}的{year}年度报告已于{submitted_on}提交（{report}）。"
    en = "{organisation} reported {year} on {submitted_on} ({report})."
    next_zh = "无需重复提交；内容有误的，更正原记录；补办公示的，登记公示。"
    next_en = "Correct that report where it is wrong, or record its disclosure."
    source = _SOURCE
    field = "year"


class YearNotReported(Refusal):
    """There is no report of the year to make public."""

    zh = "{organisation}尚未提交{year}年度报告。"
    en = "{organisation} has not reported {year}."
    next_zh = "请先登记年度报告。"
    next_en = "Record the report first."
    source = _SOURCE
    field = "year"


class ReportDisclosedAlready(Refusal):
    """The report is public."""

    zh = "{organisation}的{year}年度报告已于{disclosed_on}公示。"
    en = "{organisation}'s report of {year} has been public since {disclosed_on}."
    next_zh = "无需再次登记。"
    next_en = "Nothing to record."
    source = _SOURCE
    field = "year"


class AnnualReportInFuture(DateInFuture):
    """The report has not been submitted yet."""

    field = "submitted_on"


class DisclosureInFuture(DateInFuture):
    """The report is not public yet."""

    field = "disclosed_on"


class DisclosedBeforeSubmission(DateBeforeItsGround):
    """A report became public before it was submitted."""

    field = "disclosed_on"


@dataclass(frozen=True, kw_only=True)
class YearReported:
    """What is on record of a year: the report's id and days."""

    report_id: str
    submitted_on: date
    disclosed_on: date | None


def years_reported(history: History, uscc: str) -> dict[int, YearReported]:
    """The reports of an agency by their year."""
    found: dict[int, YearReported] = {}
    for one in history.own(reports_of(uscc)):
        match one.fact:
            case AnnualReportSubmitted() as submitted:
                found[submitted.year] = YearReported(
                    report_id=submitted.report_id,
                    submitted_on=submitted.submitted_on,
                    disclosed_on=submitted.disclosed_on,
                )
            case AnnualReportDisclosed(year=year, disclosed_on=on) if year in found:
                found[year] = YearReported(
                    report_id=found[year].report_id,
                    submitted_on=found[year].submitted_on,
                    disclosed_on=on,
                )
    return found


def _reads(asked: SubmitAnnualReport | DiscloseAnnualReport) -> tuple[Own, ...]:
    return (Own(stream=reports_of(asked.organisation)),)


@decides(
    SubmitAnnualReport,
    reads=lambda asked: (*_reads(asked), *reads_agency(asked.organisation)),
)
def submit(asked: SubmitAnnualReport, history: History, context: Context) -> Iterator[Decided]:
    """Records the report of a year that is over, once."""
    uscc = asked.organisation
    for_itself(context.post, uscc)
    registration = must_be_agency(history, uscc)
    submitted_on = asked.submitted_on or context.today
    must_have_come(submitted_on, context.today, AnnualReportInFuture)
    if asked.year >= submitted_on.year:
        raise YearNotOver(year=asked.year, submitted_on=submitted_on.isoformat())
    if asked.disclosed_on is not None:
        must_have_come(asked.disclosed_on, context.today, DisclosureInFuture)
        must_follow(asked.disclosed_on, submitted_on, DisclosedBeforeSubmission)
    before = years_reported(history, uscc).get(asked.year)
    if before is not None:
        raise YearReportedAlready(
            organisation=uscc,
            year=asked.year,
            submitted_on=before.submitted_on.isoformat(),
            report=before.report_id,
        )
    yield Decided(
        stream=reports_of(uscc),
        subject=uscc,
        matter=context.mint("M"),
        region=registration.region,
        effective=submitted_on,
        fact=AnnualReportSubmitted(
            report_id=context.mint("AR"),
            uscc=uscc,
            year=asked.year,
            submitted_on=submitted_on,
            disclosed_on=asked.disclosed_on,
            staff=asked.staff,
            dispatched=asked.dispatched,
            entered_by=entered_by(context, asked.imported),
            file=asked.file,
        ),
    )


@decides(
    DiscloseAnnualReport,
    reads=lambda asked: (*_reads(asked), *reads_agency(asked.organisation)),
)
def disclose(asked: DiscloseAnnualReport, history: History, context: Context) -> Iterator[Decided]:
    """Records that a submitted report became public."""
    uscc = asked.organisation
    for_itself(context.post, uscc)
    registration = must_be_agency(history, uscc)
    reported = years_reported(history, uscc).get(asked.year)
    if reported is None:
        raise YearNotReported(organisation=uscc, year=asked.year)
    if reported.disclosed_on is not None:
        raise ReportDisclosedAlready(
            organisation=uscc, year=asked.year, disclosed_on=reported.disclosed_on.isoformat()
        )
    disclosed_on = asked.disclosed_on or context.today
    must_have_come(disclosed_on, context.today, DisclosureInFuture)
    must_follow(disclosed_on, reported.submitted_on, DisclosedBeforeSubmission)
    matter = next(
        one.matter
        for one in history.own(reports_of(uscc))
        if getattr(one.fact, "report_id", None) == reported.report_id
    )
    yield Decided(
        stream=reports_of(uscc),
        subject=uscc,
        matter=matter,
        region=registration.region,
        effective=disclosed_on,
        fact=AnnualReportDisclosed(
            report_id=reported.report_id,
            uscc=uscc,
            year=asked.year,
            disclosed_on=disclosed_on,
        ),
    )


def entered_by(context: Context, imported: bool) -> EnteredBy:
    """Who puts a declaration on record: the agency itself, a file, or an officer."""
    if context.post.organ == "AGENCY":
        return EnteredBy.AGENCY
    return EnteredBy.IMPORT if imported else EnteredBy.OFFICER
