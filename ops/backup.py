"""Backups of an installation: one consistent copy of each department, checked before it counts.

A database is copied in one snapshot (SQLite's online backup, `pg_dump`), while it is at work.
Files are copied after the databases, and the embedded log last: so nothing that a copied row
names is younger than its copy, and what is younger than a store's copy is on the log's. The
manifest is written at the end: a folder without one is no backup. The master key is left out
unless asked for: whoever holds it and the data opens every personal value.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from gateways.store import migrate
from gateways.store.sessions import application_of
from ops.output import said
from ops.settings import Mode, Settings
from ops.wiring import MARKER, CannotServe

FORMAT = 1
MANIFEST = "manifest.json"
STORES, FILES, KEYS = "stores", "files", "keys"
ACCOUNTS, LOG, WEB_SECRET, MASTER = "accounts.sqlite", "log.sqlite", "web.secret", "master.key"
HEAD = "SELECT sequence, private_sequence, stamp, incarnation FROM head"
POSITIONS = "SELECT topic, partition, next_offset, partition_sequence FROM positions"
LEFT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
NO_LEASES = "DELETE FROM leases"
"""Whoever held a lease when the copy was made holds it no more."""
HELD = "SELECT 1 FROM leases WHERE expires_at"
CURSOR = "SELECT sequence FROM relay_cursor"


class BackupFailed(Exception):
    """A copy could not be made, is damaged, or does not fit where it should go."""


def back_up(settings: Settings, folder: Path, *, with_keys: bool = False) -> dict[str, Any]:
    """Copies an installation into a new folder and checks the copy; returns its manifest.

    Raises BackupFailed, CannotServe where there is no installation.
    """
    marker = settings.data / MARKER
    if not marker.exists():
        raise CannotServe(
            said(
                f"{settings.data} 中没有安装：请用 --data 指明其目录",
                f"{settings.data} holds no installation: name its folder with --data",
            )
        )
    if folder.exists() and any(folder.iterdir()):
        raise BackupFailed(
            said(f"{folder} 不是空目录：请指定新目录", f"{folder} is not empty: name a new folder")
        )
    (folder / STORES).mkdir(parents=True, mode=0o700)
    departments = {
        name: (_copy_schema if settings.mode is Mode.JOINED else _copy_file)(settings, name, folder)
        for name in settings.departments
    }
    for name in settings.departments:
        _copy_tree(settings.file_folder / name, folder / FILES / name)
    shutil.copyfile(marker, folder / MARKER)
    if (settings.data / ACCOUNTS).exists():
        _copy_sqlite(settings.data / ACCOUNTS, folder / ACCOUNTS)
    if settings.mode is Mode.EMBEDDED and (settings.data / LOG).exists():
        _copy_sqlite(settings.data / LOG, folder / LOG)
    if with_keys:
        (folder / KEYS).mkdir(mode=0o700)
        for source, name in (
            (settings.master_key, MASTER),
            (settings.data / WEB_SECRET, WEB_SECRET),
        ):
            if source.exists():
                shutil.copyfile(source, folder / KEYS / name)
                (folder / KEYS / name).chmod(0o600)
    manifest = {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "mode": settings.mode.value,
        "schema": migrate.newest(),
        "departments": departments,
        "files": {
            str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": _sha256(path)}
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    part = folder / f"{MANIFEST}.part"
    part.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.replace(folder / MANIFEST)
    check(folder)
    return manifest


def check(folder: Path) -> dict[str, Any]:
    """Reads a backup whole and compares it with its manifest, which it returns.

    Raises BackupFailed with the first file that is missing, changed or does not open.
    """
    place = folder / MANIFEST
    if not place.exists():
        raise BackupFailed(
            said(
                f"{folder} 中没有完成的备份：缺少 {MANIFEST}",
                f"{folder} holds no finished backup: {MANIFEST} is missing",
            )
        )
    try:
        manifest: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BackupFailed(
            said(
                f"{place} 与写入时不同：{error}；请改用另一份备份",
                f"{place} is not what was written: {error}; take another backup",
            )
        ) from error
    if manifest.get("format") != FORMAT:
        other = manifest.get("format")
        raise BackupFailed(
            said(
                f"{folder} 的格式为 {other}，本程序只读 {FORMAT}：请用做备份时的程序恢复",
                f"{folder} has format {other}, not {FORMAT}: use the program that made it",
            )
        )
    for name, known in manifest["files"].items():
        path = folder / name
        if not path.is_file() or _sha256(path) != known["sha256"]:
            raise BackupFailed(
                said(
                    f"{path} 缺失或已与备份时不同：请改用另一份备份",
                    f"{path} is missing or not what was backed up: take another backup",
                )
            )
    for name, department in manifest["departments"].items():
        if manifest["mode"] == Mode.JOINED.value:
            _run(["pg_restore", "--list", str(folder / STORES / f"{name}.dump")])
            continue
        with _reading(folder / STORES / f"{name}.sqlite") as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if sound != "ok" or _state(copy.execute) != department:
                raise BackupFailed(
                    said(
                        f"{name} 的副本已损坏：{sound}；请改用另一份备份",
                        f"the copy of {name} is damaged: {sound}; take another backup",
                    )
                )
    return manifest


def put_back(settings: Settings, folder: Path, *, replace: bool = False) -> dict[str, Any]:
    """Puts a checked backup in the place of what was lost; returns its manifest.

    A store that stands with events is refused unless `replace`: then it is renamed, never
    removed. An embedded log that stands is kept: it is newer than the copy. Raises
    BackupFailed before anything is changed.
    """
    manifest = check(folder)
    if manifest["mode"] != settings.mode.value:
        mode = manifest["mode"]
        raise BackupFailed(
            said(
                f"{folder} 是 {mode} 模式安装的备份：请核对 LIANDONG_DATABASE",
                f"{folder} is of a {mode} installation: check LIANDONG_DATABASE",
            )
        )
    missing = [name for name in settings.departments if name not in manifest["departments"]]
    if missing:
        names = ", ".join(missing)
        raise BackupFailed(
            said(
                f"{folder} 中没有 {names}：请设置 LIANDONG_DEPARTMENTS",
                f"{folder} holds no {names}: set LIANDONG_DEPARTMENTS",
            )
        )
    if not settings.master_key.exists() and not (folder / KEYS / MASTER).exists():
        raise CannotServe(
            said(
                f"缺少主密钥 {settings.master_key}：请先放回，或用 LIANDONG_MASTER_KEY_FILE 指明；"
                "没有它，个人信息一律无法打开",
                f"the master key {settings.master_key} is missing: put it back first, or name it"
                " with LIANDONG_MASTER_KEY_FILE; without it no personal value opens",
            )
        )
    joined = settings.mode is Mode.JOINED
    standing = [
        name
        for name in settings.departments
        if (_schema_stands if joined else _file_stands)(settings, name)
    ]
    if standing and not replace:
        names = ", ".join(standing)
        raise BackupFailed(
            said(
                f"{names} 已有事实：请停止本安装的全部进程，再加 --replace（原库改名保留，不会删除）",
                f"{names} stand(s) already: stop every process of this installation and"
                " say --replace (they are renamed, not removed)",
            )
        )
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in settings.departments:
        (_restore_schema if joined else _restore_file)(settings, name, folder)
        _copy_tree(folder / FILES / name, settings.file_folder / name)
    for source, target in (
        (folder / MARKER, settings.data / MARKER),
        (folder / ACCOUNTS, settings.data / ACCOUNTS),
        (folder / KEYS / MASTER, settings.master_key),
        (folder / KEYS / WEB_SECRET, settings.data / WEB_SECRET),
    ):
        if source.exists() and not target.exists():
            _place(source, target)
    if not joined and (folder / LOG).exists() and not (settings.data / LOG).exists():
        _place(folder / LOG, settings.data / LOG)
    return manifest


def at_work(settings: Settings) -> list[str]:
    """The departments of which a process runs now, as far as their stores can be read."""
    joined = settings.mode is Mode.JOINED
    return [
        name
        for name in settings.departments
        if (_schema_at_work if joined else _file_at_work)(settings, name)
    ]


def _copy_file(settings: Settings, department: str, folder: Path) -> dict[str, Any]:
    target = folder / STORES / f"{department}.sqlite"
    _copy_sqlite(settings.data / f"{department}.sqlite", target)
    with _reading(target) as copy:
        return _state(copy.execute)


def _copy_sqlite(source: Path, target: Path) -> None:
    """One snapshot of a database that may be at work."""
    with _reading(source) as reading, contextlib.closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")
    target.chmod(0o600)


def _copy_schema(settings: Settings, department: str, folder: Path) -> dict[str, Any]:
    """A schema by `pg_dump`, in the snapshot in which its head is read."""
    with psycopg.connect(migrate.postgres_address(str(settings.database))) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(department)))
        state = _state(connection.execute)
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        _pg(
            settings,
            "pg_dump",
            f"--snapshot={row[0]}",
            f"--schema={department}",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--file={folder / STORES / f'{department}.dump'}",
        )
    return state


def _state(execute: Any) -> dict[str, Any]:
    """Where a store and its readers stand."""
    sequence, private, stamp, incarnation = execute(HEAD).fetchone()
    return {
        "sequence": sequence,
        "private_sequence": private,
        "stamp": stamp,
        "incarnation": incarnation,
        "cursor": execute(CURSOR).fetchone()[0],
        "positions": {
            f"{topic}/{partition}": [offset, through]
            for topic, partition, offset, through in execute(POSITIONS).fetchall()
        },
    }


def _file_stands(settings: Settings, department: str) -> bool:
    place = settings.data / f"{department}.sqlite"
    if not place.exists():
        return False
    with _reading(place) as connection, contextlib.suppress(sqlite3.Error):
        row = connection.execute(HEAD).fetchone()
        return bool(row and (row[0] or row[1]))
    return True


def _file_at_work(settings: Settings, department: str) -> bool:
    place = settings.data / f"{department}.sqlite"
    if place.exists():
        with contextlib.suppress(sqlite3.Error, BackupFailed), _reading(place) as connection:
            return connection.execute(f"{HELD} > ?", (time.time(),)).fetchone() is not None
    return False


def _restore_file(settings: Settings, department: str, folder: Path) -> None:
    place = settings.data / f"{department}.sqlite"
    for name in (place.name, f"{place.name}-wal", f"{place.name}-shm"):
        if (settings.data / name).exists():
            (settings.data / name).rename(settings.data / f"{name}.replaced-{_now()}")
    _place(folder / STORES / f"{department}.sqlite", place)
    with contextlib.closing(sqlite3.connect(place)) as connection, connection:
        connection.execute(NO_LEASES)


def _schema_stands(settings: Settings, department: str) -> bool:
    with psycopg.connect(migrate.postgres_address(str(settings.database))) as connection:
        row = connection.execute(
            "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", (department,)
        ).fetchone()
        if row is None:
            return False
        connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(department)))
        with contextlib.suppress(psycopg.errors.UndefinedTable):
            head = connection.execute(HEAD).fetchone()
            return bool(head and (head[0] or head[1]))
        return True


def _schema_at_work(settings: Settings, department: str) -> bool:
    with psycopg.connect(migrate.postgres_address(str(settings.database))) as connection:
        connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(department)))
        with contextlib.suppress(psycopg.errors.UndefinedTable):
            held = f"{HELD} > extract(epoch FROM clock_timestamp())"
            return connection.execute(held).fetchone() is not None
    return False


def _restore_schema(settings: Settings, department: str, folder: Path) -> None:
    with psycopg.connect(
        migrate.postgres_address(str(settings.database)), autocommit=True
    ) as connection:
        if connection.execute(
            "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", (department,)
        ).fetchone():
            connection.execute(
                SQL("ALTER SCHEMA {} RENAME TO {}").format(
                    Identifier(department), Identifier(f"{department}_replaced_{_now()}")
                )
            )
            # A process that was not stopped finds the new store only through its own check.
            connection.execute(LEFT, (application_of(department),))
    _pg(
        settings,
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        str(folder / STORES / f"{department}.dump"),
    )
    with psycopg.connect(migrate.postgres_address(str(settings.database))) as connection:
        connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(department)))
        connection.execute(NO_LEASES)


def _pg(settings: Settings, program: str, *arguments: str) -> None:
    """Runs a PostgreSQL program; the password goes by a file, where no other user lists it."""
    words = conninfo_to_dict(migrate.postgres_address(str(settings.database)))
    password = words.pop("password", None)
    with tempfile.TemporaryDirectory() as folder:
        if password:
            file = Path(folder) / "pgpass"
            file.touch(mode=0o600)
            escaped = str(password).replace("\\", "\\\\").replace(":", "\\:")
            file.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
            words["passfile"] = str(file)
        _run([program, f"--dbname={make_conninfo('', **words)}", *arguments])


def _run(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise BackupFailed(
            said(
                f"缺少 {command[0]}：请安装 PostgreSQL 客户端程序（Debian：postgresql-client），"
                "版本不低于服务器",
                f"{command[0]} is missing: install the client programs of PostgreSQL"
                " (Debian: postgresql-client), of the server's version or newer",
            )
        )
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        why = ran.stderr.strip() or ran.returncode
        raise BackupFailed(said(f"{command[0]} 执行失败：{why}", f"{command[0]} has failed: {why}"))


def _copy_tree(source: Path, target: Path) -> None:
    """Kept files that are not there yet: each lies under its digest and never changes."""
    for path in sorted(source.rglob("*")) if source.exists() else ():
        there = target / path.relative_to(source)
        if path.is_file() and not path.name.startswith("part-") and not there.exists():
            _place(path, there)


def _place(source: Path, target: Path) -> None:
    """A copy that is whole or absent, for its owner alone."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"part-{target.name}")
    shutil.copyfile(source, part)
    part.chmod(0o600)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.exists():
        raise BackupFailed(said(f"缺少 {path}", f"{path} is missing"))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            raise BackupFailed(
                said(f"{path} 无法读取：{error}", f"{path} does not open: {error}")
            ) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _now() -> str:
    return time.strftime("%Y%m%d%H%M%S")
