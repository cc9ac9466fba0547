"""The life of what a campaign asks and gets: reports, forms, tasks, problems, visits, boards.

Folded from steps, so that each row is a function of the facts. Whether something is late is
asked of a row on a day and never stored: a day passes without a fact.
"""

from __future__ import annotations

import json
from typing import Any

from domain.campaign.facts import (
    BoardChanged,
    BoardNominated,
    CampaignClosed,
    CampaignLaunched,
    ChaseAnswered,
    NominationChecked,
    PhaseClosed,
    ProblemFound,
    ProblemReportedUp,
    ProblemSettled,
    ReportExpected,
    ReportSubmitted,
    TableApproved,
    TableChecked,
    TablePrepared,
    TaskAssigned,
    TaskProgressed,
    UnitChased,
    UnitVisited,
    VisitAnswered,
)
from domain.market.facts import (
    AnnualReportDisclosed,
    AnnualReportSubmitted,
    AssociationActivityRecorded,
    EmployerGuidanceGiven,
    ManagementRegimeEstablished,
    ModelAgencyChanged,
    PublicityHeld,
    SelfCheckDeclared,
)
from projections.steps import Steps

Row = dict[str, Any]

LAUNCHED, PHASE_CLOSED, CLOSED = CampaignLaunched.TYPE, PhaseClosed.TYPE, CampaignClosed.TYPE
EXPECTED, SUBMITTED = ReportExpected.TYPE, ReportSubmitted.TYPE
PREPARED, CHECKED, APPROVED = TablePrepared.TYPE, TableChecked.TYPE, TableApproved.TYPE
ASSIGNED, PROGRESSED = TaskAssigned.TYPE, TaskProgressed.TYPE
CHASED, CHASE_ANSWERED = UnitChased.TYPE, ChaseAnswered.TYPE
FOUND, REPORTED_UP, SETTLED = ProblemFound.TYPE, ProblemReportedUp.TYPE, ProblemSettled.TYPE
VISITED, VISIT_ANSWERED = UnitVisited.TYPE, VisitAnswered.TYPE
NOMINATED, NOMINATION_CHECKED, BOARD = (
    BoardNominated.TYPE,
    NominationChecked.TYPE,
    BoardChanged.TYPE,
)
DECLARED = SelfCheckDeclared.TYPE
YEAR_SUBMITTED, YEAR_DISCLOSED = AnnualReportSubmitted.TYPE, AnnualReportDisclosed.TYPE
GUIDED, HELD = EmployerGuidanceGiven.TYPE, PublicityHeld.TYPE
ACTED, REGIME = AssociationActivityRecorded.TYPE, ManagementRegimeEstablished.TYPE
TITLE = ModelAgencyChanged.TYPE

WORK = {
    GUIDED: "GUIDANCE",
    HELD: "PUBLICITY",
    ACTED: "ASSOCIATION",
    REGIME: "REGIME",
    TITLE: "MODEL",
}
"""The kinds of daily work that stand on record beside a campaign."""


