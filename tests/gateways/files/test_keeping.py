"""Files in commands: kept before anything is decided, referred to by hash, opened by their organ."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.commands import Post
from domain.document.files import (
    FileDamaged,
    FileKindNotTaken,
    FileMisdescribed,
    FileNotKept,
    FileOfOtherOrgan,
)
from domain.errors import Refusal
from gateways.department.deciding.answers import InvalidCommand
from tests.domain.story import refused
from tests.gateways.department.town import Town, bodies, firm, opened

FIRM = firm()["organisation"]
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture of the premises"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path, start="2025-03-03T09:00") as one:
        yield one


def post(who: str, region: str = "210103") -> Post:
    organ = who.partition(".")[0]
    return Post(id=f"{who}@{region}", organ=organ, region=region, appointment="test")


def evidence(town: Town, file: dict[str, Any], **changes: Any) -> Any:
    data = {"about": FIRM, "organisation": FIRM, "file": file, "what": "现场照片"}
    town.give("HRSS_INSP", "KeepEvidence", data | changes)
    return bodies(town.hr)[-1]["data"]["file"]


def picture(body: bytes = PNG, media_type: str = "image/png") -> dict[str, str]:
    return {"base64": base64.b64encode(body).decode(), "media_type": media_type}


def test_the_content_of_a_command_is_kept_and_its_event_names_the_hash(town: Town) -> None:
    reference = evidence(town, picture())
    assert reference["length"] == len(PNG)
    opened_file = town.hr.files.open(reference["sha256"], post("HRSS_INSP"))
    assert b"".join(opened_file.parts) == PNG
    assert b"premises" not in bytes(str(bodies(town.hr)), "utf-8")


def test_a_json_content_is_kept_canonically_with_a_nonce_that_only_its_reader_sees(
    town: Town,
) -> None:
    reference = evidence(town, {"content": {"b": "二", "a": 1}})
    kept = town.hr.files.store.read(reference["sha256"])
    assert re.fullmatch(r'{"content":{"a":1,"b":"二"},"nonce":"[0-9a-f]{32}"}', kept.decode())
    assert town.hr.files.content(reference["sha256"]) == {"a": 1, "b": "二"}
    assert reference["media_type"] == "application/json"
    guessed = hashlib.sha256('{"a":1,"b":"二"}'.encode()).hexdigest()
    assert guessed not in str(bodies(town.hr))


def test_the_same_content_twice_has_two_hashes(town: Town) -> None:
    first, second = (evidence(town, {"content": {"a": 1}}) for _ in range(2))
    assert first["sha256"] != second["sha256"]


def test_a_kept_file_is_named_by_its_reference(town: Town) -> None:
    kept = town.hr.files.keep([PNG], "image/png", post("HRSS_INSP"), now=1)
    reference = {"sha256": kept.sha256, "length": kept.length, "media_type": kept.media_type}
    assert evidence(town, reference) == reference


def test_a_reference_to_no_kept_file_is_refused_and_nothing_is_recorded(town: Town) -> None:
    unknown = {"sha256": "0" * 64, "length": 3, "media_type": "image/png"}
    refused("FileNotKept", lambda: evidence(town, unknown))
    assert bodies(town.hr) == []


def test_a_file_of_another_department_is_not_kept_here(town: Town) -> None:
    kept = town.samr.files.keep([PNG], "image/png", post("SAMR"), now=1)
    foreign = {"sha256": kept.sha256, "length": kept.length, "media_type": kept.media_type}
    refused("FileNotKept", lambda: evidence(town, foreign))


@pytest.mark.parametrize("wrong", [{"length": 1}, {"media_type": "image/jpeg"}])
def test_a_wrong_description_of_a_kept_file_is_refused(town: Town, wrong: dict[str, Any]) -> None:
    reference = evidence(town, picture())
    refused("FileMisdescribed", lambda: evidence(town, reference | wrong))


def test_a_changed_file_is_refused_when_named_and_when_opened(town: Town) -> None:
    reference = evidence(town, picture())
    sha256 = reference["sha256"]
    path = town.hr.files.store.folder / sha256[:2] / sha256[2:4] / sha256
    path.write_bytes(PNG + b"!")
    again = {**reference}
    refused("FileDamaged", lambda: evidence(town, again, about="L-1"))
    refused("FileDamaged", lambda: town.hr.files.open(sha256, post("HRSS_INSP")))


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"<script>", "text/html"),
        (b"MZ", "application/x-msdownload"),
        (b"<svg/>", "image/svg+xml"),
        (b"no picture", "image/png"),
        (b"\0binary", "text/plain"),
    ],
)
def test_what_is_no_document_picture_or_recording_is_not_taken(
    town: Town, body: bytes, media_type: str
) -> None:
    refused("FileKindNotTaken", lambda: evidence(town, picture(body, media_type)))


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"base64": "aGVsbG8="},
        {"content": "text"},
        {"content": {}, "base64": "aGVsbG8=", "media_type": "text/plain"},
        {"sha256": "0" * 64},
        {"base64": "not base64", "media_type": "text/plain"},
        {"content": {}, "path": "/etc/passwd"},
    ],
)
def test_a_file_field_is_a_reference_a_content_or_bytes_and_nothing_else(
    town: Town, file: dict[str, Any]
) -> None:
    with pytest.raises(InvalidCommand):
        evidence(town, file)


def test_a_file_is_opened_by_the_organ_that_keeps_it_and_its_bureau(town: Town) -> None:
    sha256 = evidence(town, picture())["sha256"]
    town.hr.files.open(sha256, post("HRSS_INSP.HEAD"))
    town.hr.files.open(sha256, post("HRSS"))
    for other in (post("HRSS_MKT"), post("HRSS_INSP", "532301"), post("AGENCY")):
        with pytest.raises(FileOfOtherOrgan):
            town.hr.files.open(sha256, other)
    with pytest.raises(FileNotKept):
        town.hr.files.open("f" * 64, post("HRSS_INSP"))


def test_the_rules_of_files_are_named_refusals() -> None:
    for rule in (FileDamaged, FileKindNotTaken, FileMisdescribed, FileNotKept, FileOfOtherOrgan):
        assert issubclass(rule, Refusal)
