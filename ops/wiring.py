"""Wiring: the only place that constructs stores, logs, departments, the platform and the web edge."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import MetaData

import domain.law  # noqa: F401 -- completes the tables of facts, commands and rules
from domain.commands import Post
from domain.departments import NODES, OWN_TOPICS, TOPICS, entitled_topics
from domain.powers import POWERS
from gateways.department.database import METADATA as DEPARTMENT_TABLES
from gateways.department.database import Database
from gateways.department.node import Department
from gateways.department.platform import Platform
from gateways.department.time import Clock, SimulatedClock, SystemClock
from gateways.files.keeping import METADATA as FILE_TABLES
from gateways.files.store import FileStore
from gateways.http.accounts import Accounts
from gateways.http.config import WebConfig
from gateways.inbound.tables import METADATA as INBOUND_TABLES
from gateways.log.embedded import EmbeddedLog
from gateways.log.port import Log, TopicSpec
from gateways.rebuilding.tables import METADATA as REBUILD_TABLES
from gateways.rebuilding.versions import Outdated, note_new, outdated
from gateways.store import migrate
from gateways.store.port import EventStore
from gateways.store.postgres import PostgresStore
from gateways.store.sqlite import SQLiteStore
from gateways.trust.escrow import METADATA as ESCROW_TABLES
from gateways.trust.vault import METADATA as VAULT_TABLES
from gateways.trust.vault import Vault, WrongMasterKey
from gateways.webhooks.addresses import networks_of
from gateways.webhooks.subscriptions import METADATA as WEBHOOK_TABLES
from ops.output import said
from ops.settings import Mode, Settings, StoreMode
from projections.catalogue import PROJECTIONS
from projections.received import METADATA as RECEIVED_TABLES

if TYPE_CHECKING:
    from fastapi import FastAPI

MARKER = "installation.json"
LEASE_PROBE_S = 5.0


class CannotServe(Exception):
    """This installation lacks what was asked of it; the message says what to run or to set."""


@dataclass(kw_only=True)
class House:
    """One installation, opened: its settings, its departments and its accounts."""

    settings: Settings
    store_mode: StoreMode
    platform: Platform
    holder: str

    def department(self, name: str) -> Department:
        """A department that is served here. Raises CannotServe."""
        if name not in NODES:
            raise CannotServe(
                said(
                    f"{name} 不是部门；部门有 {'、'.join(NODES)}",
                    f"{name} is not a department; known are {', '.join(NODES)}",
                )
            )
        if name not in self.platform.departments:
            raise CannotServe(
                said(
                    f"{name} 不在此处服务；请设置 LIANDONG_DEPARTMENTS",
                    f"{name} is not served here; set LIANDONG_DEPARTMENTS",
                )
            )
        return self.platform.departments[name]

    def others_at_work(self) -> list[str]:
        """The departments whose relay another process runs now."""
        busy = []
        for name, department in self.platform.departments.items():
            if department.store.lease("relay", self.holder, LEASE_PROBE_S):
                department.store.release("relay", self.holder)
            else:
                busy.append(name)
        return busy

    def let_settle(self) -> None:
        """Carries what was just recorded to every department, unless a running node does it."""
        if not self.others_at_work():
            self.platform.settle()

    def outdated(self) -> list[Outdated]:
        """The projections whose live rows another version made, or that lack earlier facts."""
        found = []
        for name, department in self.platform.departments.items():
            with department.reading() as connection:
                found += outdated(connection, name)
        return found

    def let_time_run(self) -> None:
        """Simulated time goes on at real speed from where the scenario left it."""
        if isinstance(self.platform.clock, SimulatedClock):
            self.platform.clock.run()

    def accounts(self) -> Accounts:
        """The accounts and API keys of this installation."""
        return Accounts.open(
            self.settings.data / "accounts.sqlite", seconds=lambda: int(time.time())
        )

    def health_app(self, hosts: tuple[str, ...] = ()) -> FastAPI:
        """Health and metrics alone: what a node without the gateway role answers."""
        from gateways.http.health import health_app

        return health_app(self.platform, hosts or WebConfig.hosts)

    def app(self, hosts: tuple[str, ...] = ()) -> FastAPI:
        """The web application over this installation."""
        # The web framework takes a second to load, and most commands never serve.
        from gateways.http.app import create_app

        config = WebConfig(
            secret=_secret(self.settings.data / "web.secret").hex(),
            hosts=hosts or WebConfig.hosts,
        )
        return create_app(self.platform, self.accounts(), config)


def organs_for(command: str) -> tuple[str, ...]:
    """The organs that hold a power to give a command."""
    return tuple(dict.fromkeys(power.organ for power in POWERS if power.command == command))


@contextmanager
def house(
    settings: Settings,
    *,
    create: bool,
    start: int | None = None,
    incarnation: Callable[[str], str] | None = None,
    draw: Callable[[str], Callable[[int], bytes]] | None = None,
    shared: bool = False,
) -> Iterator[House]:
    """Opens an installation, and closes it again.

    `create` makes what is missing; without it a folder that holds none is refused. `start`
    is where simulated time begins in a new store; an old one goes on where it stood.
    `shared` lets several processes divide a department's partitions between them.
    """
    store_mode = _prepare(settings, create=create)
    holder = f"{os.getpid()}-{secrets.token_hex(4)}"
    # Until the platform owns them, whatever was opened is closed where a later part fails.
    with ExitStack() as opened:
        stores = {}
        for name in settings.departments:
            made = incarnation(name) if incarnation else None
            stores[name] = _store(settings, name, store_mode, made)
            opened.callback(stores[name].close)
        clock = _clock(stores, store_mode, start)
        log = _log(settings)
        opened.callback(log.close)
        log.ensure_topics(_specs(settings.departments))
        alive, appointed = _credentials(settings)
        departments = {
            name: Department(
                name,
                store=stores[name],
                log=log,
                database=_database(settings, name),
                vault=_vault(settings, name),
                files=FileStore(settings.file_folder / name),
                clock=clock,
                draw=draw(name) if draw else secrets.token_bytes,
                holder=holder,
                mode=store_mode.value,
                shared=shared,
                networks=networks_of(settings.webhook_networks),
                alive=alive,
                appointed=appointed,
                receipts_kept_days=settings.receipts_days,
            )
            for name in settings.departments
        }
        opened.pop_all()
    one = House(
        settings=settings,
        store_mode=store_mode,
        platform=Platform(departments, log, clock),
        holder=holder,
    )
    try:
        for department in departments.values():
            _recognise_key(department, settings)
        yield one
    finally:
        one.platform.stop()


def upgrade(settings: Settings) -> list[str]:
    """Brings every department's database to this program's version; returns their places."""
    settings.data.mkdir(parents=True, exist_ok=True)
    places = []
    for name in settings.departments:
        target, schema = _place(settings, name)
        note = partial(note_new, projections=NODES[name].projections)
        migrate.upgrade(target, schema, extra=tables_of(name), then=note)
        places.append(schema or str(target))
    return places


def tables_of(department: str) -> list[MetaData]:
    """Every table of a department's database besides the store's own."""
    readers = [PROJECTIONS[name].metadata for name in NODES[department].projections]
    return list(
        {
            id(one): one
            for one in (
                DEPARTMENT_TABLES,
                VAULT_TABLES,
                ESCROW_TABLES,
                FILE_TABLES,
                WEBHOOK_TABLES,
                INBOUND_TABLES,
                RECEIVED_TABLES,
                REBUILD_TABLES,
                *readers,
            )
        }.values()
    )


def installed_mode(settings: Settings) -> StoreMode | None:
    """Whether an installation's stores are real or simulated; None where there is none yet."""
    marker = settings.data / MARKER
    if not marker.exists():
        return None
    return StoreMode(json.loads(marker.read_text(encoding="utf-8"))["store"])


