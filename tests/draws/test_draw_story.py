"""A draw on the real platform: 人社, 市场监管 and the escrow, each with its own store."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.draw.facts import (
    DepositChecked,
    DrawExecuted,
    DrawOpened,
    DrawRevealed,
    DrawVoided,
    secret_of,
)
from domain.draw.population import freeze
from domain.draw.verification import verify
from domain.errors import Refusal
from domain.facts import Recorded
from gateways.contracts.envelope import fact_of
from gateways.trust import escrow, foretold
from ops.player import all_events
from ops.posts import post_of
from ops.settings import Settings, StoreMode
from ops.wiring import house
from tests.draws.given import firms
from tests.gateways.department.town import Town, opened

PROVINCE = "420000"
PARTS = "samr,hr,oversight"


class Draws:
    """A town in which draws are made."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.draw = ""

    def give(self, post: str, name: str, **data: Any) -> None:
        """A command by a post of the province; then everything settles."""
        actor = post_of(f"{post}@{PROVINCE}")
        self.town.give(actor.organ, name, data, post=actor)
        self.town.platform.settle()

    def facts(self, department: str) -> list[Recorded[Any]]:
        """Every published fact of a department."""
        found = self.town.platform.departments[department]
        return [fact_of(one.body) for one in all_events(found.store)]

    def of(self, kind: type[Any]) -> list[Recorded[Any]]:
        """The published facts of a class, of all three."""
        return [
            one
            for name in PARTS.split(",")
            for one in self.facts(name)
            if isinstance(one.fact, kind)
        ]

    def plan(self, begins: date = date(2022, 6, 11)) -> str:
        """A plan of 20 firms is approved, and a key published."""
        self.give("HRSS", "PublishItemList")
        listed = next(one.fact for one in self.facts("hr"))
        self.give(
            "HRSS_MKT",
            "DraftPlan",
            title="2022年度清理整顿人力资源市场秩序抽查",
            item_list=listed.list_id,
            items=[listed.items[0].code],
            predicate="EIGHT_PHRASES",
            size=20,
            window_from=begins.isoformat(),
            window_to=(begins + timedelta(days=39)).isoformat(),
        )
        plan = str(self.facts("hr")[-1].fact.plan_id)
        self.give("SAMR", "AuditPlan", plan=plan, outcome="PASSED")
        self.give("HRSS.HEAD", "ApprovePlan", plan=plan)
        self.give("PROC", "PublishEscrowKey")
        return plan

    def open(self, plan: str) -> str:
        """A draw is opened on 300 invented firms."""
        lines: list[bytes] = []
        freeze(firms(300), lines.append)
        body = base64.b64encode(b"".join(lines)).decode()
        self.give(
            "HRSS",
            "OpenDraw",
            plan=plan,
            kind="OBJECTS",
            population={"base64": body, "media_type": "text/plain"},
        )
        self.draw = str(self.of(DrawOpened)[-1].fact.draw_id)
        return self.draw

    def both(self, name: str) -> None:
        """Both departments do the same."""
        for organ in ("HRSS", "SAMR"):
            self.give(organ, name, draw=self.draw)

    def refused(self, rule: str, post: str, name: str, **data: Any) -> None:
        """A command is refused by a named rule."""
        with pytest.raises(Refusal) as caught:
            self.give(post, name, **data)
        assert caught.value.rule == rule


@pytest.fixture
def draws(tmp_path: Path) -> Iterator[Draws]:
    with opened(tmp_path, departments=PARTS, start="2022-06-02T09:00") as town:
        yield Draws(town)


def _verified(draws: Draws) -> None:
    files = draws.town.hr.files.store
    made = draws.of(DrawExecuted)[0].fact
    population = draws.of(DrawOpened)[-1].fact.population
    lines = files.read(population.sha256).splitlines(keepends=True)
    verdict = verify(files.read(made.record.sha256), lines)
    assert verdict.good
    assert (verdict.drawn, verdict.seed) == (20, made.seed)


def test_three_departments_make_a_draw_that_anybody_verifies(draws: Draws) -> None:
    draw = draws.open(draws.plan())
    draws.give("HRSS", "CommitToDraw", draw=draw)
    draws.refused("DepositsNotChecked", "HRSS", "RevealForDraw", draw=draw)
    draws.give("SAMR", "CommitToDraw", draw=draw)
    draws.refused("SecretsStillHidden", "HRSS", "ExecuteDraw", draw=draw)
    draws.both("RevealForDraw")
    draws.give("HRSS", "ExecuteDraw", draw=draw)
    _verified(draws)


