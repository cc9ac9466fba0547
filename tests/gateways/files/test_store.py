"""The file store: the same bytes once, whole or absent, and never handed out when changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.document.files import FileDamaged, FileNotKept, FileTooLarge
from gateways.files.store import FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def place_of(store: FileStore, sha256: str) -> Path:
    return store.folder / sha256[:2] / sha256[2:4] / sha256


def test_a_file_is_found_by_the_digest_of_its_bytes(store: FileStore) -> None:
    kept = store.keep([b"one ", b"file"])
    assert kept.sha256 == hashlib.sha256(b"one file").hexdigest()
    assert kept.length == 8
    assert store.read(kept.sha256) == b"one file"


def test_the_same_bytes_are_kept_once(store: FileStore) -> None:
    first, second = store.keep([b"the same"]), store.keep([b"the", b" same"])
    assert first.sha256 == second.sha256
    assert list(store.all()) == [first.sha256]


def test_nothing_half_written_is_ever_found(store: FileStore) -> None:
    def cut() -> Iterator[bytes]:
        yield b"a part"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.keep(cut())
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_a_file_over_the_limit_leaves_nothing(store: FileStore) -> None:
    with pytest.raises(FileTooLarge):
        store.keep([b"x" * 10, b"y"], bytes_max=10)
    assert list(store.all()) == []


@pytest.mark.parametrize("change", ["altered", "cut", "longer", "exchanged", "emptied"])
def test_a_changed_file_is_detected_when_opened(store: FileStore, change: str) -> None:
    kept = store.keep([b"what was written down"])
    other = store.keep([b"something else"])
    path = place_of(store, kept.sha256)
    body = path.read_bytes()
    match change:
        case "altered":
            path.write_bytes(b"W" + body[1:])
        case "cut":
            path.write_bytes(body[:-1])
        case "longer":
            path.write_bytes(body + b" ")
        case "exchanged":
            os.replace(place_of(store, other.sha256), path)
        case "emptied":
            path.write_bytes(b"")
    with pytest.raises(FileDamaged):
        store.read(kept.sha256)
    with pytest.raises(FileDamaged):
        store.chunks(kept.sha256)


def test_keeping_the_right_bytes_again_mends_a_damaged_file(store: FileStore) -> None:
    kept = store.keep([b"evidence"])
    place_of(store, kept.sha256).write_bytes(b"forged")
    assert store.keep([b"evidence"]).sha256 == kept.sha256
    assert store.read(kept.sha256) == b"evidence"


def test_what_was_never_kept_is_said_so(store: FileStore) -> None:
    with pytest.raises(FileNotKept):
        store.read("0" * 64)


@given(parts=st.lists(st.binary(max_size=40), max_size=6), flip=st.integers(min_value=0))
def test_any_file_comes_back_and_any_changed_byte_is_found(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], flip: int
) -> None:
    store = FileStore(tmp_path_factory.mktemp("files"))
    kept = store.keep(parts)
    body = b"".join(parts)
    assert store.read(kept.sha256) == body
    if body:
        place = flip % len(body)
        changed = bytearray(body)
        changed[place] ^= 1
        place_of(store, kept.sha256).write_bytes(bytes(changed))
        with pytest.raises(FileDamaged):
            store.read(kept.sha256)
