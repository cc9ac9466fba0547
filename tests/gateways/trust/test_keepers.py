"""A value is opened by the organ of the territory that received it, and by nobody else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from domain.commands import Post
from gateways.department.database import Database
from gateways.department.deciding.sealing import Sealing
from gateways.store import migrate
from gateways.trust.vault import METADATA, PERSONS, Keeper, Vault
from ops.posts import default_post
from tests.domain.story import refused
from tests.gateways.department.town import PERSON, Town, bodies, firm, opened

FIRM = firm()["organisation"]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path, start="2025-03-03T09:00") as one:
        yield one


def sealed(town: Town, organ: str, region: str = "210103", person: Any = PERSON) -> str:
    """The reference of a person that an organ was told of, as the gateway seals it."""
    sealing = Sealing(town.hr.database, town.hr.vault, secrets.token_bytes)
    post, scope = default_post(organ, region), f"t/{organ}{region}"
    now = town.platform.clock.now()
    data, _ = sealing.sealed("ApplyForLicence", {"contact": person}, post, scope, now)
    return str(data["contact"]["person"])


def read(town: Town, person: str, organ: str, region: str = "210103") -> Any:
    key = f"read-{organ}-{region}-{person}"
    return town.hr.person(person, "核实举报", default_post(organ, region), key=key)


def test_what_the_inspection_received_the_market_section_does_not_open(town: Town) -> None:
    person = sealed(town, "HRSS_INSP")
    before = town.hr.store.head().private_sequence
    for organ, region in (
        ("HRSS_MKT", "210103"),
        ("HRSS", "210103"),
        ("HRSS_INSP", "210000"),
        ("HRSS_INSP", "532301"),
    ):
        refused("NotKeeperOfValue", partial(read, town, person, organ, region))
    assert town.hr.store.head().private_sequence == before
    assert read(town, person, "HRSS_INSP") == PERSON


def test_another_organ_does_not_erase_it(town: Town) -> None:
    person = sealed(town, "HRSS_INSP")
    market = default_post("HRSS_MKT", "210103")
    refused("NotKeeperOfValue", lambda: town.hr.erase(person, "本人申请", market, key="erase"))
    assert read(town, person, "HRSS_INSP") == PERSON


def test_two_organs_cannot_tell_that_they_keep_the_same_person(town: Town) -> None:
    inspection, market = sealed(town, "HRSS_INSP"), sealed(town, "HRSS_MKT")
    elsewhere = sealed(town, "HRSS_INSP", "532301")
    assert len({inspection, market, elsewhere}) == 3
    assert sealed(town, "HRSS_INSP") == inspection
    with town.hr.reading() as connection:
        blinds = connection.execute(select(PERSONS.c.blind)).scalars().all()
    assert len({bytes(blind) for blind in blinds}) == 3


def test_what_a_firm_sends_in_is_kept_by_the_section_that_receives_it(town: Town) -> None:
    town.register()
    town.platform.settle()
    post = Post(id=f"AGENCY:{FIRM}@210103", organ="AGENCY", region="210103", appointment="t")
    data = {"organisation": FIRM, "contact": PERSON}
    town.hr.give("ApplyForLicence", data, post, key="apply")
    person = next(one["data"]["contact"] for one in bodies(town.hr) if "contact" in one["data"])
    assert read(town, person["person"], "HRSS_APPR") == PERSON
    refused("NotKeeperOfValue", lambda: read(town, person["person"], "HRSS_MKT"))


def test_a_statement_and_an_address_are_personal_values(town: Town) -> None:
    told = PERSON | {"address": "虚例市虚例路9号", "statement": "交费三万八千元未获安排。"}
    person = sealed(town, "HRSS_INSP", person=told)
    assert read(town, person, "HRSS_INSP") == told


def test_values_from_before_keepers_stay_open_to_their_department(tmp_path: Path) -> None:
    place = tmp_path / "old.sqlite"
    migrate.upgrade(place, extra=[METADATA])
    database = Database(f"sqlite:///{place}")
    vault = Vault("hr", bytes(32))
    with database.writing() as connection:
        old = vault.seal(connection, PERSON, draw=lambda size: b"7" * size, now=1)
        for column in ("keeper_organ", "keeper_region"):
            connection.execute(text(f"ALTER TABLE vault_persons DROP COLUMN {column}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    migrate.upgrade(place, extra=[METADATA])
    with database.reading() as connection:
        assert vault.keeper(connection, old.person) == Keeper()
        assert vault.open(connection, old.person) == PERSON
    database.close()
