"""`projections`: the read models, how far they are, and their rebuild beside the live ones."""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from domain.departments import NODES
from gateways.department.node import Department
from gateways.department.taking_in.positions import standing as stands
from gateways.rebuilding import standing as standings
from gateways.rebuilding.differing import KINDS, REASONS, Difference, Summary
from gateways.rebuilding.rebuild import Rebuild
from gateways.rebuilding.refused import NothingBuilt
from gateways.rebuilding.standing import Standing
from gateways.rebuilding.tables import FILLING, NEW, PREVIOUS
from gateways.rebuilding.versions import NEVER, outdated, versions
from ops.opened import Data, Json, Limit, opened, settings
from ops.output import FAILED, WRONG_USE, as_json, columns_of, err, listing, out, said
from ops.views import Row
from ops.wiring import House, installed_mode
from projections.catalogue import PROJECTIONS

Name = Annotated[str, typer.Argument(metavar="NAME", help="a projection")]
Owner = Annotated[
    str | None, typer.Option("--department", "-d", help="whose; needed where several keep it")
]
By = Annotated[str | None, typer.Option("--by", help="your name, told to others (the login name)")]
Copy = Annotated[str, typer.Option("--copy", help="new, or previous: the tables of before")]

FOLLOW_EVERY_S = 0.5


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    projections = typer.Typer(help="The readers.", no_args_is_help=False)
    projections.callback(invoke_without_command=True)(default)
    projections.command("list")(listed)
    projections.command("positions")(positions)
    projections.command("rebuild")(rebuild)
    projections.command("diff")(diff)
    projections.command("cutover")(cutover)
    projections.command("rollback")(rollback)
    projections.command("drop")(drop)
    app.add_typer(projections, name="projections")


def default(context: typer.Context) -> None:
    """Without a further word: the list."""
    if context.invoked_subcommand is None:
        listed()


def listed(data: Data = None, json_: Json = False) -> None:
    """Lists the read models and who keeps them; where data are here, also which need a rebuild."""
    rows: list[Row] = [
        {
            "projection": name,
            "version": projection.version,
            "departments": [node.id for node in NODES.values() if name in node.projections],
            "reads": len(projection.reads),
        }
        for name, projection in PROJECTIONS.items()
    ]
    if installed_mode(settings(data)) is not None:
        with opened(data) as one:
            _add_versions(one, rows)
    here = any("live" in row for row in rows)
    columns = [
        ("projection", said("投影", "Projection")),
        ("version", said("版本", "Version")),
        ("departments", said("部门", "Departments")),
        ("reads", said("事件类型数", "Event types")),
        ("told", said("重建", "Rebuild")),
    ]
    if json_:
        as_json([{name: value for name, value in row.items() if name != "told"} for row in rows])
        return
    listing(rows, columns if here else columns[:-1], json_=False)


def _add_versions(one: House, rows: list[Row]) -> None:
    """Adds to each projection the versions of its live rows, and the copies that stand beside."""
    for row in rows:
        row["live"], row["copies"] = {}, []
    by_name = {row["projection"]: row for row in rows}
    told: dict[str, list[str]] = {name: [] for name in by_name}
    for department in one.platform.departments.values():
        with department.reading() as connection:
            known = versions(connection)
            copies = standings.every(connection)
            old = outdated(connection, department.id)
        for name in department.node.projections:
            by_name[name]["live"][department.id] = known.get(name, PROJECTIONS[name].version)
        for found in old:
            told[found.projection].append(f"{department.id} {_outdated(found.live)}")
        for copy in copies:
            if copy.projection in by_name:
                by_name[copy.projection]["copies"].append(_copy_row(department.id, copy))
                told[copy.projection].append(f"{department.id} {_copy_told(copy)}")
    for name, row in by_name.items():
        row["needs_rebuild"] = [
            department for department, version in row["live"].items() if version != row["version"]
        ]
        row["told"] = "; ".join(told[name])


