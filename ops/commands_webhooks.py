"""`webhooks`: topics pushed to the endpoints of department systems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from domain.departments import ORGANS
from gateways.department.node import Department
from gateways.log.port import LogUnavailable
from gateways.log.positions import EARLIEST, LATEST, BadPosition
from gateways.webhooks.addresses import WrongEndpoint
from gateways.webhooks.giving import renew, replay, subscribe, told
from gateways.webhooks.subscriptions import REVOKED, NotEntitled, UnknownWebhook, Webhook
from ops.opened import Data, Json, opened
from ops.output import WRONG_USE, as_json, err, listing, out, said
from ops.posts import post_of
from ops.views import Row
from ops.wiring import House

Id = Annotated[str, typer.Argument(help="the webhook's id, as `webhooks list` shows it")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    webhooks = typer.Typer(help="Topics pushed over HTTP.", no_args_is_help=True)
    webhooks.command("add")(add)
    webhooks.command("list")(list_)
    webhooks.command("replay")(replay_)
    webhooks.command("secret")(secret)
    webhooks.command("enable")(enable)
    webhooks.command("disable")(disable)
    webhooks.command("remove")(remove)
    app.add_typer(webhooks, name="webhooks")


def add(
    url: Annotated[str, typer.Argument(help="the endpoint: https, or an allowed network")],
    post: Annotated[str, typer.Option("--post", help="for whose department: HRSS_MKT@210103")],
    topic: Annotated[list[str], typer.Option("--topic", help="a topic; may be repeated")],
    after: Annotated[
        str, typer.Option("--after", help="latest, earliest, or a position of the one topic")
    ] = LATEST,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Subscribes an endpoint to topics and prints its secret once."""
    who = post_of(post)
    with opened(data) as one:
        department = one.department(ORGANS[who.organ].node)
        made, secret = _told_wrong(
            lambda: subscribe(
                department.webhooks,
                one.platform.log,
                department.networks,
                account=f"post:{who.id}",
                url=url,
                topics=topic,
                after=after,
            )
        )
        if json_:
            as_json({**told(made), "secret": secret})
            return
    out().print(f"{made.webhook_id}  {secret}", markup=False)


def list_(data: Data = None, json_: Json = False) -> None:
    """Lists the webhooks: state, what waits, and what went wrong last."""
    with opened(data) as one:
        rows: list[Row] = [
            {"department": department.id, **told(webhook, _ends(one, webhook))}
            for department in one.platform.departments.values()
            for webhook in department.webhooks.all()
        ]
    if json_:
        as_json(rows)
        return
    listing(
        [{**row, **_summed(row)} for row in rows],
        [
            ("id", said("编号", "Id")),
            ("department", said("部门", "Department")),
            ("state", said("状态", "State")),
            ("why", said("原因", "Reason")),
            ("behind", said("待推送", "Behind")),
            ("delivered", said("最近送达", "Delivered")),
            ("error", said("最近错误", "Last error")),
            ("url", said("地址", "Endpoint")),
        ],
        json_=False,
    )


def replay_(
    webhook: Id,
    topic: Annotated[
        str | None, typer.Option("--topic", help="one of its topics; all if left out")
    ] = None,
    after: Annotated[
        str, typer.Option("--after", help="earliest, latest, or a position of the topic")
    ] = EARLIEST,
    data: Data = None,
) -> None:
    """Delivers again from a position, under the same id for each event."""
    with opened(data) as one:
        department = _of(one, webhook)
        _told_wrong(lambda: replay(department.webhooks, one.platform.log, webhook, topic, after))
    out().print(said("将从该位置重新推送：", "delivers again from there: ") + webhook, markup=False)


def secret(webhook: Id, data: Data = None) -> None:
    """Draws a new secret and prints it once; the one before signs too until the next is drawn."""
    with opened(data) as one:
        _, drawn = renew(_of(one, webhook).webhooks, webhook)
    out().print(drawn, markup=False)


def enable(
    webhook: Id,
    post: Annotated[
        str | None,
        typer.Option("--post", help="who answers for it where its key was revoked: HRSS@210103"),
    ] = None,
    data: Data = None,
) -> None:
    """Sends again from where it stopped, at once."""
    with opened(data) as one:
        department = _of(one, webhook)
        account = _account(department, post) if post else ""
        if not account and department.webhooks.one(webhook).reason == REVOKED:
            err().print(
                said(
                    "其密钥已被撤销：请用 --post 写明由哪个岗位负责",
                    "its key was revoked: say with --post which post answers for it now",
                ),
                markup=False,
            )
            raise typer.Exit(WRONG_USE)
        department.webhooks.enable(webhook, account)
    out().print(said("已启用：", "enabled: ") + webhook, markup=False)


def disable(webhook: Id, data: Data = None) -> None:
    """Sends nothing more; what was delivered is remembered."""
    with opened(data) as one:
        _of(one, webhook).webhooks.disable(webhook)
    out().print(said("已停用：", "disabled: ") + webhook, markup=False)


def remove(webhook: Id, data: Data = None) -> None:
    """Forgets a webhook and its secret."""
    with opened(data) as one:
        _of(one, webhook).webhooks.remove(webhook)
    out().print(said("已删除：", "removed: ") + webhook, markup=False)


def _account(department: Department, post: str) -> str:
    """The account of a post of the webhook's own department; ends the command for another's."""
    who = post_of(post)
    if ORGANS[who.organ].node != department.id:
        err().print(
            said(f"{post} 不属于 {department.id}", f"{post} is no post of {department.id}"),
            markup=False,
        )
        raise typer.Exit(WRONG_USE)
    return f"post:{who.id}"


def _of(one: House, webhook: str) -> Department:
    """The department that has a webhook; ends the command where none has."""
    for department in one.platform.departments.values():
        try:
            department.webhooks.one(webhook)
        except UnknownWebhook:
            continue
        return department
    err().print(
        said(
            f"没有推送订阅 {webhook}；liandong webhooks list 列出全部",
            f"there is no webhook {webhook}; `liandong webhooks list` shows them",
        ),
        markup=False,
    )
    raise typer.Exit(WRONG_USE)


def _told_wrong(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except WrongEndpoint as wrong:
        sentence = said(wrong.zh, wrong.en)
    except NotEntitled as wrong:
        sentence = said(
            f"无权读取或未订阅主题 {wrong}；liandong topics 列出读者",
            f"{wrong} may not be read here or is not subscribed; `liandong topics` shows readers",
        )
    except BadPosition as wrong:
        sentence = said(
            f"{wrong} 不是该主题的位置；可用 earliest 或 latest",
            f"{wrong} is no position of this topic; say earliest or latest",
        )
    err().print(sentence, markup=False)
    raise typer.Exit(WRONG_USE)


def _ends(one: House, webhook: Webhook) -> Any:
    try:
        return one.platform.log.ends(list(webhook.topics))
    except LogUnavailable:
        return None  # listed without its lag


def _summed(row: Row) -> Row:
    topics = row["topics"]
    known = [topic["behind"] for topic in topics if topic["behind"] is not None]
    return {
        "why": said(row["reason_zh"], row["reason_en"]),
        "behind": sum(known) if known else None,
        "error": next((topic["error"] for topic in topics if topic["error"]), ""),
    }
