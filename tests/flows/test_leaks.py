"""Personal values are in the vault and nowhere else; who reads them is on record; erasure is final."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import select

from domain.errors import Refusal
from domain.powers import NoPower
from domain.protected import PersonAlreadyErased
from gateways.contracts import canonical
from gateways.department.commands import InvalidCommand
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.trust.vault import PERSONS, VALUES, PersonErased, opens
from ops import logs
from ops.demonstration import POSTS
from ops.player import Player, all_events
from ops.posts import default_post
from ops.scenario import parse
from ops.settings import ROOT
from projections.catalogue import PROJECTIONS
from tests.gateways.department.town import Town, bodies, opened

LN_B = ROOT / "ops" / "scenarios" / "s2-ln-b.yaml"
PERSON = {
    "name": "虚例甲",
    "identity_number": "000000190001010000",
    "phone": "02400004711",
}
SAMR = default_post("SAMR", "210103")
PASSWORD = "a password of the tests"
PAGES_MAX = 60


def forms(value: str) -> list[bytes]:
    """A value as it could lie in a file: UTF-8, UTF-16, JSON escapes of both cases, percent signs."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in value)
    told = json.dumps(value).strip('"')
    percent = "".join(f"%{byte:02X}" for byte in value.encode())
    return list(
        dict.fromkeys(
            (
                value.encode(),
                value.encode("utf-16-le"),
                value.encode("utf-16-be"),
                escaped.encode(),
                escaped.upper().replace("\\U", "\\u").encode(),
                told.encode(),
                percent.encode(),
                value.encode().hex().encode(),
            )
        )
    )


def found_in(content: bytes) -> list[str]:
    """Which personal values stand in these bytes, in any form."""
    return [name for name, value in PERSON.items() if any(one in content for one in forms(value))]


@dataclass
class Story:
    """The played town, what it logged, and where it lies."""

    town: Town
    folder: Path
    logged: io.StringIO


