"""A draw opens on what the registers hold: frozen, kept, and the same for the same registers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from domain.draw.facts import DrawOpened
from domain.draw.population import PopulationEmpty
from domain.inspection.facts import ItemListPublished
from gateways.contracts.envelope import recorded
from ops.posts import default_post
from projections import inspections
from projections.received import RECEIVED
from tests.faults.organisations import uscc
from tests.gateways.department.town import Town, opened

WINDOW = {"window_from": "2024-12-02", "window_to": "2025-01-10"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A town with its procuratorate: escrow belongs to a draw."""
    with opened(tmp_path / "town", departments="samr,hr,drc,oversight") as one:
        yield one


def approved(town: Town, **changes: Any) -> str:
    """An approved plan of the district, of one firm in each draw."""
    town.give("HRSS", "PublishItemList", {})
    town.platform.settle()
    (listed,) = facts(town, ItemListPublished)
    town.give(
        "HRSS_MKT",
        "DraftPlan",
        {
            "title": "清理整顿人力资源市场秩序抽查",
            "item_list": listed.list_id,
            "items": [listed.items[0].code],
            "predicate": "EIGHT_PHRASES",
            "size": 1,
            **WINDOW,
            **changes,
        },
    )
    town.platform.settle()
    with town.hr.reading() as conn:
        (plan,) = inspections.plans(conn, state="DRAFTED")
    asked = {"plan": plan["plan_id"]}
    town.give("SAMR", "AuditPlan", {**asked, "outcome": "PASSED"})
    town.platform.settle()
    town.give("HRSS", "ApprovePlan", asked)
    town.platform.settle()
    return str(plan["plan_id"])


def facts(town: Town, kind: type[Any]) -> list[Any]:
    """Everything of a type that 人社 has taken in, oldest first."""
    query = select(RECEIVED.c.body).where(RECEIVED.c.type == kind.TYPE).order_by(RECEIVED.c.stamp)
    with town.hr.reading() as conn:
        return [recorded(orjson.loads(body)).fact for body in conn.execute(query).scalars()]


def lines(town: Town, asked: dict[str, Any]) -> list[str]:
    """The lines of the population on which 人社 opens a draw."""
    town.give("HRSS", "OpenDraw", asked)
    town.platform.settle()
    draw = facts(town, DrawOpened)[-1]
    text = town.hr.files.store.read(draw.population.sha256).decode()
    assert draw.count == len(text.splitlines())
    return text.splitlines()


def test_a_draw_freezes_the_firms_of_its_plan_and_says_no_more_of_them_than_it_asks(
    town: Town,
) -> None:
    town.grant(0)
    town.register(1, scope="软件开发")
    town.register(2, scope="人力资源服务（不含职业中介活动）")
    plan = approved(town, tags=["LICENSED"])
    found = lines(town, {"plan": plan, "kind": "OBJECTS"})
    assert found == sorted([f"{uscc(0)}|210103||LICENSED", f"{uscc(2)}|210103||"])


def test_nothing_is_opened_or_kept_where_the_register_has_nobody(town: Town) -> None:
    town.register(1, scope="软件开发")
    plan = approved(town)
    before = list(town.hr.files.store.all())
    with pytest.raises(PopulationEmpty):
        town.give("HRSS", "OpenDraw", {"plan": plan, "kind": "OBJECTS"})
    assert list(town.hr.files.store.all()) == before
    assert facts(town, DrawOpened) == []


def test_opening_is_foreseen_on_the_population_that_it_is_then_opened_on(town: Town) -> None:
    town.register(0)
    plan = approved(town)
    asked = {"plan": plan, "kind": "OBJECTS"}
    foreseen = town.hr.foresee("OpenDraw", asked, default_post("HRSS", "210103"))
    town.give("HRSS", "OpenDraw", asked)
    town.platform.settle()
    (draw,) = facts(town, DrawOpened)
    assert [one.fact.population for one in foreseen if isinstance(one.fact, DrawOpened)] == [
        draw.population
    ]


def test_a_draw_of_inspectors_takes_those_who_may_inspect(town: Town) -> None:
    town.register(0)
    plan = approved(town)
    for organ, number, until in (
        ("HRSS_INSP", "21010300001", "2027-12-31"),
        ("SAMR", "21010300002", "2027-12-31"),
        ("SAMR", "21010300003", "2024-12-31"),
    ):
        town.give(organ, "EnterInspector", {"certificate": number, "certificate_until": until})
    asked = {"plan": plan, "kind": "INSPECTORS", "tasks": ["TSK-1"]}
    town.platform.settle()
    found = lines(town, asked)
    assert found == ["INS-21010300001|210103||hr", "INS-21010300002|210103||samr"]
