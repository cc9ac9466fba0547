"""The tables of campaigns and of the market's daily administration, and which facts make them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text

from domain.campaign.facts import UnitEvaluated
from domain.facts import Recorded
from projections.campaigns import folding as f
from projections.steps import Entity, steps_columns

METADATA = MetaData()

CIRCULAR = "CIRCULAR"


def _texts(names: str) -> list[Column[Any]]:
    return [Column(name, Text) for name in names.split()]


def _numbers(names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger) for name in names.split()]


def _flags(names: str) -> list[Column[Any]]:
    return [Column(name, Boolean) for name in names.split()]


def _table(name: str, key: str, *columns: list[Column[Any]], index: tuple[str, ...]) -> Table:
    """A table of this reader with its one key, its steps and one index."""
    title = f"campaigns_{name}"
    every = [column for part in columns for column in part]
    return Table(
        title,
        METADATA,
        Column(key, Text, primary_key=True),
        *every,
        *steps_columns(),
        Index(f"{title}_{index[0]}", *index),
    )


CAMPAIGNS = _table(
    "campaigns", "campaign_id",
    _texts("owner code title region matter legal_basis document_no issued_on effective_from"),
    _texts("ends_on phases reports units team indicators closed_phases state closed_on summary"),
    _numbers("report_year launched moved"),
    index=("region", "state"),
)  # fmt: skip
REPORTS = _table(
    "reports", "report_key",
    _texts("campaign_id unit region matter code kind phase due state report_id words attachments"),
    _texts("document_id table_id content_hash as_of because history"),
    _flags("on_time"), _numbers("versions submitted_at moved"),
    index=("campaign_id", "unit"),
)  # fmt: skip
CIRCULARS = _table(
    "circulars", "report_id",
    _texts("campaign_id region words to_units attachments"), _numbers("sent"),
    index=("campaign_id",),
)  # fmt: skip
FORMS = _table(
    "forms", "table_id",
    _texts("campaign_id unit region matter form as_of sha256 media_type rows state prepared_by"),
    _texts("checked_by reason approved_by report_id amends because"),
    _flags("agreed"), _numbers("length prepared checked approved submitted moved"),
    index=("campaign_id", "unit"),
)  # fmt: skip
TASKS = _table(
    "tasks", "task_id",
    _texts("campaign_id unit region matter what organ due state note evidence"),
    _numbers("done_at moved"),
    index=("campaign_id", "unit"),
)  # fmt: skip
CHASES = _table(
    "chases", "chase_id",
    _texts("campaign_id unit region matter about message answer_by answer state"),
    _numbers("chased answered moved"),
    index=("campaign_id", "unit"),
)  # fmt: skip
PROBLEMS = _table(
    "problems", "problem_id",
    _texts("campaign_id unit region matter what problem_class organ due subject_id proposal how"),
    _texts("state evidence"), _numbers("reported settled moved"),
    index=("campaign_id", "unit"),
)  # fmt: skip
VISITS = _table(
    "visits", "visit_id",
    _texts("campaign_id unit region matter visited_on team findings minutes state"),
    _numbers("open_findings moved"),
    index=("campaign_id", "unit"),
)  # fmt: skip
BOARDS = _table(
    "boards", "nomination_id",
    _texts("campaign_id unit region matter board subject_id reason grounds checked_by refused"),
    _texts("entry_id legal_basis shown_on until withdrawn_on because state"),
    _flags("agreed"), _numbers("moved"),
    index=("campaign_id", "unit"),
)  # fmt: skip
EVALUATIONS = _table(
    "evaluations", "unit_key",
    _texts("campaign_id unit region merit remark"), _flags("recommended"), _numbers("evaluated"),
    index=("campaign_id", "unit"),
)  # fmt: skip
SELF_CHECKS = _table(
    "self_checks", "declared_key",
    _texts("campaign_id uscc region check_id form answers declared_on entered_by replaces file"),
    _flags("rebate_present"), _numbers("problems uncorrected declarations declared"),
    index=("campaign_id", "region"),
)  # fmt: skip
ANNUAL_REPORTS = _table(
    "annual_reports", "year_key",
    _texts("uscc region report_id submitted_on disclosed_on entered_by file state"),
    _numbers("year staff dispatched moved"),
    index=("uscc", "year"),
)  # fmt: skip
WORK = _table(
    "work", "work_id",
    _texts("kind detail region subject title document_no on_day until ended_on campaign_id files"),
    _texts("state"), _numbers("attendances moved"),
    index=("region", "on_day"),
)  # fmt: skip


def _id(name: str) -> Any:
    return lambda fact: str(getattr(fact.fact, name))


def _report_key(fact: Recorded[Any]) -> str | None:
    body = fact.fact
    if body.kind == CIRCULAR:
        return None
    return f"{body.campaign_id}/{body.unit}/{body.code}"


def _circular_key(fact: Recorded[Any]) -> str | None:
    return str(fact.fact.report_id) if fact.fact.kind == CIRCULAR else None


def _form_key(fact: Recorded[Any]) -> str | None:
    return fact.fact.table_id or None


def _work_key(fact: Recorded[Any]) -> str:
    body = fact.fact
    for name in ("guidance_id", "publicity_id", "activity_id", "regime_id"):
        if hasattr(body, name):
            return str(getattr(body, name))
    return str(body.title_id)


_UNIT = ("campaign_id", "unit")
_SUBMITTED = (
    *_UNIT, "report_id", "code", "kind", "phase", "as_of", "due", "on_time", "text", "attachments",
    "document_id", "table_id", "content_hash", "amends", "because", "to_units",
)  # fmt: skip

ENTITIES: tuple[Entity, ...] = (
    Entity(
        CAMPAIGNS, _id("campaign_id"),
        {
            f.LAUNCHED: (
                "code", "title", "region", "legal_basis", "document_no", "issued_on",
                "effective_from", "ends_on", "report_year", "phases", "reports", "units", "group",
                "indicators",
            ),
            f.PHASE_CLOSED: ("phase", "closed_on"),
            f.CLOSED: ("closed_on", "summary"),
        },
        f.campaign,
    ),
    Entity(
        REPORTS, _report_key,
        {f.EXPECTED: (*_UNIT, "code", "kind", "phase", "due"), f.SUBMITTED: _SUBMITTED},
        f.report,
    ),
    Entity(CIRCULARS, _circular_key, {f.SUBMITTED: _SUBMITTED}, f.circular),
    Entity(
        FORMS, _form_key,
        {
            f.PREPARED: (
                *_UNIT, "form", "as_of", "rows", "content", "prepared_by", "amends", "because",
            ),
            f.CHECKED: ("agreed", "checked_by", "reason"),
            f.APPROVED: ("approved_by",),
            f.SUBMITTED: ("report_id",),
        },
        f.form,
    ),
    Entity(
        TASKS, _id("task_id"),
        {
            f.ASSIGNED: (*_UNIT, "what", "organ", "due"),
            f.PROGRESSED: (*_UNIT, "progress", "note", "evidence"),
        },
        f.task,
    ),
    Entity(
        CHASES, _id("chase_id"),
        {
            f.CHASED: (*_UNIT, "about", "message", "answer_by"),
            f.CHASE_ANSWERED: (*_UNIT, "answer"),
        },
        f.chase,
    ),
    Entity(
        PROBLEMS, _id("problem_id"),
        {
            f.FOUND: (*_UNIT, "what", "problem_class", "organ", "due", "subject_id"),
            f.REPORTED_UP: (*_UNIT, "proposal"),
            f.SETTLED: (*_UNIT, "how", "evidence"),
        },
        f.problem,
    ),
    Entity(
        VISITS, _id("visit_id"),
        {
            f.VISITED: (*_UNIT, "visited_on", "team", "findings", "minutes"),
            f.VISIT_ANSWERED: (*_UNIT, "number", "answer", "corrected"),
        },
        f.visit,
    ),
    Entity(
        BOARDS, _id("nomination_id"),
        {
            f.NOMINATED: (*_UNIT, "board", "subject_id", "grounds", "reason"),
            f.NOMINATION_CHECKED: (
                "campaign_id", "board", "subject_id", "agreed", "checked_by", "reason",
            ),
            f.BOARD: (
                "campaign_id", "board", "subject_id", "entry_id", "action", "legal_basis", "on",
                "until", "because",
            ),
        },
        f.board,
    ),
    Entity(
        EVALUATIONS, lambda fact: f"{fact.fact.campaign_id}/{fact.fact.unit}",
        {UnitEvaluated.TYPE: (*_UNIT, "merit", "recommended", "remark")},
        f.evaluation,
    ),
    Entity(
        SELF_CHECKS, lambda fact: f"{fact.fact.campaign_id}/{fact.fact.uscc}",
        {
            f.DECLARED: (
                "campaign_id", "uscc", "check_id", "form", "answers", "rebate_present",
                "declared_on", "entered_by", "replaces", "file",
            ),
        },
        f.self_check,
    ),
    Entity(
        ANNUAL_REPORTS, lambda fact: f"{fact.fact.uscc}/{fact.fact.year}",
        {
            f.YEAR_SUBMITTED: (
                "uscc", "year", "report_id", "submitted_on", "disclosed_on", "staff", "dispatched",
                "entered_by", "file",
            ),
            f.YEAR_DISCLOSED: ("uscc", "year", "report_id", "disclosed_on"),
        },
        f.annual_report,
    ),
    Entity(
        WORK, _work_key,
        {
            f.GUIDED: ("employer", "employer_name", "on", "about", "campaign_id", "evidence"),
            f.HELD: ("kind", "title", "on", "attendances", "campaign_id", "evidence"),
            f.ACTED: (
                "association", "kind", "title", "on", "attendances", "campaign_id", "evidence",
            ),
            f.REGIME: ("kind", "document_no", "established_on", "ended_on", "document"),
            f.TITLE: ("uscc", "level", "action", "on", "until", "document_no", "reason"),
        },
        f.work,
    ),
)  # fmt: skip
"""Every table of this reader and the facts that bear on it."""
