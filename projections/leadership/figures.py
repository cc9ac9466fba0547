"""The leading group's figures as data: what each counts, said in Chinese and English (口径).

Each figure is a set of members with the stamps at which they enter and leave it; its value
is how many are in it. The spans are folded from an entity's steps, so the value, its
members and its past all come from the same rows. Source: reference 10.6.
"""

from __future__ import annotations

from domain.correction import CorrectionOrdered, CorrectionVerified
from domain.credit_record import CreditRecordPushed, CreditRecordReceived
from domain.deadline import DeadlineBreached
from domain.departments import ORGANS
from domain.directory import DirectoryPublished
from domain.filing import BusinessFilingRecorded
from domain.licence.facts import HR_LICENCES, LicenceType
from domain.push.scope_push import PushOutcome
from domain.risk.facts import RiskWarningRaised
from projections import licence_life as licence
from projections import push_life as push
from projections import subject_life as subject
from projections.leadership import casework, inspections
from projections.leadership.words import Counted, Definition, Span, Theme
from projections.steps import Steps

_TYPES = {
    "LIC_HRS": ("人力资源服务许可", "HR service licences"),
    "LIC_DISPATCH": ("劳务派遣经营许可", "Dispatch licences"),
    "QUAL_FLC": ("对外劳务合作经营资格", "Overseas labour qualifications"),
    "PERMIT_EVENT": ("大型活动安全许可", "Event permits"),
}
_OUTCOMES = {
    "LICENSED": ("已取得许可", "licensed"),
    "FILED": ("已备案", "filed"),
    "NOT_OPERATING": ("未开展业务", "not operating"),
    "OUT_OF_SCOPE": ("不属推送范围", "out of scope"),
    "LEAD_OPENED": ("转为线索", "lead opened"),
}

