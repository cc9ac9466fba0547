"""Facts corrected by their owners, and the history as it stands afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import domain.law  # noqa: F401
from domain.commands import COMMANDS, DECIDERS, Context, Own
from domain.errors import Refusal
from domain.facts import FACTS, Fact, Recorded
from domain.finding import ViolationFound
from domain.finding import stream_of as findings_of
from domain.licence.facts import LicenceApplied, LicenceGranted
from domain.review.facts import CorrectionKind, FactCorrected
from domain.review.reading import data_of, read, text_of
from domain.review.standing import standing
from gateways.contracts.envelope import recorded, to_data
from gateways.contracts.samples import sample
from tests.domain.story import LN_B, Loaded, Story, failed, granted, post, refused, registered


def correct(
    story: Story, fact: Recorded[Any], organ: str = "", kind: str = "VOID", **data: Any
) -> list[Fact]:
    return story.give(
        organ or fact.organ,
        "CorrectFact",
        stream=fact.stream,
        event=fact.id,
        kind=CorrectionKind(kind),
        reason="记录有误",
        **data,
    )


def grant_of(story: Story) -> Recorded[Any]:
    return story.of(LicenceGranted)[-1]


def finding_of(story: Story) -> Recorded[Any]:
    return story.of(ViolationFound)[-1]


@pytest.mark.parametrize("name", sorted(FACTS))
def test_the_data_that_a_correction_carries_is_the_data_that_was_published(name: str) -> None:
    fact = recorded(sample(FACTS[name])).fact
    assert data_of(fact) == to_data(fact)
    assert read(type(fact), data_of(fact)) == fact


def test_a_voided_finding_is_no_ground_for_an_order() -> None:
    story = failed()
    correct(story, finding_of(story))
    refused(
        "NothingToCorrect",
        lambda: story.give("HRSS_APPR", "OrderCorrection", organisation=LN_B),
    )


def test_a_voided_fact_stays_on_record_beside_its_correction() -> None:
    story = failed()
    found = finding_of(story)
    (said,) = correct(story, found)
    assert isinstance(said, FactCorrected)
    assert said.target_event_id == found.id
    assert said.target_data == text_of(to_data(found.fact))
    assert found in story.stream(findings_of(LN_B), "hr")
    assert story.facts[-1].stream == found.stream
    assert story.facts[-1].subject == found.subject


def test_a_replaced_field_reads_new_for_every_later_decision() -> None:
    story = granted()
    correct(story, grant_of(story), kind="REPLACE", replaces_with='{"valid_to":"2028-11-24"}')
    story.on("2028-10-26")
    refused("RenewalTooLate", lambda: story.give("HRSS_APPR", "ApplyForRenewal", organisation=LN_B))


def test_a_later_replacement_repeats_what_earlier_ones_changed() -> None:
    story = granted()
    correct(story, grant_of(story), kind="REPLACE", replaces_with='{"valid_to":null}')
    (said,) = correct(story, grant_of(story), kind="REPLACE", replaces_with='{"online":true}')
    assert isinstance(said, FactCorrected)
    assert said.replaces_with == '{"online":true,"valid_to":null}'


def test_a_voided_grant_leaves_the_firm_without_a_licence() -> None:
    story = granted()
    correct(story, grant_of(story))
    refused("NotInForce", lambda: story.give("HRSS_APPR", "ApplyForRenewal", organisation=LN_B))


def test_a_correction_is_published_with_the_fact_it_corrects() -> None:
    story = failed()
    found = finding_of(story)
    command = {"stream": found.stream, "event": found.id, "kind": CorrectionKind.VOID}
    asked = COMMANDS["CorrectFact"](**command, reason="记录有误")
    context = Context(
        now=story.now,
        post=post("HRSS_APPR"),
        department="hr",
        region="210103",
        mint=lambda kind: f"{kind}-1",
    )
    assert DECIDERS["CorrectFact"].reads(asked) == (Own(stream=found.stream, as_recorded=True),)
    loaded = Loaded({found.stream: story.stream(found.stream, "hr")}, {})
    (decided,) = DECIDERS["CorrectFact"].decide(asked, loaded, context)
    assert decided.family == found.fact.FAMILY
    assert (decided.matter, decided.region) == (found.matter, found.region)


def test_the_wrong_organ_the_wrong_fact_and_a_second_voiding_are_refused() -> None:
    story = failed()
    found = finding_of(story)
    refused("NotOwnerOfFact", lambda: correct(story, found, organ="HRSS_MKT"))
    refused("FactNotHere", lambda: correct(story, replace(found, id="E-none")))
    refused("FactNotHere", lambda: correct(story, found, organ="SAMR"))
    correct(story, found)
    refused("AlreadyVoid", lambda: correct(story, found))
    refused("CorrectionNotCorrected", lambda: correct(story, story.facts[-1]))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (None, "ReplacementMissing"),
        ("{}", "ReplacementMissing"),
        ('{"scope":"职业中介活动"}', "ReplacementMissing"),
        ("[]", "ReplacementUnreadable"),
        ("{", "ReplacementUnreadable"),
        ('{"valid_to":"tomorrow"}', "ReplacementUnreadable"),
        ('{"valid_from":null}', "ReplacementUnreadable"),
        ('{"colour":"red"}', "ReplacementUnreadable"),
        ('{"online":1}', "ReplacementUnreadable"),
        ('{"licence_id":"L-2"}', "FieldNotReplaced"),
        ('{"uscc":"91210103MAYTX011XN"}', "FieldNotReplaced"),
    ],
)
def test_a_replacement_names_other_values_of_the_facts_own_fields(
    text: str | None, rule: str
) -> None:
    story = granted()
    grant = grant_of(story)
    text = text.replace("职业中介活动", grant.fact.scope) if text else text
    refused(rule, lambda: correct(story, grant, kind="REPLACE", replaces_with=text))


def test_a_voiding_carries_no_content() -> None:
    story = granted()
    refused(
        "ReplacementMissing",
        lambda: correct(story, grant_of(story), replaces_with='{"online":true}'),
    )


def test_a_person_is_never_replaced_by_a_value() -> None:
    person = {"person": "VP-0123456789ABCDEFGHJK", "commitment": "0" * 64}
    story = registered().on("2024-11-25")
    story.give("HRSS_APPR", "ApplyForLicence", organisation=LN_B)
    (applied,) = story.of(LicenceApplied)
    refused(
        "FieldNotReplaced",
        lambda: correct(story, applied, kind="REPLACE", replaces_with=text_of({"contact": person})),
    )


def test_what_was_never_published_is_not_corrected() -> None:
    story = Story()
    story.give("HRSS_APPR", "ErasePerson", person="VP-0123456789ABCDEFGHJK", reason="本人请求")
    refused("NotPublished", lambda: correct(story, story.facts[-1]))


def test_a_fact_is_corrected_in_ones_own_territory_only() -> None:
    story = granted()
    grant = grant_of(story)
    refused(
        "OutsideTerritory",
        lambda: story.give(
            "HRSS_APPR",
            "CorrectFact",
            at="210102",
            stream=grant.stream,
            event=grant.id,
            kind=CorrectionKind.VOID,
            reason="记录有误",
        ),
    )


BASE = [*failed().facts]
"""A history of several departments."""


def corrected_by(choices: list[tuple[int, bool, str]]) -> list[Recorded[Any]]:
    """The base history followed by corrections, each by the owner; refused ones left out."""
    story = Story(facts=list(BASE), now=BASE[-1].stamp, commands_given=1000)
    for place, void, scope in choices:
        fact = BASE[place % len(BASE)]
        changes = {"scope": scope} if isinstance(fact.fact, LicenceGranted) else {"online": True}
        try:
            correct(
                story,
                fact,
                kind="VOID" if void else "REPLACE",
                replaces_with=None if void else text_of(changes),
            )
        except Refusal:
            continue
    return story.facts


CHOICES = st.lists(
    st.tuples(st.integers(0, len(BASE) - 1), st.booleans(), st.text("甲乙丙", min_size=1)),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(CHOICES, st.randoms(use_true_random=False))
def test_what_stands_is_the_same_in_whatever_order_facts_come(
    choices: list[tuple[int, bool, str]], random: Any
) -> None:
    facts = corrected_by(choices)
    mixed = list(facts)
    random.shuffle(mixed)
    stands = standing(facts)
    assert sorted(standing(mixed), key=lambda one: one.order) == list(stands)
    assert standing(stands) == stands


@settings(max_examples=60, deadline=None)
@given(CHOICES)
def test_voided_facts_are_gone_and_all_others_keep_their_place(
    choices: list[tuple[int, bool, str]],
) -> None:
    facts = corrected_by(choices)
    told = [one.fact for one in facts if isinstance(one.fact, FactCorrected)]
    voided = {one.target_event_id for one in told if one.kind is CorrectionKind.VOID}
    replaced = {one.target_event_id for one in told if one.kind is CorrectionKind.REPLACE}
    stands = standing(facts)
    assert [one.id for one in stands] == [
        one.id for one in facts if one.id not in voided and not isinstance(one.fact, FactCorrected)
    ]
    recorded_then = {one.id: one for one in facts}
    for one in stands:
        before = recorded_then[one.id]
        assert replace(one, fact=before.fact) == before
        assert one.fact == before.fact or one.id in replaced


@settings(max_examples=40, deadline=None)
@given(CHOICES)
def test_corrections_known_elsewhere_count_as_those_among_the_facts(
    choices: list[tuple[int, bool, str]],
) -> None:
    facts = corrected_by(choices)
    told = [one for one in facts if isinstance(one.fact, FactCorrected)]
    rest = [one for one in facts if not isinstance(one.fact, FactCorrected)]
    assert standing(rest, told) == standing(facts)


def test_a_later_replacement_says_all_that_reads_differently() -> None:
    story = granted()
    grant = grant_of(story)
    correct(story, grant, kind="REPLACE", replaces_with='{"valid_to":"2028-11-24"}')
    correct(story, grant, kind="REPLACE", replaces_with='{"scope":"职业介绍"}')
    last = story.of(FactCorrected)[-1].fact
    assert json.loads(last.replaces_with or "") == {"valid_to": "2028-11-24", "scope": "职业介绍"}