def _prepare(settings: Settings, *, create: bool) -> StoreMode:
    mode = installed_mode(settings)
    if mode is None and not create:
        raise CannotServe(
            said(
                f"{settings.data} 中没有安装：请运行 liandong demo 或 liandong serve，"
                "或用 --data 指明其他目录",
                f"{settings.data} holds no installation: run `liandong demo`, `liandong serve`,"
                " or name another folder with --data",
            )
        )
    if mode is not None and not create:
        return mode
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(settings)
    chosen = settings.store or mode or StoreMode.REAL
    marker = settings.data / MARKER
    if mode is None:
        # The key is made once, with the installation: a new one would open no value.
        _secret(settings.master_key)
        marker.write_text(json.dumps({"store": chosen.value}) + "\n", encoding="utf-8")
    return chosen


def _place(settings: Settings, department: str) -> tuple[str, str | None]:
    if settings.mode is Mode.EMBEDDED:
        return str(settings.data / f"{department}.sqlite"), None
    return str(settings.database), department


def _store(
    settings: Settings, department: str, mode: StoreMode, incarnation: str | None
) -> EventStore:
    target, schema = _place(settings, department)
    if schema is None:
        return SQLiteStore.open(target, department, mode.value, incarnation=incarnation)
    return PostgresStore.open(target, schema, department, mode.value, incarnation=incarnation)