_FIXED = (
    Definition(
        "subjects_registered",
        "登记在册市场主体",
        "Registered subjects",
        "市场监管部门登记、未注销且未吊销营业执照的主体数。",
        "Subjects registered by market regulation whose registration has not ended.",
        Theme.PUSHES,
    ),
    Definition(
        "subjects_hr_scope",
        "涉人力资源经营范围主体",
        "Subjects with an HR scope",
        "曾因经营范围命中关键词被推送、登记未终止的主体数。",
        "Subjects whose scope was pushed to HR at least once and whose registration stands.",
        Theme.PUSHES,
    ),
    Definition(
        "pushes",
        "推送总数",
        "Pushes",
        "市场监管部门推送的经营范围条数。",
        "Scopes pushed to HR.",
        Theme.PUSHES,
    ),
    Definition(
        "pushes_open",
        "未办结推送",
        "Open pushes",
        "已推送、尚无办结结果的条数。",
        "Pushes without an outcome yet.",
        Theme.PUSHES,
        telling=True,
    ),
    Definition(
        "pushes_unclaimed",
        "待认领推送",
        "Pushes to be claimed",
        "已推送、尚未认领且未办结的条数。",
        "Pushes neither claimed nor disposed of.",
        Theme.PUSHES,
    ),
    Definition(
        "pushes_claimed",
        "已认领推送",
        "Claimed pushes",
        "人社部门已认领的推送条数（含已办结）。",
        "Pushes that HR has claimed, disposed of or not.",
        Theme.PUSHES,
    ),
    Definition(
        "pushes_unresolved",
        "逾期未决推送",
        "Unresolved pushes past their term",
        "已发出推送未决预警、仍未办结的条数。",
        "Pushes warned of as unresolved and still open.",
        Theme.PUSHES,
        telling=True,
    ),
    Definition(
        "commitment_pending",
        "承诺待核查",
        "Commitments to be verified",
        "以告知承诺取得、尚未核查且未终止的许可数。",
        "Licences granted on a commitment, not verified and not ended.",
        Theme.LICENCES,
        telling=True,
    ),
    Definition(
        "commitment_failed",
        "承诺核查不符",
        "Commitments found false",
        "核查结论为不符的许可数（累计）。",
        "Licences whose commitment was verified as false, cumulative.",
        Theme.LICENCES,
    ),
    Definition(
        "licences_annulled",
        "撤销许可",
        "Licences annulled",
        "作出撤销决定的许可数（累计，撤销不是处罚）。",
        "Licences annulled, cumulative; annulment is not a penalty.",
        Theme.LICENCES,
    ),
    Definition(
        "licences_revoked",
        "吊销许可",
        "Licences revoked",
        "以行政处罚吊销的许可数（累计）。",
        "Licences revoked as a penalty, cumulative.",
        Theme.LICENCES,
    ),
    Definition(
        "licences_deregistered",
        "注销许可",
        "Licences deregistered",
        "办理注销手续的许可数（累计）。",
        "Licences closed by deregistration, cumulative.",
        Theme.LICENCES,
    ),
    Definition(
        "licences_to_deregister",
        "待注销许可",
        "Licences to be deregistered",
        "已撤销或吊销、尚未注销的许可数。",
        "Licences annulled or revoked and not yet deregistered.",
        Theme.LICENCES,
        telling=True,
    ),
    Definition(
        "corrections_open",
        "责令改正未核查",
        "Orders to correct, open",
        "已责令改正、尚未核查的件数（责令改正不是处罚）。",
        "Orders to correct not verified yet; an order is not a penalty.",
        Theme.CASES,
        telling=True,
    ),
    Definition(
        "corrections_not_corrected",
        "逾期或拒不改正",
        "Orders not obeyed",
        "最近一次核查为未改正或拒不改正的件数。",
        "Orders whose latest verification is NOT_CORRECTED or REFUSED.",
        Theme.CASES,
        telling=True,
    ),
    Definition(
        "credit_pushed",
        "已推送信用信息",
        "Credit records pushed",
        "人社部门向信用平台推送的信息条数（不含撤回）。",
        "Credit records pushed to the platform, withdrawals not counted.",
        Theme.CREDIT,
    ),
    Definition(
        "credit_received",
        "已归集信用信息",
        "Credit records received",
        "发展改革部门已归集的信息条数。",
        "Credit records that development and reform has recorded.",
        Theme.CREDIT,
    ),
    Definition(
        "credit_withdrawn",
        "已撤回信用信息",
        "Credit records withdrawn",
        "发展改革部门已执行的撤回条数。",
        "Withdrawals that development and reform has carried out.",
        Theme.CREDIT,
    ),
    Definition(
        "credit_unanswered",
        "待归集信用信息",
        "Credit pushes without answer",
        "已推送（含撤回）、尚无归集结果的条数。",
        "Pushes, withdrawals counted, without a receipt.",
        Theme.CREDIT,
        telling=True,
    ),
    Definition(
        "directory_entries",
        "名录在列条目",
        "Directory entries",
        "有效的人力资源服务、劳务派遣许可数与已备案机构数之和。",
        "HR service and dispatch licences in force plus agencies with a filing.",
        Theme.CREDIT,
        telling=True,
    ),
    Definition(
        "directory_published",
        "名录公布次数",
        "Directory publications",
        "名录快照公布次数（累计），明细按公布时间倒序。",
        "Published directory snapshots, cumulative; the latest is the first member.",
        Theme.CREDIT,
    ),
    Definition(
        "risk_warnings",
        "风险预警",
        "Risk warnings",
        "发出的风险预警件数（累计）。",
        "Risk warnings raised, cumulative.",
        Theme.RISKS,
        telling=True,
    ),
    Definition(
        "breaches",
        "法定期限逾期",
        "Deadline breaches",
        "各部门已宣告的逾期件数（累计）。",
        "Declared deadline breaches of all offices, cumulative.",
        Theme.TERMS,
        telling=True,
    ),
)

FIGURES: dict[str, Definition] = {
    definition.id: definition
    for definition in (
        *_FIXED[:7],
        *(
            Definition(
                f"pushes_disposed:{outcome}",
                f"推送办结：{_OUTCOMES[outcome][0]}",
                f"Pushes disposed: {_OUTCOMES[outcome][1]}",
                f"办结结果为“{_OUTCOMES[outcome][0]}”的推送条数（累计）。",
                f"Pushes whose outcome is {outcome}, cumulative.",
                Theme.PUSHES,
            )
            for outcome in PushOutcome
        ),
        *(
            Definition(
                f"licences_in_force:{kind}",
                f"有效许可：{_TYPES[kind][0]}",
                f"In force: {_TYPES[kind][1]}",
                "已准予、未被撤销吊销注销、未暂扣、未过有效期的许可数（按记录时间）。",
                "Licences granted and neither ended, suspended nor expired, on the recorded axis.",
                Theme.LICENCES,
            )
            for kind in LicenceType
        ),
        *_FIXED[7:],
        *casework.DEFINITIONS,
        *inspections.DEFINITIONS,
        *(
            Definition(
                f"breaches:{organ.id}",
                f"逾期：{organ.zh}",
                f"Breaches: {organ.en}",
                f"责任单位为{organ.zh}的已宣告逾期件数（累计）。",
                f"Declared deadline breaches owed by {organ.en}, cumulative.",
                Theme.TERMS,
            )
            for organ in ORGANS.values()
        ),
    )
}
"""Every figure by id, in the order in which it is shown."""

