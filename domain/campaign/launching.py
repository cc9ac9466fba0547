"""Launching a campaign, what each unit owes by it, the end of its phases and of itself.

1. A campaign may count from a day before the notice; the notice is not issued tomorrow.
2. A code is the issuer's once. Its units lie below the issuer, each once; a report names a
   phase and falls due on a fixed day.
3. At the launch each unit is told each report that it owes (R20).
4. A phase is closed by the issuer, once. A closed campaign takes nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateInFuture, must_have_come
from domain.campaign import state
from domain.campaign.facts import (
    CampaignClosed,
    CampaignCode,
    CampaignLaunched,
    PhaseClosed,
    PhaseCode,
    Phases,
    ReportExpected,
    ReportsOwed,
    ReportYear,
    StatisticsForm,
    Units,
    WorkingGroup,
    campaign_of,
    unit_of,
)
from domain.campaign.state import UnitActsForItself
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
from domain.departments import covers
from domain.errors import Refusal
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import DocumentNumber, Identifier, Reason, RegionCode, ShortText, Term


@command(zh="部署专项行动", en="Launch a campaign", source=CAMPAIGN_PLAN, irreversible=True)
@dataclass(frozen=True, kw_only=True)
class LaunchCampaign(Command):
    """Orders a campaign: what it rests on, its phases, its units and what each of them owes."""

    code: CampaignCode
    title: ShortText
    legal_basis: Reason
    document_no: DocumentNumber
    issued_on: Annotated[date | None, Term(zh="印发日期", en="Issued on")] = None
    effective_from: Annotated[date, Term(zh="起始日期", en="Effective from")]
    ends_on: Annotated[date | None, Term(zh="结束日期", en="Ends on")] = None
    report_year: ReportYear = None
    phases: Phases
    reports: ReportsOwed = ()
    units: Units
    group: WorkingGroup = ()
    indicators: StatisticsForm = None
    region: RegionCode | None = None


@command(
    zh="下达报送任务",
    en="Tell the units what they owe",
    source=f"{CAMPAIGN_PLAN}四；平台规则（R20）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class ExpectReports(Command):
    """Tells each unit of a launched campaign each report that it owes."""

    campaign: Identifier


@command(zh="结束阶段", en="Close a phase", source=f"{CAMPAIGN_PLAN}四")
@dataclass(frozen=True, kw_only=True)
class ClosePhase(Command):
    """Closes a phase: reports of it are no longer taken."""

    campaign: Identifier
    phase: PhaseCode
    remark: Reason | None = None


@command(
    zh="结束专项行动", en="Close a campaign", source=f"{CAMPAIGN_PLAN}四（三）", irreversible=True
)
@dataclass(frozen=True, kw_only=True)
class CloseCampaign(Command):
    """Ends a campaign with a summary of what came of it."""

    campaign: Identifier
    summary: Reason


class CampaignAlreadyLaunched(Refusal):
    """The issuer launched a campaign under this code."""

    zh = "{issuer}已部署代码为{code}的专项行动（编号{campaign}）。"
    en = "{issuer} launched {code} as {campaign}."
    next_zh = "请在该专项行动中办理；另有部署的，请使用新的代码。"
    next_en = "Act in that campaign, or give the new one a code of its own."
    source = "平台规则（专项行动）"
    field = "code"


class CampaignIssuedInFuture(DateInFuture):
    """The notice that orders the campaign is not issued yet."""

    field = "issued_on"


class CampaignDatesIllFormed(Refusal):
    """A day of the campaign comes before the day that it cannot precede."""

    zh = "{what}{day}早于{ground}，日期不成立。"
    en = "{what}: {day} comes before {ground}."
    next_zh = "请核对起止日期。"
    next_en = "Check the dates."
    source = f"{CAMPAIGN_PLAN}四（阶段与时限）"
    field = "effective_from"


class CampaignCodeTwice(Refusal):
    """A phase, a report or a unit stands twice."""

    zh = "“{code}”重复。"
    en = "{code} stands twice."
    next_zh = "请合并，或改用不同的代码。"
    next_en = "Make it one, or give each a code of its own."
    source = "平台规则（专项行动）"
    field = "reports"


class ReportOfUnknownPhase(Refusal):
    """A report belongs to a phase that the campaign has not."""

    zh = "报送“{code}”所属阶段{phase}不在本次专项行动的阶段之中。"
    en = "The report {code} belongs to the phase {phase}, which this campaign has not."
    next_zh = "请先列出该阶段，或改正报送所属阶段。"
    next_en = "List the phase, or name another."
    source = f"{CAMPAIGN_PLAN}四"
    field = "reports"


class UnitNotBelowIssuer(Refusal):
    """A unit does not lie in the issuer's territory, or is the issuer itself."""

    zh = "{unit}不是{issuer}的下级地区，不能列为报送单位。"
    en = "{unit} does not lie below {issuer} and cannot be one of its units."
    next_zh = "请只列本地区的下级单位。"
    next_en = "Name territories below the issuer."
    source = f"{CAMPAIGN_PLAN}四（各县市人力资源社会保障局）"
    field = "units"


class PhaseUnknown(Refusal):
    """The campaign has no such phase."""

    zh = "专项行动{campaign}没有阶段{phase}。"
    en = "The campaign {campaign} has no phase {phase}."
    next_zh = "请核对阶段代码。"
    next_en = "Check the phase."
    source = f"{CAMPAIGN_PLAN}四"
    field = "phase"


class PhaseAlreadyClosed(Refusal):
    """The phase was closed before."""

    zh = "阶段{phase}已于{closed_on}结束。"
    en = "The phase {phase} was closed on {closed_on}."
    next_zh = "无需再次办理。"
    next_en = "Nothing is left to do."
    source = f"{CAMPAIGN_PLAN}四"
    field = "phase"