def test_the_escrow_opens_what_is_withheld_at_its_second_and_the_breach_is_told(
    draws: Draws,
) -> None:
    draw = draws.open(draws.plan())
    draws.both("CommitToDraw")
    draws.give("HRSS", "RevealForDraw", draw=draw)
    draws.town.live_until("2022-06-04T09:00:01")
    shown = {one.fact.department: one.fact.source.value for one in draws.of(DrawRevealed)}
    assert shown == {"hr": "DEPARTMENT", "samr": "ESCROW"}
    breaches = [one.fact.code for one in draws.facts("samr") if hasattr(one.fact, "due_at")]
    assert breaches == ["DRAW-REVEAL"]
    assert not any(hasattr(one.fact, "due_at") for one in draws.facts("hr"))
    draws.refused("AlreadyRevealed", "SAMR", "RevealForDraw", draw=draw)
    draws.give("HRSS", "ExecuteDraw", draw=draw)
    _verified(draws)


def test_a_draw_without_a_second_commitment_is_void_and_may_be_opened_anew(draws: Draws) -> None:
    plan = draws.plan()
    draw = draws.open(plan)
    draws.give("HRSS", "CommitToDraw", draw=draw)
    draws.town.live_until("2022-06-03T09:00:01")
    assert [one.fact.at_fault for one in draws.of(DrawVoided)] == ["samr"]
    draws.refused("DrawAlreadyEnded", "SAMR", "CommitToDraw", draw=draw)
    again = draws.open(plan)
    assert again != draw
    draws.both("CommitToDraw")
    draws.both("RevealForDraw")
    draws.give("HRSS", "ExecuteDraw", draw=again)
    _verified(draws)


def test_a_population_that_was_changed_on_the_disk_draws_nothing(draws: Draws) -> None:
    draw = draws.open(draws.plan())
    draws.both("CommitToDraw")
    draws.both("RevealForDraw")
    path = draws.town.hr.files.store.path(draws.of(DrawOpened)[0].fact.population.sha256)
    path.write_bytes(path.read_bytes().replace(b"420102", b"420103", 1))
    draws.refused("FileDamaged", "HRSS", "ExecuteDraw", draw=draw)
    assert draws.of(DrawExecuted) == []


def test_no_secret_leaves_its_store_before_it_is_revealed(draws: Draws) -> None:
    draw = draws.open(draws.plan())
    draws.both("CommitToDraw")
    draws.both("RevealForDraw")
    shown = [one.fact.secret for one in draws.of(DrawRevealed)]
    for name in PARTS.split(","):
        for one in draws.facts(name):
            told = json.dumps(one.fact.__dict__, default=str)
            assert isinstance(one.fact, DrawRevealed) or not any(each in told for each in shown)
    (kept,) = draws.town.hr.store.stream(secret_of(draw))
    assert kept.topic is None


def test_a_deposit_opens_only_for_its_key_draw_and_department(draws: Draws) -> None:
    department = draws.town.platform.departments["oversight"]
    with department.database.writing() as connection:
        wrapping = department.vault.escrow_wrapping
        (key, public), (other, _) = (
            escrow.make_key(connection, wrapping, secrets.token_bytes) for _ in range(2)
        )
        mine, not_mine = (escrow.kept_private(connection, wrapping, one) for one in (key, other))
        with pytest.raises(escrow.EscrowKeyLost):
            escrow.kept_private(connection, wrapping, "EK-NONE")
        with pytest.raises(escrow.EscrowKeyLost):
            escrow.kept_private(connection, draws.town.hr.vault.escrow_wrapping, key)
    made = escrow.seal(public, b"one draw", bytes(32))
    assert escrow.open_sealed(mine, b"one draw", made) == bytes(32)
    assert escrow.open_sealed(mine, b"another", made) is None
    assert escrow.open_sealed(not_mine, b"one draw", made) is None
    for spoilt in ("A" * 108, made[:40], "", made[:-4] + "AAAA"):
        assert escrow.open_sealed(mine, b"one draw", spoilt) is None


@pytest.mark.parametrize("mode", list(StoreMode))
def test_a_real_store_seals_with_the_library_and_only_a_simulated_one_can_be_foretold(
    mode: StoreMode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwanted = foretold if mode is StoreMode.REAL else escrow
    monkeypatch.setattr(unwanted, "seal", lambda *_: pytest.fail("sealed the other way"))
    settings = Settings(data=tmp_path, departments=tuple(PARTS.split(",")), store=mode)
    with house(settings, create=True, start=time.time_ns() // 1000) as one:
        draws = Draws(Town(one))
        draws.open(draws.plan(begins=date.today() + timedelta(days=10)))
        draws.both("CommitToDraw")
        assert all(one.fact.good for one in draws.of(DepositChecked))
        assert len(draws.of(DepositChecked)) == 2


def test_a_key_that_the_escrow_does_not_keep_is_not_published(draws: Draws) -> None:
    draws.refused("EscrowKeyNotMade", "PROC", "PublishEscrowKey", key="EK-1", public_key="A" * 60)
