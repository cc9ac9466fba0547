"""Personal values are in the vault and nowhere else; who reads them is on record; erasure is final."""

from __future__ import annotations

import io
import logging
import re
import sqlite3
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import select

from domain.commands import Post
from domain.departments import ORGANS
from domain.errors import Refusal
from domain.powers import NoPower
from domain.protected import NotKeeperOfValue
from gateways.department.deciding.answers import InvalidCommand
from gateways.department.node import Department
from gateways.files.keeping import FILES
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.http.outsiders import OUTSIDERS
from gateways.http.views import VIEWS as API_VIEWS
from ops import logs
from ops import opened as opening
from ops.cli import run
from ops.output import Language
from ops.player import Player, all_events
from ops.posts import default_post
from ops.scenario import load
from ops.settings import ROOT
from ops.views import VIEWS
from projections.catalogue import PROJECTIONS
from tests.flows.secrets import (
    Secrets,
    accesses,
    everything,
    forms,
    person,
    planted,
    reference,
)
from tests.gateways.department.town import Town, bodies, opened

STORY = ROOT / "ops" / "scenarios" / "s2.yaml"
REGION = "210103"
FIRM = "91210103MAYTX0128N"
PERSON = person(0)
LATER = person(8)
"""Whom the requests over HTTP name, after the story."""
SAMR = default_post("SAMR", REGION)
PASSWORD = "a password of the tests"
PAGES_MAX, ALIKE_MAX = 90, 2
IDS = re.compile(r"VP-[0-9A-Z]+|[A-Z]{1,3}-[0-9A-Z]{8,}|[0-9A-Z]{18}|[0-9a-f-]{20,}|[0-9]+")


@dataclass
class Story:
    """The played town, what it logged, where it lies, and its pages."""

    town: Town
    folder: Path
    logged: io.StringIO
    app: Any
    accounts: Accounts
    persons: dict[str, dict[str, str]]
    secrets: Secrets
    answers: list[bytes]

    def client(self, organ: str) -> TestClient:
        """The API as an organ's default post."""
        key = self.accounts.issue_key(organ=organ, region=REGION, appointment="test")
        return TestClient(self.app, headers={"X-API-Key": key}, raise_server_exceptions=False)


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
    """The scenario played whole; besides, refused, invalid and failing commands that name people."""
    folder = tmp_path_factory.mktemp("leaks")
    scenario = load(STORY)
    persons = planted(scenario)
    assert Counter(name.split("/")[0] for name in persons) == {
        "RegisterOrganisation": 1,
        "TransferLead": 1,
        "RegisterComplaint": 3,
    }
    with opened(folder, departments="all", start=scenario.start) as town:
        played = Player(town.platform, scenario).play()
        assert [(one.step.number, one.fault) for one in played.steps if one.fault] == []
        assert played.passed, played.differences
        refused = {
            "organisation": FIRM,
            "name": "沈阳虚例北辰职介服务有限公司",
            "scope": "职业中介活动",
            "legal_representative": PERSON,
        }
        with pytest.raises(Refusal):
            town.give("SAMR", "RegisterOrganisation", refused)
        with pytest.raises(InvalidCommand):
            town.give("SAMR", "RegisterOrganisation", refused | {"scope": PERSON})
        accounts = Accounts.open(folder / "accounts.sqlite", lambda: 1_700_000_000)
        config = WebConfig(
            secret="a secret of the tests, long enough to sign", hosts=("testserver",)
        )
        app = create_app(town.platform, accounts, config)
        persons["API/0"] = LATER
        one = Story(town, folder, logged, app, accounts, persons, Secrets(persons), [])
        _ask(one)
        town.platform.settle()
        yield one


