"""What has been released, and the contracts of other states to compare with.

`schemas/released.json` marks what was released: the names of the releases, the last released
form of each contract, and the digest of each sample, which stays for ever as it was. A release adds to it (`liandong schemas release`); nothing ever leaves
it. Before the first release it is empty and nothing is bound.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from gateways.contracts.compatibility import Change, Contracts, changes, contract_name
from gateways.contracts.generate import FOLDER, expected

MARK = "released.json"
WORDLESS = ("description", "examples", "x-source")
"""What a mark leaves out: nobody is broken by it."""


class NoSuchState(ValueError):
    """There are no contracts where they were looked for; the message says where and what fits."""


def present() -> Contracts:
    """The contracts as the classes are now."""
    return contracts_of(expected())


def contracts_of(files: Mapping[str, str]) -> Contracts:
    """The contracts in the files of a `schemas/` folder, by their names below it.

    Raises NoSuchState with the first file that is no contract, though it is called like one.
    """
    schemas, topics = {}, None
    for name, text in sorted(files.items()):
        if name == "asyncapi.json":
            try:
                topics = _topics(_object(name, text))
            except (KeyError, TypeError) as error:
                raise NoSuchState(f"{name}: {error}") from error
        elif _is_contract(name):
            schemas[name] = _object(name, text)
    return Contracts(schemas, topics)


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise NoSuchState(f"{name}: {error}") from error
    if not isinstance(found, dict):
        raise NoSuchState(f"{name}: {type(found).__name__}")
    return found


def _is_contract(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return file.endswith(".json") and (
        folder in ("events", "commands")
        or (folder == "inbound" and file.startswith("inbound."))
        or (folder == "" and file.startswith(("envelope.", "control.")))
    )


def _topics(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    messages = document["components"]["messages"]
    return {
        name: {
            "writer": channel["x-writer"],
            "readers": channel["x-readers"],
            "partitions": channel["bindings"]["kafka"]["partitions"],
            "settings": channel["bindings"]["kafka"]["topicConfiguration"],
            "keys": {one: messages[one]["x-key"] for one in sorted(channel["messages"])},
        }
        for name, channel in sorted(document["channels"].items())
    }


def state_files(reference: str, root: Path = FOLDER.parent) -> dict[str, str]:
    """The files of a `schemas/` folder: a folder, a tarball, or a commit of the repository.

    Raises NoSuchState where it is none of them or holds no contracts.
    """
    path = Path(reference)
    try:
        if path.is_dir():
            found = dict(_in_folder(path if (path / "events").is_dir() else path / "schemas"))
        elif path.is_file():
            found = dict(_in_tar(path.read_bytes(), reference))
        else:
            found = dict(_in_tar(_archived(reference, root), reference))
    except UnicodeDecodeError as error:
        raise NoSuchState(f"{reference}: {error}") from error
    if not any(name.startswith("events/") for name in found):
        raise NoSuchState(f"{reference}: events/*.json")
    return found


def _in_folder(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*.json"):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def _in_tar(data: bytes, reference: str) -> Iterator[tuple[str, str]]:
    """Files below the last folder called `schemas`, or below the top where there is none."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                if "schemas" in parts:
                    parts = parts[len(parts) - parts[::-1].index("schemas") :]
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and member.name.endswith(".json"):
                    yield "/".join(parts), content.read().decode()
    except tarfile.TarError as error:
        raise NoSuchState(f"{reference}: {error}") from error


def _archived(reference: str, root: Path) -> bytes:
    if reference.startswith("-"):
        raise NoSuchState(reference)
    try:
        made = subprocess.run(
            ["git", "-C", str(root), "archive", "--format=tar", reference, "schemas"],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise NoSuchState(f"{reference}: git") from error
    if made.returncode:
        raise NoSuchState(f"{reference}: {made.stderr.decode().strip()}")
    return made.stdout


def mark_of(text: str | None) -> dict[str, Any]:
    """What a mark says; an empty one where there is none. Raises NoSuchState for another file."""
    empty: dict[str, Any] = {"releases": [], "schemas": {}, "topics": {}, "samples": {}}
    return empty if text is None else empty | _object(MARK, text)


def current_mark(folder: Path = FOLDER) -> dict[str, Any]:
    """The mark on file."""
    path = folder / MARK
    return mark_of(path.read_text(encoding="utf-8") if path.exists() else None)


def bound(mark: Mapping[str, Any]) -> frozenset[str]:
    """The names of the contracts that a mark binds."""
    samples = mark.get("samples", {})
    return frozenset(
        {contract_name(name) for name in mark["schemas"]} | set(mark["topics"]) | set(samples)
    )


def against_mark(mark: Mapping[str, Any], new: Contracts | None = None) -> list[Change]:
    """What the present changes in what was released."""
    return changes(Contracts(mark["schemas"], mark["topics"]), new or present())


def sample_digests(folder: Path = FOLDER) -> dict[str, str]:
    """The SHA-256 of each sample on file, by its name."""
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "samples").glob("*.json"))
    }


def lost_samples(mark: Mapping[str, Any], folder: Path = FOLDER) -> list[Change]:
    """The released samples that are gone or were changed: nothing proves that they are read."""
    found, here = [], sample_digests(folder)
    for name, digest in sorted(mark.get("samples", {}).items()):
        if here.get(name) != digest:
            gone = name not in here
            found.append(
                Change(
                    name,
                    "",
                    "SAMPLE_REMOVED" if gone else "SAMPLE_CHANGED",
                    True,
                    f"已发布的样例{'已删除' if gone else '已改变'}：请从版本库恢复，另写新样例",
                    f"a released sample {'is gone' if gone else 'was changed'}: bring it back, and"
                    " let a new one stand beside it",
                )
            )
    return found


def released_with(
    mark: Mapping[str, Any],
    name: str,
    on: str,
    new: Contracts,
    samples: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The mark after a release: every contract in its present form, those that ended as they were.

    Raises ValueError where the name is taken.
    """
    if name in {one["release"] for one in mark["releases"]}:
        raise ValueError(name)
    return {
        "releases": [*mark["releases"], {"release": name, "on": on}],
        "schemas": {
            **mark["schemas"],
            **{file: _wordless(schema) for file, schema in sorted(new.schemas.items())},
        },
        "topics": {**mark["topics"], **(new.topics or {})},
        "samples": {**(samples or {}), **mark.get("samples", {})},
    }


def write_mark(mark: Mapping[str, Any], folder: Path = FOLDER) -> None:
    """Writes a mark with one contract a line, so that a difference can be read."""

    def lines(part: Mapping[str, Any]) -> str:
        told = (f"  {json.dumps(name)}: {_line(value)}" for name, value in sorted(part.items()))
        return "{\n" + ",\n".join(told) + "\n }" if part else "{}"

    text = (
        f'{{\n "releases": {_line(mark["releases"])},\n'
        f' "schemas": {lines(mark["schemas"])},\n "topics": {lines(mark["topics"])},\n'
        f' "samples": {lines(mark.get("samples", {}))}\n}}\n'
    )
    (folder / MARK).write_text(text, encoding="utf-8")


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _wordless(schema: Any) -> Any:
    """A schema without words that bind nobody. Fields of such names stay: they are objects."""
    if isinstance(schema, list):
        return [_wordless(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        name: _wordless(value)
        for name, value in schema.items()
        if name not in WORDLESS or isinstance(value, Mapping)
    }
