"""Files over HTTP: kept for the sender's organ, opened by it, and never shown in the page's origin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.wiring import House
from tests.gateways.http.conftest import SECRET

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"


def send(client: TestClient, who: dict[str, str], body: bytes, media_type: str) -> Any:
    return client.post("/api/v1/files", content=body, headers=who | {"Content-Type": media_type})


def test_an_uploaded_file_is_downloaded_unchanged_as_an_attachment(
    client: TestClient, licensing: dict[str, str]
) -> None:
    kept = send(client, licensing, PNG, "image/png")
    assert kept.status_code == 201
    reference = kept.json()
    assert reference["length"] == len(PNG)
    found = client.get(f"/api/v1/files/{reference['sha256']}", headers=licensing)
    assert found.content == PNG
    assert found.headers["content-disposition"].startswith("attachment")
    assert found.headers["content-type"] == "image/png"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["etag"] == f'"{reference["sha256"]}"'


def test_a_form_with_a_file_is_the_same_as_the_file(
    client: TestClient, licensing: dict[str, str]
) -> None:
    form = client.post(
        "/api/v1/files", files={"file": ("现场.png", PNG, "image/png")}, headers=licensing
    )
    assert form.json() == send(client, licensing, PNG, "image/png").json()
    without = client.post("/api/v1/files", files={"other": ("a", b"b")}, headers=licensing)
    assert (without.status_code, without.json()["field"]) == (400, "file")


def test_another_organ_or_department_does_not_open_it(
    client: TestClient, licensing: dict[str, str], samr: dict[str, str], accounts: Accounts
) -> None:
    sha256 = send(client, licensing, PNG, "image/png").json()["sha256"]
    market = {"X-API-Key": accounts.issue_key(organ="HRSS_MKT", region="210103", appointment="t")}
    refused = client.get(f"/api/v1/files/{sha256}", headers=market)
    assert (refused.status_code, refused.json()["rule"]) == (403, "FileOfOtherOrgan")
    foreign = client.get(f"/api/v1/files/{sha256}", headers=samr)
    assert (foreign.status_code, foreign.json()["rule"]) == (404, "FileNotKept")
    assert client.get(f"/api/v1/files/{sha256}").status_code == 401
    assert client.post("/api/v1/files", content=PNG).status_code == 401


def test_what_a_firm_uploads_is_opened_by_the_section_that_receives_it_and_by_no_firm(
    client: TestClient, licensing: dict[str, str], accounts: Accounts
) -> None:
    firm = {"X-API-Key": accounts.issue_key(organ="AGENCY", region="210103", appointment="t")}
    body = PNG + b" of the firm"
    sha256 = send(client, firm, body, "image/png").json()["sha256"]
    assert client.get(f"/api/v1/files/{sha256}", headers=licensing).content == body
    assert client.get(f"/api/v1/files/{sha256}", headers=firm).status_code == 403


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf", ""])
def test_a_file_that_is_not_what_it_says_is_not_taken(
    client: TestClient, licensing: dict[str, str], media_type: str
) -> None:
    answer = send(client, licensing, b"<html>", media_type)
    assert (answer.status_code, answer.json()["rule"]) == (422, "FileKindNotTaken")


def test_a_changed_file_is_not_handed_out(
    client: TestClient, licensing: dict[str, str], installation: House
) -> None:
    sha256 = send(client, licensing, PNG + b" to be changed", "image/png").json()["sha256"]
    folder = installation.platform.departments["hr"].files.store.folder
    Path(folder, sha256[:2], sha256[2:4], sha256).write_bytes(PNG + b" changed")
    answer = client.get(f"/api/v1/files/{sha256}", headers=licensing)
    assert (answer.status_code, answer.json()["rule"]) == (409, "FileDamaged")


def test_a_file_over_the_limit_is_refused_and_nothing_is_kept(
    installation: House, accounts: Accounts, licensing: dict[str, str]
) -> None:
    config = WebConfig(secret=SECRET, hosts=("testserver",), file_bytes_max=1_000)
    with TestClient(create_app(installation.platform, accounts, config)) as small:
        answer = send(small, licensing, PNG + b"x" * 1_000, "image/png")
        assert (answer.status_code, answer.json()["rule"]) == (422, "FileTooLarge")
        answer = send(small, licensing, b"x" * 200_000, "image/png")
        assert (answer.status_code, answer.json()["rule"]) == (413, "BodyTooLarge")
        assert send(small, licensing, PNG, "image/png").status_code == 201


@pytest.mark.parametrize("name", ["..%2f..%2fmaster.key", "0" * 63, "A" * 64])
def test_an_address_names_no_file_but_by_its_digest(
    client: TestClient, licensing: dict[str, str], name: str
) -> None:
    assert client.get(f"/api/v1/files/{name}", headers=licensing).status_code == 404
