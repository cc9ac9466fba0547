"""Subscriptions over HTTP, and a fact's whole way from a command to a foreign endpoint."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.http.health import Figures
from ops import doctor
from ops.cli import run
from ops.output import Language
from ops.settings import Settings
from ops.wiring import House, house
from tests.gateways.http.feeding import SECRET, key_of, until
from tests.gateways.http.test_reading import fresh_uscc
from tests.gateways.webhooks.receiving import Receiver

ADDRESS = "/api/v1/webhooks"
REGISTRATIONS = "labour.samr.registration"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    one.start()
    yield one
    one.die()


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = Settings(
        data=tmp_path_factory.mktemp("webhooks"),
        departments=("samr", "hr"),
        webhook_networks=("127.0.0.0/8",),
    )
    with house(settings, create=True) as one:
        yield one


@pytest.fixture(scope="module")
def kept(at_work: House) -> Accounts:
    return at_work.accounts()


@pytest.fixture(scope="module")
def samr_key(kept: Accounts) -> dict[str, str]:
    return key_of(kept, "SAMR")


@pytest.fixture(scope="module")
def edge(at_work: House, kept: Accounts) -> Iterator[TestClient]:
    app = create_app(at_work.platform, kept, WebConfig(secret=SECRET, hosts=("testserver",)))
    with TestClient(app, raise_server_exceptions=False) as one:
        yield one


def subscribed(edge: TestClient, headers: dict[str, str], url: str, **more: Any) -> dict[str, Any]:
    answer = edge.post(
        ADDRESS, json={"url": url, "topics": [REGISTRATIONS], **more}, headers=headers
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_fact_goes_from_its_command_to_a_foreign_endpoint_signed(
    edge: TestClient,
    at_work: House,
    kept: Accounts,
    samr_key: dict[str, str],
    receiver: Receiver,
) -> None:
    made = subscribed(edge, key_of(kept, "HRSS_MKT"), receiver.url, after="earliest")
    at_work.platform.start()
    try:
        uscc = fresh_uscc()
        answer = edge.post(
            "/api/v1/commands/RegisterOrganisation",
            json={"organisation": uscc, "name": "沈阳推送人力有限公司", "scope": "职业中介活动"},
            headers={**samr_key, "Idempotency-Key": f"w-{uscc}"},
        )
        assert answer.status_code == 201, answer.text
        until(lambda: receiver.got)
        states = {one.role for one in at_work.platform.workers.states if one.state == "RUNNING"}  # type: ignore[union-attr]
        assert "webhooks" in states
    finally:
        at_work.platform.workers.stop()  # type: ignore[union-attr]
    got = receiver.got[0]
    event = json.loads(got.body)
    assert event["type"] == "subject.registered.v1"
    assert "沈阳推送人力有限公司".encode() in got.body
    assert got.headers["webhook-id"] == event["id"] == answer.json()["events"][0]["id"]
    secret = base64.b64decode(made["secret"].removeprefix("whsec_"))
    content = f"{event['id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    signed = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{signed}"


def test_a_secret_is_shown_once_and_a_subscription_is_its_departments_own(
    edge: TestClient, kept: Accounts, samr_key: dict[str, str], receiver: Receiver
) -> None:
    made = subscribed(edge, samr_key, receiver.url)
    assert made["secret"].startswith("whsec_")
    one = f"{ADDRESS}/{made['id']}"
    shown = edge.get(one, headers=samr_key).json()
    assert "secret" not in shown
    assert (shown["state"], shown["topics"][0]["topic"]) == ("ENABLED", REGISTRATIONS)
    assert made["id"] in {it["id"] for it in edge.get(ADDRESS, headers=samr_key).json()}
    other = key_of(kept, "HRSS_MKT")
    for method, address in (
        ("GET", one),
        ("POST", f"{one}/enable"),
        ("POST", f"{one}/disable"),
        ("POST", f"{one}/secret"),
        ("DELETE", one),
    ):
        answer = edge.request(method, address, headers=other)
        assert (answer.status_code, answer.json()["rule"]) == (404, "UnknownWebhook")
    assert edge.post(f"{one}/disable", headers=samr_key).json()["reason"] == "BY_HAND"
    assert edge.post(f"{one}/enable", headers=samr_key).json()["state"] == "ENABLED"
    renewed = edge.post(f"{one}/secret", headers=samr_key).json()
    assert renewed["secret"].startswith("whsec_")
    assert renewed["secret"] != made["secret"]
    back = edge.post(f"{one}/replay", json={"topic": REGISTRATIONS}, headers=samr_key).json()
    assert back["topics"][0]["behind"] >= 0
    position = back["topics"][0]["position"]
    again = {"topic": REGISTRATIONS, "after": position}
    assert edge.post(f"{one}/replay", json=again, headers=samr_key).status_code == 200
    assert edge.delete(one, headers=samr_key).status_code == 204
    assert edge.get(one, headers=samr_key).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "rule", "field"),
    [
        ({"url": "https://10.0.0.1/", "topics": [REGISTRATIONS]}, 422, "InvalidWebhook", "url"),
        ({"url": "file:///etc/passwd", "topics": [REGISTRATIONS]}, 422, "InvalidWebhook", "url"),
        ({"url": 5, "topics": [REGISTRATIONS]}, 422, "InvalidWebhook", "url"),
        ({"url": "http://127.0.0.1/", "topics": "all"}, 422, "InvalidWebhook", "topics"),
        ({"url": "http://127.0.0.1/", "topics": []}, 422, "InvalidWebhook", "topics"),
        (
            {"url": "http://127.0.0.1/", "topics": ["labour.hr.complaint"]},
            403,
            "NotEntitledToTopic",
            "topic",
        ),
        ({"url": "http://127.0.0.1/", "topics": ["labour.x"]}, 403, "NotEntitledToTopic", "topic"),
        (
            {"url": "http://127.0.0.1/", "topics": [REGISTRATIONS], "after": "zzz"},
            422,
            "InvalidWebhook",
            "after",
        ),
        (
            {"url": "http://127.0.0.1/", "topics": [REGISTRATIONS], "secret": "mine"},
            422,
            "InvalidWebhook",
            "secret",
        ),
    ],
)
def test_a_wrong_subscription_is_refused_with_its_field_in_both_languages(
    edge: TestClient,
    samr_key: dict[str, str],
    body: dict[str, Any],
    status: int,
    rule: str,
    field: str,
) -> None:
    answer = edge.post(ADDRESS, json=body, headers=samr_key)
    told = answer.json()
    assert (answer.status_code, told["rule"], told["field"]) == (status, rule, field)
    assert told["detail_zh"] != told["detail_en"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "rule"),
    [
        (b"{", "application/json", 400, "NotJson"),
        (b'{"url": "a", "url": "b"}', "application/json", 400, "RepeatedField"),
        (rb'{"topics": ["\ud800"]}', "application/json", 400, "NotText"),
        (b"<a/>", "text/xml", 415, "UnsupportedMediaType"),
    ],
)
def test_a_body_of_a_subscription_is_read_as_strictly_as_any_other(
    edge: TestClient, samr_key: dict[str, str], body: bytes, kind: str, status: int, rule: str
) -> None:
    answer = edge.post(ADDRESS, content=body, headers=samr_key | {"Content-Type": kind})
    assert (answer.status_code, answer.json()["rule"]) == (status, rule)


def test_a_firm_may_not_subscribe_and_a_key_is_needed(edge: TestClient, kept: Accounts) -> None:
    body = {"url": "http://127.0.0.1/", "topics": [REGISTRATIONS]}
    assert edge.post(ADDRESS, json=body, headers=key_of(kept, "AGENCY")).status_code == 403
    assert edge.post(ADDRESS, json=body).status_code == 401


def test_a_subscription_that_stopped_by_itself_is_an_operators_task(
    edge: TestClient,
    at_work: House,
    samr_key: dict[str, str],
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = subscribed(edge, samr_key, receiver.url)
    at_work.platform.departments["samr"].webhooks.disable(made["id"], "ENDPOINT_DEAD")
    monkeypatch.setattr(Language, "chosen", "en")
    (found,) = [it for it in doctor.examine(at_work.settings) if made["id"] in it.what]
    assert (found.state, found.mend) == ("wrong", f"liandong webhooks enable {made['id']}")
    disabled = {
        tuple(sample.labels.values()): sample.value
        for family in Figures(at_work.platform).collect()
        for sample in family.samples
        if family.name == "liandong_webhooks"
    }
    assert disabled["samr", "DISABLED"] >= 1
    monkeypatch.setenv("LIANDONG_DATA", str(at_work.settings.data))
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "samr,hr")
    monkeypatch.setenv("LIANDONG_WEBHOOK_NETWORKS", "127.0.0.0/8")
    capsys.readouterr()
    assert run(["webhooks", "list", "--json"]) == 0
    (listed,) = [it for it in json.loads(capsys.readouterr().out) if it["id"] == made["id"]]
    assert listed["reason_zh"] == "长时间无法送达"
    assert run(["webhooks", "list"]) == 0
    assert run(["webhooks", "enable", made["id"]]) == 0
    for reason, words in (("ACCOUNT_REVOKED", ["--post", "SAMR@210103"]), ("POSITION_LOST", [])):
        webhooks = at_work.platform.departments["samr"].webhooks
        webhooks.disable(made["id"], reason)
        (found,) = [it for it in doctor.examine(at_work.settings) if made["id"] in it.what]
        assert found.mend != f"liandong webhooks enable {made['id']}"
        if words:
            assert run(["webhooks", "enable", made["id"]]) == 2
            assert run(["webhooks", "enable", made["id"], "--post", "PSB@210103"]) == 2
            assert run(["webhooks", "enable", made["id"], *words]) == 0
            assert webhooks.one(made["id"]).account == "post:SAMR@210103"
    assert (
        edge.post(f"{ADDRESS}/{made['id']}/enable", headers=samr_key)
        .json()["account"]
        .startswith("key:")
    )
    assert edge.post(f"{ADDRESS}/{made['id']}/replay", headers=samr_key).status_code == 200
    assert run(["webhooks", "replay", made["id"], "--topic", REGISTRATIONS]) == 0
    assert run(["webhooks", "secret", made["id"]]) == 0
    assert run(["webhooks", "disable", made["id"]]) == 0
    assert run(["webhooks", "remove", made["id"]]) == 0
    assert run(["webhooks", "enable", made["id"]]) == 2
    capsys.readouterr()
    given = ["webhooks", "add", receiver.url, "--post", "SAMR@210103", "--topic", REGISTRATIONS]
    assert run(given) == 0
    assert "whsec_" in capsys.readouterr().out
    assert run([*given[:2], "http://192.168.1.1/", *given[3:]]) == 2
    assert run([*given[:-1], "labour.hr.complaint"]) == 2
    assert run([*given, "--after", "zzz"]) == 2
    assert "earliest" in capsys.readouterr().err
    assert run(["accounts", "key", "--post", "SAMR@210103"]) == 0
    leaked = capsys.readouterr().out.strip()
    assert edge.get(ADDRESS, headers={"X-API-Key": leaked}).status_code == 200
    assert run(["accounts", "keys", "--json"]) == 0
    shown = capsys.readouterr().out
    assert leaked.partition(".")[0] in shown
    assert leaked.partition(".")[2] not in shown
    assert run(["accounts", "revoke", leaked]) == 0
    assert edge.get(ADDRESS, headers={"X-API-Key": leaked}).status_code == 401
    assert run(["accounts", "revoke", leaked.partition(".")[0]]) == 2


def test_the_openapi_document_tells_how_deliveries_are_signed(edge: TestClient) -> None:
    paths = edge.get("/openapi.json").json()["paths"]
    assert "Standard" in paths[ADDRESS]["post"]["description"]
    assert "webhook-signature" in paths[ADDRESS]["post"]["description"]
    schema = paths[ADDRESS]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"url", "topics", "after"}


def test_a_wrong_network_in_the_settings_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="webhook_networks"):
        Settings(data=tmp_path, webhook_networks=("10.0.0.0/99",))
