"""Canonical bytes equal RFC 8785 on every allowed value; bodies are read in one way only."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.contracts import canonical
from gateways.contracts.parsing import BadBody, parse_body

words = st.text(alphabet=st.characters(exclude_categories=["Cs"])).map(
    lambda text: unicodedata.normalize("NFC", text)
)
keys = st.text(alphabet=st.characters(max_codepoint=127))
whole = st.integers(-canonical.LARGEST_INTEGER, canonical.LARGEST_INTEGER)
allowed = st.recursive(
    st.none() | st.booleans() | whole | words,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=20,
)


@settings(max_examples=500, deadline=None)
@given(value=allowed)
def test_canonical_bytes_equal_rfc_8785(value: Any) -> None:
    canonical.check(value)
    assert canonical.encode(value) == rfc8785.dumps(value)
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": 1.0}, "/a"),
        ({"a": [2**53]}, "/a/0"),
        ({"职": 1}, ""),
        ({"a": "Cafe\u0301"}, "/a"),
        ({"a": {"b": b"x"}}, "/a/b"),
        ({"a": {1: 2}}, "/a"),
    ],
)
def test_what_has_no_canonical_form_is_refused_at_its_place(value: Any, path: str) -> None:
    with pytest.raises(canonical.NotCanonical) as refused:
        canonical.check(value)
    assert refused.value.path == path


def test_a_lone_surrogate_has_no_canonical_bytes() -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.encode({"a": "\ud800"})


@pytest.mark.parametrize(
    ("body", "rule", "field"),
    [
        (b'{"a":1,"a":2}', "RepeatedField", "a"),
        (b'{"a":[{"b":1,"b":2}]}', "RepeatedField", "a.0.b"),
        (b'{"a":{"\\ud800":1,"\\ud800":2}}', "NotText", "a"),
        (b'{"a":NaN}', "NotAnInteger", "a"),
        (b'{"a":Infinity}', "NotAnInteger", "a"),
        (b'{"a":1.0}', "NotAnInteger", "a"),
        (b'{"a":1e5}', "NotAnInteger", "a"),
        (b'{"a":9007199254740992}', "NumberTooLarge", "a"),
        (b'{"a":' + b"9" * 6000 + b"}", "NumberTooLarge", "a"),
        (b'{"a":"\\ud800"}', "NotText", "a"),
        (b'{"a":"\xff"}', "NotUtf8", ""),
        (b"[1]", "NotAnObject", ""),
        (b'{"a":', "NotJson", ""),
        (b"", "NotJson", ""),
        (b'{"a":' + b"[" * 30 + b"]" * 30 + b"}", "NestedTooDeeply", None),
        (b'{"a":' + b"[" * 60000 + b"]" * 60000 + b"}", "NestedTooDeeply", ""),
        (b'{"a":"' + b"x" * 300000 + b'"}', "BodyTooLarge", ""),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_an_ambiguous_body_is_refused_by_name(body: bytes, rule: str, field: str | None) -> None:
    with pytest.raises(BadBody) as refused:
        parse_body(body)
    assert refused.value.rule == rule
    assert field is None or refused.value.field == field


def test_a_plain_body_is_read() -> None:
    assert parse_body('{"a":{"b":[1,"职"]}}'.encode()) == {"a": {"b": [1, "职"]}}


@settings(max_examples=300, deadline=None)
@given(
    body=st.binary(max_size=40)
    | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_an_object_or_a_named_refusal(body: bytes) -> None:
    try:
        answer: object = parse_body(body)
    except BadBody as refusal:
        answer = refusal
    assert isinstance(answer, dict) or (answer.zh and answer.en)  # type: ignore[attr-defined]