def _ask(story: Story) -> None:
    """Complaints over the API that are taken, refused, invalid, and met by a fault."""
    told = {
        "organisation": FIRM,
        "kind": "COMPLAINT",
        "channel": "WEB",
        "about_what": "未退还费用",
        "codes": ["V-CON-08"],
        "reporter": LATER,
    }
    asked: list[tuple[str, str, Any]] = [
        ("HRSS_INSP", "taken", told),
        ("HRSS_MKT", "no power", told),
        ("HRSS_INSP", "wrong phone", told | {"reporter": LATER | {"phone": LATER["name"]}}),
        ("HRSS_INSP", "a person for a text", told | {"about_what": LATER}),
        ("HRSS_INSP", "a person for a list", told | {"codes": LATER}),
        ("HRSS_INSP", "the day after tomorrow", told | {"received_on": "2031-01-01"}),
    ]
    statuses = {}
    for organ, key, body in asked:
        with story.client(organ) as client:
            answer = client.post(
                "/api/v1/commands/RegisterComplaint",
                json=body,
                headers={"Idempotency-Key": key.replace(" ", "-")},
            )
        statuses[key] = answer.status_code
        story.answers.append(answer.content)
    with pytest.MonkeyPatch.context() as fault:
        fault.setattr(story.town.hr.store, "append", _fails)
        with story.client("HRSS_INSP") as client:
            answer = client.post(
                "/api/v1/commands/RegisterComplaint",
                json=told,
                headers={"Idempotency-Key": "fault"},
            )
    statuses["fault"] = answer.status_code
    story.answers.append(answer.content)
    assert statuses["taken"] == 201, story.answers[0]
    assert statuses["fault"] == 500
    wrong = set(statuses.items()) - {("taken", 201), ("fault", 500)}
    assert {status for _, status in wrong} <= {403, 409, 422}, statuses


def _fails(*_: Any, **__: Any) -> None:
    raise ZeroDivisionError("a defect")


def test_the_search_finds_a_value_in_each_form() -> None:
    one = Secrets({"x": {"name": PERSON["name"]}})
    for form in forms(PERSON["name"]):
        assert one.found_in(b"before " + form + b" after") == ["x.name.0"]
    assert len(forms(PERSON["name"])) > 5
    assert one.found_in("欧阳橙漏".encode()) == []


def test_the_search_finds_a_part_of_a_statement_and_opens_what_is_packed() -> None:
    one = Secrets({"x": PERSON})
    assert one.found_in(PERSON["statement"][-10:].encode()) == ["x.statement.2"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", PERSON["name"])
    assert one.found_in(packed.getvalue()) == ["x.name.0"]
    stream = zlib.compress(PERSON["phone"].encode())
    pdf = b"%PDF-1.7\nstream\n" + stream + b"\nendstream"
    assert one.found_in(pdf) == ["x.phone.0"]


def test_no_file_holds_a_personal_value(story: Story) -> None:
    """Stores, logs, leases, accounts and kept files of every department, as they lie on the disk."""
    files = [one for one in story.folder.rglob("*") if one.is_file()]
    names = {one.name for one in files}
    assert {"samr.sqlite", "samr.sqlite-wal", "hr.sqlite", "log.sqlite", "accounts.sqlite"} <= names
    assert len([one for one in files if one.parent.parent.parent.parent.name == "files"]) >= 10
    found = {one: story.secrets.found_in(one.read_bytes()) for one in files}
    assert {one.name: values for one, values in found.items() if values} == {}


def test_no_event_holds_a_personal_value(story: Story) -> None:
    published = [
        event.body
        for department in story.town.platform.departments.values()
        for event in (
            *all_events(department.store),
            *department.store.private_after(0, limit=1000),
        )
    ]
    assert len(published) > 80
    assert [story.secrets.found_in(body) for body in published] == [[]] * len(published)


def test_no_row_of_any_table_but_the_vault_holds_a_personal_value(story: Story) -> None:
    seen: Counter[str] = Counter()
    for place in story.folder.glob("*.sqlite"):
        with sqlite3.connect(f"file:{place}?mode=ro", uri=True) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                if name.startswith("vault_"):
                    continue
                for row in connection.execute(f'SELECT * FROM "{name}"'):
                    seen[place.stem] += 1
                    for value in row:
                        content = value if isinstance(value, bytes) else everything(value)
                        assert story.secrets.found_in(content) == [], f"{place.stem}.{name}"
        connection.close()
    assert set(story.town.platform.departments) <= set(seen)


def test_no_row_of_a_reader_holds_a_personal_value(story: Story) -> None:
    seen = 0
    for department in story.town.platform.departments.values():
        with department.reading() as connection:
            for name in department.node.projections:
                for table in PROJECTIONS[name].metadata.sorted_tables:
                    for row in connection.execute(select(table)):
                        seen += 1
                        assert story.secrets.found_in(everything(tuple(row))) == [], table.name
    assert seen > 200


def test_no_log_line_holds_a_personal_value(story: Story) -> None:
    logging.getLogger("liandong.test").debug("the log is captured at debug level")
    logged = story.logged.getvalue()
    assert "the log is captured at debug level" in logged
    assert "ZeroDivisionError" in logged
    assert story.secrets.found_in(logged.encode()) == []


def test_a_log_line_that_is_handed_a_person_withholds_every_part(story: Story) -> None:
    before = len(story.logged.getvalue())
    structlog.get_logger("liandong.test").warning("told", **PERSON, reporter=PERSON, row=[PERSON])
    line = story.logged.getvalue()[before:]
    assert "told" in line
    assert story.secrets.found_in(line.encode()) == []


def test_no_answer_to_a_command_repeats_a_personal_value(story: Story) -> None:
    assert [story.secrets.found_in(answer) for answer in story.answers] == [[]] * len(story.answers)


def signed_in(story: Story, organ: str) -> TestClient:
    """A browser of a post that has signed in."""
    user = organ.lower().replace("_", "-")
    post = f"AGENCY:{FIRM}@{REGION}" if organ == "AGENCY" else ""
    story.accounts.create(
        user, PASSWORD, organ=organ, region=REGION, post=post, appointment=f"test:{organ}"
    )
    client = TestClient(story.app, follow_redirects=True)
    form = client.get("/sign-in")
    fields = dict(
        re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form.text)
    )
    assert fields
    answer = client.post("/sign-in", data={**fields, "user": user, "password": PASSWORD})
    assert answer.status_code == 200, answer.text[:500]
    assert "/sign-in" not in str(client.get("/").url)
    return client


