"""Pushes: 市场监管 sends a registered scope to 人社, which claims, guides and disposes (reference 4).

A push is two aggregates, each owner's half: `scope_push/<USCC>` at 市场监管 and
`push_claim/<USCC>` at 人社, joined by the facts they publish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Fact, fact
from domain.terms import (
    Code,
    Identifier,
    OrganisationName,
    Reason,
    RegionCode,
    ScopeText,
    ShortText,
    Term,
    Uscc,
)


class PushOutcome(StrEnum):
    """How 人社 disposed of a push (reference 4.3)."""

    LICENSED = "LICENSED"
    FILED = "FILED"
    NOT_OPERATING = "NOT_OPERATING"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    LEAD_OPENED = "LEAD_OPENED"


@fact(
    "push.scope_pushed.v1",
    family="push",
    organs=("SAMR",),
    zh="经营范围推送",
    en="Business scope pushed",
    source="S2 八；S3；R01",
)
@dataclass(frozen=True, kw_only=True)
class BusinessScopePushed(Fact):
    """市场监管 pushed a scope that matches a keyword to the supervising 人社.

    `phrases` are the keyword codes (K1..K8) left after negation, `excluded` those that a
    negation took away, `classes` their classes, `needs` the licence types and filing
    services to clarify. `registration_event` is the fact that gave rise to it.
    """

    push_id: Identifier
    uscc: Uscc
    name: OrganisationName
    scope: ScopeText
    phrases: Annotated[tuple[Code, ...], Term(zh="命中词", en="Phrases")]
    classes: Annotated[tuple[Code, ...], Term(zh="分类", en="Classes")]
    excluded: Annotated[tuple[Code, ...], Term(zh="排除的命中词", en="Excluded phrases")]
    needs: Annotated[tuple[Code, ...], Term(zh="需办理事项", en="Needs")]
    in_draw_population: Annotated[bool, Term(zh="属于抽查总体", en="In the draw population")]
    mapping_version: Identifier
    to_region: RegionCode
    registration_event: Identifier


@fact(
    "push.claimed.v1",
    family="push",
    organs=("HRSS_MKT",),
    zh="推送认领",
    en="Push claimed",
    source="R02",
)
@dataclass(frozen=True, kw_only=True)
class PushClaimed(Fact):
    """人社 claimed a push; with a class that needs a licence or filing, guidance is due (R03)."""

    push_id: Identifier
    uscc: Uscc
    needs: Annotated[tuple[Code, ...], Term(zh="需办理事项", en="Needs")]


@fact(
    "push.guidance_issued.v1",
    family="push",
    organs=("HRSS_MKT",),
    zh="许可备案指引",
    en="Licensing guidance issued",
    source="R03",
)
@dataclass(frozen=True, kw_only=True)
class LicensingGuidanceIssued(Fact):
    """人社 told the firm what it needs, where and how, and until when to reply."""

    push_id: Identifier
    uscc: Uscc
    needs: Annotated[tuple[Code, ...], Term(zh="需办理事项", en="Needs")]
    where: ShortText
    how: ShortText
    reply_due: Annotated[date | None, Term(zh="答复期限", en="Reply due")] = None


@fact(
    "push.disposed.v1",
    family="push",
    organs=("HRSS_MKT", "HRSS_APPR"),
    zh="推送办结",
    en="Push disposed",
    source="reference 4.3",
)
@dataclass(frozen=True, kw_only=True)
class PushDisposed(Fact):
    """A push reached its outcome; `basis` is the licence, filing, declaration or lead it rests on."""

    push_id: Identifier
    uscc: Uscc
    outcome: Annotated[PushOutcome, Term(zh="办结结果", en="Outcome")]
    basis: Identifier | None = None
    reason: Reason | None = None


@fact(
    "risk.warning_raised.v1",
    family="supervision",
    organs=("HRSS_MKT",),
    zh="风险预警",
    en="Risk warning raised",
    source="reference 4.3, 7.6",
)
@dataclass(frozen=True, kw_only=True)
class RiskWarningRaised(Fact):
    """A rule raised a risk warning about a firm (here: a push unresolved after 30 working days)."""

    uscc: Uscc
    rule: Code
    level: Annotated[
        str,
        Term(zh="预警级别", en="Level", pattern=r"^(?:BLUE|YELLOW|ORANGE|RED)$", example="YELLOW"),
    ]
    about: Identifier


@command(zh="推送经营范围", en="Push a business scope", source="R01", automatic=True)
@dataclass(frozen=True, kw_only=True)
class PushBusinessScope(Command):
    """R01: pushes the scope of a registration whose text matches 4.2."""

    organisation: Uscc
    registration_event: Identifier


@command(zh="认领推送", en="Claim a push", source="R02")
@dataclass(frozen=True, kw_only=True)
class ClaimPush(Command):
    """Claims a push; without `push` the only unclaimed push of the firm is meant."""

    organisation: Uscc
    push: Identifier | None = None


@command(zh="出具许可备案指引", en="Issue licensing guidance", source="R03")
@dataclass(frozen=True, kw_only=True)
class IssueLicensingGuidance(Command):
    """Tells the firm what it needs; `needs` defaults to what the push found."""

    organisation: Uscc
    push: Identifier | None = None
    needs: Annotated[tuple[Code, ...], Term(zh="需办理事项", en="Needs")] = ()
    where: ShortText = "政务服务中心人社窗口"
    how: ShortText = "持营业执照办理，可选择一般程序或告知承诺"
    reply_due: Annotated[date | None, Term(zh="答复期限", en="Reply due")] = None


@command(zh="办结推送", en="Dispose of a push", source="reference 4.3")
@dataclass(frozen=True, kw_only=True)
class DisposePush(Command):
    """An officer's outcome: NOT_OPERATING, OUT_OF_SCOPE or LEAD_OPENED, each with its reason."""

    organisation: Uscc
    push: Identifier | None = None
    outcome: Annotated[PushOutcome, Term(zh="办结结果", en="Outcome")]
    reason: Reason


@command(
    zh="按许可或备案办结推送",
    en="Dispose of licensed or filed pushes",
    source="reference 4.3",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class DisposeSatisfiedPushes(Command):
    """Disposes of each claimed push whose needs a licence or a filing now meets."""

    organisation: Uscc


@command(
    zh="发出推送未决预警", en="Warn of an unresolved push", source="reference 4.3", automatic=True
)
@dataclass(frozen=True, kw_only=True)
class WarnOfUnresolvedPush(Command):
    """Raises UNRESOLVED_PUSH when the push's clock runs out."""

    organisation: Uscc
    push: Identifier
