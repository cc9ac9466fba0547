"""The story's files over HTTP: opened by those to whom they went, each opening on record first."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateways.contracts import canonical
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.store.port import StoreUnavailable
from ops.posts import post_of
from ops.settings import load
from ops.wiring import House, house
from projections import documents

SECRET = "a secret of the tests, long enough to sign with"


@pytest.fixture
def played(demonstration_copy: Path) -> Iterator[House]:
    with house(load(data=demonstration_copy), create=False) as one:
        yield one


class Reader:
    """A client with the key of one post."""

    def __init__(self, one: House, folder: Path, post: str) -> None:
        accounts = Accounts.open(folder / "accounts.sqlite", lambda: int(time.time()))
        who = post_of(post)
        key = accounts.issue_key(organ=who.organ, region=who.region, post=who.id, appointment="t")
        config = WebConfig(secret=SECRET, hosts=("testserver",))
        self.client = TestClient(create_app(one.platform, accounts, config))
        self.headers = {"X-API-Key": key, "Accept-Language": "zh"}

    def open(self, sha256: str, department: str = "") -> Any:
        asked = {"department": department} if department else {}
        return self.client.get(f"/api/v1/files/{sha256}", params=asked, headers=self.headers)


def letter(one: House) -> str:
    """The sealed letter of the story's referral, as PDF."""
    with one.department("hr").reading() as connection:
        (row,) = documents.documents(connection, kind="REFERRAL_LETTER", state="SEALED")
    return str(row["pdf_sha256"])


def openings(one: House) -> list[dict[str, Any]]:
    """The openings on record in 人社, oldest first."""
    stored = one.department("hr").store.private_after(0, limit=10_000)
    bodies = [canonical.decode(event.body) for event in stored]
    return [body for body in bodies if body["type"] == "access.file_opened.v1"]


@pytest.mark.parametrize("who", ["PSB@210103", "PROC@210103", "HRSS_INSP.HEAD@210103"])
def test_the_referrals_letter_is_read_by_those_it_went_to_and_each_reading_is_on_record(
    played: House, tmp_path: Path, who: str
) -> None:
    sha256 = letter(played)
    assert openings(played) == []
    answer = Reader(played, tmp_path, who).open(sha256, "hr")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    (told,) = openings(played)
    assert told["data"]["file"] == sha256
    assert told["data"]["opened_by"] == who
    assert told["data"]["purpose"].startswith(("审查移送案件", "办理本机关事项"))
    assert played.department("hr").store.head().sequence > 0


@pytest.mark.parametrize(
    ("who", "rule", "status"),
    [
        ("PSB@210102", "FileSentElsewhere", 403),
        ("SAMR@210103", "FileNotAddressed", 403),
        ("HRSS_MKT@210103", "FileOfOtherOrgan", 403),
    ],
)
def test_nobody_else_reads_it_and_nothing_is_put_on_record(
    played: House, tmp_path: Path, who: str, rule: str, status: int
) -> None:
    answer = Reader(played, tmp_path, who).open(letter(played), "hr")
    assert (answer.status_code, answer.json()["rule"]) == (status, rule)
    assert openings(played) == []


def test_no_byte_goes_out_where_the_reading_cannot_be_recorded(
    played: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("the disk is gone")

    monkeypatch.setattr(played.department("hr").store, "append", down)
    answer = Reader(played, tmp_path, "PSB@210103").open(letter(played), "hr")
    assert answer.status_code == 503
    assert b"%PDF-" not in answer.content


def test_the_page_of_a_file_asks_the_department_that_keeps_it(
    played: House, tmp_path: Path
) -> None:
    accounts = Accounts.open(tmp_path / "accounts.sqlite", lambda: int(time.time()))
    who = post_of("PSB@210103")
    accounts.create(
        "police", "a password of the tests", organ=who.organ, region=who.region, appointment="t"
    )
    config = WebConfig(secret=SECRET, hosts=("testserver",))
    client = TestClient(create_app(played.platform, accounts, config))
    shown = client.get("/sign-in").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown))
    client.post("/sign-in", data=hidden | {"user": "police", "password": "a password of the tests"})
    sha256 = letter(played)
    assert client.get(f"/files/{sha256}?department=hr").content.startswith(b"%PDF-")
    assert client.get(f"/files/{sha256}").status_code == 404
    assert [one["data"]["opened_by"] for one in openings(played)] == ["PSB@210103"]


def test_a_file_that_another_department_keeps_is_named_as_such(
    played: House, tmp_path: Path
) -> None:
    police = Reader(played, tmp_path, "PSB@210103")
    answer = police.open(letter(played))
    assert (answer.status_code, answer.json()["rule"]) == (404, "FileKeptElsewhere")
    assert "department=hr" in answer.text
    assert police.open("0" * 64).json()["rule"] == "FileNotKept"
    assert police.open("0" * 64, "nowhere").status_code == 400


def test_a_damaged_file_is_not_handed_out_and_no_reading_is_on_record(
    played: House, tmp_path: Path
) -> None:
    sha256 = letter(played)
    path = played.department("hr").files.store.folder / sha256[:2] / sha256[2:4] / sha256
    path.write_bytes(b"%PDF- forged")
    answer = Reader(played, tmp_path, "PSB@210103").open(sha256, "hr")
    assert answer.json()["rule"] == "FileDamaged"
    assert openings(played) == []
