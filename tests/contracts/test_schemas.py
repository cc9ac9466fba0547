"""The contracts on file are those of the classes, and every event ever shown can be read."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka
from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft202012Validator

from domain.commands import COMMANDS
from domain.facts import FACTS, Audience, Recorded
from domain.versions import present
from gateways.contracts import canonical, generate
from gateways.contracts.catalogue import topic_rows, topics_of, type_details
from gateways.contracts.envelope import fact_of, recorded, to_data
from gateways.contracts.samples import control_sample, sample
from gateways.contracts.schemas import command_schema, event_schema, whole_schema
from gateways.contracts.validation import validate_envelope
from gateways.log.kafka_writer import HEADERS

SAMPLES = sorted((generate.FOLDER / "samples").glob("*.json"))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_schemas_on_file_agree_with_the_classes() -> None:
    assert generate.check() == []


def test_every_drift_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(generate.FOLDER, folder)
    (folder / "events" / "licence.granted.v1.json").write_text("{}")
    (folder / "commands" / "ClaimPush.json").unlink()
    (folder / "events" / "licence.lost.v1.json").write_text("{}")
    broken = folder / "samples" / "licence.granted.v1.json"
    broken.write_text(broken.read_text().replace("91210103MAYTX0128N", "91210103MAYTX0128M"))
    drift = "\n".join(generate.check(folder))
    assert "events/licence.granted.v1.json differs" in drift
    assert "commands/ClaimPush.json is missing" in drift
    assert "events/licence.lost.v1.json has no class" in drift
    assert "check characters" in drift


def test_an_older_sample_stays_when_a_class_gains_a_field(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    generate.write(folder)
    path = folder / "samples" / "licence.granted.v1.json"
    older = read(path)
    del older["data"]["certificate"]
    path.write_text(json.dumps(older))
    assert generate.write(folder) == ["licence.granted.v1+1.json"]
    assert read(path) == older
    assert generate.check(folder) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_on_file_is_still_read(path: Path) -> None:
    envelope = read(path)
    assert validate_envelope(envelope) == []
    assert recorded(envelope).type == present(envelope["type"], envelope["data"])[0]
    assert fact_of(path.read_bytes()) == recorded(envelope)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_cloudevents_library_reads_every_sample(path: Path) -> None:
    envelope = read(path)
    event = as_record(envelope)
    assert event.get_id() == envelope["id"]
    assert event.get_type() == envelope["type"]
    assert event.get_subject() == envelope["subject"]
    assert event.get_extension("matter") == envelope["matter"]
    assert event.get_extension("partitionkey") == envelope["subject"]
    assert event.get_data() == envelope["data"]


def test_the_cloudevents_library_reads_a_closed_stamp() -> None:
    envelope = control_sample()
    event = as_record(envelope)
    assert event.get_type() == "control.closed.v1"
    assert event.get_data() == envelope["data"]


def as_record(envelope: dict[str, Any]) -> BaseCloudEvent:
    """The event that the library finds in a record as it stands on a topic."""
    return from_kafka(
        KafkaMessage(
            headers=dict(HEADERS),
            key=envelope["subject"].encode(),
            value=canonical.encode(envelope),
        ),
        JSONFormat(),
    )


@pytest.mark.parametrize("name", sorted(FACTS))
def test_what_is_read_is_written_again_with_the_same_data(name: str) -> None:
    envelope = sample(FACTS[name])
    fact = recorded(envelope)
    assert to_data(fact.fact) == envelope["data"]
    assert vars(fact).keys() == {one.name for one in fields(Recorded)}
    assert Recorded(**vars(fact)) == fact
    assert len(canonical.encode(envelope)) < canonical.LARGEST_ENVELOPE


@pytest.mark.parametrize("name", sorted(FACTS))
def test_event_schemas_are_schemas_and_tolerate_unknown_fields(name: str) -> None:
    Draft202012Validator.check_schema(event_schema(FACTS[name]))
    Draft202012Validator.check_schema(whole_schema(FACTS[name]))
    envelope = sample(FACTS[name])
    envelope["data"]["added_later"] = "x"
    envelope["newattribute"] = "y"
    assert validate_envelope(envelope) == []
    assert recorded(envelope).type == name


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_schemas_are_schemas_and_refuse_unknown_fields(name: str) -> None:
    schema = command_schema(COMMANDS[name])
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    for part in schema["properties"].values():
        assert part.get("title"), "a field has a label"
        assert part.get("x-zh"), "a field has a Chinese label"


def test_no_schema_names_a_host() -> None:
    for path in generate.FOLDER.rglob("*.json"):
        if path.name != "scenario.v1.json":
            text = path.read_text(encoding="utf-8")
            assert "http" not in text.replace("https://json-schema.org/draft/2020-12/schema", ""), (
                path
            )


def test_facts_of_the_owner_alone_are_on_no_topic() -> None:
    private = [cls for cls in FACTS.values() if cls.AUDIENCE is Audience.OWNER_ONLY]
    assert private
    assert all(topics_of(cls) == () for cls in private)
    carried = {name for row in topic_rows() for name in row["types"]}
    assert carried == set(FACTS) - {cls.TYPE for cls in private}


def test_a_type_says_what_it_sets_off() -> None:
    granted = type_details("licence.granted.v1")
    assert "R12" in {rule["id"] for rule in granted["reactions"]}
    does = {row["code"]: row["does"] for row in granted["clocks"]}
    assert does["DL-LIC-02"] == ["stops"]
    assert does["DL-LIC-14"] == ["starts"]
    assert {"uscc", "certificate.serial"} <= {row["field"] for row in granted["fields"]}
    assert granted["topics"][0] == "labour.hr.licensing"
