"""Matters: what a case history is about, and how several are joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Fact, fact
from domain.terms import Identifier, Reason, Term

ANY = (
    "HRSS",
    "HRSS_MKT",
    "HRSS_APPR",
    "HRSS_INSP",
    "HRSS_LR",
    "HRSS_EMP",
    "HRSS_TRN",
    "HRSS_ARB",
    "HRSS_SI",
    "HRSS_LEGAL",
    "SAMR",
    "PSB",
    "FAO",
    "DRC",
    "CAC",
    "COM",
    "TWN",
    "FIN",
    "PROC",
    "COURT",
    "RECON",
    "LGO",
)


@fact(
    "matter.linked.v1",
    family="matter",
    organs=(*ANY, "AGENCY"),
    zh="事项关联",
    en="Matters linked",
    source="design, Identity, order and time",
)
@dataclass(frozen=True, kw_only=True)
class MatterLinked(Fact):
    """One matter was joined to another: their histories are read as one."""

    one: Identifier
    other: Identifier
    because: Annotated[
        str,
        Term(
            zh="关联原因", en="Because", min_length=2, max_length=400, example="许可申请源于该推送"
        ),
    ]


@command(zh="关联事项", en="Link matters", source="design, Identity, order and time")
@dataclass(frozen=True, kw_only=True)
class LinkMatters(Command):
    """Joins two matters that this department has facts of."""

    one: Identifier
    other: Identifier
    because: Reason
