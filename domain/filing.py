"""Filings (备案) and written reports: recorded, never "granted" (reference 3.1).

1. The six services FS1..FS6 are filed within 15 days of starting them
   (人力资源市场暂行条例 18(2)); branches, changes and the end of business are reported in
   writing within 15 days of their registration (20, 21).
2. A filing is never refused for being late: it is recorded and marked.
3. The end of business takes the firm's filings off the directory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from domain import organisation
from domain.calendar.dates import DateInFuture, must_have_come
from domain.calendar.deadlines import Period, Unit, due
from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.errors import Refusal
from domain.facts import Confidentiality, Fact, Recorded, fact
from domain.terms import Code, Identifier, RegionCode, ShortText, Term, Uscc


class FilingKind(StrEnum):
    """What was filed or reported (人力资源市场暂行条例 18, 20, 21)."""

    FIL_HRS = "FIL_HRS"
    BRANCH = "BRANCH"
    CHANGE = "CHANGE"
    ENDING = "ENDING"


@fact(
    "filing.recorded.v1",
    family="licensing",
    organs=("HRSS_APPR", "HRSS_MKT"),
    zh="备案（书面报告）登记",
    en="Business filing recorded",
    source="人力资源市场暂行条例第18、20、21条",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class BusinessFilingRecorded(Fact):
    """A filing of services FS1..FS6 or a written report was recorded.

    `event_on` is the day the 15-day term runs from: the start of business, or the
    registration of the branch, change or ending.
    """

    filing_id: Identifier
    uscc: Uscc
    kind: Annotated[FilingKind, Term(zh="备案种类", en="Kind")]
    services: Annotated[tuple[Code, ...], Term(zh="备案服务", en="Services")] = ()
    region: RegionCode
    event_on: Annotated[date, Term(zh="起算日期", en="Term runs from")]
    filed_on: Annotated[date, Term(zh="备案日期", en="Filed on")]
    late: Annotated[bool, Term(zh="逾期备案", en="Late")] = False
    what: ShortText | None = None


@command(zh="登记备案", en="Record a filing", source="人力资源市场暂行条例第18、20、21条")
@dataclass(frozen=True, kw_only=True)
class RecordBusinessFiling(Command):
    """Records a filing or written report; a late one is recorded and marked, not refused."""

    organisation: Uscc
    kind: Annotated[FilingKind, Term(zh="备案种类", en="Kind")] = FilingKind.FIL_HRS
    services: Annotated[tuple[Code, ...], Term(zh="备案服务", en="Services")] = ()
    event_on: Annotated[date, Term(zh="起算日期", en="Term runs from")]
    what: ShortText | None = None


SERVICES: dict[str, tuple[str, str]] = {
    "FS1": ("人力资源供求信息收集和发布", "Collecting and publishing supply and demand"),
    "FS2": ("就业和创业指导", "Employment and start-up guidance"),
    "FS3": ("人力资源管理咨询", "HR management consulting"),
    "FS4": ("人力资源测评", "HR assessment"),
    "FS5": ("人力资源培训", "HR training"),
    "FS6": ("人力资源服务外包", "HR service outsourcing"),
}
"""The six services to be filed, Chinese and English (人力资源市场暂行条例 18(2); S3)."""

TERM_TO_FILE = Period(15, Unit.CD)
"""DL-LIC-08, DL-LIC-09: 15日, read as calendar days."""


@dataclass(frozen=True, kw_only=True)
class Filings:
    """The services a firm has filed, each with the id of its filing; empty after the end."""

    services: tuple[tuple[str, str], ...] = ()


def evolve(state: Filings, recorded: Recorded[Any]) -> Filings:
    """The filings after one more fact."""
    match recorded.fact:
        case BusinessFilingRecorded(kind=FilingKind.FIL_HRS) as filed:
            services = dict(state.services) | dict.fromkeys(filed.services, filed.filing_id)
            return Filings(services=tuple(sorted(services.items())))
        case BusinessFilingRecorded(kind=FilingKind.ENDING):
            return Filings()
        case _:
            return state


def fold(facts: Iterable[Recorded[Any]]) -> Filings:
    """The filings that a history amounts to."""
    state = Filings()
    for recorded in facts:
        state = evolve(state, recorded)
    return state


def services_filed(facts: Iterable[Recorded[Any]]) -> str | None:
    """The id of a filing of services in force, None where there is none."""
    services = fold(facts).services
    return services[0][1] if services else None


def stream_of(uscc: str) -> str:
    """The stream of a firm's filings."""
    return f"filing/{uscc}"


class FilingDateInFuture(DateInFuture):
    """The business has not been started, or the change not registered."""

    field = "event_on"


class ServicesMissing(Refusal):
    """A filing names no service."""

    zh = "备案未填写服务项目。"
    en = "The filing names no service."
    next_zh = "请从FS1至FS6中选择已开展的服务。"
    next_en = "Choose the services from FS1 to FS6."
    source = "人力资源市场暂行条例第18条第2款"
    field = "services"


class ServiceUnknown(Refusal):
    """A service is none of the six."""

    zh = "{service}不是应备案的六项服务之一（{services}）。"
    en = "{service} is none of the six services to be filed ({services})."
    next_zh = "请核对服务代码；职业中介须申请许可。"
    next_en = "Check the code; employment intermediation needs a licence."
    source = "人力资源市场暂行条例第18条"
    field = "services"


class AlreadyFiled(Refusal):
    """All of the services are filed."""

    zh = "{organisation}的服务{services}均已备案。"
    en = "{organisation} has filed {services} already."
    next_zh = "无需重复备案；事项有变的，办理变更报告。"
    next_en = "Nothing to file; report a change instead."
    source = "人力资源市场暂行条例第18、21条"
    field = "services"


class ReportNeedsText(Refusal):
    """A report does not say what it reports."""

    zh = "书面报告（{kind}）未写明内容。"
    en = "The written report ({kind}) does not say what it reports."
    next_zh = "请填写报告内容。"
    next_en = "Say what is reported."
    source = "人力资源市场暂行条例第20、21条"
    field = "what"


@decides(
    RecordBusinessFiling,
    reads=lambda asked: (
        organisation.known_registration(asked.organisation),
        Own(stream=stream_of(asked.organisation)),
    ),
)
def record(asked: RecordBusinessFiling, history: History, context: Context) -> Iterator[Decided]:
    """Records a filing or report; a late one is marked, never refused."""
    uscc = asked.organisation
    registration = organisation.received_registration(history, uscc)
    if asked.kind is not FilingKind.ENDING:
        organisation.must_exist(registration)
    must_have_come(asked.event_on, context.today, FilingDateInFuture)
    if asked.kind is FilingKind.FIL_HRS:
        filed = dict(fold(history.own(stream_of(uscc))).services)
        if not asked.services:
            raise ServicesMissing()
        for service in asked.services:
            if service not in SERVICES:
                raise ServiceUnknown(service=service, services="、".join(SERVICES))
        if all(service in filed for service in asked.services):
            raise AlreadyFiled(organisation=uscc, services="、".join(asked.services))
    elif asked.what is None and asked.kind is not FilingKind.ENDING:
        raise ReportNeedsText(kind=asked.kind.value)
    yield Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=registration.matter,
        region=registration.region,
        effective=asked.event_on,
        fact=BusinessFilingRecorded(
            filing_id=context.mint("F"),
            uscc=uscc,
            kind=asked.kind,
            services=asked.services,
            region=registration.region,
            event_on=asked.event_on,
            filed_on=context.today,
            late=context.today > due(asked.event_on, TERM_TO_FILE).day,
            what=asked.what,
        ),
    )