def pages(client: TestClient) -> Iterator[tuple[str, int, bytes]]:
    """Every kind of page that links lead to from the first one; forms are not sent.

    Of addresses that differ by their ids alone, a few are looked at.
    """
    waiting = ["/", "/overview", "/cases", "/cmd", "/directory", f"/subjects/{FIRM}"]
    seen: set[str] = set()
    alike: Counter[str] = Counter()
    while waiting and len(seen) < PAGES_MAX:
        address = waiting.pop(0)
        kind = IDS.sub("*", re.sub(r"=[^&]*", "", address))
        if address in seen or "/static/" in address or "sign-out" in address:
            continue
        if alike[kind] >= ALIKE_MAX:
            continue
        alike[kind] += 1
        seen.add(address)
        answer = client.get(address)
        yield address, answer.status_code, answer.content
        if "html" not in answer.headers.get("content-type", ""):
            continue
        for link in re.findall(r'(?:href|hx-get|action)="(/[^"#]*)', answer.text):
            waiting.append(link.replace("&amp;", "&"))


@pytest.mark.parametrize("organ", ORGANS)
def test_no_page_or_export_shows_a_personal_value(story: Story, organ: str) -> None:
    visited = []
    for address, status, content in pages(signed_in(story, organ)):
        assert status < 500, address
        assert story.secrets.found_in(content) == [], address
        visited.append(address)
    assert len(visited) >= 5


@pytest.mark.parametrize("organ", ORGANS)
def test_no_answer_of_the_api_shows_a_personal_value(story: Story, organ: str) -> None:
    seen = 0
    with story.client(organ) as client:
        matters = [one["matter"] for one in client.get("/api/v1/cases").json().get("cases", ())]
        addresses = [
            "/api/v1/commands",
            "/api/v1/readers",
            "/api/v1/cases?limit=200",
            "/openapi.json",
            "/metrics",
            "/healthz",
            *(f"/api/v1/cases/{matter}" for matter in matters),
            *(
                f"/api/v1/views/{reader}/{name}"
                + (f"?uscc={FIRM}" if "uscc" in view.parameters else "")
                for reader, views in API_VIEWS.items()
                for name, view in views.items()
            ),
        ]
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code < 500, address
            assert story.secrets.found_in(answer.content) == [], address
            seen += answer.status_code == 200
    # Firms and associations read the contracts alone.
    assert seen > (5 if organ not in OUTSIDERS else 4)


def test_no_view_of_the_command_line_prints_a_personal_value(
    story: Story, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Language, "chosen", Language.chosen)
    # What is printed is looked at here, and the town is open already.
    monkeypatch.setattr(opening, "house", lambda *_, **__: nullcontext(story.town.house))
    data = ["--data", str(story.folder)]
    for words in (
        *(["view", name] for name in VIEWS),
        ["case", "list"],
        ["clocks", "list"],
        ["quarantine", "list"],
    ):
        for form in ([], ["--json"]):
            assert run([*words, *data, *form]) == 0, words
            assert story.secrets.found_in(capsys.readouterr().out.encode()) == [], words


