"""What a change of a contract breaks is told in words, and what is told to break nobody does not."""

from __future__ import annotations

import copy
import io
import json
import subprocess
import tarfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from domain.facts import FACTS
from domain.versions import SUCCESSIONS
from gateways.contracts import generate, released
from gateways.contracts.compatibility import Change, Contracts, changes
from gateways.contracts.succession import lacking
from ops import cli
from projections.catalogue import PROJECTIONS
from tests.contracts.versions import UNTIL, V1, declared

GRANTED = "events/licence.granted.v1.json"
CLAIM = "commands/ClaimPush.json"
TOPIC = "labour.hr.licensing"
Edit = Callable[[Any], object]

NOW = released.present()


def changed(
    file: str = GRANTED, schema: Edit | None = None, topics: Edit | None = None
) -> list[Change]:
    """What is said of the present contracts after an edit of one schema or of the topics."""
    assert NOW.topics is not None
    edited = copy.deepcopy(Contracts(dict(NOW.schemas), dict(NOW.topics)))
    if schema is not None:
        schema(edited.schemas[file])
    if topics is not None:
        topics(edited.topics)
    return changes(NOW, edited)


READERS: dict[str, tuple[str, Edit]] = {
    "FIELD_REMOVED": ("valid_to", lambda s: s["properties"].pop("valid_to")),
    "TYPE_CHANGED": ("region", lambda s: s["properties"]["region"].update(type="integer")),
    "MADE_REQUIRED": ("added", lambda s: s["required"].append("added")),
    "MADE_OPTIONAL": ("uscc", lambda s: s["required"].remove("uscc")),
    "REQUIRED_FIELD_ADDED": (
        "fee_fen",
        lambda s: (
            s["properties"].update(fee_fen={"type": "integer"}),
            s["required"].append("fee_fen"),
        ),
    ),
    "PATTERN_CHANGED": ("uscc", lambda s: s["properties"]["uscc"].update(pattern="^91")),
    "PATTERN_WIDENED": ("uscc", lambda s: s["properties"]["uscc"].pop("pattern")),
    "LIMIT_NARROWED": ("uscc", lambda s: s["properties"]["uscc"].update(maxLength=9)),
    "CODE_REMOVED": ("type", lambda s: s["properties"]["type"]["enum"].pop()),
    "CODE_ADDED": ("type", lambda s: s["properties"]["type"]["enum"].append("LIC_NEW")),
    "CONFIDENTIALITY_RAISED": ("", lambda s: s.update({"x-confidentiality": "CRIMINAL"})),
    "AUDIENCE_CHANGED": ("", lambda s: s.update({"x-audience": "OWNER_ONLY"})),
    "OTHER_CHANGED": ("uscc", lambda s: s["properties"]["uscc"].update({"not": {"const": "x"}})),
}


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_change_that_breaks_readers_is_told_with_its_place(kind: str) -> None:
    field, edit = READERS[kind]
    if kind == "MADE_REQUIRED":
        before = copy.deepcopy(NOW.schemas[GRANTED])
        before["properties"]["added"] = {"type": "string"}  # type: ignore[index]
        after = copy.deepcopy(before)
        edit(after)
        found = changes(Contracts({GRANTED: before}, None), Contracts({GRANTED: after}, None))
    else:
        found = changed(schema=edit)
    assert [(one.contract, one.field, one.kind, one.breaks) for one in found] == [
        ("licence.granted.v1", field, kind, True)
    ]
    assert found[0].zh
    assert found[0].en


LOG: dict[str, Edit] = {
    "TOPIC_REMOVED": lambda t: t.pop(TOPIC),
    "PARTITIONS_CHANGED": lambda t: t[TOPIC].update(partitions=12),
    "KEY_CHANGED": lambda t: t[TOPIC]["keys"].update({"licence.granted.v1": "matter"}),
    "TYPE_REMOVED": lambda t: t[TOPIC]["keys"].pop("licence.granted.v1"),
    "READER_REMOVED": lambda t: t[TOPIC]["readers"].remove("drc"),
    "WRITER_CHANGED": lambda t: t[TOPIC].update(writer="samr"),
    "SETTINGS_CHANGED": lambda t: t[TOPIC]["settings"].update({"retention.ms": 604800000}),
}


