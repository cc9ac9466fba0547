"""The compiled validator says what the reference implementation says, and problems are readable."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.commands import COMMANDS
from domain.facts import FACTS
from gateways.contracts.samples import sample
from gateways.contracts.schemas import command_schema, whole_schema
from gateways.contracts.validation import (
    _compiled_command,
    _compiled_event,
    build_command,
    envelope_fits,
    normalise_command,
    reference,
    validate_command,
    validate_envelope,
)


@cache
def event_reference(name: str) -> Any:
    return reference(whole_schema(FACTS[name]))


@cache
def command_reference(name: str) -> Any:
    return reference(command_schema(COMMANDS[name]))


USCC = "91210103MAYTX0128N"
REGISTER = {"organisation": USCC, "name": "沈阳虚例公司", "scope": "职业中介活动"}

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
tricky = st.sampled_from(
    [
        "2024-02-30",
        "2024-02-29",
        "2023-02-29",
        "20240229",
        "2024-02-29\n",
        "0000-01-01",
        "2024-11-25T10:00:00.000000+08:00",
        "2024-11-25T24:00:00.000000+08:00",
        "2024-11-25T23:59:60.000000+08:00",
        "2024-11-25t10:00:00z",
        "2024-13-25T10:00:00.000000+08:00",
        "2024-11-25T10:00:00Z",
        USCC + "\n",
        "９１２１０１０３ＭＡＹＴＸ０１２８Ｎ",
        "LIC_HRS",
        "٣",
        "",
        0,
        -1,
        1.0,
        1.5,
        10_000_001,
        2**53,
        2**70,
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | tricky,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value below its top."""
    steps: list[Any] = []
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    found = [(*before, step) for step in steps]
    return found + [place for one in found for place in places(value[one[-1]], one)]


@st.composite
def mutated(draw: st.DrawFn, original: dict[str, Any]) -> dict[str, Any]:
    """A value with one to three places replaced, removed, added to or reshaped."""
    value = copy.deepcopy(original)
    for _ in range(draw(st.integers(1, 3))):
        known = places(value)
        if not known:
            break
        *way, last = draw(st.sampled_from(known))
        parent: Any = value
        for step in way:
            parent = parent[step]
        action = draw(st.sampled_from(["replace", "tweak", "remove", "add"]))
        old = parent[last]
        if action == "remove":
            del parent[last]
        elif action == "add" and isinstance(parent, dict):
            parent[draw(texts)] = draw(values)
        elif action == "tweak" and isinstance(old, str) and old:
            spot = draw(st.integers(0, len(old) - 1))
            parent[last] = old[:spot] + draw(texts) + old[spot + draw(st.integers(0, 1)) :]
        else:
            parent[last] = draw(values)
    return value


def command_sample(name: str) -> dict[str, Any]:
    """A valid body of a command from its schema's examples."""
    return {
        field: example_of(part)
        for field, part in command_schema(COMMANDS[name])["properties"].items()
    }


def example_of(part: dict[str, Any]) -> Any:
    if part.get("x-file"):
        wanted = part["oneOf"][0]["required"]
        return {name: example_of(part["properties"][name]) for name in wanted}
    if part["type"] == "object":
        return {name: example_of(inner) for name, inner in part["properties"].items()}
    if part["type"] == "array":
        return [example_of(part["items"])]
    if part["type"] == "boolean":
        return True
    if "enum" in part:
        return part["enum"][0]
    fallback = {"date": "2024-11-25", "date-time": "2024-11-25T10:00:00+08:00"}
    if part.get("format") in fallback:
        return fallback[part["format"]]
    return part.get("examples", [1 if part["type"] == "integer" else "说明文字"])[0]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_the_compiled_validator_judges_events_as_the_reference_does(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FACTS)))
    envelope = data.draw(mutated(sample(FACTS[name])))
    expected = event_reference(name).is_valid(envelope)
    assert _compiled_event(name).is_valid(envelope) is expected


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_the_compiled_validator_judges_commands_as_the_reference_does(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(COMMANDS)))
    body = data.draw(mutated(command_sample(name)))
    expected = command_reference(name).is_valid(body)
    assert _compiled_command(name).is_valid(body) is expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", USCC + "\n"),
        ("effective", "2024-11-25\n"),
        ("effective", "20241125"),
        ("effective", "2023-02-29"),
        ("recorded", "2024-11-25T23:59:60.000000+08:00"),
        ("recorded", "2024-02-30T10:00:00.000000+08:00"),
        ("recorded", "2024-11-25T24:00:00.000000+08:00"),
        ("sequence", "٣"),
        ("sequence", 1),
    ],
)
def test_both_validators_refuse_what_languages_read_differently(field: str, value: Any) -> None:
    envelope = sample(FACTS["licence.granted.v1"]) | {field: value}
    assert not event_reference("licence.granted.v1").is_valid(envelope)
    assert not envelope_fits(envelope)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_an_envelope_that_does_not_fit_always_has_a_problem(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FACTS)))
    envelope = data.draw(mutated(sample(FACTS[name])))
    assert envelope_fits(envelope) is not bool(validate_envelope(envelope))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_accepts_its_own_examples(name: str) -> None:
    assert validate_command(name, command_sample(name)) == []


