"""The machine: its programs, libraries and disk, and whether the services answer."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from gateways.log.port import LogRefused, LogUnavailable
from gateways.store import migrate
from ops.doctor.findings import Finding, State
from ops.output import said
from ops.settings import ROOT, Settings, WrongSettings

DISK_BYTES_MIN = 1_000_000_000
POSTGRES_VERSION_MIN = 15
CLOCK_SKEW_S_MAX = 2.0
CONNECT_S_MAX = 5.0
LOCK = ROOT / "ops" / "requirements.lock"
ASSETS = ROOT / "gateways" / "web" / "static" / "vendor"


def python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(state="good", what=f"Python {version}")


def libraries() -> Iterator[Finding]:
    if not LOCK.exists():
        yield Finding(
            state="note",
            what=said("没有锁定文件，未核对库版本", "no lock file; libraries not compared"),
        )
        return
    wrong = []
    for name, version, always in locked(LOCK.read_text(encoding="utf-8")):
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "-" if always else version
        if found != version:
            wrong.append(f"{name} {found} (lock: {version})")
    if wrong:
        yield Finding(
            state="wrong",
            what=said("库与锁定版本不符：", "Libraries differ from the lock: ") + ", ".join(wrong),
            mend="python -m pip install --require-hashes -r ops/requirements.lock",
        )
    else:
        yield Finding(state="good", what=said("库与锁定版本一致", "Libraries are as locked"))


def locked(text: str) -> Iterator[tuple[str, str, bool]]:
    """(name, version, needed on every machine) of each requirement of a lock file."""
    for name, version, marker in re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)[ \t]*(;?)", text, re.MULTILINE
    ):
        yield name, version, not marker


def folder(data: Path) -> Iterator[Finding]:
    place = data
    while not place.exists():
        place = place.parent
    try:
        probe = place / f".liandong-probe-{time.time_ns()}"
        probe.write_bytes(b"probe")
        probe.unlink()
    except OSError as error:
        yield Finding(
            state="wrong",
            what=said(f"数据目录不可写：{place}", f"The data folder cannot be written: {place}"),
            mend=str(error.strerror),
        )
        return
    free = shutil.disk_usage(place).free
    told = f"{data}: {free / 1e9:.1f} GB"
    if free < DISK_BYTES_MIN:
        yield Finding(
            state="wrong",
            what=said(f"磁盘空间不足 {told}", f"Little disk space left, {told}"),
            mend=said("请清理空间", "Free some space; 1 GB is the least"),
        )
    else:
        yield Finding(state="good", what=said(f"数据目录可写 {told}", f"Data folder, {told} free"))


def assets() -> Iterator[Finding]:
    if ASSETS.exists() and any(ASSETS.iterdir()):
        yield Finding(state="good", what=said("页面资源已生成", "Page assets are built"))
    else:
        yield Finding(
            state="wrong",
            what=said("页面资源未生成", "Page assets are not built"),
            mend="python -m gateways.web.assets",
        )
    # Typesetting takes long to load, and nothing else here needs it.
    from gateways.files.rendering.pdf import FONT, has_font

    if has_font():
        yield Finding(state="good", what=said("文书字体：", "The documents' font: ") + FONT)
    else:
        yield Finding(
            state="wrong",
            what=said(
                f"缺少文书字体 {FONT}，无法定稿文书",
                f"The documents' font {FONT} is missing: no document can be sealed",
            ),
            mend="python -m gateways.web.assets",
        )


def programs() -> Iterator[Finding]:
    for program, use_zh, use_en in (
        ("java", "本机 Kafka", "a local Kafka"),
        ("postgres", "本机 PostgreSQL", "a local PostgreSQL"),
        ("chromium", "浏览器测试", "browser tests"),
    ):
        found = shutil.which(program)
        if found:
            yield Finding(state="note", what=f"{program}: {found}")
        else:
            yield Finding(
                state="note",
                what=said(
                    f"没有 {program}（仅用于{use_zh}）", f"no {program} (needed only for {use_en})"
                ),
                mend="python -m ops.services install",
            )


def postgres(url: str) -> Iterator[Finding]:
    try:
        with psycopg.connect(
            migrate.postgres_address(url), connect_timeout=int(CONNECT_S_MAX)
        ) as connection:
            version = connection.info.server_version // 10_000
            row = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
    except psycopg.Error as error:
        yield Finding(
            state="unreachable",
            what=said("数据库连接不上", "The database cannot be reached"),
            mend=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
        )
        return
    state: State = "good" if version >= POSTGRES_VERSION_MIN else "wrong"
    yield Finding(
        state=state,
        what=f"PostgreSQL {version}",
        mend="" if state == "good" else f"PostgreSQL {POSTGRES_VERSION_MIN}+",
    )
    skew = abs(float(row[0]) - time.time()) if row else 0.0
    if skew > CLOCK_SKEW_S_MAX:
        yield Finding(
            state="wrong",
            what=said(
                f"本机与数据库时钟相差 {skew:.1f} 秒", f"Clocks differ by {skew:.1f} s (database)"
            ),
            mend=said("请启用时间同步（NTP）", "Turn time synchronisation (NTP) on"),
        )


def kafka(settings: Settings) -> Iterator[Finding]:
    """Whether the brokers answer and take our user: in bounded time."""
    # The Kafka client takes long to load, and an embedded installation has no broker.
    from ops.log_access import answers

    try:
        answers(settings)
    except (LogRefused, WrongSettings) as refused:
        yield Finding(
            state="unreachable",
            what=said(refused.zh, refused.en)
            if isinstance(refused, WrongSettings)
            else str(refused),
            mend=said(
                "请核对 LIANDONG_KAFKA_USERNAME、LIANDONG_KAFKA_PASSWORD_FILE 与 LIANDONG_KAFKA_CA_FILE；"
                "运维人员可用 liandong topics apply --renew 换发口令",
                "Check LIANDONG_KAFKA_USERNAME, LIANDONG_KAFKA_PASSWORD_FILE and"
                " LIANDONG_KAFKA_CA_FILE; an operator renews a password with"
                " `liandong topics apply --renew`",
            ),
        )
    except LogUnavailable as error:
        yield Finding(
            state="unreachable",
            what=said("Kafka 连接不上", "Kafka cannot be reached"),
            mend=str(error),
        )
    else:
        user = settings.kafka_user
        yield Finding(state="good", what=f"Kafka {settings.kafka}" + (f" ({user})" if user else ""))
        if not settings.kafka_protocol.endswith("SSL") and not _only_here(str(settings.kafka)):
            yield Finding(
                state="note",
                what=said(
                    f"到 Kafka 的连接未加密（{settings.kafka_protocol}）",
                    f"The connection to Kafka is not encrypted ({settings.kafka_protocol})",
                ),
                mend="LIANDONG_KAFKA_PROTOCOL=SASL_SSL, LIANDONG_KAFKA_CA_FILE",
            )


def _only_here(bootstrap: str) -> bool:
    """Whether every address is of this machine."""
    hosts = [one.strip().rpartition(":")[0] for one in bootstrap.split(",")]
    return all(host in ("localhost", "[::1]") or host.startswith("127.") for host in hosts)
