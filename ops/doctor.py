"""What is wrong with an installation, and how to mend it."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from domain.delivery.parked import CAUSES
from domain.document.files import FileDamaged, FileNotKept
from gateways.department.comparing import compare
from gateways.log.port import LogRefused, LogUnavailable, TopicMismatch
from gateways.store import migrate
from gateways.store.port import OtherStore, StoreForked, StoreUnavailable, WrongDatabaseVersion
from gateways.trust.vault import VaultError
from gateways.webhooks.subscriptions import LOST, REASONS, REVOKED
from ops.output import FAILED, UNREACHABLE, said, shown
from ops.settings import ROOT, Mode, Settings, WrongSettings
from ops.wiring import CannotServe, House, house, installed_mode

DISK_BYTES_MIN = 1_000_000_000
POSTGRES_VERSION_MIN = 15
CLOCK_SKEW_S_MAX = 2.0
CONNECT_S_MAX = 5.0
LOCK = ROOT / "ops" / "requirements.lock"
ASSETS = ROOT / "gateways" / "web" / "static" / "vendor"

State = Literal["good", "note", "wrong", "unreachable"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; `mend` says what to do where it is not good."""

    state: State
    what: str
    mend: str = ""


def exit_code(findings: Sequence[Finding]) -> int:
    """1 where something is wrong, 3 where a service cannot be reached, else 0."""
    states = {finding.state for finding in findings}
    if "unreachable" in states:
        return UNREACHABLE
    return FAILED if "wrong" in states else 0


def examine(settings: Settings) -> list[Finding]:
    """Looks at everything, the cheap things first."""
    findings = [
        *_python(),
        *_libraries(),
        *_folder(settings.data),
        *_assets(),
        *_programs(),
    ]
    if settings.mode is Mode.JOINED:
        findings.extend(_postgres(str(settings.database)))
        findings.extend(_kafka(settings))
    if any(finding.state == "unreachable" for finding in findings):
        return findings
    findings.extend(_installation(settings))
    return findings


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(state="good", what=f"Python {version}")


def _libraries() -> Iterator[Finding]:
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


def _folder(data: Path) -> Iterator[Finding]:
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


def _assets() -> Iterator[Finding]:
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


def _programs() -> Iterator[Finding]:
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


def _postgres(url: str) -> Iterator[Finding]:
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


