"""The projection queries by name: what `liandong view` prints and what a scenario expects.

Each view names the department whose projections it reads. Rows are plain values, so that
the command line, JSON and the comparison with a scenario see the same thing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from domain.facts import instant
from gateways.department.platform import Platform
from ops.asking import Ask, Row, View, listed
from ops.near_names import nearest
from ops.output import said
from ops.values import plain
from ops.views_campaigns import CAMPAIGN_VIEWS
from ops.views_inspections import INSPECTION_VIEWS
from projections import (
    casework,
    clocks,
    cyberspace,
    development_reform,
    documents,
    human_resources,
    labour_inspection,
    leadership,
    leads,
    market_supervision,
    oversight,
    public_security,
)

__all__ = ["VIEWS", "Ask", "Row", "UnknownView", "View", "ViewElsewhere", "ask"]


class UnknownView(ValueError):
    """There is no view of this name."""


class ViewElsewhere(ValueError):
    """The department that keeps the view's rows is not served by this installation."""


def _licences(connection: Connection, ask: Ask) -> Any:
    if ask.of is not None and ask.as_of is not None:
        licence = human_resources.licence_of(connection, ask.of, as_of=ask.as_of)
        return [] if licence is None else [licence]
    return human_resources.licences(
        connection,
        uscc=ask.of,
        region=ask.region,
        state=ask.state,
        limit=ask.limit,
        offset=ask.offset,
    )


def _directory(connection: Connection, ask: Ask) -> Any:
    return human_resources.directory(
        connection, region=ask.region, search=ask.search, limit=ask.limit, offset=ask.offset
    )


def _cases(connection: Connection, ask: Ask) -> Any:
    moment = instant(ask.now if ask.as_of is None else ask.as_of)
    found = casework.cases(
        connection,
        uscc=ask.of,
        region=ask.region,
        state=ask.state,
        on=moment.date(),
        limit=ask.limit,
        offset=ask.offset,
    )
    if ask.as_of is None:
        return found
    then = (
        casework.case(connection, row["case_id"], on=moment.date(), as_of=ask.as_of)
        for row in found
    )
    return [row for row in then if row is not None]


def _risks(connection: Connection, ask: Ask) -> Any:
    if ask.of is None:
        return labour_inspection.risks(
            connection, region=ask.region, level=ask.state, limit=ask.limit, offset=ask.offset
        )
    risk = labour_inspection.risk_of(connection, ask.of, ask.as_of)
    return [] if risk is None else [risk]