def text(value: Any) -> str:
    """A list or a record as JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _blank(names: str) -> Row:
    """A row of which nothing is known yet."""
    return dict.fromkeys(names.split())


def campaign(steps: Steps) -> Row:
    """A campaign: what its launch says, which phases are closed, whether it is over."""
    row = _blank(
        "code title region legal_basis document_no issued_on effective_from ends_on "
        "report_year indicators launched closed_on summary"
    )
    row.update(phases="[]", reports="[]", units="[]", team="[]", state="OPEN")
    row.update(matter=steps[0].matter, owner=steps[0].department, moved=steps[-1].stamp)
    closed: dict[str, str] = {}
    for step in steps:
        data = step.data
        if step.type == LAUNCHED:
            for name in ("phases", "reports", "units"):
                row[name] = text(data[name])
            row["team"] = text(data["group"])
            row.update({name: data[name] for name in data if name in row and name not in _LISTS})
            row["launched"] = step.stamp
        elif step.type == PHASE_CLOSED:
            closed[data["phase"]] = data["closed_on"]
        else:
            row.update(state="CLOSED", closed_on=data["closed_on"], summary=data["summary"])
    row["closed_phases"] = text(closed)
    return row


_LISTS = frozenset({"phases", "reports", "units", "group"})


def report(steps: Steps) -> Row:
    """A report that a unit owes: the first one on record meets it; amended ones stand beside it."""
    row = _blank(
        "kind phase due on_time report_id submitted_at words document_id table_id content_hash "
        "as_of because"
    )
    row.update(state="EXPECTED", versions=0, attachments="[]", moved=steps[-1].stamp)
    all_of: list[Row] = []
    for step in steps:
        data = step.data
        row.update({name: data[name] for name in ("campaign_id", "unit", "code", "kind")})
        row.update(region=step.region, matter=step.matter)
        if step.type == EXPECTED:
            row.update(phase=data["phase"], due=data["due"])
            continue
        row["phase"] = row["phase"] or data["phase"]
        row["due"] = row["due"] or data["due"]
        if not row["versions"]:
            row.update(on_time=data["on_time"], submitted_at=step.stamp, state="SUBMITTED")
        row["versions"] += 1
        row.update(words=data["text"], attachments=text(data["attachments"]))
        row.update({name: data[name] for name in _REPORTED})
        all_of.append(
            {name: data[name] for name in ("text", "attachments", *_REPORTED)}
            | {"recorded": step.stamp, "amends": data["amends"], "on_time": data["on_time"]}
        )
    row["history"] = text(all_of)
    return row


_REPORTED = ("report_id", "document_id", "table_id", "content_hash", "as_of", "because")


def circular(steps: Steps) -> Row:
    """A circular of the issuer to its units."""
    step = steps[-1]
    data = step.data
    return {
        "campaign_id": data["campaign_id"],
        "region": step.region,
        "words": data["text"],
        "to_units": text(data["to_units"]),
        "attachments": text(data["attachments"]),
        "sent": step.stamp,
    }


def form(steps: Steps) -> Row:
    """A statistics form: prepared, checked or sent back, approved, submitted."""
    row = _blank(
        "campaign_id unit form as_of sha256 length media_type prepared_by prepared checked_by "
        "checked agreed reason approved_by approved report_id submitted amends because"
    )
    row.update(state="PREPARED", rows="[]", moved=steps[-1].stamp)
    row.update(region=steps[0].region, matter=steps[0].matter)
    for step in steps:
        data = step.data
        if step.type == PREPARED:
            row.update({name: data[name] for name in _PREPARED})
            row.update(rows=text(data["rows"]), prepared=step.stamp, **data["content"])
        elif step.type == CHECKED:
            row.update({name: data[name] for name in ("agreed", "checked_by", "reason")})
            row.update(checked=step.stamp, state="CHECKED" if data["agreed"] else "SENT_BACK")
        elif step.type == APPROVED:
            row.update(approved_by=data["approved_by"], approved=step.stamp, state="APPROVED")
        else:
            row.update(report_id=data["report_id"], submitted=step.stamp, state="SUBMITTED")
    return row


_PREPARED = ("campaign_id", "unit", "form", "as_of", "prepared_by", "amends", "because")


def task(steps: Steps) -> Row:
    """A task of a unit's list with its latest progress."""
    row = _blank("campaign_id unit what organ due note done_at")
    row.update(state="TO_DO", evidence="[]", **_whole(steps))
    for step in steps:
        data = step.data
        if step.type == ASSIGNED:
            row.update({name: data[name] for name in data if name in row})
            continue
        row.update(state=data["progress"], note=data["note"], evidence=text(data["evidence"]))
        row.update(campaign_id=data["campaign_id"], unit=data["unit"])
        row["done_at"] = step.stamp if data["progress"] == "DONE" else None
    return row


def chase(steps: Steps) -> Row:
    """A chase and its answer."""
    row = _blank("campaign_id unit about message answer_by answer chased answered")
    row.update(state="OPEN", **_whole(steps))
    for step in steps:
        row.update({name: value for name, value in step.data.items() if name in row})
        if step.type == CHASED:
            row["chased"] = step.stamp
        else:
            row.update(answered=step.stamp, state="ANSWERED")
    return row


def problem(steps: Steps) -> Row:
    """A problem: found, told to the issuer, settled."""
    row = _blank(f"{_PROBLEM} reported settled")
    row.update(state="OPEN", evidence="[]", **_whole(steps))
    for step in steps:
        data = step.data
        row.update({name: data[name] for name in _PROBLEM.split() if name in data})
        if step.type == REPORTED_UP:
            row["reported"] = step.stamp
            row["state"] = "SETTLED" if row["settled"] else "REPORTED_UP"
        elif step.type == SETTLED:
            row.update(settled=step.stamp, state="SETTLED", evidence=text(data["evidence"]))
    return row


_PROBLEM = "campaign_id unit what problem_class organ due subject_id proposal how"


def visit(steps: Steps) -> Row:
    """A visit with its findings, each with its latest answer; open until all are corrected."""
    row: Row = dict.fromkeys(("campaign_id", "unit", "visited_on", "minutes"))
    row.update(team="[]", **_whole(steps))
    findings: dict[int, Row] = {}
    for step in steps:
        data = step.data
        row.update(campaign_id=data["campaign_id"], unit=data["unit"])
        if step.type == VISITED:
            row.update(visited_on=data["visited_on"], team=text(data["team"]))
            row["minutes"] = text(data["minutes"]) if data["minutes"] else None
            for one in data["findings"]:
                held = findings.setdefault(one["number"], {})
                held.update(one)
        else:
            held = findings.setdefault(data["number"], {"number": data["number"]})
            held.update(answer=data["answer"], corrected=data["corrected"], answered=step.stamp)
    told = [_BLANK | findings[number] for number in sorted(findings)]
    row["findings"] = text(told)
    row["open_findings"] = sum(not one["corrected"] for one in told)
    row["state"] = "OPEN" if row["open_findings"] else "DONE"
    return row


