"""An erasure is final: value, salt and key are gone from the disk, and the commitment stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.protected import PersonAlreadyErased
from gateways.trust.vault import PERSONS, VALUES, PersonErased, opens
from ops.player import all_events
from ops.posts import default_post
from tests.flows.secrets import accesses, person, reference
from tests.gateways.department.town import opened

FIRM = "91210103MAYTX0128N"
TOLD = {
    "organisation": FIRM,
    "name": "沈阳虚例北辰职介服务有限公司",
    "scope": "职业中介活动",
    "legal_representative": person(0),
}
SAMR = default_post("SAMR", "210103")


def test_after_an_erasure_nothing_opens_and_the_commitment_stands(tmp_path: Path) -> None:
    with opened(tmp_path, departments="samr") as town:
        town.give("SAMR", "RegisterOrganisation", TOLD)
        sealed = reference(town)
        body = next(all_events(town.samr.store)).body
        with town.samr.reading() as connection:
            proof = town.samr.vault.proof(connection, sealed["person"])
            key = bytes(connection.execute(select(PERSONS.c.wrapped_key)).scalar_one())
            value = bytes(connection.execute(select(VALUES.c.sealed)).scalar_one())
        assert _on_disk(tmp_path, key, value) == [True, True]
        town.samr.erase(sealed["person"], "本人申请", SAMR, key="erase")
        with pytest.raises(PersonAlreadyErased):
            town.samr.person(sealed["person"], "核对", SAMR, key="read")
        with town.samr.reading() as connection, pytest.raises(PersonErased):
            town.samr.vault.open(connection, sealed["person"])
        assert _on_disk(tmp_path, key, value) == [False, False]
        assert [one["type"] for one in accesses(town)] == ["access.person_erased.v1"]
        assert next(all_events(town.samr.store)).body == body
        assert reference(town) == sealed
        assert opens(sealed["commitment"], proof)


def test_an_erasure_that_a_crash_cut_off_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path, departments="samr") as town:
        town.give("SAMR", "RegisterOrganisation", TOLD)
        person = reference(town)["person"]
        with monkeypatch.context() as crash:
            crash.setattr(town.samr.vault, "erase", _killed)
            with pytest.raises(KeyboardInterrupt):
                town.samr.erase(person, "本人申请", SAMR, key="first")
        with pytest.raises(PersonAlreadyErased):
            town.samr.erase(person, "本人申请", SAMR, key="second")
        with town.samr.reading() as connection, pytest.raises(PersonErased):
            town.samr.vault.open(connection, person)


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def _on_disk(folder: Path, *secrets: bytes) -> list[bool]:
    """Whether each of these byte strings stands in a file of the folder."""
    contents = [one.read_bytes() for one in folder.rglob("*") if one.is_file()]
    return [any(secret in content for content in contents) for secret in secrets]
