"""The tables of powers and reactions agree with the commands, facts and organs they name."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

import domain.law
from domain.clocks.reckoning import CLOCK_RULES
from domain.commands import COMMANDS, DECIDERS
from domain.departments import ORGANS, entitled_topics, node_of
from domain.facts import FACTS
from domain.powers import POWERS, commands_of, may
from domain.reactions import RULES, Kind
from domain.violations.catalogue import VIOLATIONS, violation
from tests.domain.story import annulled, post, refused

TODAY = date(2025, 2, 14)
COORDINATORS = ("LG", "LGO", "ASSOC")
CHANGES_NOTHING = {
    "LinkMatters",
    "DeclareDeadlineBreached",
    "CorrectFact",
    "TransferLead",
    "ReceiptLead",
    "AssessLead",
    "DisposeLead",
    "ListForSupervision",
    "ReleaseFromSupervision",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_decider_a_power_and_both_languages(name: str) -> None:
    assert name in DECIDERS
    assert any(power.command == name for power in POWERS)
    assert COMMANDS[name].ZH
    assert COMMANDS[name].EN
    assert COMMANDS[name].SOURCE


def test_every_power_names_a_command_an_organ_and_its_basis() -> None:
    for power in POWERS:
        assert power.command in COMMANDS
        assert power.organ in ORGANS
        assert power.basis


def test_coordinating_bodies_and_associations_change_no_legal_position() -> None:
    for power in POWERS:
        if power.organ in COORDINATORS:
            assert power.command in CHANGES_NOTHING


def test_a_firm_only_applies() -> None:
    assert set(commands_of("AGENCY", TODAY)) == {
        "ApplyForLicence",
        "SubmitCompletion",
        "ApplyForRenewal",
        "ApplyForChange",
        "RequestHearing",
        "CorrectFact",
    }


def test_labour_inspection_grants_nothing_and_revokes_alone_at_the_human_resources_department() -> (
    None
):
    refused("NoPower", lambda: may(post("HRSS_INSP"), "GrantLicence", "210103", TODAY))
    assert may(post("HRSS_INSP"), "RevokeLicence", "210103", TODAY).basis
    refused("NoPower", lambda: may(post("HRSS_APPR"), "RevokeLicence", "210103", TODAY))


def test_a_superior_territory_covers_a_county_and_not_the_other_way_round() -> None:
    assert may(post("HRSS_APPR", "210100"), "GrantLicence", "210103", TODAY)
    refused(
        "OutsideTerritory",
        lambda: may(post("HRSS_APPR", "210103"), "GrantLicence", "210100", TODAY),
    )


def test_an_automatic_rule_gives_an_automatic_command_and_a_duty_never_does() -> None:
    for rule in RULES:
        assert COMMANDS[rule.command_name].AUTOMATIC is (rule.kind is Kind.AUTOMATIC), rule.id


def test_the_owner_of_a_rule_has_the_power_for_its_command() -> None:
    for rule in RULES:
        assert any(
            power.organ == rule.owner_organ and power.command == rule.command_name
            for power in POWERS
        ), rule.id


def test_the_owner_of_a_rule_is_entitled_to_the_facts_it_reacts_to() -> None:
    for rule in RULES:
        families = {topic.family for topic in entitled_topics(node_of(rule.owner_organ).id)}
        for type_name in rule.when:
            assert FACTS[type_name].FAMILY in families, rule.id


def test_the_clock_of_a_rule_stands_in_the_table_of_clocks() -> None:
    codes = {rule.code for rule in CLOCK_RULES}
    for rule in RULES:
        assert rule.clock is None or rule.clock in codes, rule.id


def test_a_rule_builds_only_fields_that_its_command_has() -> None:
    story = annulled()
    met = set()
    for seen in story.facts:
        for rule in RULES:
            if rule.applies(seen):
                met.add(rule.id)
                names = {one.name for one in fields(COMMANDS[rule.command_name])}
                assert set(rule.command(seen)) <= names, rule.id
                assert rule.target(seen)
    assert met == {rule.id for rule in RULES} - {"R22"}


def test_rules_have_unique_names_in_both_languages_and_a_source() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.zh
        assert rule.en
        assert rule.source


def test_the_catalogue_gives_the_row_that_is_valid_on_a_day() -> None:
    assert violation("V-LIC-07", TODAY).severity == "SER"
    with pytest.raises(KeyError):
        violation("V-LIC-07", date(2000, 1, 1))
    assert len({(row.code, row.valid_from) for row in VIOLATIONS}) == len(VIOLATIONS)


def test_every_fact_names_organs_that_exist() -> None:
    for fact in FACTS.values():
        assert fact.ORGANS
        assert set(fact.ORGANS) <= set(ORGANS)
    assert domain.law.REFUSALS
