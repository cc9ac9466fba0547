"""Corrections through the gateway: published with their target, and read by whoever decides next."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Refusal
from gateways.contracts import canonical
from gateways.department.deciding.answers import InvalidCommand
from tests.faults.organisations import uscc
from tests.gateways.department.town import Town, bodies, intents, types

STREAM = f"licence/{uscc(0)}:LIC_HRS"


def grant_of(town: Town) -> dict[str, Any]:
    town.grant()
    town.platform.settle()
    return next(one for one in bodies(town.hr) if one["type"] == "licence.granted.v1")


def correct(town: Town, grant: dict[str, Any], kind: str, **data: Any) -> None:
    given = {"stream": STREAM, "event": grant["id"], "kind": kind, "reason": "记录有误"}
    town.give("HRSS_APPR", "CorrectFact", given | data)


def test_a_correction_travels_on_the_topic_of_what_it_corrects_and_as_confidential(
    town: Town,
) -> None:
    grant = grant_of(town)
    correct(town, grant, "VOID")
    said = bodies(town.hr)[-1]
    assert said["type"] == "fact.corrected.v1"
    assert (said["stream"], said["subject"]) == (grant["stream"], grant["subject"])
    assert int(said["streamversion"]) == len(town.hr.store.stream(STREAM))
    assert said["confidentiality"] == grant["confidentiality"] == "PUBLIC"
    assert canonical.decode(said["data"]["target_data"].encode()) == grant["data"]
    event = town.hr.store.stream(STREAM)[-1]
    assert event.topic == "labour.hr.licensing"


def test_a_voided_grant_is_no_licence_for_the_next_decision(town: Town) -> None:
    grant = grant_of(town)
    correct(town, grant, "VOID")
    with pytest.raises(Refusal) as refused:
        town.give("HRSS_APPR", "ApplyForRenewal", {"organisation": uscc(0)})
    assert refused.value.rule == "NotInForce"


def test_a_replaced_field_is_read_new_by_the_next_decision(town: Town) -> None:
    grant = grant_of(town)
    correct(town, grant, "REPLACE", replaces_with='{"valid_to":"2025-01-10"}')
    town.at("2025-01-09T09:00")
    with pytest.raises(Refusal) as refused:
        town.give("HRSS_APPR", "ApplyForRenewal", {"organisation": uscc(0)})
    assert refused.value.rule == "RenewalTooLate"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"document_no":""}', "replaces_with.document_no"),
        ('{"scope":"职\\u0001介"}', "replaces_with.scope"),
        ('{"scope":"\\ud800 介"}', "replaces_with"),
    ],
)
def test_a_replacement_outside_the_schema_of_its_target_is_refused_and_nothing_kept(
    town: Town, text: str, field: str
) -> None:
    grant = grant_of(town)
    before = types(town.hr)
    with pytest.raises(InvalidCommand) as invalid:
        correct(town, grant, "REPLACE", replaces_with=text)
    assert [one.field for one in invalid.value.problems] == [field]
    assert types(town.hr) == before


def test_what_a_rule_was_about_to_do_about_a_voided_fact_is_done_with(town: Town) -> None:
    grant = grant_of(town)
    data = {
        "organisation": uscc(0),
        "cause": "OFFICIAL_ERROR",
        "document_no": "撤字1号",
        "holder_told_on": "2024-11-18",
        "holder_heard": True,
    }
    given = town.give("HRSS_APPR", "AnnulLicence", data)
    correct(town, grant | {"id": given.events[0].id}, "VOID")
    town.platform.settle()
    assert "REFUSED" not in {one.state for one in intents(town.hr)}
    assert "licence.end_notified.v1" not in types(town.hr)


def test_a_voided_grant_is_in_no_directory(town: Town) -> None:
    grant = grant_of(town)
    town.give("HRSS_MKT", "PublishDirectory", {"region": "210103"})
    correct(town, grant, "VOID")
    town.platform.settle()
    town.give("HRSS_MKT", "PublishDirectory", {"region": "210103"})
    published = [one["data"] for one in bodies(town.hr) if one["type"] == "directory.published.v1"]
    assert [one["entries"] for one in published] == [1, 0]


def test_an_annulment_that_its_organ_annuls_is_undone_in_every_department(town: Town) -> None:
    grant_of(town)
    annulment = {
        "organisation": uscc(0),
        "cause": "OFFICIAL_ERROR",
        "document_no": "撤字1号",
        "holder_told_on": "2024-11-18",
        "holder_heard": True,
    }
    given = town.give("HRSS_APPR", "AnnulLicence", annulment)
    town.platform.settle()
    review = {
        "organisation": uscc(0),
        "target": given.events[0].id,
        "by": "SELF_CORRECTION",
        "result": "ANNULLED",
        "document_no": "纠字1号",
        "reason": "撤销决定所依据的事实有误",
    }
    town.give("HRSS_APPR", "OverturnDecision", review)
    town.platform.settle()
    assert {one.state for one in intents(town.hr)} == {"DONE"}
    assert types(town.hr).count("fact.corrected.v1") == 2
    kept = [one["data"]["outcome"] for one in bodies(town.drc) if one["type"].startswith("credit.")]
    assert kept == ["RECORDED", "WITHDRAWN", "RECORDED", "WITHDRAWN", "RECORDED"]
    town.give("HRSS_APPR", "ApplyForChange", {"organisation": uscc(0), "what": "住所"})
