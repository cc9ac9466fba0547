"""The same inbound message over HTTP: answered at once, wrong ones as problem documents."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.player import all_events
from ops.settings import ROOT
from ops.wiring import House
from tests.faults.organisations import uscc
from tests.gateways.http.conftest import SECRET
from tests.gateways.http.feeding import served
from tests.gateways.inbound.sending import message

FIRM = uscc(900)
PERSON = {"name": "虚例丙", "identity_number": "000000190001010027"}


def registration(key: str, **more: Any) -> dict[str, Any]:
    """市场监管's own system registers a firm with its legal representative."""
    data = {
        "organisation": FIRM,
        "name": "沈阳虚例玖佰人力有限公司",
        "scope": "软件开发",
        "legal_representative": PERSON,
    }
    given = message("RegisterOrganisation", data, key=key, post="SAMR@210103", node="samr")
    return given | {"source": "/systems/samr/real/registry"} | more


def post(client: TestClient, who: dict[str, str], body: Any) -> Any:
    return client.post(
        "/api/v1/inbound",
        content=json.dumps(body, ensure_ascii=False).encode(),
        headers=who | {"Content-Type": "application/cloudevents+json"},
    )


def test_a_message_about_a_person_is_given_over_http_and_its_values_stand_nowhere(
    client: TestClient, samr: dict[str, str], installation: House
) -> None:
    first, again = (post(client, samr, registration("2024-1")) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert (first.json()["outcome"], again.json()["outcome"]) == ("ACCEPTED", "REPEATED")
    assert first.json()["events"] == again.json()["events"]
    store = installation.platform.departments["samr"].store
    bodies = b"".join(event.body for event in all_events(store))
    assert first.json()["events"][0]["id"].encode() in bodies
    assert PERSON["name"].encode() not in bodies
    other = registration("2024-1")
    other["data"]["scope"] = "职业中介活动"
    refused = post(client, samr, other)
    told = refused.json()
    assert (refused.status_code, told["rule"], told["field"]) == (409, "KeyReused", "id")


def test_a_refusal_and_an_event_too_large_name_fields_of_the_message(
    client: TestClient, accounts: Accounts
) -> None:
    key = accounts.issue_key(organ="HRSS_MKT", region="210103", appointment="window")

    def given(name: str, data: dict[str, Any]) -> tuple[int, str, str]:
        body = message(name, data, key=f"2024-{name}")
        sent = body | {"source": "/systems/hr/real/window"}
        told = post(client, {"X-API-Key": key}, sent).json()
        return told["status"], told["rule"], told.get("field", "")

    claim = {"organisation": FIRM, "push": "P-NOWHERE"}
    assert given("ClaimPush", claim) == (404, "PushNotReceived", "data.push")
    words = [{"word": f"{number:040}", "category": "FEES"} for number in range(5000)]
    assert given("PublishKeywords", {"keywords": words}) == (422, "EventTooLarge", "data")


@pytest.mark.parametrize(
    ("changed", "status", "rule", "field"),
    [
        ({"id": ""}, 422, "InvalidMessage", "id"),
        ({"type": "command.Nothing"}, 422, "UnknownCommand", "type"),
        ({"source": "/systems/hr/real/registry"}, 422, "OtherDepartment", "source"),
        ({"source": "/systems/samr/simulated/registry"}, 422, "OtherMode", "source"),
        ({"post": "SAMR.HEAD@210103"}, 403, "PostOfAnotherKey", "post"),
        ({"data": {"organisation": FIRM}}, 422, "InvalidCommand", "data.name"),
        ({"type": "command.GrantLicence"}, 422, "InvalidCommand", "data.name"),
    ],
)
def test_a_wrong_message_comes_back_with_field_and_reason(
    client: TestClient,
    samr: dict[str, str],
    changed: dict[str, Any],
    status: int,
    rule: str,
    field: str,
) -> None:
    answer = post(client, samr, registration("2024-2", **changed))
    told = answer.json()
    assert (answer.status_code, told["rule"]) == (status, rule), told
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in {told.get("field")} | {one["field"] for one in told.get("problems", [])}
    assert told["detail_zh"]
    assert told["detail_en"]


def test_nobody_gives_a_message_without_a_key_and_no_body_is_guessed_at(
    client: TestClient, samr: dict[str, str]
) -> None:
    assert post(client, {}, registration("2024-3")).status_code == 401
    assert post(client, samr, [1]).json()["rule"] == "NotAnObject"


def test_the_message_of_the_readme_is_taken_by_a_served_node(
    installation: House, accounts: Accounts
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```", readme, re.S | re.M)
    (line,) = re.findall(r"^curl .*$", readme, re.M)
    words = shlex.split(line)
    headers = dict(word.split(": ") for before, word in pairwise(words) if before == "-H")
    key = accounts.issue_key(organ="SAMR", region="210103", appointment="readme")
    headers = {name: value.replace("$KEY", key) for name, value in headers.items()}
    app = create_app(installation.platform, accounts, WebConfig(secret=SECRET))
    with served(app) as address:
        place = address + urlsplit(words[3]).path
        first, again = (
            httpx.request(words[2], place, content=example.encode(), headers=headers)
            for _ in range(2)
        )
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["message"] == "2024-11-25-000117"
    assert first.json()["events"] == again.json()["events"]


def test_the_figures_tell_of_messages_by_outcome(client: TestClient) -> None:
    text = client.get("/metrics").text
    assert 'liandong_inbound_messages_total{department="hr",outcome="ACCEPTED"}' in text
    assert 'liandong_inbound_lag{department="hr"}' in text