_BLANK: Row = {
    "what": None,
    "answer_by": None,
    "answer": None,
    "corrected": False,
    "answered": None,
}


def board(steps: Steps) -> Row:
    """A nomination for a board: checked, shown, withdrawn."""
    row = _blank(
        "campaign_id unit board subject_id reason agreed checked_by refused entry_id "
        "legal_basis shown_on until withdrawn_on because"
    )
    row.update(state="NOMINATED", grounds="[]", **_whole(steps))
    for step in steps:
        data = step.data
        row.update({name: data[name] for name in ("campaign_id", "board", "subject_id")})
        if step.type == NOMINATED:
            row.update(unit=data["unit"], reason=data["reason"], grounds=text(data["grounds"]))
            row.update(region=step.region)
        elif step.type == NOMINATION_CHECKED:
            row.update(agreed=data["agreed"], checked_by=data["checked_by"])
            row.update(refused=data["reason"], state="AGREED" if data["agreed"] else "REFUSED")
        elif data["action"] == "SHOWN":
            row.update({name: data[name] for name in ("entry_id", "legal_basis", "until")})
            row.update(shown_on=data["on"], withdrawn_on=None, because=None, state="SHOWN")
        else:
            row.update(withdrawn_on=data["on"], because=data["because"], state="WITHDRAWN")
            row["entry_id"] = data["entry_id"]
    return row


def evaluation(steps: Steps) -> Row:
    """How a unit was judged, the latest judgement."""
    step = steps[-1]
    return {**step.data, "region": step.region, "evaluated": step.stamp}


def self_check(steps: Steps) -> Row:
    """An agency's self-check in a campaign: the latest declaration, and how many there were."""
    step = steps[-1]
    data = step.data
    names = ("campaign_id", "uscc", "check_id", "form", "rebate_present", "declared_on")
    return {
        **{name: data[name] for name in (*names, "entered_by", "replaces")},
        "region": step.region,
        "answers": text(data["answers"]),
        "problems": sum(bool(one["found"]) for one in data["answers"]),
        "uncorrected": sum(bool(one["found"] and not one["corrected"]) for one in data["answers"]),
        "file": text(data["file"]) if data["file"] else None,
        "declarations": len(steps),
        "declared": step.stamp,
    }


def annual_report(steps: Steps) -> Row:
    """An agency's report of a year, and the day on which it became public."""
    row = _blank("uscc year report_id submitted_on staff dispatched entered_by")
    row.update(disclosed_on=None, file=None, state="SUBMITTED", region=steps[0].region)
    for step in steps:
        data = step.data
        row.update({name: value for name, value in data.items() if name in row and name != "file"})
        if step.type == YEAR_SUBMITTED and data["file"]:
            row["file"] = text(data["file"])
    row["state"] = "DISCLOSED" if row["disclosed_on"] else "SUBMITTED"
    row["moved"] = steps[-1].stamp
    return row


def work(steps: Steps) -> Row:
    """A piece of daily work: what, when, about whom, with which evidence; a title may be lost."""
    row = _blank("detail on_day until ended_on subject attendances campaign_id")
    row.update(state="STANDS", files="[]", kind=WORK[steps[0].type], title="")
    row.update(region=steps[0].region, document_no=None, moved=steps[-1].stamp)
    for step in steps:
        data = step.data
        row["files"] = text(data.get("evidence") or [one for one in (data.get("document"),) if one])
        row["campaign_id"] = data.get("campaign_id")
        row["document_no"] = data.get("document_no")
        row["attendances"] = data.get("attendances")
        row["detail"] = data.get("level") or data.get("kind")
        row["title"] = data.get("employer_name") or data.get("title") or data.get("reason") or ""
        row["subject"] = data.get("employer") or data.get("association") or data.get("uscc")
        day = data.get("on") or data.get("established_on")
        if data.get("action") == "WITHDRAWN":
            row.update(ended_on=day, state="ENDED")
        else:
            row.update(on_day=day, until=data.get("until"), ended_on=data.get("ended_on"))
            row["state"] = "ENDED" if data.get("ended_on") else "STANDS"
        if step.type == GUIDED:
            row["detail"] = data["about"]
    return row


def _whole(steps: Steps) -> Row:
    """What each of these rows has: region, matter, the stamp of its last fact."""
    return {
        "region": steps[0].region,
        "matter": steps[0].matter,
        "moved": steps[-1].stamp,
    }