@pytest.mark.parametrize("kind", sorted(LOG))
def test_a_change_of_a_topic_that_breaks_readers_is_told(kind: str) -> None:
    found = changed(topics=LOG[kind])
    assert [(one.contract, one.kind, one.breaks) for one in found] == [(TOPIC, kind, True)]


def test_a_reader_more_and_a_type_more_break_nobody() -> None:
    def edit(topics: Any) -> None:
        topics[TOPIC]["readers"].append("fin")
        topics[TOPIC]["keys"]["licence.lent.v1"] = "subject"

    found = changed(topics=edit)
    assert {one.kind for one in found} == {"READER_ADDED", "TYPE_ADDED"}
    assert not any(one.breaks for one in found)


def test_a_new_version_stands_beside_the_old_or_breaks_its_readers() -> None:
    second = GRANTED.replace(".v1", ".v2")
    beside = changes(NOW, Contracts({**NOW.schemas, second: {}}, NOW.topics))
    assert [(one.kind, one.breaks) for one in beside] == [("VERSION_ADDED", False)]
    assert "licence.granted.v1" in beside[0].en
    instead = {name: one for name, one in NOW.schemas.items() if name != GRANTED}
    found = changes(NOW, Contracts({**instead, second: {}}, NOW.topics))
    gone = [one for one in found if one.breaks]
    assert [(one.contract, one.kind) for one in gone] == [("licence.granted.v1", "REMOVED")]
    assert "licence.granted.v2" in gone[0].en


def test_who_gives_commands_is_broken_only_by_what_is_narrower() -> None:
    def wider(schema: Any) -> None:
        schema["properties"]["remark"] = {"type": "string"}
        schema["required"].pop()

    found = changed(CLAIM, wider)
    assert {one.kind for one in found} == {"OPTIONAL_FIELD_ADDED", "MADE_OPTIONAL"}
    assert not any(one.breaks for one in found)
    narrower = changed(CLAIM, lambda s: next(iter(s["properties"].values())).update(maxLength=3))
    assert [one.breaks for one in narrower] == [True]


def test_other_words_for_a_field_are_told_and_break_nobody() -> None:
    found = changed(schema=lambda s: s["properties"]["uscc"].update(title="Number"))
    assert [(one.kind, one.breaks) for one in found] == [("WORDS_CHANGED", False)]


LEAVES = st.one_of(
    st.builds(
        lambda least, most: {"type": "string", "minLength": least, "maxLength": least + most},
        st.integers(0, 2),
        st.integers(0, 3),
    ),
    st.just({"type": "string"}),
    st.just({"type": "string", "pattern": "^a"}),
    st.builds(lambda least: {"type": "integer", "minimum": least}, st.integers(0, 3)),
    st.just({"type": "boolean"}),
    st.lists(st.sampled_from(["a", "ab", "b"]), min_size=1, max_size=3, unique=True).map(
        lambda codes: {"type": "string", "enum": sorted(codes)}
    ),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, Any]:
        fields = draw(st.dictionaries(st.sampled_from("pqr"), inner, max_size=3))
        required = draw(st.sets(st.sampled_from(sorted(fields)))) if fields else set()
        return {"type": "object", "properties": fields, "required": sorted(required)}

    return drawn()


SCHEMAS = objects(
    LEAVES | LEAVES.map(lambda leaf: {"type": "array", "items": leaf}) | objects(LEAVES)
)
VALUES = st.recursive(
    st.sampled_from(["", "a", "ab", "b", "abcd"]) | st.integers(-1, 4) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("pqr"), inner, max_size=3)
    ),
    max_leaves=4,
)
DATA = st.dictionaries(st.sampled_from("pqr"), VALUES, max_size=3)


def said_of(before: Any, after: Any) -> list[Change]:
    return changes(Contracts({GRANTED: before}, None), Contracts({GRANTED: after}, None))


@given(SCHEMAS, LEAVES)
def test_an_optional_field_added_is_always_compatible(schema: Any, leaf: Any) -> None:
    after = {**schema, "properties": {**schema["properties"], "added": leaf}}
    found = said_of(schema, after)
    assert [(one.field, one.kind, one.breaks) for one in found] == [
        ("added", "OPTIONAL_FIELD_ADDED", False)
    ]


