"""`topics` and `topics show`: how far each reader is, and what each topic carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from domain.departments import CONTROL_FAMILY, NODES, TOPICS
from gateways.contracts.catalogue import topic_rows, type_row
from gateways.department.taking_in.lag import lags, words
from ops.near_names import nearest
from ops.opened import Data, Json, opened, settings
from ops.output import WRONG_USE, as_json, err, out, said, table
from ops.views import Row
from ops.wiring import House, installed_mode, topics_of

BEHIND_ON = 3
"""Topics that a reader's line names: those of which it has most to read."""


def register(topics: typer.Typer) -> None:
    """Makes the group `topics` tell lag where no further word is given, and adds `show`."""
    topics.callback(invoke_without_command=True)(told)
    topics.command("show")(show)


def told(
    context: typer.Context,
    all_: Annotated[
        bool, typer.Option("--all", help="also topics that hold nothing, and control topics")
    ] = False,
    data: Data = None,
    json_: Json = False,
) -> None:
    """The shared log. Without a further word: each reader's lag, and what each topic holds."""
    if context.invoked_subcommand is not None:
        return
    rows = topic_rows()
    chosen = settings(data)
    here = installed_mode(chosen) is not None
    if here:
        with opened(data) as one:
            _add_positions(one, rows)
    if json_:
        as_json(rows)
    elif here:
        _tell_lag(rows, every=all_)
    else:
        columns = [("topic", said("主题", "Topic")), ("writer", said("发布", "Writer"))]
        types = ("types", said("事件种类", "Types"))
        readers = ("readers", said("读者", "Readers"))
        table([{**row, "types": len(row["types"])} for row in rows], [*columns, types, readers])


def show(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="labour.hr.licensing ...")],
    data: Data = None,
    json_: Json = False,
) -> None:
    """One topic: what it carries, and how far each of its readers is."""
    if topic not in TOPICS:
        zh, en = nearest(topic, TOPICS)
        err().print(
            said(
                f"没有主题 {topic}{zh}liandong topics --all 列出全部",
                f"There is no topic {topic}{en}`liandong topics --all` lists them",
            ),
            markup=False,
        )
        raise typer.Exit(WRONG_USE)
    (row,) = (one for one in topic_rows() if one["topic"] == topic)
    if installed_mode(settings(data)) is not None:
        with opened(data) as one:
            _add_positions(one, [row])
    if json_:
        as_json(row)
        return
    writer = said(NODES[row["writer"]].zh, NODES[row["writer"]].en)
    print_ = out().print
    print_(f"{topic}: {said('发布', 'written by')} {row['writer']} ({writer})", markup=False)
    count = said(f"{row['partitions']} 个分区", f"{row['partitions']} partitions")
    held = said(f"{row['end']} 条记录", f"{row['end']} records") if "end" in row else ""
    print_("  " + said("，", ", ").join(part for part in (count, held) if part), markup=False)
    if row["types"]:
        print_("\n" + said("事件", "Types"))
        types = [type_row(name) for name in row["types"]]
        meaning = said("zh", "en")
        table(types, [("type", said("种类", "Type")), (meaning, said("含义", "Meaning"))])
    print_("\n" + said("读者", "Readers"))
    standing = {one["department"]: one for one in row.get("read", [])}
    readers = [
        _reader_row(name, [standing[name]] if name in standing else []) for name in row["readers"]
    ]
    table(readers, _reader_columns(readers))


def _add_positions(one: House, rows: Sequence[Row]) -> None:
    """Adds to each topic the sum of its end offsets, and each reader's position and lag."""
    # A department's user sees no more of the log than the department does.
    seen = topics_of(one.platform.departments)
    ends = one.platform.log.ends(seen)
    for row in rows:
        if row["topic"] in seen:
            row["end"] = sum(end for (topic, _), end in ends.items() if topic == row["topic"])
            row["read"] = []
    for department in one.platform.departments.values():
        by_topic = {one.topic: one for one in lags(department, ends)}
        for row in rows:
            if (found := by_topic.get(row["topic"])) is not None:
                row["read"].append(
                    {
                        "department": department.id,
                        "position": found.position,
                        "lag": found.lag,
                        "oldest_wait_s": found.oldest_wait_s,
                        "per_minute": found.per_minute,
                        "set_aside": found.quarantined,
                    }
                )


