"""Findings and orders to correct (责令改正): neither is a penalty (reference 12.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Fact, fact
from domain.terms import Code, Identifier, Reason, ShortText, Term, Uscc
from domain.violations import Severity


class CorrectionOutcome(StrEnum):
    """What verification of an order to correct found."""

    CORRECTED = "CORRECTED"
    NOT_CORRECTED = "NOT_CORRECTED"
    REFUSED = "REFUSED"


ORGANS = ("HRSS_APPR", "HRSS_LR", "HRSS_MKT", "HRSS_INSP")


@fact(
    "finding.violation_found.v1",
    family="enforcement",
    organs=ORGANS,
    zh="发现违法事项",
    en="Violation found",
    source="reference 5",
)
@dataclass(frozen=True, kw_only=True)
class ViolationFound(Fact):
    """A violation of the catalogue was found; `about` is the licence, inspection or lead."""

    finding_id: Identifier
    code: Code
    severity: Annotated[Severity, Term(zh="严重程度", en="Severity")]
    uscc: Uscc
    about: Identifier
    facts: Annotated[tuple[ShortText, ...], Term(zh="事实", en="Facts")]
    act_from: Annotated[date, Term(zh="行为起日", en="Act from")]


@fact(
    "correction.ordered.v1",
    family="enforcement",
    organs=ORGANS,
    zh="责令改正",
    en="Correction ordered",
    source="R05; 行政处罚法 28",
)
@dataclass(frozen=True, kw_only=True)
class CorrectionOrdered(Fact):
    """The firm was ordered to correct findings by `due`; the term is the order's own."""

    order_id: Identifier
    uscc: Uscc
    finding_ids: Annotated[tuple[Identifier, ...], Term(zh="违法事项编号", en="Findings")]
    about: Identifier
    due: Annotated[date, Term(zh="改正期限", en="Due")]
    working_days: Annotated[
        int, Term(zh="期限（工作日）", en="Working days", minimum=1, maximum=250, example="10")
    ]


@fact(
    "correction.verified.v1",
    family="enforcement",
    organs=ORGANS,
    zh="改正核查",
    en="Correction verified",
    source="R05",
)
@dataclass(frozen=True, kw_only=True)
class CorrectionVerified(Fact):
    """The outcome of checking an order; NOT_CORRECTED and REFUSED open the next act (R05)."""

    order_id: Identifier
    uscc: Uscc
    about: Identifier
    outcome: Annotated[CorrectionOutcome, Term(zh="改正结果", en="Outcome")]
    remark: Reason | None = None


@command(zh="责令改正", en="Order a correction", source="R05")
@dataclass(frozen=True, kw_only=True)
class OrderCorrection(Command):
    """Orders the open findings of a firm's failed commitment to be corrected in `working_days`."""

    organisation: Uscc
    working_days: Annotated[
        int, Term(zh="期限（工作日）", en="Working days", minimum=1, maximum=250)
    ] = 10


@command(zh="核查改正情况", en="Verify a correction", source="R05")
@dataclass(frozen=True, kw_only=True)
class VerifyCorrection(Command):
    """Records whether the open order of a firm was obeyed; not before its term unless CORRECTED."""

    organisation: Uscc
    order: Identifier | None = None
    outcome: Annotated[CorrectionOutcome, Term(zh="改正结果", en="Outcome")]
    remark: Reason | None = None
