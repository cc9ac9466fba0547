"""`backup`, `restore`: a copy of an installation, and its return without a fork of the log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from gateways.department.node import Department
from gateways.department.publishing.fetching_back import Report, fetch_back
from gateways.trust.vault import VALUES
from ops import backup as copies
from ops.opened import Data, Json, settings
from ops.output import FAILED, as_json, out, said
from ops.settings import Settings
from ops.views import Row
from ops.wiring import house, upgrade


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    folder: Annotated[Path, typer.Argument(help="a new folder, on another disk")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="also the master key: it opens everything beside it")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="make nothing: compare an old backup with its manifest")
    ] = False,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Copies the departments served here, while they work, and checks the copy.

    Each department is one snapshot; a restored one fetches what is newer back from the log.
    """
    chosen = settings(data)
    made = copies.check(folder) if check else copies.back_up(chosen, folder, with_keys=with_keys)
    if json_:
        as_json(made)
        return
    for name, department in made["departments"].items():
        told = said(f"至事实 {department['sequence']}", f"up to fact {department['sequence']}")
        out().print(f"{name}: {told}", markup=False)
    keys = (folder / copies.KEYS).exists()
    out().print(
        said(
            f"备份已核对：{folder}"
            + ("（含主密钥，请妥善保管）" if keys else "（不含主密钥，请另行保管）"),
            f"the backup is whole: {folder}"
            + (" (with the master key: guard it)" if keys else " (keep the master key apart)"),
        ),
        markup=False,
    )


def restore(
    folder: Annotated[Path | None, typer.Argument(help="the folder of a backup")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="rename stores that stand, and put the backup there")
    ] = False,
    from_log: Annotated[
        bool,
        typer.Option("--from-log", help="the stores stand restored already: only fetch back"),
    ] = False,
    accept_loss: Annotated[
        bool,
        typer.Option("--accept-loss", help="go on although published events stand nowhere"),
    ] = False,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Puts a backup back and fetches from the log what each department published since.

    Stop every process of these departments first. The same bytes come back under the same
    numbers; what was never published is named. Exit 1 where something stands nowhere.
    """
    if (folder is None) != from_log:
        raise typer.BadParameter(said("请写明备份目录，或用 --from-log", "a FOLDER or --from-log"))
    chosen = settings(data)
    _must_be_stopped(copies.at_work(chosen))
    if folder is not None:
        copies.put_back(chosen, folder, replace=replace)
    upgrade(chosen)
    rows = _fetched(chosen, accept_loss=accept_loss)
    if json_:
        as_json(rows)
    else:
        for row in rows:
            _tell(row)
    if any(row["lost_sequences"] for row in rows):
        raise typer.Exit(FAILED)


def _fetched(chosen: Settings, *, accept_loss: bool) -> list[Row]:
    with house(chosen, create=False) as one:
        _must_be_stopped(one.others_at_work())
        rows = []
        for department in one.platform.departments.values():
            report = fetch_back(department.store, one.platform.log, accept_loss=accept_loss)
            # It takes in again what it had taken in since the backup, and says so.
            department.receipts.begin_anew()
            rows.append(_row(department, report))
        return rows


def _must_be_stopped(busy: list[str]) -> None:
    if busy:
        raise copies.BackupFailed(
            said(
                f"{'、'.join(busy)} 正在运行：请停止其全部进程，等待 10 秒后再试",
                f"{', '.join(busy)} is at work: stop its processes and wait 10 seconds",
            )
        )


def _row(department: Department, report: Report) -> Row:
    """A report, with the values and files that the fetched events name and nobody holds."""
    with department.reading() as connection:
        held = set(
            connection.execute(
                select(VALUES.c.commitment).where(VALUES.c.commitment.in_(report.persons))
            ).scalars()
        )
    entered = set(department.files.entered()) if report.files else set()
    return {
        "department": report.department,
        "held": report.held,
        "fetched": report.fetched,
        "commands": report.commands,
        "through": report.through,
        "lost_sequences": report.lost_sequences,
        "lost_private": report.lost_private,
        "lost_values": sorted(
            {person for commitment, person in report.persons.items() if commitment not in held}
        ),
        "lost_files": sorted(report.files - entered),
    }


def _tell(row: Row) -> None:
    out().print(
        said(
            f"{row['department']}：备份 {row['held']} 个事实，从日志取回 {row['fetched']} 个"
            f"（{row['commands']} 个命令），至 {row['through']}",
            f"{row['department']}: {row['held']} facts in the backup, {row['fetched']} fetched back"
            f" from the log ({row['commands']} commands), up to {row['through']}",
        ),
        markup=False,
    )
    for name, zh, en in (
        ("lost_sequences", "已发布而无处可寻的事实", "published facts that stand nowhere"),
        ("lost_private", "丢失的内部事实（流、起、止）", "facts of the owner alone, lost"),
        ("lost_values", "丢失的个人信息，须重新登记", "personal values lost: to be entered again"),
        ("lost_files", "未登记的文件，须重新上传", "files not entered: to be sent again"),
    ):
        for one in row[name]:
            out().print(f"  ! {said(zh, en)}: {one}", markup=False)