def _outdated(live: int) -> str:
    if live == NEVER:
        return said("需要重建（缺少以前的事实）", "needs rebuild (lacks earlier facts)")
    return said(f"需要重建（第 {live} 版）", f"needs rebuild (version {live})")


def _copy_row(department: str, copy: Standing) -> Row:
    return {"department": department, **vars(copy), "percent": copy.percent, "left_s": copy.left_s}


def _copy_told(copy: Standing) -> str:
    if copy.copy == PREVIOUS:
        return said("保留切换前的表", "keeps the previous tables")
    if copy.state == FILLING:
        return said(f"重建 {copy.percent}%", f"rebuilding {copy.percent}%")
    return said("已重建，待切换", "rebuilt, to be cut over")


def positions(data: Data = None, json_: Json = False) -> None:
    """Lists how far each department has read each topic partition, and how much is left."""
    rows: list[Row] = []
    with opened(data) as one:
        for department in one.platform.departments.values():
            ends = one.platform.log.ends(department.intake.topics)
            with department.reading() as connection:
                read = stands(connection)
            for (topic, partition), end in sorted(ends.items()):
                place = read.get((topic, partition))
                position = place.next_offset if place else 0
                if end or position:
                    rows.append(
                        {
                            "department": department.id,
                            "topic": topic,
                            "partition": partition,
                            "position": position,
                            "end": end,
                            "lag": end - position,
                        }
                    )
    listing(rows, columns_of(rows), json_=json_)


def rebuild(
    name: Name,
    department: Owner = None,
    again: Annotated[bool, typer.Option("--again", help="from the beginning")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="go on following the log until the cutover")
    ] = False,
    by: By = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Builds a projection anew beside the live one; run it again to go on where it was ended."""
    with opened(data) as one:
        _, made = _rebuild(one, name, department, by)
        with _progress(name) as tell:
            standing = made.build(name, again=again, tell=tell)
        _say_built(standing, json_=json_)
        while follow:
            time.sleep(FOLLOW_EVERY_S)
            try:
                made.follow(name)
            except NothingBuilt:
                out().print(said("已切换。", "It was cut over."))
                return


def _say_built(standing: Standing, *, json_: bool) -> None:
    seconds = max(1, (standing.heard - standing.started) // 1_000_000)
    if json_:
        as_json({**vars(standing), "seconds": seconds})
        return
    name = standing.projection
    out().print(
        said(
            f"{name} 已重建并跟上：{standing.done:,} 个事实，{seconds} 秒。"
            f"下一步：liandong projections diff {name}",
            f"{name} is rebuilt and has caught up: {standing.done:,} facts, {seconds} s."
            f" Next: liandong projections diff {name}",
        ),
        markup=False,
    )


def diff(
    name: Name,
    department: Owner = None,
    limit: Limit = 50,
    by: By = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Shows the rows that a cutover would change, by subject, and why. Exit 1 where there are any."""
    told: list[Difference] = []

    def keep(one: Difference) -> None:
        if len(told) < limit:
            told.append(one)

    with opened(data) as one:
        owner, made = _rebuild(one, name, department, by)
        summary = made.diff(name, keep)
    if json_:
        as_json(_diff_json(summary, told))
    else:
        _say_diff(owner.id, name, summary, told)
    if summary.rows:
        raise typer.Exit(FAILED)


def _diff_json(summary: Summary, told: list[Difference]) -> Row:
    return {
        "digest": summary.digest,
        "rows": summary.rows,
        "counts": [
            {"table": table, "kind": kind, "reason": reason, "rows": count}
            for (table, kind, reason), count in sorted(summary.counts.items())
        ],
        "differences": [vars(one) for one in told],
    }


