"""A task opens its command filled in with what its clock, its fact and its histories know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

import domain.law  # noqa: F401 -- completes the tables of facts and commands
from domain.clocks.reckoning import CLOCK_RULES
from domain.commands import COMMANDS
from domain.facts import CHINA, FACTS, Recorded, stamp_of
from domain.review.reading import read
from gateways.contracts.samples import sample_data
from gateways.contracts.schemas import command_schema
from gateways.web import forms
from gateways.web.owed import as_address, data_for

ID_FIELDS = frozenset(
    {"case", "complaint", "decision", "document", "lead", "order", "preservation", "push"}
    | {"referral", "remedy", "request", "task"}
    | {"campaign", "chase", "problem", "visit"}
)
"""The ids without which a command cannot be given; publications are chosen on the case's page."""


def seen(type_name: str, **fields: Any) -> Recorded[Any]:
    moment = datetime(2025, 2, 14, 10, tzinfo=CHINA)
    data = {**sample_data(FACTS[type_name]), **fields}
    return Recorded(
        fact=read(FACTS[type_name], data),
        id="e-1",
        type=type_name,
        stream="stream/1",
        stream_version=1,
        department="hr",
        sequence=1,
        stamp=stamp_of(moment),
        subject="91210103MAYTX0128N",
        region="210103",
        matter="M-1",
        organ=FACTS[type_name].ORGANS[0],
        post="HRSS_INSP@210103",
        command="c-1",
        command_name="Sample",
        cause=None,
        occurred=moment,
        effective=moment.date(),
    )


PAIRS = list(
    dict.fromkeys(
        (rule.code, start.type, command)
        for rule in CLOCK_RULES
        for start in rule.started_by
        for command in rule.commands
    )
)


@pytest.mark.parametrize(("code", "type_name", "command"), PAIRS)
def test_a_tasks_form_has_every_id_that_its_command_needs(
    code: str, type_name: str, command: str
) -> None:
    data = data_for(code, command, seen(type_name), {})
    schema = command_schema(COMMANDS[command])
    texts = {one.name for one in forms.fields_of(schema) if one.kind == "text"}
    wanted = ID_FIELDS & texts & set(schema["required"])
    if code in ("R21", "R22-CASE"):
        wanted -= {"case"}
    assert wanted <= set(data)
    if "organisation" in schema["required"]:
        assert data["organisation"] == "91210103MAYTX0128N"
    known = forms.fields_of(schema)
    typed = forms.first_typed(known, as_address(data), command)
    back, wrong = forms.data_of(known, forms.blank_rows_gone(known, typed))
    assert [one for one in wrong if one.rule != "required"] == []
    for name, value in data.items():
        assert plain(back[name]) == plain(value), name


def plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(str(one) for one in value)
    return value if isinstance(value, Mapping | bool) else str(value)


def test_the_outcome_of_a_lead_goes_back_to_the_one_who_sent_it() -> None:
    known = {"from_organ": "HRSS_MKT", "from_region": "210103", "codes": ["V-LIC-01"]}
    ended = seen("lead.disposed.v1", lead_id="LD-1", outcome="CASE_CLOSED")
    data = data_for("DL-LEAD-04", "TransferLead", ended, known)
    assert data["kind"] == "OUTCOME_NOTICE"
    assert data["about"] == "LD-1"
    assert data["outcome"] == "CASE_CLOSED"
    assert (data["to_organ"], data["to_region"]) == ("HRSS_MKT", "210103")
    assert "lead" not in data


def test_a_case_is_filed_on_the_lead_with_the_codes_that_it_carried() -> None:
    known = {"codes": ["V-FRD-01", "V-FEE-01"], "persons": 3}
    signed = seen("lead.receipted.v1", lead_id="LD-1")
    data = data_for("DL-LEAD-02", "FileCase", signed, known)
    assert data["leads"] == ["LD-1"]
    assert data["codes"] == ["V-FRD-01", "V-FEE-01"]


def test_a_returned_lead_is_sent_on_to_the_organ_that_was_named() -> None:
    back = seen("lead.receipted.v1", lead_id="LD-1", returned_to="SAMR", returned_region="210103")
    data = data_for("DL-LEAD-05", "TransferLead", back, {"summary": "无证经营", "source": "REPORT"})
    assert data["lead"] == "LD-1"
    assert data["to_organ"] == "SAMR"
    assert data["summary"] == "无证经营"


def test_a_case_is_resumed_on_the_ground_that_its_referral_gave() -> None:
    back = seen(
        "referral.criminal_outcome.v1", referral_id="CASE-1.RF-1", outcome="RETURNED_FOR_ADMIN"
    )
    data = data_for("R21", "ResumeCase", back, {})
    assert data["case"] == "CASE-1"
    assert data["ground"] == "RETURNED_FOR_ADMIN"


def test_a_preserved_item_is_settled_by_its_own_id_and_no_decision_is_chosen_beforehand() -> None:
    kept = seen("case.evidence_preserved.v1", case_id="CASE-1", preservation_id="PV-1")
    data = data_for("DL-PEN-02", "SettleEvidence", kept, {"decision_id": "CASE-1.PD-1"})
    assert data == {"case": "CASE-1", "preservation": "PV-1"}


def test_a_report_is_filled_in_with_its_campaign_and_code() -> None:
    owed = seen("campaign.report_expected.v1", campaign_id="CMP-1", code="INTERIM")
    data = data_for("CAMPAIGN-REPORT", "SubmitReport", owed, {})
    assert data == {"campaign": "CMP-1", "code": "INTERIM"}