def _launched_by(region: str) -> Received:
    return Received(region=region, types=(CampaignLaunched.TYPE,))


@decides(LaunchCampaign, reads=lambda asked: (_launched_by(asked.region or ""),))
def launch(asked: LaunchCampaign, history: History, context: Context) -> Iterator[Decided]:
    """Launches a campaign of the post's territory, effective from its own first day."""
    issued_on = asked.issued_on or context.today
    must_have_come(issued_on, context.today, CampaignIssuedInFuture)
    _must_be_in_order(asked)
    _must_be_once(one.code for one in asked.phases)
    _must_be_once(one.code for one in asked.reports)
    _must_be_once(asked.units)
    phases = {one.code for one in asked.phases}
    for report in asked.reports:
        if report.phase not in phases:
            raise ReportOfUnknownPhase(code=report.code, phase=report.phase)
    issuer = context.region
    if context.post.region != issuer:
        raise UnitActsForItself(unit=issuer, post=context.post.id)
    for unit in asked.units:
        if unit == issuer or not covers(issuer, unit):
            raise UnitNotBelowIssuer(unit=unit, issuer=issuer)
    for one in history.received(_launched_by(issuer)):
        if one.fact.region == issuer and one.fact.code == asked.code:
            raise CampaignAlreadyLaunched(
                issuer=issuer, code=asked.code, campaign=one.fact.campaign_id
            )
    campaign = context.mint("CMP")
    yield Decided(
        stream=campaign_of(campaign),
        subject=campaign,
        matter=context.mint("M"),
        region=issuer,
        effective=asked.effective_from,
        fact=CampaignLaunched(
            campaign_id=campaign,
            code=asked.code,
            title=asked.title,
            region=issuer,
            legal_basis=asked.legal_basis,
            document_no=asked.document_no,
            issued_on=issued_on,
            effective_from=asked.effective_from,
            ends_on=asked.ends_on,
            report_year=asked.report_year,
            phases=asked.phases,
            reports=asked.reports,
            units=asked.units,
            group=asked.group,
            indicators=asked.indicators,
        ),
    )


def _must_be_in_order(asked: LaunchCampaign) -> None:
    """Refuses days that precede what they follow; a phase may end after the campaign's reports."""
    first = asked.effective_from
    pairs: list[tuple[str, date | None, date | None]] = [("结束日期", asked.ends_on, first)]
    for phase in asked.phases:
        pairs.append((f"阶段{phase.code}", phase.starts_on, first))
        pairs.append((f"阶段{phase.code}", phase.ends_on, phase.starts_on or first))
    pairs += [(f"报送{report.code}", report.due, first) for report in asked.reports]
    for what, day, ground in pairs:
        if day is not None and ground is not None and day < ground:
            raise CampaignDatesIllFormed(what=what, day=day.isoformat(), ground=ground.isoformat())


def _must_be_once(codes: Iterable[str]) -> None:
    for code, times in Counter(codes).items():
        if times > 1:
            raise CampaignCodeTwice(code=code)


def _of_each_unit(asked: ExpectReports, history: History) -> tuple[Read, ...]:
    found = state.known(history, asked.campaign)
    return tuple(Own(stream=unit_of(asked.campaign, unit)) for unit in found.launched.fact.units)


@decides(ExpectReports, reads=lambda asked: (state.read(asked.campaign),), then=_of_each_unit)
def expect(asked: ExpectReports, history: History, _: Context) -> Iterator[Decided]:
    """One fact for each unit and report; what a unit was told before is not told again."""
    found = state.known(history, asked.campaign)
    for unit in found.launched.fact.units:
        stream = unit_of(asked.campaign, unit)
        told = {
            one.fact.code for one in history.own(stream) if isinstance(one.fact, ReportExpected)
        }
        for report in found.launched.fact.reports:
            if report.code not in told:
                yield Decided(
                    stream=stream,
                    subject=found.id,
                    matter=found.matter,
                    region=unit,
                    fact=ReportExpected(
                        campaign_id=found.id,
                        unit=unit,
                        code=report.code,
                        kind=report.kind,
                        phase=report.phase,
                        due=report.due,
                    ),
                )


@decides(ClosePhase, reads=lambda asked: (state.read(asked.campaign),))
def close_phase(asked: ClosePhase, history: History, context: Context) -> Iterator[Decided]:
    """Closes a phase once, by the issuer."""
    found = state.running(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    if asked.phase not in {one.code for one in found.launched.fact.phases}:
        raise PhaseUnknown(campaign=found.id, phase=asked.phase)
    if asked.phase in found.closed_phases:
        raise PhaseAlreadyClosed(phase=asked.phase, closed_on=found.closed_phases[asked.phase])
    yield Decided(
        stream=campaign_of(found.id),
        subject=found.id,
        matter=found.matter,
        region=found.issuer,
        fact=PhaseClosed(
            campaign_id=found.id,
            phase=asked.phase,
            closed_on=context.today,
            remark=asked.remark,
        ),
    )


@decides(CloseCampaign, reads=lambda asked: (state.read(asked.campaign),))
def close(asked: CloseCampaign, history: History, context: Context) -> Iterator[Decided]:
    """Closes a campaign once, by the issuer."""
    found = state.running(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    yield Decided(
        stream=campaign_of(found.id),
        subject=found.id,
        matter=found.matter,
        region=found.issuer,
        fact=CampaignClosed(campaign_id=found.id, closed_on=context.today, summary=asked.summary),
    )
