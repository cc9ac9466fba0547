"""Parked records are grouped by cause, and released, converted or discarded by who may do so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refusal
from gateways.contracts import canonical
from gateways.department.grouping import ParkedGroup
from gateways.department.node import Department
from gateways.log.port import OutRecord
from ops.posts import default_post
from tests.faults.organisations import uscc
from tests.gateways.department.test_intake import (
    Poison,
    out,
    poison,
    same_partition,
    stored,
)
from tests.gateways.department.town import REGION, Town, append, opened, parked, received

__all__ = ["poison"]

HEAD = default_post("HRSS_INSP", REGION, "HEAD")
OFFICER = default_post("HRSS_INSP", REGION, "OFFICER")
REGISTRATION = "labour.samr.registration"
REGISTERED, TOLD = "subject.registered.v1", "subject.registrant_notified.v1"
NEW_NAMES = ["沈阳虚例第二人力有限公司", "沈阳虚例第三人力有限公司"]


@pytest.fixture
def town(poison: Poison, tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path / "sick", departments="samr,hr") as one:
        yield one


def rename(town: Town, number: int, name: str) -> None:
    data = {"organisation": uscc(number), "change": "NAME", "after": name}
    town.give("SAMR", "ChangeRegistration", data)


def take_in(town: Town) -> None:
    town.send()
    town.hr.intake.catch_up()


def stuck(town: Town, topic: str = REGISTRATION) -> ParkedGroup:
    """The one group of heads of a topic."""
    (one,) = [group for group in town.hr.treatment.groups() if group.topic == topic]
    return one


def decide(department: Department, name: str, group: str, post: Any = HEAD, **more: Any) -> None:
    data = {"group": group, "reason": "系统故障已排除", **more}
    department.give(name, data, post, key=f"{name}/{group}/{post.id}/{more}")


def refusal(department: Department, name: str, group: str, post: Any = HEAD, **more: Any) -> str:
    with pytest.raises(Refusal) as refused:
        decide(department, name, group, post, **more)
    return refused.value.rule


def facts_of(town: Town, group: str) -> list[str]:
    return [one.type for one in town.hr.treatment.history(group)]


def applied(town: Town, subject: str) -> list[str]:
    """What was applied here of a firm's registration: the new names, else the types, in order."""
    found = [
        canonical.decode(body)
        for topic, _, _, body in received(town.hr)
        if topic == REGISTRATION and canonical.decode(body)["subject"] == subject
    ]
    return [one["data"].get("after") or one["type"] for one in found]


def test_a_discarded_head_lets_its_followers_go_on_in_order_and_stays_on_record(
    town: Town, poison: Poison
) -> None:
    sick, well = same_partition(2)
    poison.subjects = {uscc(sick)}
    town.register(sick)
    town.register(well)
    for name in NEW_NAMES:
        rename(town, sick, name)
    take_in(town)
    assert applied(town, uscc(well))
    group = stuck(town)
    assert (group.cause, group.records, group.keys) == ("POISONED", 1, [uscc(sick)])
    assert group.error == "ZeroDivisionError: no row for #"
    town.hr.treatment.step()
    assert facts_of(town, group.group) == ["delivery.records_parked.v1"]

    poison.subjects = set()
    decide(town.hr, "DiscardParked", group.group, through=group.through)
    assert town.hr.treatment.step() == 1
    assert applied(town, uscc(sick)) == [TOLD, *NEW_NAMES]
    assert facts_of(town, group.group)[1:] == [
        "delivery.parked_decided.v1",
        "delivery.parked_settled.v1",
    ]
    assert town.hr.treatment.groups() == []
    (gone,) = [one for one in town.hr.treatment.records(settled=True) if one.get("act")]
    assert (gone["state"], gone["post"], gone["reason"]) == (
        "DISCARDED",
        HEAD.id,
        "系统故障已排除",
    )
    assert gone["group"] == group.group


def test_a_release_that_fails_again_leaves_the_group_open_and_a_new_cause_is_a_new_group(
    town: Town, poison: Poison
) -> None:
    poison.subjects = {uscc(1), uscc(2)}
    town.register(1)
    town.register(2)
    rename(town, 2, NEW_NAMES[0])
    take_in(town)
    group = stuck(town)
    assert (group.records, group.keys_in_all, group.cases_in_all) == (2, 2, 2)
    town.hr.treatment.step()

    poison.subjects = {uscc(2)}
    decide(town.hr, "ReleaseParked", group.group, OFFICER)
    assert stuck(town).deciding == "RELEASE"
    assert refusal(town.hr, "ReleaseParked", group.group) == "ParkedDecisionRunning"
    assert town.hr.treatment.step() == 1
    assert applied(town, uscc(1)) == [REGISTERED, TOLD]
    assert facts_of(town, group.group)[-1] == "delivery.parked_remained.v1"
    assert stuck(town).records == 1

    poison.why = "another table is gone"
    decide(town.hr, "ReleaseParked", group.group, OFFICER, through=group.through)
    town.hr.treatment.step()
    settled = town.hr.treatment.history(group.group)[-1].fact
    assert (settled.TYPE, settled.outcome) == ("delivery.parked_settled.v1", "MOVED")
    other = stuck(town)
    assert other.group != group.group
    assert other.error == "ZeroDivisionError: another table is gone"
    assert refusal(town.hr, "ReleaseParked", group.group) == "ParkedGroupUnknown"
    town.hr.treatment.step()
    assert stuck(town).opened

    poison.subjects = set()
    decide(town.hr, "ReleaseParked", other.group, OFFICER)
    town.hr.treatment.step()
    assert applied(town, uscc(2)) == [REGISTERED, TOLD, NEW_NAMES[0]]
    assert parked(town.hr) == []
