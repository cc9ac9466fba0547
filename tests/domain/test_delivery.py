"""Faults of delivery as facts: found once while they stand, mended once."""

from __future__ import annotations

from typing import Any

from domain.delivery.facts import DeliveryFaultFound, DeliveryFaultMended
from domain.facts import Fact, instant
from tests.domain.story import Story


def found(story: Story) -> list[Fact]:
    return story.clock("HRSS", "DeclareDeliveryFault", **where(), **what(story))


def mended(story: Story) -> list[Fact]:
    return story.clock(
        "HRSS", "DeclareDeliveryMended", **where(), told="回执重新一致", region="210103"
    )


def where() -> dict[str, Any]:
    return {
        "fault": "DF-7F3K2Q9DXA",
        "reader": "psb",
        "topic": "labour.hr.licensing",
        "partition": 5,
    }


def what(story: Story) -> dict[str, Any]:
    return {
        "kind": "GAP",
        "first": 2,
        "last": 2,
        "since": instant(story.now),
        "cases": ("M-7F3K2Q9DXA",),
        "cases_in_all": 1,
        "told": "公安：缺漏",
        "region": "210103",
    }


def test_a_fault_is_found_once_while_it_stands_and_can_be_found_again() -> None:
    story = Story()
    assert [type(one) for one in found(story)] == [DeliveryFaultFound]
    assert found(story) == []
    assert [type(one) for one in mended(story)] == [DeliveryFaultMended]
    assert mended(story) == []
    assert [type(one) for one in found(story)] == [DeliveryFaultFound]
    assert {one.matter for one in story.facts} == {"DELIVERY-hr-psb"}


def test_what_was_never_found_is_not_mended() -> None:
    assert mended(Story()) == []
