"""The figures of leads, cases, referrals, penalties, warnings and disposals (reference 10.6).

Complaints are withheld from the leading group (reference 14.1) and have no figure here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from domain.calendar.deadlines import Period, Unit, due
from domain.enforcement.facts import PenaltyDecided
from domain.facts import Recorded
from domain.lead.facts import CaseSupervisionChanged, LeadKind
from domain.online.facts import OnlineDisposalRequested, OnlineDisposalTaken
from domain.review.facts import DecisionOverturned
from domain.review.overturning import UNDOES
from projections import case_life as case
from projections import lead_life as lead
from projections import referral_life as referral
from projections.leadership.words import Counted, Definition, Span, Theme, named
from projections.steps import Step, Steps

DECISION_DAYS = 3
"""Calendar days in which the head decides on a referral (Decree 310 art. 5)."""

TRANSFER_HOURS = 24
"""Hours from the approval to the transfer (Decree 310 art. 5); they never roll."""

_LEAD_STATES = {
    "TRANSFERRED": ("待签收", "to be receipted"),
    "RETURNED": ("已退回", "returned"),
    "RECEIPTED": ("已签收待研判", "to be assessed"),
    "ASSESSED": ("已研判办理中", "assessed"),
    "COORDINATED": ("协调中", "coordinated"),
    "DISPOSED": ("已处置", "disposed"),
    "CLOSED_NO_ACTION": ("不予处理", "closed without action"),
}
_CASE_STATES = {
    "FILED": ("立案调查", "filed"),
    "INVESTIGATED": ("调查终结", "investigated"),
    "NOTIFIED": ("已告知", "notified"),
    "HEARING": ("听证", "hearing"),
    "DECIDED": ("已决定", "decided"),
    "SERVED": ("已送达", "served"),
    "PERFORMED": ("已履行", "performed"),
    "SUSPENDED": ("中止", "suspended"),
    "SUSPENDED_PENDING_CRIMINAL": ("移送期间中止", "suspended, with the police"),
    "REOPENED": ("重新办理", "reopened"),
    "CLOSED": ("已结案", "closed"),
}
_REFERRAL_STATES = {
    "REPORTED": ("待决定", "to be decided"),
    "NOT_APPROVED": ("不予移送", "not approved"),
    "APPROVED": ("已批准待移送", "approved"),
    "TRANSFERRED": ("已移送待签收", "transferred"),
    "RECEIPTED": ("公安已签收", "receipted"),
    "FORWARDED": ("转送其他公安机关", "forwarded"),
    "NOT_FILED": ("不予立案（退回）", "not filed, file returned"),
    "RECONSIDERING": ("复议中", "reconsidered"),
    "UPHELD": ("复议维持", "upheld"),
    "SUPERVISION": ("立案监督中", "under supervision"),
    "SUPERVISION_REJECTED": ("监督后仍不立案", "supervision rejected"),
    "FILED": ("已立案", "filed"),
    "HANDED_OVER": ("已移交材料", "handed over"),
    "ENDED": ("退回行政处理", "returned for administrative handling"),
}
_LEVELS = {
    "YELLOW": ("黄色", "yellow"),
    "ORANGE": ("橙色", "orange"),
    "RED": ("红色", "red"),
}
_MEASURES = {
    "LABELLED": ("标注", "labelled"),
    "RECRUITMENT_SUSPENDED": ("暂停招聘服务", "recruitment suspended"),
    "ACCOUNT_CLOSED": ("关闭账号", "account closed"),
    "APP_REMOVED": ("下架应用", "app removed"),
    "SITE_CLOSED": ("关闭网站", "site closed"),
}

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "leads_open",
        "在办线索",
        "Open leads",
        "已移送、尚未处置完毕或不予处理的线索数（结果通报不计）。",
        "Leads sent and neither disposed nor closed without action; outcome notices not counted.",
        Theme.LEADS,
        telling=True,
    ),
    *named(
        "leads:",
        _LEAD_STATES,
        ("线索：", "Leads: "),
        "当前环节为“{zh}”的线索数（结果通报不计）。",
        "Leads whose state is {code}; outcome notices not counted.",
        Theme.LEADS,
    ),
    Definition(
        "cases_open",
        "在办案件",
        "Open cases",
        "已立案、尚未结案的案件数（含中止）。",
        "Cases filed and not closed, suspended ones counted.",
        Theme.CASES,
        telling=True,
    ),
    *named(
        "cases:",
        _CASE_STATES,
        ("案件：", "Cases: "),
        "当前状态为“{zh}”的案件数。",
        "Cases whose state is {code}.",
        Theme.CASES,
    ),
    *named(
        "referrals:",
        _REFERRAL_STATES,
        ("行刑移送：", "Referrals: "),
        "当前状态为“{zh}”的移送数。",
        "Referrals whose state is {code}.",
        Theme.REFERRALS,
    ),
    Definition(
        "referrals_on_time",
        "按时移送",
        "Referrals on time",
        "三日内决定并于批准后24小时内移送的件数（累计）。",
        "Referrals decided within 3 days and transferred within 24 hours, cumulative.",
        Theme.REFERRALS,
        telling=True,
    ),
    Definition(
        "referrals_late",
        "逾期移送",
        "Referrals late",
        "超过三日决定或批准后超过24小时移送的件数（累计）。",
        "Referrals decided after 3 days or transferred after 24 hours, cumulative.",
        Theme.REFERRALS,
        telling=True,
    ),
    Definition(
        "referrals_refused",
        "公安不予立案",
        "Referrals not filed",
        "公安机关作出过不予立案决定的件数（累计）。",
        "Referrals on which the police once decided not to file, cumulative.",
        Theme.REFERRALS,
        telling=True,
    ),
    Definition(
        "penalties",
        "行政处罚决定",
        "Penalties",
        "作出行政处罚决定且未被撤销的件数（累计）。",
        "Penalties decided and not annulled, cumulative.",
        Theme.CASES,
        telling=True,
    ),
    Definition(
        "decisions_overturned",
        "复议诉讼纠正",
        "Decisions overturned",
        "被撤销、变更、确认违法或确认无效的决定数（累计）。",
        "Decisions annulled, changed, found unlawful or void, cumulative.",
        Theme.CASES,
        telling=True,
    ),
    Definition(
        "supervised",
        "挂牌督办",
        "Supervised listings",
        "已挂牌、尚未销号的督办数。",
        "Cases and leads listed for supervision and not released.",
        Theme.RISKS,
        telling=True,
    ),
    *named(
        "warnings:",
        _LEVELS,
        ("风险预警：", "Risk warnings: "),
        "发出的“{zh}”预警件数（累计）。",
        "Risk warnings of level {code}, cumulative.",
        Theme.RISKS,
    ),
    Definition(
        "disposals_open",
        "待处置网络账号",
        "Online disposals open",
        "已提请网信部门、尚无答复的件数。",
        "Requests to the cyberspace administration without an answer.",
        Theme.ONLINE,
        telling=True,
    ),
    *named(
        "disposals:",
        _MEASURES,
        ("网络处置：", "Online disposals: "),
        "采取“{zh}”措施且未解除的件数。",
        "Disposals with the measure {code} that was not lifted.",
        Theme.ONLINE,
    ),
)
"""What each figure counts, in the order in which it is shown."""


def _stays(
    prefix: str,
    steps: Steps,
    advance: Callable[[Any, Step], Any],
    name: Callable[[Any], str | None],
    over: frozenset[str] = frozenset(),
    while_open: str | None = None,
) -> list[Span]:
    """One span for each stay in a state, and one for each time of being open."""
    spans: list[Span] = []
    at, state, since, opened = None, None, 0, None
    for step in steps:
        at = advance(at, step)
        now = None if at is None else name(at)
        if now == state:
            continue
        if state is not None:
            spans.append((f"{prefix}{state}", since, step.stamp))
        state, since = now, step.stamp
        if while_open is None:
            continue
        if state not in over:
            opened = step.stamp if opened is None else opened
        elif opened is not None:
            spans.append((while_open, opened, step.stamp))
            opened = None
    if state is not None:
        spans.append((f"{prefix}{state}", since, None))
    if while_open is not None and opened is not None:
        spans.append((while_open, opened, None))
    return spans


def lead_spans(steps: Steps) -> list[Span]:
    """Where a lead stood when; an outcome notice is no lead to be dealt with."""
    if not any(
        step.type == lead.TRANSFERRED and step.data["kind"] != LeadKind.OUTCOME_NOTICE
        for step in steps
    ):
        return []
    return _stays("leads:", steps, lead.advance, str, lead.ENDED, "leads_open")


def case_spans(steps: Steps) -> list[Span]:
    """Where a case stood when, from its filing on."""
    filed = next((n for n, step in enumerate(steps) if step.type == case.FILED), None)
    if filed is None:
        return []
    return _stays(
        "cases:",
        steps[filed:],
        case.advance,
        case.state_name,
        frozenset({"CLOSED"}),
        "cases_open",
    )


def referral_spans(steps: Steps) -> list[Span]:
    """Where a referral stood when, whether it went in time, and whether it was refused."""
    spans = _stays("referrals:", steps, referral.advance, str)
    sent = next((step for step in steps if step.type == referral.TRANSFERRED), None)
    if sent is not None:
        figure = "referrals_late" if _late(steps) else "referrals_on_time"
        spans.append((figure, sent.stamp, None))
    refused = next(
        (
            step.stamp
            for step in steps
            if step.type == referral.FILING and step.data["decision"] == "NOT_FILED"
        ),
        None,
    )
    if refused is not None:
        spans.append(("referrals_refused", refused, None))
    return spans


def _late(steps: Steps) -> bool:
    reported = decided = sent = None
    for step in steps:
        if step.type == referral.PROPOSED:
            reported = date.fromisoformat(step.data["report_received_on"])
        elif step.type == referral.DECIDED:
            decided = datetime.fromisoformat(step.data["decided_at"])
        elif step.type == referral.TRANSFERRED:
            sent = datetime.fromisoformat(step.data["transferred_at"])
    if decided is None or sent is None:
        return False
    if sent > decided + timedelta(hours=TRANSFER_HOURS):
        return True
    last = None if reported is None else due(reported, Period(DECISION_DAYS, Unit.CD)).day
    return last is not None and decided.date() > last


def penalty_spans(steps: Steps) -> list[Span]:
    """A penalty from its decision until it was annulled or found void."""
    since = next((step.stamp for step in steps if step.type == PenaltyDecided.TYPE), None)
    gone = next(
        (
            step.stamp
            for step in steps
            if step.type == case.OVERTURNED and step.data["result"] in UNDOES
        ),
        None,
    )
    return [] if since is None else [("penalties", since, gone)]


def _penalty_of(fact: Recorded[Any]) -> str | None:
    if fact.type == case.OVERTURNED and fact.fact.target_type != PenaltyDecided.TYPE:
        return None
    return str(fact.fact.decision_id)


def overturned_spans(steps: Steps) -> list[Span]:
    """A decision that did not stand as it was."""
    if steps[0].data["result"] in ("UPHELD", "PERFORM"):
        return []
    return [("decisions_overturned", steps[0].stamp, None)]


def supervised_spans(steps: Steps) -> list[Span]:
    """A listing until its release."""
    spans: list[Span] = []
    since: int | None = None
    for step in steps:
        if step.data["action"] == "LISTED" and since is None:
            since = step.stamp
        elif step.data["action"] == "RELEASED" and since is not None:
            spans.append(("supervised", since, step.stamp))
            since = None
    if since is not None:
        spans.append(("supervised", since, None))
    return spans


def disposal_spans(steps: Steps) -> list[Span]:
    """A request until its answer, and each measure until it was lifted."""
    asked = next((step for step in steps if step.type == OnlineDisposalRequested.TYPE), None)
    answers = [step for step in steps if step.type == OnlineDisposalTaken.TYPE]
    spans: list[Span] = []
    if asked is not None:
        spans.append(("disposals_open", asked.stamp, answers[0].stamp if answers else None))
    taken: dict[str, int] = {}
    for step in answers:
        if step.data["answer"] == "TAKEN":
            for measure in step.data["measures"]:
                taken.setdefault(measure, step.stamp)
        elif step.data["answer"] == "LIFTED":
            lifted = step.data["measures"] or list(taken)
            for measure in [one for one in lifted if one in taken]:
                spans.append((f"disposals:{measure}", taken.pop(measure), step.stamp))
    spans.extend((f"disposals:{measure}", since, None) for measure, since in taken.items())
    return spans


COUNTED: tuple[Counted, ...] = (
    Counted("lead", lead.lead_of, lead.STATE_FIELDS, lead_spans, lead.TRANSFERRED),
    Counted("case", case.case_of, case.STATE_FIELDS, case_spans, case.FILED),
    Counted(
        "referral",
        referral.referral_of,
        referral.STATE_FIELDS,
        referral_spans,
        referral.PROPOSED,
    ),
    Counted(
        "penalty",
        _penalty_of,
        {PenaltyDecided.TYPE: (), case.OVERTURNED: ("result",)},
        penalty_spans,
        PenaltyDecided.TYPE,
    ),
    Counted(
        "overturned",
        lambda f: f.id,
        {DecisionOverturned.TYPE: ("result",)},
        overturned_spans,
        DecisionOverturned.TYPE,
    ),
    Counted(
        "supervised",
        lambda f: str(f.fact.about),
        {CaseSupervisionChanged.TYPE: ("action",)},
        supervised_spans,
        CaseSupervisionChanged.TYPE,
    ),
    Counted(
        "disposal",
        lambda f: str(f.fact.request_id),
        {OnlineDisposalRequested.TYPE: (), OnlineDisposalTaken.TYPE: ("answer", "measures")},
        disposal_spans,
        OnlineDisposalRequested.TYPE,
    ),
)
"""Every kind of member of these figures and what it counts in."""
