"""Files when a process is killed, the disk is full, a file rots, or two send the same at once."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from domain.commands import Post
from domain.document.files import FileDamaged, FileNotKept
from gateways.department.database import Database
from gateways.files.keeping import FILES, METADATA, Files
from gateways.files.store import FileStore
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.settings import ROOT
from tests.gateways.department.town import Town, bodies, firm, opened

FIRM = firm()["organisation"]
INSPECTION = Post(id="HRSS_INSP@210103", organ="HRSS_INSP", region="210103", appointment="t")
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture of the premises" * 10_000
ORDER = {
    "party": "沈阳虚例000人力有限公司",
    "facts": "未在服务场所明示营业执照、服务项目。",
    "basis": "《人力资源市场暂行条例》第三十二条、第四十四条",
    "orders": ["公示收费标准"],
    "due": "2025-03-20",
}
START = "2025-03-03T09:00"

KILLED = """
import os, signal, sys
from pathlib import Path
from gateways.files.keeping import Files
from tests.faults.test_files import opened_here, seal, send

folder, point, nth, act = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
calls = 0

def killed(original):
    def call(*told, **named):
        global calls
        calls += 1
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*told, **named)
    return call

with opened_here(folder) as town:
    match point:
        case "flushing": os.fsync = killed(os.fsync)
        case "placing": os.replace = killed(os.replace)
        case "entering": Files._enter = killed(Files._enter)
        case "recording": town.hr.store.append = killed(town.hr.store.append)
    (seal if act == "seal" else send)(town, sys.argv[5])