@pytest.fixture(scope="module")
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged at debug level, as a node would write it."""
    before = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    logs.configure("debug", "json")
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, logged: io.StringIO) -> Iterator[Story]:
    """LN-B played whole, with refused and invalid commands that name the person besides."""
    folder = tmp_path_factory.mktemp("leaks")
    text = LN_B.read_text(encoding="utf-8").replace('"00000000000"', f'"{PERSON["phone"]}"')
    scenario = parse(text, "leaks.yaml")
    (told,) = [one for one in scenario.steps if "legal_representative" in one.data]
    assert told.data["legal_representative"] == PERSON
    with opened(folder, departments="all", start=scenario.start) as town:
        assert Player(town.platform, scenario).play().passed
        refused = {
            "organisation": "91210103MAYTX0128N",
            "name": "沈阳虚例北辰职介服务有限公司",
            "scope": "职业中介活动",
            "legal_representative": PERSON,
        }
        with pytest.raises(Refusal):
            town.give("SAMR", "RegisterOrganisation", refused)
        with pytest.raises(InvalidCommand):
            town.give("SAMR", "RegisterOrganisation", refused | {"scope": PERSON})
        yield Story(town, folder, logged)


def test_the_search_finds_a_value_in_each_form() -> None:
    for form in forms(PERSON["name"]):
        assert found_in(b"before " + form + b" after") == ["name"]
    assert len(forms(PERSON["name"])) > 5
    assert found_in("虚例乙".encode()) == []


def test_no_file_holds_a_personal_value(story: Story) -> None:
    files = [one for one in story.folder.rglob("*") if one.is_file()]
    names = {one.name for one in files}
    assert {"samr.sqlite", "samr.sqlite-wal", "hr.sqlite", "log.sqlite"} <= names
    assert {one.name: found_in(one.read_bytes()) for one in files} == {name: [] for name in names}


def test_no_event_holds_a_personal_value(story: Story) -> None:
    published = [
        event.body
        for department in story.town.platform.departments.values()
        for event in (
            *all_events(department.store),
            *department.store.private_after(0, limit=1000),
        )
    ]
    assert len(published) > 20
    assert [found_in(body) for body in published] == [[]] * len(published)


def test_no_row_of_a_reader_holds_a_personal_value(story: Story) -> None:
    seen = 0
    for department in story.town.platform.departments.values():
        with department.reading() as connection:
            for name in department.node.projections:
                for table in PROJECTIONS[name].metadata.sorted_tables:
                    for row in connection.execute(select(table)):
                        seen += 1
                        assert found_in(repr(tuple(row)).encode()) == [], table.name
    assert seen > 50


def test_no_log_line_holds_a_personal_value(story: Story) -> None:
    logging.getLogger("liandong.test").debug("the log is captured at debug level")
    assert "the log is captured at debug level" in story.logged.getvalue()
    assert found_in(story.logged.getvalue().encode()) == []


def signed_in(app: Any, user: str) -> TestClient:
    """A browser of a post that has signed in."""
    client = TestClient(app, follow_redirects=True)
    form = client.get("/sign-in")
    fields = dict(
        re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form.text)
    )
    assert fields
    answer = client.post("/sign-in", data={**fields, "user": user, "password": PASSWORD})
    assert answer.status_code == 200, answer.text[:500]
    assert client.get("/cases", follow_redirects=False).status_code == 200
    return client


def pages(client: TestClient) -> Iterator[tuple[str, int, bytes]]:
    """Every page that links lead to from the first one, up to a limit; forms are not sent."""
    waiting = ["/", "/overview", "/cases", "/cmd", "/directory"]
    seen: set[str] = set()
    while waiting and len(seen) < PAGES_MAX:
        address = waiting.pop(0)
        if address in seen or "/static/" in address or "sign-out" in address:
            continue
        seen.add(address)
        answer = client.get(address)
        yield address, answer.status_code, answer.content
        for link in re.findall(r'(?:href|hx-get)="(/[^"#]*)', answer.text):
            waiting.append(link.replace("&amp;", "&"))


@pytest.fixture(scope="module")
def app(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Any:
    accounts = Accounts.open(
        tmp_path_factory.mktemp("accounts") / "a.sqlite", lambda: 1_700_000_000
    )
    for organ in POSTS:
        accounts.create(
            organ.lower(), PASSWORD, organ=organ, region="210103", appointment=f"test:{organ}"
        )
    config = WebConfig(secret="a secret of the tests, long enough to sign", hosts=("testserver",))
    return create_app(story.town.platform, accounts, config)


@pytest.mark.parametrize("organ", POSTS)
def test_no_page_shows_a_personal_value(app: Any, organ: str) -> None:
    visited = []
    for address, status, content in pages(signed_in(app, organ.lower())):
        assert status < 500, address
        assert found_in(content) == [], address
        visited.append(address)
    assert len(visited) >= 5


def reference(town: Town) -> dict[str, str]:
    """The opaque reference and commitment that the registration carries."""
    found: dict[str, str] = bodies(town.samr)[0]["data"]["legal_representative"]
    assert set(found) == {"person", "commitment"}
    return found


def accesses(town: Town) -> list[dict[str, Any]]:
    """Reads and erasures on record at 市场监管, which nobody else receives."""
    return [canonical.decode(one.body) for one in town.samr.store.private_after(0, limit=1000)]


def test_a_read_is_recorded_before_the_value_is_returned(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = story.town
    person = reference(town)["person"]
    before = len(accesses(town))
    opening = town.samr.vault.open
    on_record: list[int] = []

    def watched(*told: Any) -> dict[str, Any]:
        on_record.append(len(accesses(town)))
        return opening(*told)

    monkeypatch.setattr(town.samr.vault, "open", watched)
    assert town.samr.person(person, "核对法定代表人", SAMR, key="read-1") == PERSON
    assert on_record == [before + 1]
    read = accesses(town)[-1]
    assert read["type"] == "access.value_read.v1"
    assert read["data"] == {"person": person, "purpose": "核对法定代表人"}
    assert (read["post"], read["organ"]) == (SAMR.id, "SAMR")


def test_a_post_without_the_power_reads_nothing_and_nothing_is_recorded(story: Story) -> None:
    town = story.town
    before = len(accesses(town))
    for organ in ("ASSOC", "LG", "AGENCY"):
        with pytest.raises(NoPower):
            town.samr.person(
                reference(town)["person"], "好奇", default_post(organ, "210103"), key=organ
            )
    assert len(accesses(town)) == before


def test_after_an_erasure_nothing_opens_and_the_commitment_stands(tmp_path: Path) -> None:
    told = {
        "organisation": "91210103MAYTX0128N",
        "name": "沈阳虚例北辰职介服务有限公司",
        "scope": "职业中介活动",
        "legal_representative": PERSON,
    }
    with opened(tmp_path, departments="samr") as town:
        town.give("SAMR", "RegisterOrganisation", told)
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
    told = {
        "organisation": "91210103MAYTX0128N",
        "name": "沈阳虚例北辰职介服务有限公司",
        "scope": "职业中介活动",
        "legal_representative": PERSON,
    }
    with opened(tmp_path, departments="samr") as town:
        town.give("SAMR", "RegisterOrganisation", told)
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