def _say_diff(department: str, name: str, summary: Summary, told: list[Difference]) -> None:
    rows = [
        {
            "subject": one.subject,
            "matter": one.matter,
            "table": one.table,
            "kind": said(*KINDS[one.kind]),
            "columns": ", ".join(one.columns),
            "reason": said(*REASONS[one.reason]),
            "because": one.because or "",
        }
        for one in told
    ]
    if rows:
        headings = {
            "subject": said("对象", "Subject"),
            "matter": said("事项", "Matter"),
            "table": said("表", "Table"),
            "kind": said("变化", "Change"),
            "columns": said("列", "Columns"),
            "reason": said("原因", "Reason"),
            "because": said("事实", "Fact"),
        }
        listing(rows, list(headings.items()), json_=False)
    for (table, kind, reason), count in sorted(summary.counts.items()):
        out().print(
            f"{table}: {count:,} {said(*KINDS[kind])} ({said(*REASONS[reason])})", markup=False
        )
    out().print(
        said(
            f"共 {summary.rows:,} 行将改变。摘要 {summary.digest}；切换："
            f"liandong projections cutover {name} -d {department} --diff {summary.digest}",
            f"{summary.rows:,} rows would change. Digest {summary.digest}; cut over with"
            f" liandong projections cutover {name} -d {department} --diff {summary.digest}",
        ),
        markup=False,
    )


def cutover(
    name: Name,
    department: Owner = None,
    digest: Annotated[
        str | None, typer.Option("--diff", metavar="DIGEST", help="that the last diff printed")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="without having looked at a diff")] = False,
    by: By = None,
    data: Data = None,
) -> None:
    """Puts the rebuilt tables in the place of the live ones; readers notice nothing."""
    with opened(data) as one:
        owner, made = _rebuild(one, name, department, by)
        taken = made.cutover(name, digest=digest, yes=yes)
    out().print(
        said(
            f"{owner.id} 的 {name} 已切换（末尾 {taken} 个事实）；"
            f"旧表已保留：liandong projections rollback {name}",
            f"{name} of {owner.id} is cut over ({taken} facts at the last);"
            f" the old tables are kept: liandong projections rollback {name}",
        ),
        markup=False,
    )


def rollback(name: Name, department: Owner = None, by: By = None, data: Data = None) -> None:
    """Puts the previous tables back, brought up to the present; a second time: forth again."""
    with opened(data) as one:
        owner, made = _rebuild(one, name, department, by)
        made.rollback(name)
    out().print(
        said(f"{owner.id} 的 {name} 已回退。", f"{name} of {owner.id} is back."), markup=False
    )


def drop(
    name: Name,
    department: Owner = None,
    copy: Copy = PREVIOUS,
    by: By = None,
    data: Data = None,
) -> None:
    """Removes a copy: the previous tables, or a rebuild that is not wanted."""
    if copy not in (NEW, PREVIOUS):
        raise typer.BadParameter(f"{copy!r}: {NEW}, {PREVIOUS}")
    with opened(data) as one:
        _, made = _rebuild(one, name, department, by)
        found = made.drop(name, copy)
    out().print(said("已删除。", "Removed.") if found else said("没有。", "There was none."))


def _rebuild(
    one: House, name: str, department: str | None, by: str | None
) -> tuple[Department, Rebuild]:
    """The department that is meant, and its rebuilds; exit 2 where that is not clear."""
    if department is None:
        keeping = [
            found.id
            for found in one.platform.departments.values()
            if name in found.node.projections
        ]
        if len(keeping) != 1:
            err().print(
                said(
                    f"{name} 由这些部门保有：{', '.join(keeping)}；请用 --department 指定",
                    f"{name} is kept by {', '.join(keeping)}: say which with --department",
                )
                if keeping
                else said(f"没有投影 {name}", f"There is no projection {name}"),
                markup=False,
            )
            raise typer.Exit(WRONG_USE)
        department = keeping[0]
    owner = one.department(department)
    return owner, Rebuild(owner.id, owner.database, by or getpass.getuser())


@contextmanager
def _progress(name: str) -> Iterator[Any]:
    """Shows on a terminal how much has gone in, and the time left."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}  {task.fields[rate]:,}/s"),
        TimeRemainingColumn(),
        console=err(),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(name, total=1, rate=0)

        def tell(standing: Standing) -> None:
            bar.update(task, total=standing.facts, completed=standing.done, rate=standing.rate)

        yield tell