_BY_CODE = (
    *("breaches:", "leads:", "cases:", "referrals:", "warnings:", "disposals:"),
    *("results:", "inspected:"),
)

ALWAYS_SHOWN = frozenset(figure for figure in FIGURES if not figure.startswith(_BY_CODE))
"""Figures shown even when they are zero; the others only when they are not."""


def _first(steps: Steps, type_name: str) -> int | None:
    return next((step.stamp for step in steps if step.type == type_name), None)


def _subject_spans(steps: Steps) -> list[Span]:
    ended = next(
        (
            s.stamp
            for s in steps
            if s.type == subject.CHANGED and s.data["change"] in subject.ENDINGS
        ),
        None,
    )
    starts = (
        ("subjects_registered", _first(steps, subject.REGISTERED)),
        ("subjects_hr_scope", _first(steps, push.PUSHED)),
    )
    return [(figure, since, ended) for figure, since in starts if since is not None]


def _push_spans(steps: Steps) -> list[Span]:
    pushed = _first(steps, push.PUSHED)
    if pushed is None:
        return []
    claimed, disposed = _first(steps, push.CLAIMED), _first(steps, push.DISPOSED)
    warned = _first(steps, push.WARNED)
    answered = min((at for at in (claimed, disposed) if at is not None), default=None)
    spans: list[Span] = [
        ("pushes", pushed, None),
        ("pushes_open", pushed, disposed),
        ("pushes_unclaimed", pushed, answered),
    ]
    if claimed is not None:
        spans.append(("pushes_claimed", claimed, None))
    if warned is not None:
        spans.append(("pushes_unresolved", warned, disposed))
    if disposed is not None:
        outcome = next(step.data["outcome"] for step in steps if step.type == push.DISPOSED)
        spans.append((f"pushes_disposed:{outcome}", disposed, None))
    return spans


def _licence_spans(steps: Steps) -> list[Span]:
    grant = next((step for step in steps if step.type == licence.GRANTED), None)
    if grant is None:
        return []
    kind = grant.data["type"]
    spans: list[Span] = []
    for since, until in licence.in_force(steps):
        spans.append((f"licences_in_force:{kind}", since, until))
        if kind in HR_LICENCES:
            spans.append(("directory_entries", since, until))
    annulled, revoked = _first(steps, licence.ANNULLED), _first(steps, licence.REVOKED)
    closed = _first(steps, licence.DEREGISTERED)
    ended = min((at for at in (annulled, revoked) if at is not None), default=None)
    if grant.data["mode"] == "COMMITMENT":
        stops = (_first(steps, licence.VERIFIED), ended, closed)
        until = min((at for at in stops if at is not None), default=None)
        spans.append(("commitment_pending", grant.stamp, until))
    failed = next(
        (s.stamp for s in steps if s.type == licence.VERIFIED and s.data["result"] == "FAILED"),
        None,
    )
    milestones = (
        ("commitment_failed", failed, None),
        ("licences_annulled", annulled, None),
        ("licences_revoked", revoked, None),
        ("licences_deregistered", closed, None),
        ("licences_to_deregister", ended, closed),
    )
    spans.extend((figure, at, until) for figure, at, until in milestones if at is not None)
    return spans


def _filing_spans(steps: Steps) -> list[Span]:
    spans: list[Span] = []
    since: int | None = None
    for step in steps:
        if step.data["kind"] == "FIL_HRS" and since is None:
            since = step.stamp
        elif step.data["kind"] == "ENDING" and since is not None:
            spans.append(("directory_entries", since, step.stamp))
            since = None
    if since is not None:
        spans.append(("directory_entries", since, None))
    return spans


