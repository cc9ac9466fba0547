"""Faults at the command line: each known one as a sentence with what to do, and its exit code."""

from __future__ import annotations

import errno
import logging
import re
import sqlite3
from collections.abc import Callable

import psycopg
import sqlalchemy.exc

from domain.commands import COMMANDS
from domain.errors import Refusal
from gateways.department.deciding.answers import InvalidCommand, KeyReused, TooBusy, UnknownCommand
from gateways.department.platform import Unsettled
from gateways.department.publishing.fetching_back import NotRecoverable
from gateways.log.port import LogRefused, LogUnavailable, PositionOutOfRange, TopicMismatch
from gateways.rebuilding.refused import NotDone
from gateways.store.port import (
    OtherStore,
    StoreForked,
    StoreHeldBack,
    StoreUnavailable,
    WrongDatabaseVersion,
)
from gateways.trust.vault import VaultError
from ops.backup import BackupFailed
from ops.near_names import nearest
from ops.output import FAILED, UNREACHABLE, WRONG_USE, Language, err, said
from ops.player import EndlessClocks, StoreInUse
from ops.posts import UnknownPost
from ops.scenario import BadScenario
from ops.settings import WrongSettings
from ops.views import UnknownView, ViewElsewhere
from ops.wiring import CannotServe

log = logging.getLogger("liandong")


def told(error: BaseException) -> int:
    """Prints the sentence for a fault on stderr and returns the exit code."""
    log.debug("fault", exc_info=error)
    sentence, code = sentence_of(error)
    err().print(sentence, markup=False)
    return code


def sentence_of(error: BaseException) -> tuple[str, int]:
    """What to tell a person about a fault, and the exit code it means."""
    if isinstance(error, Refusal):
        return _refusal(error), FAILED
    if isinstance(error, InvalidCommand):
        lines = [f"  {one.field}: {said(one.zh, one.en)}" for one in error.problems]
        head = said(
            f"{error.command} 的数据不符合格式，没有记录任何内容：",
            f"{error.command} does not fit its schema; nothing was recorded:",
        )
        return "\n".join((head, *lines)), WRONG_USE
    full = _disk_full(error)
    if full:
        return full, FAILED
    missing = lacking(error)
    if missing:
        advice = said("请运行 liandong migrate", "run `liandong migrate`")
        return said(f"{missing}：{advice}。", f"{missing}: {advice}."), FAILED
    for kinds, code, sentence in _TABLE:
        if isinstance(error, kinds):
            return sentence(error), code
    kind = type(error).__name__
    return (
        said(
            f"出现意外错误 {kind}：{error}。请运行 liandong doctor；"
            "设置 LIANDONG_LOG_LEVEL=debug 可查看细节。",
            f"Unexpected fault {kind}: {error}. Run liandong doctor; "
            "LIANDONG_LOG_LEVEL=debug shows the details.",
        ),
        FAILED,
    )


def _refusal(refusal: Refusal) -> str:
    language = Language.chosen
    return "\n".join(
        (
            f"{refusal.rule}: {refusal.sentence(language)}",
            f"  {refusal.advice(language)}",
            f"  {said('依据', 'Source')}: {refusal.source}",
        )
    )


def _disk_full(error: BaseException) -> str | None:
    cause: BaseException | None = error
    while cause is not None:
        full = isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)
        full = full or isinstance(cause, psycopg.errors.DiskFull)
        # SQLite has no class for it, and a writer's thread hands on the text alone.
        told = isinstance(cause, sqlite3.OperationalError | StoreUnavailable | LogUnavailable)
        full = full or (told and "disk is full" in str(cause))
        if full:
            return said(
                "磁盘已满：没有记录任何内容。请清理空间后重试。",
                "The disk is full: nothing was recorded. Free some space and try again.",
            )
        cause = cause.__cause__ or cause.__context__
    return None


