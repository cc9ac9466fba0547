"""No personal field ever reaches a log line."""

from __future__ import annotations

import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ops.logs import PERSONAL, WITHHELD, configure, withhold_personal


@given(
    st.sampled_from(sorted(PERSONAL)),
    st.recursive(
        st.text(min_size=1),
        lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(), part, max_size=3),
    ),
)
def test_a_personal_field_is_withheld_at_any_depth(name: str, value: object) -> None:
    line = withhold_personal(None, "info", {"event": "e", "inner": [{name: value}], name: value})
    assert line == {"event": "e", "inner": [{name: WITHHELD}], name: WITHHELD}


@pytest.mark.parametrize("number", ["000000190001010000", "00000019000101000X", "13800000000"])
def test_what_looks_like_an_identity_or_mobile_number_is_withheld_in_any_text(number: str) -> None:
    line = withhold_personal(None, "info", {"event": f"refused {number}.", "n": ValueError(number)})
    assert number not in json.dumps(line, default=str)


def test_ids_of_events_matters_and_departments_stay() -> None:
    ids = {
        "event_id": "1f0c1d4e-0000-5000-8000-000000000000",
        "matter": "M-ABCDEFGH",
        "department": "hr",
        "stamp": 1731891600000000,
        "subject": "91210103MAYTX0128N",
    }
    assert withhold_personal(None, "info", dict(ids)) == ids


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        configure("info", "json")
        structlog.get_logger("t").info("applied", department="hr", phone="13800000000")
        logging.getLogger("lib").warning("call %s", "13800000000")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        root.handlers[:], root.level = before, level
        structlog.reset_defaults()
    assert lines[0]["event"] == "applied"
    assert (lines[0]["department"], lines[0]["phone"]) == ("hr", WITHHELD)
    assert "13800000000" not in json.dumps(lines)
