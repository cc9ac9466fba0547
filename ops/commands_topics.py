"""`topics apply`, `check` and `password`: who may do what on the shared log.

`topics apply` brings the brokers to what the table of departments says, `topics check` tells
every difference from it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from gateways.log.drift import Difference
from gateways.log.grants import users
from ops import commands_lag, commands_refill
from ops.opened import Data, Json, settings
from ops.output import FAILED, WRONG_USE, as_json, err, out, said
from ops.settings import Mode, Settings
from ops.views import Row

LINES_MAX = 8
"""Differences of one kind that are told one by one; JSON tells them all."""


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    topics = typer.Typer(help="The shared log.", no_args_is_help=False)
    commands_lag.register(topics)
    topics.command("apply")(topics_apply)
    topics.command("check")(topics_check)
    topics.command("password")(topics_password)
    commands_refill.register(topics)
    app.add_typer(topics, name="topics")


def topics_apply(
    all_in_one: Annotated[
        bool,
        typer.Option(
            "--all-in-one",
            help="also makes the user of a process that serves several departments",
        ),
    ] = False,
    renew: Annotated[
        list[str] | None, typer.Option("--renew", help="gives this user a new password")
    ] = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Makes what is missing at the brokers: topics, users with passwords, grants; removes what
    is too much. Exit 1 where something is left that an operator must mend."""
    chosen = settings(data)
    if _embedded(chosen, json_=json_):
        return
    from ops.log_access import Passwords, kafka_grants

    unknown = set(renew or ()) - users(everybody=True)
    if unknown:
        err().print(
            said("没有用户 ", "There is no user ") + ", ".join(sorted(unknown)), markup=False
        )
        raise typer.Exit(WRONG_USE)
    passwords, keeper = Passwords(chosen.kafka_users), kafka_grants(chosen)
    mended, left = keeper.apply(passwords.kept, everybody=all_in_one)
    for user in renew or ():
        passwords.renew(user, keeper.set_password)
    if json_:
        as_json({"mended": _rows(mended), "renewed": renew or [], "left": _rows(left)})
    else:
        for line in _done(mended):
            out().print(line, markup=False)
        made = [one.what for one in mended if one.kind == "USER_MISSING"]
        if made or renew:
            out().print(
                said("口令存于 ", "Passwords lie in ") + str(chosen.kafka_users), markup=False
            )
        _tell(left, "\u2717")
        if not mended and not left and not renew:
            _say_as_it_should()
    if left:
        raise typer.Exit(FAILED)


def topics_check(data: Data = None, json_: Json = False) -> None:
    """Tells every difference between the brokers and the table of departments. Exit 1 on any."""
    chosen = settings(data)
    if _embedded(chosen, json_=json_):
        return
    from gateways.log.drift import differences
    from ops.log_access import kafka_grants

    found = differences(kafka_grants(chosen).standing())
    if json_:
        as_json(_rows(found))
    elif found:
        _tell(found, "\u2717")
    else:
        _say_as_it_should()
    if found:
        raise typer.Exit(FAILED)


def topics_password(
    user: Annotated[str, typer.Argument(help="a user of the log, such as liandong-hr-system")],
    data: Data = None,
) -> None:
    """Prints the password that was made for a user of the log, to be handed over."""
    from ops.log_access import Passwords

    place = Passwords(settings(data).kafka_users).place(user)
    if user not in users(everybody=True) or not place.exists():
        err().print(
            said(
                f"此处没有为 {user} 生成的口令（{place}）；请先运行 liandong topics apply",
                f"No password was made here for {user} ({place}); `liandong topics apply` makes"
                " it, and with --renew a new one",
            ),
            markup=False,
        )
        raise typer.Exit(WRONG_USE)
    typer.echo(place.read_text(encoding="utf-8").strip())


def _embedded(chosen: Settings, *, json_: bool) -> bool:
    """Says that an embedded log has no users, where it is one."""
    if chosen.mode is not Mode.EMBEDDED:
        return False
    told = said(
        "内嵌日志是本机的一个文件：没有用户和授权，谁能读该文件由操作系统决定。",
        "The embedded log is a file of this machine: it has no users and no grants; the"
        " operating system says who reads the file.",
    )
    if json_:
        as_json({"embedded": told})
    else:
        out().print(told, markup=False)
    return True


def _rows(found: Sequence[Difference]) -> list[Row]:
    return [
        {"kind": one.kind, "what": one.what, "zh": one.zh, "en": one.en, "mendable": one.mendable}
        for one in found
    ]


def _tell(found: Sequence[Difference], sign: str) -> None:
    kinds: dict[str, list[Difference]] = defaultdict(list)
    for one in found:
        kinds[one.kind].append(one)
    for kind, ones in kinds.items():
        for one in ones[:LINES_MAX]:
            out().print(f"{sign} {kind}: {said(one.zh, one.en)}", markup=False)
        more = len(ones) - LINES_MAX
        if more > 0:
            out().print(
                f"{sign} {kind}: "
                + said(f"另有 {more} 处（--json 全部列出）", f"{more} more (--json tells all)"),
                markup=False,
            )


_DONE = {
    "TOPIC_MISSING": ("已建主题", "Topics made"),
    "FINITE_RETENTION": ("已改为永久保存", "Topics that now keep for ever"),
    "WRONG_IN_SYNC": ("已改 min.insync.replicas", "Topics whose min.insync.replicas was set"),
    "USER_MISSING": ("已建用户", "Users made"),
    "USER_SURPLUS": ("已删用户", "Users removed"),
    "GRANT_MISSING": ("已授权", "Grants made"),
    "GRANT_SURPLUS": ("已撤销授权", "Grants removed"),
}


def _done(mended: Sequence[Difference]) -> Iterator[str]:
    """What was done, a line for each kind: how many of each thing, in order of name."""
    for kind, told in _DONE.items():
        counts = Counter(one.what for one in mended if one.kind == kind)
        if counts:
            names = [
                f"{name} ({count})" if count > 1 else name for name, count in sorted(counts.items())
            ]
            yield f"{said(*told)}: {counts.total()}: {', '.join(names)}"


def _say_as_it_should() -> None:
    out().print(
        said(
            "主题、用户与授权均与部门表一致。",
            "Topics, users and grants are as the table of departments says.",
        )
    )
