"""Filings (备案) and written reports: recorded, never "granted" (reference 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Confidentiality, Fact, fact
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
    source="人力资源市场暂行条例 18, 20, 21",
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


@command(zh="登记备案", en="Record a filing", source="人力资源市场暂行条例 18, 20, 21")
@dataclass(frozen=True, kw_only=True)
class RecordBusinessFiling(Command):
    """Records a filing or written report; a late one is recorded and marked, not refused."""

    organisation: Uscc
    kind: Annotated[FilingKind, Term(zh="备案种类", en="Kind")] = FilingKind.FIL_HRS
    services: Annotated[tuple[Code, ...], Term(zh="备案服务", en="Services")] = ()
    event_on: Annotated[date, Term(zh="起算日期", en="Term runs from")]
    what: ShortText | None = None
