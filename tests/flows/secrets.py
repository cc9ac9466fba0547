"""Personal values that are planted in a story, and the search for them in any form."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from ahocorasick_rs import BytesAhoCorasick

from gateways.contracts import canonical
from gateways.contracts.schemas import PERSON_PARTS
from gateways.department.deciding.sealing import personal_fields
from ops.scenario import Scenario
from tests.gateways.department.town import Town, bodies

NAMES = "赤橙黄绿青蓝紫玄白"
ORDINALS = "零一二三四五六七八九"
PASSAGE = "此处为不得外传之经过。"


def person(number: int) -> dict[str, str]:
    """One person whose every part stands nowhere else; the statement is long and marked."""
    name = f"欧阳{NAMES[number]}漏"
    marks = [f"{name[2]}氏{place}段{ORDINALS[number]}密" for place in ("首", "中", "尾")]
    told = {
        "name": name,
        "identity_number": f"00000019000101{7001 + number}",
        "phone": f"0240009{5301 + number}",
        "address": f"虚例市泄{ORDINALS[number]}巷一弄",
        "statement": f"{marks[0]}{PASSAGE * 20}{marks[1]}{PASSAGE * 20}{marks[2]}",
    }
    assert set(told) == set(PERSON_PARTS)
    return told


def reference(town: Town) -> dict[str, str]:
    """The opaque reference and commitment that 市场监管's first registration carries."""
    found: dict[str, str] = bodies(town.samr)[0]["data"]["legal_representative"]
    assert set(found) == {"person", "commitment"}
    return found


def accesses(town: Town) -> list[dict[str, Any]]:
    """Reads and erasures on record at 市场监管, which nobody else receives."""
    return [canonical.decode(one.body) for one in town.samr.store.private_after(0, limit=1000)]


def planted(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Puts a person of its own into every personal field that the story fills.

    Gives the persons by `<command>/<number>`. A lead's reporter is added: no step has one.
    """
    found: dict[str, dict[str, str]] = {}
    for step in scenario.steps:
        assert isinstance(step.data, dict)
        filled = {name for name in personal_fields(step.command) if name in step.data}
        if step.command == "TransferLead" and step.organ == "CAC":
            filled.add("reporter")
        for name in filled:
            one = person(len(found))
            found[f"{step.command}/{len(found)}"] = one
            step.data[name] = one
    return found


class Secrets:
    """Values that may stand in the vault only, by name; a long one is sought by its marks."""

    def __init__(self, persons: Mapping[str, Mapping[str, str]]) -> None:
        sought: list[tuple[str, bytes]] = []
        for who, parts in persons.items():
            for part, value in parts.items():
                for place, mark in enumerate(value.split(PASSAGE * 20)):
                    sought += [(f"{who}.{part}.{place}", form) for form in forms(mark)]
        self._names = [name for name, _ in sought]
        # Hundreds of forms in hundreds of megabytes: all are sought in one pass.
        self._search = BytesAhoCorasick([form for _, form in sought])

    def found_in(self, content: bytes) -> list[str]:
        """Which values stand in these bytes, in any form; archives and streams are opened."""
        return sorted(
            {
                self._names[which]
                for layer in layers(content)
                for which, _, _ in self._search.find_matches_as_indexes(layer, overlapping=True)
            }
        )


def forms(value: str) -> list[bytes]:
    """A value as it could lie in a file: UTF-8, UTF-16, JSON escapes of both cases, percent signs."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in value)
    told = json.dumps(value).strip('"')
    percent = "".join(f"%{byte:02X}" for byte in value.encode())
    entities = "".join(f"&#{ord(letter)};" for letter in value)
    return list(
        dict.fromkeys(
            (
                value.encode(),
                value.encode("utf-16-le"),
                value.encode("utf-16-be"),
                value.encode("gb18030"),
                escaped.encode(),
                escaped.upper().replace("\\U", "\\u").encode(),
                told.encode(),
                percent.encode(),
                entities.encode(),
                value.encode().hex().encode(),
            )
        )
    )


def layers(content: bytes) -> Iterator[bytes]:
    """The bytes, and what is packed in them: members of an archive, streams of a PDF."""
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif content.startswith(b"%PDF-"):
        for packed in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                yield zlib.decompressobj().decompress(packed)
            except zlib.error:
                continue


def everything(value: Any) -> bytes:
    """Any value, told whole."""
    return repr(value).encode()
