"""Findings (发现违法事项): a code of the catalogue, on stated facts, about a case, licence or check.

1. One act is one finding, however many bases it has (行政处罚法 29).
2. The catalogue's severity stands unless an officer overrides it with a reason (reference 5.1).
3. Whether the referral question must be asked follows from the code and from the signs of a
   crime that the finding names (reference 8.5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from domain.calendar.deadlines import add_months
from domain.facts import Fact, Recorded, fact
from domain.terms import (
    Code,
    Digest,
    Identifier,
    MoneyFen,
    Persons,
    Reason,
    ShortText,
    SubjectId,
    Term,
)
from domain.violations.catalogue import Severity


class CrimeSign(StrEnum):
    """What makes the referral question necessary whatever the code (reference 8.5)."""

    VICTIM_LOSS = "VICTIM_LOSS"
    FALSE_IDENTITY = "FALSE_IDENTITY"
    FORGED_LICENCE = "FORGED_LICENCE"
    COERCED_DOCUMENTS = "COERCED_DOCUMENTS"
    MINORS = "MINORS"
    ORGANISED_EXIT = "ORGANISED_EXIT"
    PERSONAL_DATA = "PERSONAL_DATA"
    FUND_FRAUD = "FUND_FRAUD"
    WAGES_UNPAID_AFTER_ORDER = "WAGES_UNPAID_AFTER_ORDER"


@fact(
    "finding.violation_found.v1",
    family="enforcement",
    organs=("HRSS_APPR", "HRSS_LR", "HRSS_MKT", "HRSS_INSP", "SAMR", "COM", "DRC", "CAC", "PSB"),
    zh="发现违法事项",
    en="Violation found",
    source="平台违法行为目录",
)
@dataclass(frozen=True, kw_only=True)
class ViolationFound(Fact):
    """A violation of the catalogue was found; `about` is the case, licence, inspection or lead.

    `question` says that the referral question must be asked, `needs_penalty` that a penalty is
    called for at once, `earlier` counts the subject's other matters with findings of the last
    12 months. `amount_fen` is the money involved, `persons` who were affected.
    """

    finding_id: Identifier
    code: Code
    severity: Annotated[Severity, Term(zh="严重程度", en="Severity")]
    severity_reason: Reason | None = None
    subject_id: SubjectId
    about: Identifier
    facts: Annotated[tuple[ShortText, ...], Term(zh="事实", en="Facts")]
    act_from: Annotated[date, Term(zh="行为起日", en="Act from")]
    act_to: Annotated[date | None, Term(zh="行为终了日", en="Act to")] = None
    persons: Persons | None = None
    amount_fen: MoneyFen | None = None
    evidence: Annotated[tuple[Digest, ...], Term(zh="证据文件摘要", en="Evidence files")] = ()
    signs: Annotated[tuple[CrimeSign, ...], Term(zh="涉嫌犯罪情形", en="Signs of a crime")] = ()
    question: Annotated[bool, Term(zh="须作移送判断", en="Referral question")] = False
    needs_penalty: Annotated[bool, Term(zh="需行政处罚", en="Needs a penalty")] = False
    earlier: Annotated[
        int, Term(zh="十二个月内其他违法事项数", en="Earlier matters", minimum=0)
    ] = 0


def stream_of(subject: str) -> str:
    """The stream of a subject's findings and orders to correct."""
    return f"correction/{subject}"


EARLIER_MONTHS = 12
"""How far back other matters of a subject are counted."""


def earlier(findings: Iterable[Recorded[Any]], matter: str, on: date) -> int:
    """How many other matters of a subject had findings in the 12 months up to a day."""
    since = add_months(on, -EARLIER_MONTHS)
    return len(
        {
            one.matter
            for one in findings
            if isinstance(one.fact, ViolationFound) and since <= one.recorded_on <= on
        }
        - {matter}
    )