def kept(department: Department) -> list[Any]:
    """Each file of a department with the organ that keeps it."""
    with department.reading() as connection:
        return list(connection.execute(select(FILES)))


def handed_over(story: Story) -> set[str]:
    """The files that the referral names as its documents."""
    return {
        document["file"]["sha256"]
        for one in bodies(story.town.hr)
        if one["type"] == "referral.transferred.v1"
        for document in one["data"]["documents"]
        if document.get("file")
    }


def test_a_kept_file_opens_for_its_organ_and_bureau_and_for_whom_it_was_sent_to(
    story: Story,
) -> None:
    rows = kept(story.town.hr)
    files = {row.sha256 for row in rows}
    assert {row.organ for row in rows} == {"HRSS_INSP"}
    assert len(files) == len(rows) >= 10
    assert len(handed_over(story)) == 4
    for organ in ORGANS:
        with story.client(organ) as client:
            found = {one for one in files if client.get(f"/api/v1/files/{one}").status_code == 200}
        if organ in ("HRSS_INSP", "HRSS"):
            assert found == files
        elif organ in ("PSB", "PROC"):
            assert found <= handed_over(story)
        else:
            assert found == set(), organ


def reporters(story: Story) -> dict[str, str]:
    """The reference of each complainant of the story, by complaint, from the inspection's facts."""
    return {
        one["data"]["complaint_id"]: one["data"]["reporter"]["person"]
        for one in bodies(story.town.hr)
        if one["type"] == "complaint.received.v1"
    }


def test_a_reporter_opens_for_the_organ_that_received_the_complaint_alone(story: Story) -> None:
    told = reporters(story)
    assert len(set(told.values())) == 4
    wanted = {story.persons[f"RegisterComplaint/{number}"]["name"] for number in (2, 3, 4)}
    inspection = default_post("HRSS_INSP", REGION)
    for sealed in told.values():
        value = story.town.hr.person(sealed, "核实投诉", inspection, key=f"read-{sealed}")
        wanted.discard(value["name"])
        before = len(story.town.hr.store.private_after(0, limit=1000))
        for organ, one in ORGANS.items():
            if one.node == "hr" and organ != "HRSS_INSP":
                with pytest.raises((NotKeeperOfValue, NoPower)):
                    story.town.hr.person(
                        sealed, "好奇", default_post(organ, REGION), key=f"{organ}-{sealed}"
                    )
        elsewhere = Post(
            id="HRSS_INSP@532301", organ="HRSS_INSP", region="532301", appointment="test"
        )
        with pytest.raises(NotKeeperOfValue):
            story.town.hr.person(sealed, "好奇", elsewhere, key=f"far-{sealed}")
        assert len(story.town.hr.store.private_after(0, limit=1000)) == before
    assert wanted == set()


def test_the_section_that_assessed_the_lead_is_told_that_it_does_not_keep_the_reporter(
    story: Story,
) -> None:
    reference = next(iter(reporters(story).values()))
    with pytest.raises(NotKeeperOfValue) as refused:
        story.town.hr.person(reference, "研判", default_post("HRSS_MKT", REGION), key="market")
    assert "HRSS_INSP@210103" in refused.value.sentence("zh")


def test_a_leads_reporter_stays_with_the_organ_that_sent_it(story: Story) -> None:
    (sent,) = [
        one["data"]["reporter"]["person"]
        for one in bodies(story.town.platform.departments["cac"])
        if one["type"] == "lead.transferred.v1" and one["data"].get("reporter")
    ]
    cyber = story.town.platform.departments["cac"]
    value = cyber.person(sent, "核实线索", default_post("CAC", REGION), key="cac")
    assert value == story.persons["TransferLead/1"]
    with pytest.raises(Exception, match=sent) as refused:
        story.town.hr.person(sent, "研判", default_post("HRSS_MKT", REGION), key="foreign")
    assert story.secrets.found_in(str(refused.value).encode()) == []


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
                reference(town)["person"], "好奇", default_post(organ, REGION), key=organ
            )
    assert len(accesses(town)) == before