def lacking(error: BaseException) -> str | None:
    """That a database is there and lacks a table, where this is the cause of a fault.

    A copy of a rebuild that was dropped meanwhile is no such case.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, sqlite3.OperationalError | psycopg.errors.UndefinedTable):
            found = _NO_TABLE.search(str(cause))
            table = (found[1] or found[2]).rpartition(".")[2] if found else ""
            if table and "__" not in table:
                return said(
                    f"数据库中没有表 {table}：此安装尚未建立，或比本程序旧",
                    f"the database has no table {table}: this installation was never made, or is"
                    " older than this program",
                )
        cause = cause.__cause__ or cause.__context__
    return None


_NO_TABLE = re.compile(r'no such table: (\S+)|relation "([^"]+)" does not exist')


def _unknown_command(name: str) -> str:
    zh, en = nearest(name, COMMANDS)
    return said(
        f"没有名为 {name} 的命令{zh}liandong commands 列出全部命令。",
        f"There is no command {name}{en}liandong commands lists them all.",
    )


def _plain(error: BaseException) -> str:
    return str(error)


def _both(error: BaseException) -> str:
    assert isinstance(error, BadScenario | WrongSettings | NotDone | NotRecoverable)
    return said(error.zh, error.en)


def _system(error: BaseException) -> str:
    assert isinstance(error, OSError)
    if error.errno == errno.EADDRINUSE:
        return said(
            "端口已被占用：请用 --port 指定另一个端口，或 --port 0 任选空闲端口。",
            "The port is in use: choose another with --port, or any free one with --port 0.",
        )
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}"


_TABLE: tuple[tuple[tuple[type[BaseException], ...], int, Callable[[BaseException], str]], ...] = (
    (
        (StoreHeldBack,),
        FAILED,
        lambda error: said(
            f"本机构的事实库比其已发布的内容旧，未记录任何内容：{error}",
            f"The store is older than what it published; nothing was recorded: {error}",
        ),
    ),
    (
        (LogRefused,),
        UNREACHABLE,
        lambda error: said(f"共享日志拒绝了本机，须运维人员处理：{error}", f"{error}."),
    ),
    (
        (StoreUnavailable, LogUnavailable),
        UNREACHABLE,
        lambda error: said(
            f"服务不可用：{error}。已确认的内容不会丢失；恢复后重试。",
            f"Out of reach: {error}. Nothing acknowledged is lost; try again once it is back.",
        ),
    ),
    (
        (sqlalchemy.exc.OperationalError, psycopg.OperationalError),
        UNREACHABLE,
        lambda error: said(
            f"数据库不可用：{getattr(error, 'orig', error)}",
            f"The database is out of reach: {getattr(error, 'orig', error)}",
        ),
    ),
    (
        (
            UnknownPost,
            UnknownView,
            ViewElsewhere,
            CannotServe,
        ),
        WRONG_USE,
        _plain,
    ),
    (
        (UnknownCommand,),
        WRONG_USE,
        lambda error: _unknown_command(str(error)),
    ),
    (
        (KeyReused,),
        FAILED,
        lambda error: said(
            f"幂等键 {error} 已用于另一内容的请求；请换一个键。",
            f"The key {error} was used with another body; take another key.",
        ),
    ),
    (
        (VaultError,),
        FAILED,
        lambda error: said(f"保险库无法打开：{error}", f"The vault does not open: {error}"),
    ),
    (
        (WrongDatabaseVersion, OtherStore),
        FAILED,
        lambda error: said(f"数据库不符：{error}", f"This is another database: {error}"),
    ),
    (
        (TopicMismatch, PositionOutOfRange, StoreForked),
        FAILED,
        lambda error: said(
            f"共享日志与本机构不符，须运维人员处理：{error}",
            f"The shared log does not fit; an operator must act: {error}",
        ),
    ),
    (
        (BackupFailed,),
        FAILED,
        lambda error: said(f"备份：{error}", f"Backup: {error}"),
    ),
    (
        (StoreInUse, EndlessClocks),
        FAILED,
        _plain,
    ),
    (
        (Unsettled,),
        FAILED,
        lambda error: said(f"各部门往复应答，没有终止：{error}", str(error)),
    ),
    (
        (TooBusy,),
        FAILED,
        lambda error: said(f"判断期间历史不断变化，没有记录任何内容；请重试：{error}", str(error)),
    ),
    ((BadScenario, WrongSettings), WRONG_USE, _both),
    ((NotDone, NotRecoverable), FAILED, _both),
    ((OSError,), FAILED, _system),
)