def _kafka(settings: Settings) -> Iterator[Finding]:
    """Whether the brokers answer and take our user: in bounded time."""
    # The Kafka client takes long to load, and an embedded installation has no broker.
    from ops.log_access import answers

    try:
        answers(settings)
    except (LogRefused, WrongSettings) as refused:
        yield Finding(
            state="unreachable",
            what=str(refused),
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


def _installation(settings: Settings) -> Iterator[Finding]:
    if installed_mode(settings) is None:
        yield Finding(
            state="note",
            what=said(f"{settings.data} 中尚无安装", f"{settings.data} holds no installation yet"),
            mend="liandong serve",
        )
        return
    try:
        with house(settings, create=False) as one:
            yield from _stores(one)
            yield from _topics(one)
            yield from _files(one)
            yield from _parked(one)
            yield from _outdated(one)
            yield from _refused(one)
            yield from _webhooks(one)
    except KNOWN_WRONGS as wrong:
        yield Finding(state="wrong", what=str(wrong), mend=_mend(wrong))
    except (StoreUnavailable, LogUnavailable, SQLAlchemyError) as error:
        yield Finding(
            state="unreachable",
            what=str(error).splitlines()[0],
            mend=said(
                "请检查该服务是否运行、磁盘是否可写", "See that it runs and its disk is writable"
            ),
        )


KNOWN_WRONGS = (WrongDatabaseVersion, OtherStore, TopicMismatch, VaultError, CannotServe)


def _mend(wrong: Exception) -> str:
    """What to do about a fault that keeps an installation from opening."""
    match wrong:
        case WrongDatabaseVersion():
            return "liandong migrate"
        case TopicMismatch():
            return said(
                "分区数与保留期是契约：请修正该主题，或核对 LIANDONG_KAFKA",
                "Partitions and retention are part of the contract: mend the topic, or check"
                " that LIANDONG_KAFKA names the right broker",
            )
        case OtherStore():
            return said(
                "请核对 LIANDONG_DATA 与 LIANDONG_DATABASE",
                "Check LIANDONG_DATA and LIANDONG_DATABASE",
            )
        case _:
            return said(
                "请恢复建库时的主密钥文件（LIANDONG_MASTER_KEY_FILE）",
                "Put back the key file the installation was made with (LIANDONG_MASTER_KEY_FILE)",
            )


def _stores(one: House) -> Iterator[Finding]:
    now = int(time.time() * 1_000_000)
    busy = one.others_at_work()
    for name, department in one.platform.departments.items():
        head = department.store.head()
        behind = head.sequence - department.store.cursor()
        if not department.clock.simulated and head.stamp > now + 60_000_000:
            yield Finding(
                state="wrong",
                what=said(
                    f"{name} 的时间戳超前于本机时钟", f"The stamps of {name} run ahead of the clock"
                ),
                mend=said("请核对本机时间", "Check this machine's time"),
            )
        told = f"{name}: {head.sequence} " + said("个事实", "facts")
        if not behind:
            yield Finding(state="good", what=told)
            continue
        told += f", {behind} {said('个待发布', 'not yet published')}"
        if name in busy:
            yield Finding(state="note", what=told)
        else:
            yield Finding(state="wrong", what=told, mend=f"liandong serve --departments {name}")
    if busy:
        yield Finding(
            state="note",
            what=said("正在运行的部门：", "Departments at work now: ") + ", ".join(busy),
            mend=said(
                "若没有进程在运行，租约会在 10 秒内失效",
                "where no process runs, the lease ends by itself within 10 seconds",
            ),
        )


def _topics(one: House) -> Iterator[Finding]:
    """What is missing on the log, compared with what was published; and what was refilled."""
    for department in one.platform.departments.values():
        try:
            compare(department.store, one.platform.log)
        except StoreForked as fork:
            yield Finding(state="wrong", what=str(fork), mend="liandong restore --from-log")
            continue
        lost: dict[str, str] = {}
        for loss in department.marks.losses():
            lost.setdefault(loss.place[0], f"[{loss.place[1]}]: {loss.why}")
        for topic, why in sorted(lost.items()):
            yield Finding(
                state="wrong",
                what=said(f"主题 {topic} 缺少记录 {why}", f"{topic} lacks records {why}"),
                mend=f"liandong topics refill {topic}",
            )
        marks = department.marks.all().values()
        for topic in sorted({mark.topic for mark in marks if mark.refilled}):
            events = sum(mark.refilled for mark in marks if mark.topic == topic)
            last = max(mark.refilled_at for mark in marks if mark.topic == topic)
            yield Finding(
                state="note",
                what=said(
                    f"主题 {topic} 曾由事实库补发 {events} 条，最近一次 {shown(last)}",
                    f"{topic}: {events} events were sent again from the store, last {shown(last)}",
                ),
                mend=said(
                    "请查明该主题为何缺失；以位移读取的外部系统须从头再读",
                    "Find out why it lost them; systems that read by offset read it from its start",
                ),
            )


def _files(one: House) -> Iterator[Finding]:
    """Every kept file is read whole and compared with its digest."""
    for name, department in one.platform.departments.items():
        entered, sound = department.files.entered(), 0
        for sha256 in entered:
            try:
                department.files.store.verify(sha256)
                sound += 1
            except (FileDamaged, FileNotKept) as wrong:
                damaged = isinstance(wrong, FileDamaged)
                yield Finding(
                    state="wrong",
                    what=said(
                        f"{name} 的文件{'已损坏' if damaged else '丢失'}：{sha256}",
                        f"{name}: a file is {'damaged' if damaged else 'missing'}: {sha256}",
                    ),
                    mend=said(
                        "请从备份恢复 ",
                        "Put it back from a backup (uploading the original again mends it too): ",
                    )
                    + str(department.files.store.path(sha256))
                    + said("，或重新上传原件", ""),
                )
        if sound:
            told = f"{name}: {sound} " + said("个文件与摘要相符", "files are what was kept")
            yield Finding(state="good", what=told)
        if left := department.files.store.leftovers():
            yield Finding(
                state="note",
                what=said(
                    f"{name} 有 {len(left)} 个未完成的上传",
                    f"{name}: {len(left)} unfinished uploads",
                ),
                mend=said("运行中的服务会自行清理", "A running node removes what is left over"),
            )


def _refused(one: House) -> Iterator[Finding]:
    """Automatic rules that a rule refused: each is a task for an officer."""
    for name, department in one.platform.departments.items():
        with department.reading() as connection:
            refused = department.intents.refused(connection)
        for (rule, refusal), count in sorted(Counter((i.rule, i.refusal) for i in refused).items()):
            yield Finding(
                state="note",
                what=said(
                    f"{name} 的规则 {rule} 有 {count} 次被 {refusal} 拒绝",
                    f"{name}: rule {rule} was refused {count} times by {refusal}",
                ),
                mend=said("由经办人处理", "It is an officer's task: see the case of each subject: ")
                + ", ".join(sorted({i.subject for i in refused if i.rule == rule})[:5]),
            )


def _parked(one: House) -> Iterator[Finding]:
    """The groups of parked records: what held up whom, and what can be done about it."""
    for name, department in one.platform.departments.items():
        for group in department.treatment.groups():
            zh, en = CAUSES.get(group.cause, (group.cause, group.cause))
            what = said(
                f"{name} 的隔离组 {group.group}（{group.topic}：{zh}）"
                f"有 {group.records} 条隔离记录、{group.waiting} 条等候",
                f"{name}: group {group.group} ({group.topic}: {en}) holds"
                f" {group.records} parked records and {group.waiting} that wait",
            )
            act = "release" if "RELEASE" in group.acts else "discard"
            mend = f"liandong quarantine show {group.group}"
            if group.acts:
                mend += f"; liandong quarantine {act} {group.group} --post ... --reason ..."
            yield Finding(
                state="note" if group.kind == "FOREIGN" else "wrong", what=what, mend=mend
            )


def _outdated(one: House) -> Iterator[Finding]:
    for old in one.outdated():
        yield Finding(state="wrong", what=said(*old.told), mend=old.command)


_ENABLE = "liandong webhooks enable {0}"
_MENDS = {
    REVOKED: f"{_ENABLE} --post POST",
    LOST: f"liandong webhooks replay {{0}} && {_ENABLE}",
}
"""What turns a subscription on again, where saying so alone does not."""


def _webhooks(one: House) -> Iterator[Finding]:
    """Subscriptions that stopped by themselves: an operator finds out why and turns them on."""
    for name, department in one.platform.departments.items():
        for webhook in department.webhooks.all():
            if webhook.needs_operator:
                why = said(*REASONS[webhook.reason])
                yield Finding(
                    state="wrong",
                    what=said(
                        f"{name} 的推送 {webhook.webhook_id} 已停用：{why}（{webhook.url}）",
                        f"{name}: the webhook {webhook.webhook_id} is disabled: {why}"
                        f" ({webhook.url})",
                    ),
                    mend=_MENDS.get(webhook.reason, _ENABLE).format(webhook.webhook_id),
                )