def _tell_lag(rows: Sequence[Row], *, every: bool) -> None:
    """The readers, then the topics; control topics always hold a stamp or two that are unread."""
    business = [row for row in rows if TOPICS[row["topic"]].family != CONTROL_FAMILY]
    by_reader: dict[str, list[Row]] = {}
    for row in business:
        for one in row.get("read", []):
            by_reader.setdefault(one["department"], []).append({**one, "topic": row["topic"]})
    out().print(said("读者", "Readers"), style="bold")
    readers = [_reader_row(name, read) for name, read in by_reader.items()]
    table(readers, _reader_columns(readers))
    seen = [row for row in (rows if every else business) if "end" in row]
    told_of = seen if every else [row for row in seen if row["end"]]
    out().print("\n" + said("主题", "Topics"), style="bold")
    table(
        [
            {
                "topic": row["topic"],
                "end": row["end"],
                "unread": ", ".join(
                    f"{one['department']} {one['lag']}" for one in row["read"] if one["lag"]
                ),
                # What the fastest reader takes in is what the topic carries.
                "rate": round(max((one["per_minute"] for one in row["read"]), default=0.0), 1),
            }
            for row in told_of
        ],
        [
            ("topic", said("主题", "Topic")),
            ("end", said("记录数", "Records")),
            ("rate", said("条/分钟", "A minute")),
            ("unread", said("谁未读完", "Unread by")),
        ],
    )
    empty = len(seen) - len(told_of)
    if empty:
        out().print(
            said(
                f"另有 {empty} 个主题没有记录（--all 全部列出）；"
                "liandong topics show 主题：所载事件与各读者",
                f"{empty} more topics hold nothing (--all lists all);"
                " `liandong topics show TOPIC` tells what one carries and its readers",
            ),
            style="dim",
        )
    hidden = sum("end" not in row for row in (rows if every else business))
    if hidden:
        out().print(
            said(
                f"另有 {hidden} 个主题在此看不到：此处的部门既不发布也不读取",
                f"{hidden} more topics cannot be seen from here: no department served here writes"
                " or reads them",
            ),
            style="dim",
        )


def _reader_row(reader: str, read: Sequence[Mapping[str, Any]]) -> Row:
    """A reader over the topics it reads; no figures where it is served by another process."""
    row: Row = {"reader": f"{reader} {said(NODES[reader].zh, NODES[reader].en)}"}
    if not read:
        return row
    waits = [one["oldest_wait_s"] for one in read if one["oldest_wait_s"] is not None]
    behind = sorted((one for one in read if one["lag"]), key=lambda one: -one["lag"])
    named = [f"{one['topic']} {one['lag']}" for one in behind[:BEHIND_ON] if "topic" in one]
    more = len(behind) - BEHIND_ON
    return row | {
        "lag": sum(one["lag"] for one in read),
        "wait": said(*words(max(waits, default=None))) or "—",
        "rate": round(sum(one["per_minute"] for one in read), 1),
        "aside": sum(one["set_aside"] for one in read),
        "behind": ", ".join(named) + (f", +{more}" if named and more > 0 else ""),
    }


def _reader_columns(readers: Sequence[Row]) -> list[tuple[str, str]]:
    columns = [
        ("reader", said("读者", "Reader")),
        ("lag", said("未读", "Unread")),
        ("wait", said("最久等待", "Oldest wait")),
        ("rate", said("条/分钟", "A minute")),
        ("aside", said("隔离", "Set aside")),
        ("behind", said("未读最多", "Behind on")),
    ]
    return [one for one in columns if any(row.get(one[0]) not in (None, "") for row in readers)]