@pytest.mark.parametrize("odd", [None, 3, "x", [], {"type": 3}, {"type": ["a"]}, {}])
def test_what_is_no_envelope_is_refused_with_problems(odd: Any) -> None:
    assert not envelope_fits(odd)
    assert validate_envelope(odd)


def test_an_unknown_type_is_judged_by_its_envelope_alone() -> None:
    envelope = sample(FACTS["licence.granted.v1"])
    envelope |= {"type": "licence.lent.v1", "dataschema": "urn:liandong:schema:licence.lent.v1"}
    assert envelope_fits(envelope)
    assert not envelope_fits(envelope | {"recorded": "yesterday"})


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"scope": None}, "scope", "WrongType"),
        ({"nmae": "x"}, "nmae", "UnknownField"),
        ({"organisation": USCC[:-1] + "M"}, "organisation", "UsccCheckDigit"),
        ({"organisation": "9121"}, "organisation", "WrongForm"),
        ({"registered_on": "2024-02-30"}, "registered_on", "NoSuchDate"),
        ({"kind": "SHOP"}, "kind", "NotInList"),
        ({"name": "某"}, "name", "TooShort"),
        ({"scope": "职" * 8001}, "scope", "TooLong"),
        ({"scope": "职业\x00中介"}, "scope", "ControlCharacter"),
        ({"scope": "职业\ud800中介"}, "", "NotCanonical"),
        ({"scope": 1.5}, "scope", "NotCanonical"),
        (
            {"legal_representative": {"name": "甲", "phone": "x"}},
            "legal_representative.phone",
            "WrongForm",
        ),
        (
            {"legal_representative": {"phone": "13800000000"}},
            "legal_representative.name",
            "Required",
        ),
    ],
)
def test_a_refused_field_is_named_with_its_rule_in_both_languages(
    change: dict[str, Any], field: str, rule: str
) -> None:
    (problem,) = validate_command("RegisterOrganisation", REGISTER | change)
    assert (problem.field, problem.rule) == (field, rule)
    assert problem.zh
    assert problem.en
    assert any("一" <= letter <= "鿿" for letter in problem.zh)


def test_several_faults_are_told_at_once() -> None:
    found = validate_command("RegisterOrganisation", {"organisation": "x", "kind": "SHOP"})
    assert {problem.field for problem in found} == {"organisation", "kind", "name", "scope"}


def test_a_code_typed_full_width_with_spaces_is_read_as_meant() -> None:
    typed = REGISTER | {"organisation": " ９１２１０１０３ ｍａｙｔｘ０１２８ｎ "}
    assert validate_command("RegisterOrganisation", typed) == []
    assert normalise_command("RegisterOrganisation", typed)["organisation"] == USCC


def test_text_is_put_into_nfc_before_it_is_judged() -> None:
    normal = normalise_command("RegisterOrganisation", REGISTER | {"name": "Cafe\u0301"})
    assert normal["name"] == "Caf\u00e9"
    assert validate_command("RegisterOrganisation", REGISTER | {"name": "Cafe\u0301"}) == []


def test_valid_data_becomes_the_command() -> None:
    command = build_command("GrantLicence", {"organisation": USCC})
    assert isinstance(command, COMMANDS["GrantLicence"])
    with pytest.raises(ValueError, match="Expected"):
        build_command("GrantLicence", {"organisation": 3})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"amount_fen": 12.5}, "amount_fen"),
        ({"measures": [{"kind": "FINE", "amount_fen": 1_000.0}]}, "measures.0.amount_fen"),
    ],
)
def test_money_with_a_decimal_point_is_asked_for_in_whole_fen(
    data: dict[str, Any], field: str
) -> None:
    (problem,) = validate_command("RecordPerformance", data)
    assert (problem.field, problem.rule) == (field, "WholeFen")
    assert "单位为分" in problem.zh
    assert "整数" in problem.zh
    assert "whole number of fen" in problem.en
    assert "canonical" not in problem.zh + problem.en


def test_other_numbers_with_a_decimal_point_are_asked_for_whole() -> None:
    (problem,) = validate_command("RegisterComplaint", {"persons": 1.5})
    assert "整数" in problem.zh
    assert "canonical" not in problem.zh + problem.en
