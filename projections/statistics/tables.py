"""The tables of the statistics form: the steps of each organisation in each territory.

A row belongs to one organisation (or act, or directory) in one territory; what an
organisation is in other territories stands in their rows. Nothing is counted here: a figure
is counted from the steps when it is asked for, as of its moment.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from domain.campaign.facts import CampaignLaunched, TableApproved, TableChecked, TablePrepared
from domain.directory import DirectoryPublished
from domain.facts import Recorded
from domain.filing import BusinessFilingRecorded
from domain.finding import ViolationFound
from domain.inspection.facts import InspectionResultRecorded, ListEntryChanged
from domain.licence.facts import (
    LicenceAnnulled,
    LicenceChanged,
    LicenceDeregistered,
    LicenceGranted,
    LicenceRevoked,
)
from domain.market.facts import (
    AnnualReportDisclosed,
    AnnualReportSubmitted,
    AssociationActivityRecorded,
    EmployerGuidanceGiven,
    ManagementRegimeEstablished,
    ModelAgencyChanged,
    SelfCheckDeclared,
)
from domain.organisation import SubjectRegistered, SubjectRegistrationChanged
from domain.review.facts import DecisionOverturned
from projections.steps import Entity, Steps, steps_columns

METADATA = MetaData()

GRANTED, CHANGED = LicenceGranted.TYPE, LicenceChanged.TYPE
ANNULLED, REVOKED = LicenceAnnulled.TYPE, LicenceRevoked.TYPE
DEREGISTERED, FILED = LicenceDeregistered.TYPE, BusinessFilingRecorded.TYPE
SUBMITTED, DISCLOSED = AnnualReportSubmitted.TYPE, AnnualReportDisclosed.TYPE
INSPECTED, FOUND = InspectionResultRecorded.TYPE, ViolationFound.TYPE
DECLARED, MODEL = SelfCheckDeclared.TYPE, ModelAgencyChanged.TYPE
ENTERED, OVERTURNED = ListEntryChanged.TYPE, DecisionOverturned.TYPE
REGISTERED, RENAMED = SubjectRegistered.TYPE, SubjectRegistrationChanged.TYPE
GUIDED, ACTED = EmployerGuidanceGiven.TYPE, AssociationActivityRecorded.TYPE
REGIME, PUBLISHED = ManagementRegimeEstablished.TYPE, DirectoryPublished.TYPE
LAUNCHED, PREPARED = CampaignLaunched.TYPE, TablePrepared.TYPE
CHECKED, APPROVED = TableChecked.TYPE, TableApproved.TYPE

HOLDINGS = frozenset({GRANTED, CHANGED, ANNULLED, REVOKED, DEREGISTERED, FILED})
"""The facts that tell what an organisation holds."""

ORGANISATIONS = Table(
    "statistics_organisations",
    METADATA,
    Column("place", Text, primary_key=True),
    Column("subject", Text),
    Column("region", Text),
    *steps_columns(),
    Index("statistics_organisations_region", "region"),
    Index("statistics_organisations_subject", "subject"),
)

NAMES = Table(
    "statistics_names",
    METADATA,
    Column("uscc", Text, primary_key=True),
    Column("name", Text),
    *steps_columns(),
)

ACTS = Table(
    "statistics_acts",
    METADATA,
    Column("act_id", Text, primary_key=True),
    Column("region", Text),
    Column("told", Text),
    *steps_columns(),
    Index("statistics_acts_region", "region"),
)

DIRECTORIES = Table(
    "statistics_directories",
    METADATA,
    Column("region", Text, primary_key=True),
    Column("published_on", Text),
    *steps_columns(),
)

CAMPAIGNS = Table(
    "statistics_campaigns",
    METADATA,
    Column("campaign_id", Text, primary_key=True),
    Column("code", Text),
    Column("title", Text),
    Column("region", Text),
    Column("launched", BigInteger),
    *steps_columns(),
    Index("statistics_campaigns_code", "code"),
)

FORMS = Table(
    "statistics_forms",
    METADATA,
    Column("table_id", Text, primary_key=True),
    Column("campaign_id", Text),
    Column("unit", Text),
    Column("as_of", Text),
    Column("sha256", Text),
    Column("length", BigInteger),
    Column("amends", Text),
    Column("prepared_by", Text),
    Column("checked_by", Text),
    Column("approved_by", Text),
    Column("prepared", BigInteger),
    *steps_columns(),
    Index("statistics_forms_campaign", "campaign_id", "unit"),
)

_ORGANISATION: dict[str, tuple[str, ...]] = {
    GRANTED: ("licence_id", "type", "valid_from", "valid_to"),
    CHANGED: ("licence_id", "change", "valid_to"),
    ANNULLED: ("licence_id",),
    REVOKED: ("licence_id", "effective_on"),
    DEREGISTERED: ("licence_id",),
    FILED: ("kind",),
    SUBMITTED: ("report_id", "year", "disclosed_on"),
    DISCLOSED: ("report_id", "year", "disclosed_on"),
    INSPECTED: ("kind", "inspected_on"),
    FOUND: ("code", "about"),
    DECLARED: ("check_id", "campaign_id", "rebate_present", "declared_on", "replaces"),
    MODEL: ("level", "action", "on", "until"),
    ENTERED: ("list", "action", "on"),
    OVERTURNED: ("case_id", "result", "effect", "decided_on"),
}


def place_of(fact: Recorded[Any]) -> str:
    """The row of an organisation in the territory of the fact."""
    body = fact.fact
    subject = body.uscc if hasattr(body, "uscc") else body.subject_id
    return f"{fact.region}|{subject}"


def _organisation(steps: Steps) -> dict[str, Any]:
    return {"subject": steps[0].subject, "region": steps[0].region}


def _name(steps: Steps) -> dict[str, Any]:
    """The registered name, the latest one."""
    name = None
    for step in steps:
        if step.type == REGISTERED:
            name = step.data["name"]
        elif step.data["change"] == "NAME":
            name = step.data["after"]
    return {"name": name}


def _act_id(fact: Recorded[Any]) -> str:
    body = fact.fact
    for name in ("guidance_id", "activity_id"):
        if hasattr(body, name):
            return str(getattr(body, name))
    return str(body.regime_id)


def _act(steps: Steps) -> dict[str, Any]:
    data = steps[-1].data
    told = data.get("employer_name") or data.get("title") or data.get("document_no")
    return {"region": steps[-1].region, "told": told}


def _campaign(steps: Steps) -> dict[str, Any]:
    data = steps[-1].data
    named = {name: data[name] for name in ("code", "title", "region")}
    return {**named, "launched": steps[-1].stamp}


def _form(steps: Steps) -> dict[str, Any]:
    """A prepared form; `checked_by` only where the check agreed to it."""
    form: dict[str, Any] = dict.fromkeys(_FORM)
    for step in steps:
        data = step.data
        if step.type == PREPARED:
            form.update((name, data[name]) for name in _PREPARED if name != "content")
            form.update(
                sha256=data["content"]["sha256"],
                length=data["content"]["length"],
                prepared=step.stamp,
            )
        elif step.type == APPROVED:
            form["approved_by"] = data["approved_by"]
        elif data["agreed"]:
            form["checked_by"] = data["checked_by"]
    return form


_PREPARED = ("campaign_id", "unit", "as_of", "content", "amends", "prepared_by")
_FORM = tuple(
    column.name for column in FORMS.columns if column.name not in ("table_id", "steps", "voided")
)

ENTITIES: tuple[Entity, ...] = (
    Entity(ORGANISATIONS, place_of, _ORGANISATION, _organisation),
    Entity(
        NAMES,
        lambda fact: str(fact.fact.uscc),
        {REGISTERED: ("name",), RENAMED: ("change", "after")},
        _name,
    ),
    Entity(
        ACTS,
        _act_id,
        {
            GUIDED: ("employer", "employer_name", "on", "campaign_id"),
            ACTED: ("association", "kind", "on", "attendances", "title", "campaign_id"),
            REGIME: ("kind", "region", "document_no", "established_on", "ended_on"),
        },
        _act,
    ),
    Entity(
        DIRECTORIES,
        lambda fact: str(fact.fact.region),
        {PUBLISHED: ("snapshot_id", "entries_hash", "entries", "published_on")},
        lambda steps: {"published_on": steps[-1].data["published_on"]},
    ),
    Entity(
        CAMPAIGNS,
        lambda fact: str(fact.fact.campaign_id),
        {
            LAUNCHED: (
                "code",
                "title",
                "region",
                "effective_from",
                "report_year",
                "units",
                "indicators",
            )
        },
        _campaign,
    ),
    Entity(
        FORMS,
        lambda fact: str(fact.fact.table_id),
        {PREPARED: _PREPARED, CHECKED: ("agreed", "checked_by"), APPROVED: ("approved_by",)},
        _form,
    ),
)
"""Every table of this reader and the facts that bear on it."""
