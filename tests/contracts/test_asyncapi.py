"""The AsyncAPI document says of the log what is so, and the AsyncAPI project's parser reads it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from domain.departments import NODES, OWN_TOPICS, TOPICS, entitled_topics
from domain.facts import FACTS, Audience
from gateways.contracts import generate
from gateways.contracts.asyncapi import CONTROL_TYPE, asyncapi_document
from gateways.contracts.catalogue import topics_of
from gateways.contracts.inbound import ANSWER, COMMAND_PREFIX, by_topic, given_in
from gateways.contracts.receipts import RECEIPT_TYPE, receipt_sample, receipt_schema
from gateways.contracts.samples import control_sample
from gateways.contracts.schemas import control_schema
from gateways.department.ledger.receipts import read_receipt, receipt_record
from gateways.department.publishing.control import closed_record
from gateways.log.kafka import KEPT_FOR_EVER
from gateways.store.port import Head
from gateways.web.assets import node, npm

HERE = Path(__file__).parent / "asyncapi"
ERROR = 0


@pytest.fixture(scope="module")
def parser() -> Path:
    """The parser's folder, installed as its lock file says."""
    kept = HERE / "node_modules" / "lock.json"
    lock = (HERE / "package-lock.json").read_text()
    if not kept.exists() or kept.read_text() != lock:
        subprocess.run([*npm(), "ci", "--ignore-scripts"], cwd=HERE, check=True)
        kept.write_text(lock)
    return HERE


def read(parser: Path, document: Path) -> dict[str, Any]:
    said = subprocess.run(
        [node(), str(parser / "read.mjs"), str(document)],
        capture_output=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(said.stdout)
    return told


def errors(told: dict[str, Any]) -> list[str]:
    return [
        f"{one['path']}: {one['message']}"
        for one in told["diagnostics"]
        if one["severity"] == ERROR
    ]


def test_the_asyncapi_parser_finds_no_error_and_reads_topics_events_and_entitlements(
    parser: Path,
) -> None:
    told = read(parser, generate.FOLDER / "asyncapi.json")
    assert errors(told) == []
    assert {one["code"] for one in told["diagnostics"]} <= {"asyncapi-latest-version"}
    topics = TOPICS | OWN_TOPICS
    assert set(told["channels"]) == set(topics)
    for name, channel in told["channels"].items():
        assert channel["kafka"]["partitions"] == topics[name].partitions
        for setting, value in KEPT_FOR_EVER.items():
            said = channel["kafka"]["topicConfiguration"][setting]
            assert (said[0] if isinstance(said, list) else str(said)) == value
    published = {name for name, cls in FACTS.items() if cls.AUDIENCE is Audience.DEPARTMENTS}
    given = {COMMAND_PREFIX + name for node in NODES for name in given_in(node)}
    assert given == {COMMAND_PREFIX + name for name in by_topic()}
    assert set(told["messages"]) == published | {CONTROL_TYPE, RECEIPT_TYPE, ANSWER} | given
    assert all(one["payload"] and one["examples"] for one in told["messages"].values())
    for name in published:
        carried = {address for address, one in told["channels"].items() if name in one["messages"]}
        assert carried == {topic.name for topic in topics_of(FACTS[name])}
    does: dict[str, set[tuple[str, str]]] = {"receive": set(), "send": set()}
    for one in told["operations"]:
        does[one["action"]].add((one["id"].split(".")[0], one["channel"]))
    assert does["receive"] == {
        (node, topic.name) for node in NODES for topic in entitled_topics(node)
    } | {(node, f"labour.{node}.answers") for node in NODES}
    assert does["send"] == {(topic.node, topic.name) for topic in TOPICS.values()} | {
        (node, f"labour.{node}.inbound") for node in NODES
    }


def test_the_parser_names_what_is_wrong_with_a_document(parser: Path, tmp_path: Path) -> None:
    whole = asyncapi_document()
    whole["components"], whole["operations"] = {}, {}
    carries = {"case.closed.v1": {"payload": {"$ref": "events/case.closed.v1.json"}}}
    whole["channels"] = {"one": {"address": "one", "messages": carries, "partitions": 6}}
    document = tmp_path / "asyncapi.json"
    document.write_text(json.dumps(whole))
    found = str(errors(read(parser, document)))
    assert "events/case.closed.v1.json" in found
    assert "partitions" in found


def test_the_example_of_every_message_fits_the_payload_that_the_document_names() -> None:
    def beside(name: str) -> Resource[Any]:
        path = generate.FOLDER / name.removeprefix("urn:liandong:schema:")
        return Resource(json.loads(path.read_text(encoding="utf-8")), DRAFT202012)

    registry: Registry[Any] = Registry(retrieve=beside)  # type: ignore[call-arg]
    for name, message in asyncapi_document()["components"]["messages"].items():
        validator = Draft202012Validator(message["payload"], registry=registry)
        for example in message["examples"]:
            assert list(validator.iter_errors(example["payload"])) == [], name
            other = {**example["payload"], "type": "another.type.v1"}
            assert not validator.is_valid(other), name
            if "dataschema" in example["payload"]:
                named = {**example["payload"], "dataschema": "urn:liandong:schema:another.type.v1"}
                assert not validator.is_valid(named), name
            assert not validator.is_valid({**example["payload"], "data": []}), name


def test_the_sample_of_a_closed_stamp_has_the_form_of_those_that_are_sent() -> None:
    head = Head(mode="simulated", incarnation="sample", sequence=1, stamp=1732500000000001)
    sent = json.loads(closed_record("samr", head, {("labour.samr.push", 0): 1}).value)
    assert sent == {**control_sample(), "id": sent["id"]}
    assert Draft202012Validator(control_schema()).is_valid(sent["data"])


def test_the_sample_of_a_receipt_has_the_form_of_those_that_are_sent() -> None:
    sample = receipt_sample()
    receipt = read_receipt(sample)
    record = receipt_record(
        receipt.reader,
        incarnation="sample",
        mode=receipt.mode,
        identity=receipt.id,
        said=receipt.said,
        entries=receipt.entries,
    )
    assert json.loads(record.value) == sample
    assert Draft202012Validator(receipt_schema()).is_valid(sample["data"])
    assert not Draft202012Validator(receipt_schema()).is_valid({"topics": {}})