@given(SCHEMAS, st.sampled_from("pqr"), LEAVES, st.booleans(), DATA)
def test_what_is_told_to_break_nobody_reads_the_same_on_both_sides(
    before: Any, field: str, leaf: Any, needed: bool, data: Any
) -> None:
    """A field put in or replaced, needed or not; each side judges what both know."""
    required = set(before["required"]) - {field} | ({field} if needed else set())
    after = {
        **before,
        "properties": {**before["properties"], field: leaf},
        "required": sorted(required),
    }
    shared = {name: value for name, value in data.items() if name in before["properties"]}
    agreed = Draft202012Validator(before).is_valid(shared) == Draft202012Validator(after).is_valid(
        shared
    )
    assert agreed or any(one.breaks for one in said_of(before, after))


@given(SCHEMAS)
def test_nothing_is_said_where_nothing_changed(schema: Any) -> None:
    assert said_of(schema, copy.deepcopy(schema)) == []


def test_contracts_are_read_from_a_folder_a_tarball_and_a_commit(tmp_path: Path) -> None:
    root = tmp_path / "project"
    folder = root / "schemas"
    generate.write(folder)
    tarball = tmp_path / "schemas.tar.gz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.add(folder, "release-1/schemas")
    git = ("git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.invalid")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "contracts")):
        subprocess.run([*git, *words], check=True)
    (folder / GRANTED).unlink()
    for reference in (str(tarball), "HEAD"):
        was = released.contracts_of(released.state_files(reference, root))
        assert changes(was, NOW) == [], reference
    for reference in (str(folder), str(root)):
        was = released.contracts_of(released.state_files(reference, root))
        assert [one.kind for one in changes(was, NOW)] == ["ADDED"]
    for reference in ("no-such-commit", "--output=x", str(tmp_path / "none")):
        with pytest.raises(released.NoSuchState):
            released.state_files(reference, root)
    empty = tmp_path / "empty.tar"
    with tarfile.open(empty, "w") as archive:
        archive.addfile(tarfile.TarInfo("schemas/README.md"), io.BytesIO())
    with pytest.raises(released.NoSuchState):
        released.state_files(str(empty), root)


def test_a_release_binds_what_it_holds_and_keeps_what_ended(tmp_path: Path) -> None:
    mark = released.current_mark(tmp_path)
    assert released.bound(mark) == frozenset()
    first = released.released_with(mark, "1.0.0", "2026-01-01", NOW)
    released.write_mark(first, tmp_path)
    kept = released.current_mark(tmp_path)
    assert kept == json.loads(json.dumps(first))
    assert {"licence.granted.v1", TOPIC, "ClaimPush", "envelope.v1"} <= released.bound(kept)
    assert released.against_mark(kept, NOW) == []
    less = Contracts({n: s for n, s in NOW.schemas.items() if n != GRANTED}, NOW.topics)
    assert [one.kind for one in released.against_mark(kept, less)] == ["REMOVED"]
    second = released.released_with(kept, "1.1.0", "2026-02-01", less)
    assert GRANTED in second["schemas"]
    with pytest.raises(ValueError, match=r"1\.0\.0"):
        released.released_with(kept, "1.0.0", "2026-02-01", NOW)


def test_the_present_breaks_nothing_that_was_released() -> None:
    mark = released.current_mark()
    assert mark["releases"]
    assert {"licence.granted.v1", TOPIC, "ClaimPush", "envelope.v1"} <= released.bound(mark)
    assert [one for one in released.against_mark(mark, NOW) if one.breaks] == []
    assert released.lost_samples(mark) == []
    assert lacking(released.bound(mark)) == []