"""
"""Gives a command and kills itself in the middle; the arguments say where."""


def opened_here(folder: Path) -> Any:
    """The installation of these tests, new or as it was left."""
    return opened(folder, departments="hr", start=START, incarnation=lambda _: "0" * 16)


def give(town: Town, role: str, name: str, key: str, **data: Any) -> Any:
    """One command by a role of the inspection."""
    post = Post(id=f"HRSS_INSP.{role}@210103", organ="HRSS_INSP", region="210103", appointment="t")
    return town.hr.give(name, data, post, key=key)


def approved(town: Town) -> str:
    """A document that only waits to be sealed."""
    data = {"kind": "CORRECTION_NOTICE", "about": FIRM, "organisation": FIRM}
    give(town, "OFFICER", "DraftDocument", "draft", content={"content": ORDER}, **data)
    document = str(bodies(town.hr)[-1]["data"]["document_id"])
    give(town, "REVIEWER", "CheckDocument", "check", document=document)
    give(town, "HEAD", "ApproveDocument", "approve", document=document)
    return document


def seal(town: Town, document: str) -> Any:
    """Seals it, always under the same key."""
    return give(town, "OFFICER", "SealDocument", "seal", document=document)


def send(town: Town, _: str) -> Any:
    """Keeps a picture."""
    return town.hr.files.keep([PNG[:100], PNG[100:]], "image/png", INSPECTION, now=1)


def killed(folder: Path, point: str, nth: int, act: str, document: str = "") -> None:
    """Runs an act in a process that kills itself at the nth passing of a point."""
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), point, str(nth), act, document],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr


def lying(town: Town) -> dict[str, bool]:
    """Every file on the disk that is no part, and whether it is whole."""
    store = town.hr.files.store
    return {sha256: store.verify(sha256) > 0 for sha256 in store.all()}


@pytest.mark.parametrize(
    ("point", "nth"),
    [
        ("flushing", 1),
        ("placing", 1),
        ("entering", 1),
        ("placing", 2),
        ("entering", 2),
        ("recording", 1),
    ],
)
def test_a_process_killed_while_it_seals_leaves_nothing_half_and_the_same_command_completes(
    tmp_path: Path, point: str, nth: int
) -> None:
    with opened_here(tmp_path) as town:
        document = approved(town)
        recorded = len(bodies(town.hr))
    killed(tmp_path, point, nth, "seal", document)
    with opened_here(tmp_path) as town:
        assert len(bodies(town.hr)) == recorded
        assert all(lying(town).values())
        given = seal(town, document)
        assert not given.repeated
        sealed = bodies(town.hr)[-1]["data"]
        for kind in ("docx", "pdf"):
            opened_file = town.hr.files.open(sealed[kind]["sha256"], INSPECTION)
            assert sum(map(len, opened_file.parts)) == sealed[kind]["length"]
        assert seal(town, document).events == given.events
        assert len(bodies(town.hr)) == recorded + 1
        town.hr.files.sweep(-1)
        assert town.hr.files.store.leftovers() == []
        assert list(town.hr.files.store.all()) == town.hr.files.entered()


@pytest.mark.parametrize(("point", "parts", "whole"), [("flushing", 1, 0), ("entering", 0, 1)])
def test_what_a_killed_upload_left_is_swept_and_the_same_upload_is_kept(
    tmp_path: Path, point: str, parts: int, whole: int
) -> None:
    with opened_here(tmp_path):
        pass
    killed(tmp_path, point, 1, "send")
    with opened_here(tmp_path) as town:
        files = town.hr.files
        assert (len(files.store.leftovers()), len(list(files.store.all()))) == (parts, whole)
        assert town.hr.tidy() == 0, "what another process may still be writing stays"
        assert files.sweep(-1) == 1
        assert (files.store.leftovers(), list(files.store.all())) == ([], [])
        kept = send(town, "")
        assert files.sweep(-1) == 0
        assert b"".join(files.open(kept.sha256, INSPECTION).parts) == PNG


def test_a_file_kept_again_while_it_is_swept_stays(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sha256 = store.keep([PNG]).sha256
    os.utime(store.path(sha256), (1, 1))
    assert store.keep([PNG]).sha256 == sha256
    assert store.sweep((), age_s=600) == 0
    assert store.read(sha256) == PNG


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened_here(tmp_path / "town") as one:
        yield one


@pytest.fixture
def inspection(town: Town, tmp_path: Path) -> Iterator[TestClient]:
    accounts = Accounts.open(tmp_path / "accounts.sqlite", lambda: int(time.time()))
    key = accounts.issue_key(organ="HRSS_INSP", region="210103", appointment="t")
    config = WebConfig(secret="a secret of the tests, long enough to sign", hosts=("testserver",))
    app = create_app(town.platform, accounts, config)
    with TestClient(app, headers={"X-API-Key": key}, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("way", ["upload", "command"])
def test_a_full_disk_is_named_and_leaves_nothing(
    inspection: TestClient, town: Town, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def ask() -> Any:
        if way == "upload":
            headers = {"Content-Type": "image/png"}
            return inspection.post("/api/v1/files", content=PNG, headers=headers)
        told = {
            "about": FIRM,
            "organisation": FIRM,
            "what": "现场照片",
            "file": {"content": {"title": "清单"}},
        }
        return inspection.post(
            "/api/v1/commands/KeepEvidence", json=told, headers={"Idempotency-Key": "k"}
        )

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        answer = ask()
    assert (answer.status_code, answer.json()["rule"]) == (507, "DiskFull")
    assert "清理空间" in answer.text
    assert [one for one in town.hr.files.store.folder.rglob("*") if one.is_file()] == []
    assert town.hr.files.entered() == []
    assert bodies(town.hr) == []
    assert ask().status_code == 201


def sent_by_many(files: Files) -> list[Exception]:
    """Four threads keep the same picture at once; what went wrong."""
    together, wrong = threading.Barrier(4), []

    def one() -> None:
        together.wait()
        try:
            files.keep([PNG], "image/png", INSPECTION, now=1)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_the_same_file_sent_by_many_at_once_is_kept_and_entered_once(
    town: Town, postgres_url: str, postgres_schema: str, tmp_path: Path
) -> None:
    address = "postgresql+psycopg:" + postgres_url.split(":", 1)[1]
    shared = Database(address, schema=postgres_schema)
    with shared.writing() as connection:
        METADATA.create_all(connection)
    for files in (town.hr.files, Files(FileStore(tmp_path / "shared"), shared, os.urandom)):
        assert sent_by_many(files) == []
        (sha256,) = files.entered()
        assert list(files.store.all()) == [sha256]
        assert files.store.leftovers() == []
        assert b"".join(files.open(sha256, INSPECTION).parts) == PNG
    shared.close()


def test_the_register_of_files_on_postgresql_tells_organs_apart_and_notices_a_lost_file(
    postgres_url: str, postgres_schema: str, tmp_path: Path
) -> None:
    address = "postgresql+psycopg:" + postgres_url.split(":", 1)[1]
    database = Database(address, schema=postgres_schema)
    with database.writing() as connection:
        METADATA.create_all(connection)
    files = Files(FileStore(tmp_path / "files"), database, os.urandom)
    approval = Post(id="HRSS_APPR@210103", organ="HRSS_APPR", region="210103", appointment="t")
    kept = files.keep([PNG], "image/png", INSPECTION, now=1)
    files.keep([PNG], "image/png", approval, now=2)
    files.keep([PNG], "image/png", INSPECTION, now=3)
    with database.reading() as connection:
        rows = connection.execute(select(FILES.c.organ, FILES.c.kept_at)).all()
    assert sorted(map(tuple, rows)) == [("HRSS_APPR", 2), ("HRSS_INSP", 1)]
    for post in (INSPECTION, approval):
        assert b"".join(files.open(kept.sha256, post).parts) == PNG
    files.store.path(kept.sha256).write_bytes(PNG[:-1])
    with pytest.raises(FileDamaged):
        files.open(kept.sha256, INSPECTION)
    files.store.path(kept.sha256).unlink()
    with pytest.raises(FileNotKept):
        files.open(kept.sha256, INSPECTION)
    database.close()