def _database(settings: Settings, department: str) -> Database:
    target, schema = _place(settings, department)
    if schema is None:
        return Database(f"sqlite:///{Path(target).absolute()}")
    return Database("postgresql+psycopg:" + target.split(":", 1)[1], schema=schema)


def _credentials(
    settings: Settings,
) -> tuple[Callable[[str], bool], Callable[[str], Post | None]]:
    """Whether an account still holds good, and who a post is; the accounts are opened when first asked."""
    opened: list[Accounts] = []

    def accounts() -> Accounts:
        if not opened:
            opened.append(
                Accounts.open(settings.data / "accounts.sqlite", seconds=lambda: int(time.time()))
            )
        return opened[0]

    def alive(account: str) -> bool:
        return accounts().live(account)

    def appointed(post: str) -> Post | None:
        return accounts().appointed(post)

    return alive, appointed


def topics_of(departments: Iterable[str]) -> list[str]:
    """The topics that some departments write or read: what their users may see of the log."""
    served = list(departments)
    read = {topic.name for one in served for topic in entitled_topics(one)}
    own = {topic.name for topic in (TOPICS | OWN_TOPICS).values() if topic.node in served}
    return sorted(read | own)


def _specs(departments: Iterable[str]) -> list[TopicSpec]:
    every = TOPICS | OWN_TOPICS
    return [TopicSpec(name, every[name].partitions) for name in topics_of(departments)]


def _log(settings: Settings) -> Log:
    if settings.mode is Mode.EMBEDDED:
        return EmbeddedLog(settings.data / "log.sqlite")
    # The Kafka client takes long to load, and an embedded installation has no broker.
    from gateways.log.kafka import KafkaLog
    from ops.log_access import kafka_access

    return KafkaLog(kafka_access(settings))


def _clock(stores: dict[str, EventStore], mode: StoreMode, start: int | None) -> Clock:
    if mode is StoreMode.REAL:
        return SystemClock()
    reached = max(store.head().stamp for store in stores.values())
    return SimulatedClock(max(reached, start or 0))


def _vault(settings: Settings, department: str) -> Vault:
    place = settings.master_key
    if not place.exists():
        raise CannotServe(
            said(
                f"缺少主密钥 {place}：请放回，或用 LIANDONG_MASTER_KEY_FILE 指明；"
                "没有它，个人信息一律无法打开",
                f"the master key {place} is missing: put it back, or name it with"
                " LIANDONG_MASTER_KEY_FILE; without it no personal value opens",
            )
        )
    try:
        return Vault(department, bytes.fromhex(place.read_text(encoding="ascii").strip()))
    except ValueError:
        raise CannotServe(
            said(
                f"{place} 所存不是主密钥（64 位十六进制数）：请放回正确的文件",
                f"{place} does not hold a master key (64 hexadecimal digits): put the right file"
                " back",
            )
        ) from None


def _recognise_key(department: Department, settings: Settings) -> None:
    with department.reading() as connection:
        if not department.vault.recognises(connection):
            raise WrongMasterKey(
                said(
                    f"{department.id} 的保险库建立时所用主密钥不是 {settings.master_key}："
                    "请放回正确的密钥文件",
                    f"the vault of {department.id} was made with another master key than"
                    f" {settings.master_key}: put the right key file back",
                )
            )


def _secret(path: Path) -> bytes:
    """A secret of 32 bytes in a file that only its owner may read; made where it is missing."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return bytes.fromhex(path.read_text(encoding="ascii").strip())