_REFERRAL_COLUMNS = (
    "referral_id",
    "subject",
    "state",
    "rounds",
    "report_received_on",
    "transferred_at",
    "copied_on",
    "filing",
    "handed_over_on",
    "matter",
)

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View(
            name="leadership",
            node="lgo",
            zh="联合执法态势",
            en="Joint-enforcement status",
            rows=lambda c, ask: leadership.figures(c, as_of=ask.as_of, region=ask.region),
        ),
        View(
            name="licences",
            node="hr",
            zh="许可",
            en="Licences",
            rows=_licences,
            columns=(
                "uscc",
                "type",
                "region",
                "mode",
                "state",
                "cause",
                "valid_from",
                "valid_to",
                "matter",
            ),
        ),
        View(name="directory", node="hr", zh="机构名录", en="Directory", rows=_directory),
        View(
            name="claims",
            node="hr",
            zh="推送认领",
            en="Pushes received",
            rows=lambda c, ask: human_resources.pushes(c, uscc=ask.of, state=ask.state),
            columns=(
                "uscc",
                "needs",
                "state",
                "pushed",
                "claimed",
                "guided",
                "disposed",
                "outcome",
                "matter",
            ),
        ),
        View(
            name="pushes",
            node="samr",
            zh="经营范围推送",
            en="Pushes and their fate",
            rows=lambda c, ask: market_supervision.pushes(
                c, uscc=ask.of, region=ask.region, state=ask.state
            ),
            columns=(
                "uscc",
                "name",
                "phrases",
                "excluded",
                "needs",
                "pushed",
                "claimed",
                "outcome",
                "matter",
            ),
        ),
        View(
            name="registrations",
            node="samr",
            zh="市场主体登记",
            en="Registrations",
            rows=lambda c, ask: market_supervision.registrations(c, ask.of),
        ),
        View(
            name="scope_cleanups",
            node="samr",
            zh="待清理经营范围",
            en="Scopes to clean up",
            rows=lambda c, _: market_supervision.scope_cleanups(c),
            columns=("uscc", "name", "type", "end", "notified", "matter"),
        ),
        View(
            name="credit_records",
            node="drc",
            zh="信用信息",
            en="Credit records received",
            rows=lambda c, ask: development_reform.credit_records(c, uscc=ask.of),
            columns=("uscc", "kind", "record", "outcome", "pushed_on", "receipted", "matter"),
        ),
        View(
            name="leads",
            node="hr",
            zh="线索",
            en="Leads",
            rows=listed(leads.leads),
            columns=(
                "lead_id",
                "kind",
                "from_organ",
                "to_organ",
                "subject",
                "state",
                "sent",
                "outcome",
                "matter",
            ),
        ),
        View(
            name="complaints",
            node="hr",
            zh="投诉举报",
            en="Complaints",
            rows=listed(labour_inspection.complaints),
            columns=(
                "complaint_id",
                "subject",
                "kind",
                "state",
                "received_on",
                "case_id",
                "matter",
            ),
        ),
        View(
            name="cases",
            node="hr",
            zh="案件",
            en="Cases",
            rows=_cases,
            columns=(
                "case_id",
                "subject",
                "state",
                "due",
                "cd_used",
                "cd_left",
                "wd_used",
                "wd_left",
                "penalties",
                "supervised",
                "matter",
            ),
        ),
        View(
            name="penalties",
            node="hr",
            zh="行政处罚",
            en="Penalties",
            rows=listed(casework.penalties),
            columns=(
                "decision_no",
                "subject",
                "measures",
                "fine_fen",
                "confiscated_fen",
                "state",
                "decided_on",
                "matter",
            ),
        ),
        View(
            name="publications",
            node="hr",
            zh="公开与曝光",
            en="Publications",
            rows=lambda c, ask: casework.publications(
                c, region=ask.region, state=ask.state, limit=ask.limit, offset=ask.offset
            ),
            columns=("publication_id", "kind", "subject", "state", "published_on", "withdrawn_on"),
        ),
        View(
            name="referrals",
            node="hr",
            zh="行刑移送",
            en="Police referrals",
            rows=listed(casework.referrals),
            columns=_REFERRAL_COLUMNS,
        ),
        View(
            name="supervised",
            node="hr",
            zh="挂牌督办",
            en="Supervised listings",
            rows=listed(casework.supervised),
            columns=("about", "subject", "state", "responsible_organ", "due", "listed", "released"),
        ),
        View(
            name="risks",
            node="hr",
            zh="风险等级",
            en="Risk levels",
            rows=_risks,
            columns=("subject", "level", "rule", "since", "complaints", "interviews", "region"),
        ),
        View(
            name="interviews",
            node="hr",
            zh="约谈",
            en="Interviews",
            rows=lambda c, ask: labour_inspection.interviews(
                c, uscc=ask.of, region=ask.region, limit=ask.limit, offset=ask.offset
            ),
            columns=("interview_id", "subject", "type", "held_on", "attended", "matter"),
        ),
        View(
            name="documents",
            node="hr",
            zh="执法文书",
            en="Documents",
            rows=listed(documents.documents),
            columns=("document_id", "kind", "number", "about", "state", "pdf_sha256", "matter"),
        ),
        View(
            name="outlets",
            node="cac",
            zh="网络招聘账号平台",
            en="Outlets",
            rows=listed(cyberspace.outlets),
            columns=("outlet_id", "kind", "platform", "handle", "operator", "state", "confirmed"),
        ),
        View(
            name="disposals",
            node="cac",
            zh="网络处置",
            en="Online disposals",
            rows=listed(cyberspace.disposals),
            columns=(
                "request_id",
                "subject",
                "codes",
                "state",
                "measures",
                "answered_on",
                "matter",
            ),
        ),
        View(
            name="police",
            node="psb",
            zh="公安受理移送",
            en="Referrals at the police",
            rows=listed(public_security.referrals),
            columns=_REFERRAL_COLUMNS,
        ),
        View(
            name="procuratorate",
            node="oversight",
            zh="检察机关抄送",
            en="The procuratorate's copies",
            rows=listed(oversight.referrals),
            columns=_REFERRAL_COLUMNS,
        ),
        View(
            name="remedies",
            node="oversight",
            zh="复议诉讼",
            en="Remedies",
            rows=listed(oversight.remedies),
            columns=("remedy_id", "kind", "state", "subject", "respondent", "result", "matter"),
        ),
        View(
            name="overturnings",
            node="oversight",
            zh="复查结果",
            en="Reviewed decisions",
            rows=lambda c, a: oversight.overturnings(
                c, uscc=a.of, region=a.region, limit=a.limit, offset=a.offset
            ),
            columns=(
                "decision_id",
                "owner_organ",
                "subject",
                "by",
                "result",
                "effect",
                "decided_on",
            ),
        ),
        *INSPECTION_VIEWS,
        *CAMPAIGN_VIEWS,
        View(
            name="breaches",
            node="lgo",
            zh="逾期",
            en="Deadline breaches",
            rows=lambda c, _: clocks.breaches(c),
            columns=("code", "owner", "subject", "due", "recorded", "basis", "matter"),
        ),
    )
}


def ask(platform: Platform, name: str, question: Ask) -> list[Row]:
    """The rows of a view. Raises UnknownView and ViewElsewhere."""
    view = VIEWS.get(name)
    if view is None:
        zh, en = nearest(name, VIEWS)
        raise UnknownView(
            said(
                f"没有视图 {name}{zh}视图有 {'、'.join(VIEWS)}",
                f"{name} is not a view{en}known are {', '.join(VIEWS)}",
            )
        )
    department = platform.departments.get(view.node)
    if department is None:
        raise ViewElsewhere(
            said(
                f"{name} 由 {view.node} 保存，该部门不在此处服务",
                f"{name} is kept by {view.node}, which is not served here",
            )
        )
    with department.reading() as connection:
        found = view.rows(connection, question)
    if isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], int):
        found = found[0]
    if dataclasses.is_dataclass(found) or isinstance(found, Mapping):
        found = plain(found).get("entries", [plain(found)])
    return [plain(row) for row in found]
