"""The feed: topics over HTTP by position, the stored bytes, and who may read them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain.departments import entitled_topics
from gateways.http.accounts import Accounts
from gateways.log.embedded import EmbeddedLog
from gateways.log.kafka import KafkaLog
from gateways.log.port import Log
from gateways.log.positions import written
from ops.services import KafkaService
from tests.gateways.http.feeding import (
    COMPLAINTS,
    LICENSING,
    append,
    application,
    follow,
    key_of,
    served,
)

FEED = f"/api/v1/feed/{LICENSING}"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    opened = EmbeddedLog(tmp_path_factory.mktemp("feed") / "log.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(log: Log, accounts: Accounts) -> Iterator[TestClient]:
    with TestClient(application(log, accounts)) as one:
        yield one


@pytest.fixture(scope="module")
def sent(log: Log, client: TestClient) -> list[bytes]:
    assert client.app is not None  # it makes the topics
    return append(log, 0, 100)


def walked(client: TestClient, headers: dict[str, str], limit: int) -> list[bytes]:
    """Every line from the start, page by page."""
    got: list[bytes] = []
    after = "earliest"
    while True:
        answer = client.get(
            FEED,
            params={"after": after, "limit": limit},
            headers={**headers, "Accept": "application/x-ndjson"},
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        if not answer.content:
            return got
        got += answer.content.splitlines()
        after = answer.headers["Liandong-Position"]


def by_subject(lines: list[bytes]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for line in lines:
        found.setdefault(json.loads(line)["subject"], []).append(line)
    return found


def test_pages_give_the_stored_bytes_once_and_each_subject_in_order(
    client: TestClient, samr: dict[str, str], sent: list[bytes]
) -> None:
    for limit in (7, 500):
        got = walked(client, samr, limit)
        assert len(got) == len(sent)
        assert by_subject(got) == by_subject(sent)


def test_the_json_form_holds_the_same_bytes_and_the_position_to_go_on_from(
    client: TestClient, samr: dict[str, str], sent: list[bytes]
) -> None:
    first = client.get(FEED, params={"limit": 60}, headers=samr)
    assert first.headers["content-type"] == "application/json"
    told = first.json()
    assert told["topic"] == LICENSING
    assert told["position"] == first.headers["Liandong-Position"]
    assert len(told["events"]) == 60
    for line in sent[:1]:
        assert line in first.content
    rest = client.get(FEED, params={"after": told["position"]}, headers=samr).json()
    assert len(rest["events"]) == 40
    last = client.get(FEED, params={"after": rest["position"]}, headers=samr).json()
    assert last["events"] == []
    assert last["position"] == rest["position"]


def test_a_page_of_an_old_position_is_the_same_for_ever(
    client: TestClient, samr: dict[str, str], sent: list[bytes], log: Log
) -> None:
    first = client.get(FEED, params={"limit": 10}, headers=samr).content
    assert sent[0] in first
    append(log, 1000, 3)
    assert client.get(FEED, params={"limit": 10}, headers=samr).content == first


@pytest.mark.parametrize(
    ("organ", "topic", "status", "rule"),
    [
        ("FIN", LICENSING, 403, "NotEntitledToTopic"),
        ("SAMR", COMPLAINTS, 403, "NotEntitledToTopic"),
        ("LGO", COMPLAINTS, 403, "NotEntitledToTopic"),
        ("PROC", COMPLAINTS, 403, "NotEntitledToTopic"),
        ("AGENCY", LICENSING, 403, "NotEntitled"),
        ("SAMR", "labour.hr.nothing", 404, "UnknownTopic"),
    ],
)
def test_a_topic_is_given_to_nobody_who_is_not_entitled_to_it(
    client: TestClient, accounts: Accounts, organ: str, topic: str, status: int, rule: str
) -> None:
    for address in (f"/api/v1/feed/{topic}", f"/api/v1/feed/{topic}/events"):
        answer = client.get(address, headers=key_of(accounts, organ))
        assert (answer.status_code, answer.json()["rule"]) == (status, rule)
        assert answer.json()["detail_zh"]
        assert answer.json()["detail_en"]
        assert organ == "AGENCY" or "GET /api/v1/feed" in answer.json()["next_en"]
    assert client.get(f"/api/v1/feed/{topic}").status_code == 401


def test_the_list_of_topics_is_the_table_of_entitlements(
    client: TestClient, accounts: Accounts
) -> None:
    for organ, node in (("SAMR", "samr"), ("LGO", "lgo"), ("FIN", "fin")):
        listed = client.get("/api/v1/feed", headers=key_of(accounts, organ)).json()
        assert [one["topic"] for one in listed] == [it.name for it in entitled_topics(node)]


@pytest.mark.parametrize(
    "after",
    ["nonsense", "5", "ä", written(COMPLAINTS, {(COMPLAINTS, n): 0 for n in range(6)}), "=" * 9],
)
def test_a_position_that_this_topic_never_gave_is_refused_by_name(
    client: TestClient, samr: dict[str, str], after: str
) -> None:
    for address in (FEED, f"{FEED}/events"):
        answer = client.get(address, params={"after": after}, headers=samr)
        assert (answer.status_code, answer.json()["rule"]) == (400, "BadParameter")
        assert answer.json()["field"] == "after"
    resumed = client.get(f"{FEED}/events", headers={**samr, "Last-Event-ID": "nonsense"})
    assert (resumed.status_code, resumed.json()["field"]) == (400, "Last-Event-ID")


def test_a_position_beyond_the_log_is_told_and_never_read_as_the_end(
    client: TestClient, samr: dict[str, str]
) -> None:
    beyond = written(LICENSING, {(LICENSING, n): 10**9 for n in range(6)})
    for address in (FEED, f"{FEED}/events"):
        answer = client.get(address, params={"after": beyond}, headers=samr)
        assert (answer.status_code, answer.json()["rule"]) == (409, "PositionNotOnLog")


@pytest.mark.parametrize(
    ("name", "value"), [("limit", "0"), ("limit", "501"), ("wait", "99"), ("position", "latest")]
)
def test_a_parameter_out_of_bounds_or_unknown_is_refused_by_name(
    client: TestClient, samr: dict[str, str], name: str, value: str
) -> None:
    answer = client.get(FEED, params={name: value}, headers=samr)
    assert (answer.status_code, answer.json()["field"]) == (400, name)


def test_a_long_poll_answers_when_a_record_comes_and_not_much_after_its_time(
    client: TestClient, samr: dict[str, str], log: Log
) -> None:
    began = time.monotonic()
    empty = client.get(FEED, params={"after": "latest", "wait": 1}, headers=samr).json()
    assert empty["events"] == []
    assert 0.9 < time.monotonic() - began < 10
    timer = threading.Timer(0.3, lambda: append(log, 2000, 1))
    timer.start()
    began = time.monotonic()
    answer = client.get(FEED, params={"after": empty["position"], "wait": 15}, headers=samr)
    assert [one["id"] for one in answer.json()["events"]] == ["e2000"]
    assert time.monotonic() - began < 12


def test_a_page_is_bounded_in_bytes(
    tmp_path: Path, accounts: Accounts, samr: dict[str, str]
) -> None:
    log = EmbeddedLog(tmp_path / "log.sqlite")
    with TestClient(application(log, accounts)) as one:
        append(log, 0, 60, padding=200_000)
        answer = one.get(FEED, params={"limit": 500}, headers=samr)
        assert 500_000 < len(answer.content) < 1_000_000 + 6 * 262_144
    log.close()


def test_the_openapi_document_tells_of_forms_and_refusals(client: TestClient) -> None:
    told = client.get("/openapi.json").json()["paths"]["/api/v1/feed/{topic}"]["get"]
    assert set(told["responses"]["200"]["content"]) == {"application/json", "application/x-ndjson"}
    assert {"403", "404", "409", "503"} <= set(told["responses"])
    assert {one["name"] for one in told["parameters"]} == {"topic", "after", "limit", "wait"}


@pytest.mark.services
def test_the_feed_of_a_real_broker_gives_the_same_as_the_embedded_one(
    own_kafka: KafkaService, accounts: Accounts, samr: dict[str, str]
) -> None:
    log = KafkaLog(own_kafka.bootstrap)
    app = application(log, accounts)
    sent = append(log, 0, 100)
    with TestClient(app) as one:
        assert by_subject(walked(one, samr, 7)) == by_subject(sent)
    with served(app) as address:
        got = follow(address, samr, 60)
        got += follow(address, samr, 40, last=got[-1][0])
    assert by_subject([data for _, data in got]) == by_subject(sent)
    log.close()