def test_the_check_explains_a_breaking_change_and_fails_only_where_it_was_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "schemas"
    generate.write(folder)
    schema = json.loads((folder / GRANTED).read_text())
    schema["properties"]["fee_fen"] = {"type": "integer"}
    (folder / GRANTED).write_text(json.dumps(schema))
    monkeypatch.setattr(released, "current_mark", lambda: released.mark_of(None))
    assert cli.run(["--lang", "en", "schemas", "check", "--against", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "licence.granted.v1 · fee_fen: field removed" in told
    assert "not released" in told
    before = released.contracts_of(released.state_files(str(folder)))
    released.write_mark(
        released.released_with(released.mark_of(None), "1.0.0", "2026-01-01", before), folder
    )
    assert cli.run(["schemas", "check", "--against", str(folder)]) == 1
    assert "fee_fen: 字段已删除" in capsys.readouterr().out
    monkeypatch.setattr(
        released, "current_mark", lambda: released.mark_of((folder / released.MARK).read_text())
    )
    assert cli.run(["schemas", "check", "--against", "released", "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [(one["field"], one["released"]) for one in rows] == [("fee_fen", True)]
    assert cli.run(["schemas", "release", "2.0.0"]) == 1
    assert "fee_fen" in capsys.readouterr().err
    assert cli.run(["schemas", "check", "--against", "no-such-commit"]) == 2
    for file, text in (
        (GRANTED, b"[]"),
        ("asyncapi.json", b"{}"),
        (GRANTED, b"\xff"),
        (released.MARK, b"<<<<<<< ours"),
    ):
        capsys.readouterr()
        (folder / file).write_bytes(text)
        assert cli.run(["schemas", "check", "--against", str(folder)]) == 2
        assert Path(file).name in (told := capsys.readouterr().err) or "utf-8" in told


def test_a_breaking_change_is_told_with_the_way_to_make_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = released.released_with(
        released.mark_of(None), "1.0.0", "2026-01-01", NOW, {"licence.granted.v1": "0" * 64}
    )
    mark["schemas"][GRANTED] = copy.deepcopy(mark["schemas"][GRANTED])
    mark["schemas"][GRANTED]["properties"]["fee_fen"] = {"type": "integer"}
    monkeypatch.setattr(released, "current_mark", lambda: mark)
    assert cli.run(["--lang", "en", "schemas", "check", "--against", "released"]) == 1
    told = capsys.readouterr().out
    assert "fee_fen: field removed" in told
    assert "a released sample was changed" in told
    for word in ("leave the class of licence.granted.v1", "declare licence.granted.v2", "upcast="):
        assert word in told


@pytest.mark.parametrize(
    ("until", "undeclared", "missing"),
    [
        (UNTIL, False, []),
        (None, False, ["downcast"]),
        (UNTIL, True, ["no upcaster leads from subject.noted.v1 to subject.noted.v2"]),
    ],
)
def test_what_a_second_version_lacks_is_told(
    until: date | None, undeclared: bool, missing: list[str]
) -> None:
    with declared(newest=2, until=until):
        if undeclared:
            del SUCCESSIONS[V1]
        found = [lack.en for lack in lacking({V1})]
    assert len(found) == len(missing)
    assert all(word in told for word, told in zip(missing, found, strict=True))
    assert lacking() == []


def test_a_version_without_the_one_before_or_named_by_a_reader_is_told() -> None:
    with declared(newest=2) as made:
        del FACTS[V1]
        assert ["no class" in lack.en for lack in lacking()] == [True]
        FACTS[V1] = made[V1]
        reads = PROJECTIONS["leads"].reads
        object.__setattr__(PROJECTIONS["leads"], "reads", reads | {V1})
        try:
            assert ["projection leads still names" in lack.en for lack in lacking()] == [True]
        finally:
            object.__setattr__(PROJECTIONS["leads"], "reads", reads)


def test_a_released_sample_is_never_rewritten(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    generate.write(folder)
    released.write_mark(
        released.released_with(
            released.mark_of(None), "1.0.0", "2026-01-01", NOW, released.sample_digests(folder)
        ),
        folder,
    )
    mark = released.current_mark(folder)
    assert released.lost_samples(mark, folder) == []
    path = folder / "samples" / "licence.granted.v1.json"
    older = json.loads(path.read_text())
    del older["data"]["certificate"]
    path.write_text(json.dumps(older))
    assert [one.kind for one in released.lost_samples(mark, folder)] == ["SAMPLE_CHANGED"]
    beside = folder / "samples" / "licence.granted.v1+1.json"
    for before in (None, older):
        if before:
            beside.write_text(json.dumps(before))
        assert generate.write(folder, replace_samples=True) == [beside.name]
    assert json.loads(path.read_text()) == older != json.loads(beside.read_text())
    path.unlink()
    assert [one.kind for one in released.lost_samples(mark, folder)] == ["SAMPLE_REMOVED"]