def _correction_spans(steps: Steps) -> list[Span]:
    ordered = _first(steps, CorrectionOrdered.TYPE)
    checks = [step for step in steps if step.type == CorrectionVerified.TYPE]
    spans: list[Span] = []
    if ordered is not None:
        spans.append(("corrections_open", ordered, checks[0].stamp if checks else None))
    since: int | None = None
    for check in checks:
        bad = check.data["outcome"] != "CORRECTED"
        if bad and since is None:
            since = check.stamp
        elif not bad and since is not None:
            spans.append(("corrections_not_corrected", since, check.stamp))
            since = None
    if since is not None:
        spans.append(("corrections_not_corrected", since, None))
    return spans


def _credit_spans(steps: Steps) -> list[Span]:
    spans: list[Span] = []
    answered = _first(steps, CreditRecordReceived.TYPE)
    for step in steps:
        if step.type == CreditRecordPushed.TYPE:
            if step.data["kind"] == "PUSH":
                spans.append(("credit_pushed", step.stamp, None))
            spans.append(("credit_unanswered", step.stamp, answered))
        elif step.stamp == answered:
            received = step.data["outcome"] == "RECORDED"
            spans.append(("credit_received" if received else "credit_withdrawn", step.stamp, None))
    return spans


def _warning_spans(steps: Steps) -> list[Span]:
    at, level = steps[0].stamp, steps[0].data["level"]
    return [("risk_warnings", at, None), (f"warnings:{level}", at, None)]


def _breach_spans(steps: Steps) -> list[Span]:
    at = steps[0].stamp
    return [("breaches", at, None), (f"breaches:{steps[0].data['owner']}", at, None)]


COUNTED: tuple[Counted, ...] = (
    Counted(
        "subject",
        lambda f: str(f.fact.uscc),
        {subject.REGISTERED: (), subject.CHANGED: ("change",), push.PUSHED: ()},
        _subject_spans,
        subject.REGISTERED,
    ),
    Counted(
        "push",
        push.push_of,
        {push.PUSHED: (), push.CLAIMED: (), push.DISPOSED: ("outcome",), push.WARNED: ()},
        _push_spans,
        push.PUSHED,
    ),
    Counted(
        "licence",
        lambda f: str(f.fact.licence_id),
        {
            licence.GRANTED: ("type", "mode", "valid_to"),
            licence.CHANGED: ("change", "valid_to"),
            licence.VERIFIED: ("result",),
            licence.ANNULLED: (),
            licence.REVOKED: ("effective_on",),
            licence.DEREGISTERED: (),
        },
        _licence_spans,
        licence.GRANTED,
    ),
    Counted(
        "filing",
        lambda f: str(f.fact.uscc),
        {BusinessFilingRecorded.TYPE: ("kind",)},
        _filing_spans,
        BusinessFilingRecorded.TYPE,
    ),
    Counted(
        "correction",
        lambda f: str(f.fact.order_id),
        {CorrectionOrdered.TYPE: (), CorrectionVerified.TYPE: ("outcome",)},
        _correction_spans,
        CorrectionOrdered.TYPE,
    ),
    Counted(
        "credit",
        lambda f: f.id if f.type == CreditRecordPushed.TYPE else str(f.fact.push_event),
        {CreditRecordPushed.TYPE: ("kind",), CreditRecordReceived.TYPE: ("outcome",)},
        _credit_spans,
        CreditRecordPushed.TYPE,
    ),
    Counted(
        "warning",
        lambda f: f.id,
        {RiskWarningRaised.TYPE: ("level",)},
        _warning_spans,
        RiskWarningRaised.TYPE,
    ),
    Counted(
        "publication",
        lambda f: f.id,
        {DirectoryPublished.TYPE: ()},
        lambda steps: [("directory_published", steps[0].stamp, None)],
        DirectoryPublished.TYPE,
    ),
    Counted(
        "breach",
        lambda f: str(f.fact.clock_id),
        {DeadlineBreached.TYPE: ("owner",)},
        _breach_spans,
        DeadlineBreached.TYPE,
    ),
    *casework.COUNTED,
    *inspections.COUNTED,
)
"""Every kind of member and what it counts in."""
