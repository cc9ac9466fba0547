"""`accounts`, `doctor`, `bench`: who may sign in, what is wrong here, and how fast it is."""

from __future__ import annotations

import importlib.util
import secrets
import subprocess
import sys
from typing import Annotated, NoReturn

import typer

from gateways.http.accounts import (
    PASSWORD_LENGTH_MIN,
    AccountExists,
    Accounts,
    UnknownUser,
    WeakPassword,
)
from ops import doctor as examination
from ops.near_names import nearest
from ops.opened import Data, Json, opened, settings
from ops.output import FAILED, WRONG_USE, as_json, err, listing, out, said
from ops.posts import post_of
from ops.settings import ROOT
from ops.views import Row

User = Annotated[str, typer.Argument(help="user name")]
Generate = Annotated[bool, typer.Option("--generate", help="draw a password and print it once")]
Post = Annotated[str, typer.Option("--post", help="the post it acts as: HRSS_APPR@210103")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    accounts = typer.Typer(help="Accounts and API keys.", no_args_is_help=True)
    accounts.command("add")(accounts_add)
    accounts.command("list")(accounts_list)
    accounts.command("password")(accounts_password)
    accounts.command("remove")(accounts_remove)
    accounts.command("key")(accounts_key)
    accounts.command("keys")(accounts_keys)
    accounts.command("revoke")(accounts_revoke)
    app.add_typer(accounts, name="accounts")
    app.command("doctor")(doctor)
    app.command(
        "bench", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
    )(bench)


def accounts_add(user: User, post: Post, generate: Generate = False, data: Data = None) -> None:
    """Makes an account for one post; the password is asked for, or read from standard input."""
    who = post_of(post)
    with opened(data) as one:
        password = _new_password(generate=generate)
        try:
            one.accounts().create(
                user,
                password,
                organ=who.organ,
                region=who.region,
                post=who.id,
                appointment=who.appointment,
            )
        except AccountExists:
            _refuse(
                f"账号 {user} 已存在；liandong accounts password {user} 可换口令",
                f"{user} exists already; `liandong accounts password {user}` changes its password",
            )
        except WeakPassword:
            _refuse(*_WEAK)
    out().print(f"{user}  {who.id}" + (f"  {password}" if generate else ""), markup=False)


def accounts_password(user: User, generate: Generate = False, data: Data = None) -> None:
    """Sets a new password, asked for or read from standard input; every session of the user ends."""
    with opened(data) as one:
        accounts = one.accounts()
        _known(accounts, user)
        password = _new_password(generate=generate)
        try:
            ended = accounts.change_password(user, password)
        except UnknownUser:
            _unknown(accounts, user)
        except WeakPassword:
            _refuse(*_WEAK)
    told = said(f"会话结束 {ended} 个", f"{ended} sessions ended")
    out().print(f"{user}  {told}" + (f"  {password}" if generate else ""), markup=False)


def accounts_remove(
    user: User,
    keys: Annotated[
        bool, typer.Option("--keys", help="end the live API keys of its post with it")
    ] = False,
    data: Data = None,
) -> None:
    """Ends an account and its sessions at once; API keys of its post are named, or end with --keys."""
    with opened(data) as one:
        accounts = one.accounts()
        post = _known(accounts, user)
        of_post = [prefix for prefix, held in accounts.live_keys().items() if held == post]
        # First the keys: were the account gone, a second run would not know of which post they are.
        for prefix in of_post if keys else ():
            accounts.revoke_key(prefix)
        try:
            ended = accounts.remove(user)
        except UnknownUser:
            _unknown(accounts, user)
    told = said(f"会话结束 {ended} 个", f"{ended} sessions ended")
    out().print(f"{said('已注销：', 'removed: ')}{user}  {post}  {told}", markup=False)
    for prefix in of_post:
        out().print(
            said("已撤销：", "revoked: ") + prefix
            if keys
            else said(
                f"该岗位的密钥仍有效：{prefix}；liandong accounts revoke {prefix} 可撤销",
                f"a key of this post is still live: {prefix};"
                f" `liandong accounts revoke {prefix}` ends it",
            ),
            markup=False,
        )


_WEAK = (
    f"口令至少 {PASSWORD_LENGTH_MIN} 个字符，且不得与账号相同；--generate 可自动生成",
    f"A password needs at least {PASSWORD_LENGTH_MIN} characters and is not the user name;"
    " --generate draws one",
)


def _new_password(*, generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(15)
    if sys.stdin.isatty():
        asked: str = typer.prompt(
            said("口令", "Password"), hide_input=True, confirmation_prompt=True
        )
        return asked
    return sys.stdin.readline().rstrip("\n")


def _known(accounts: Accounts, user: str) -> str:
    """The post that an account acts as; one that there is not is told before anything is asked."""
    return accounts.posts().get(user) or _unknown(accounts, user)


def _unknown(accounts: Accounts, user: str) -> NoReturn:
    zh, en = nearest(user, accounts.users())
    _refuse(
        f"没有账号 {user}{zh}liandong accounts list 列出全部",
        f"There is no account {user}{en}`liandong accounts list` lists them",
    )


def _refuse(zh: str, en: str) -> NoReturn:
    err().print(said(zh, en), markup=False)
    raise typer.Exit(WRONG_USE) from None


def accounts_list(data: Data = None, json_: Json = False) -> None:
    """Lists the accounts, each with the post it acts as."""
    with opened(data) as one:
        rows: list[Row] = [
            {"user": user, "post": post} for user, post in one.accounts().posts().items()
        ]
    listing(rows, [("user", said("账号", "User")), ("post", said("岗位", "Post"))], json_=json_)


def accounts_key(post: Post, data: Data = None) -> None:
    """Makes an API key bound to one post and prints it once."""
    who = post_of(post)
    with opened(data) as one:
        key = one.accounts().issue_key(
            organ=who.organ, region=who.region, post=who.id, appointment=who.appointment
        )
    out().print(key, markup=False)


def accounts_keys(data: Data = None, json_: Json = False) -> None:
    """Lists the live API keys by what they begin with, each with the post it acts as."""
    with opened(data) as one:
        rows: list[Row] = [
            {"key": prefix, "post": post} for prefix, post in one.accounts().live_keys().items()
        ]
    listing(rows, [("key", said("密钥", "Key")), ("post", said("岗位", "Post"))], json_=json_)


def accounts_revoke(
    key: Annotated[str, typer.Argument(help="what the key begins with, as `accounts keys` shows")],
    data: Data = None,
) -> None:
    """Ends an API key at once; streams and webhooks that rest on it end with it."""
    prefix = key.partition(".")[0]
    with opened(data) as one:
        ended = one.accounts().revoke_key(prefix)
    if not ended:
        _refuse(
            f"没有以 {prefix} 开头的有效密钥；liandong accounts keys 列出全部",
            f"No live key begins with {prefix}; `liandong accounts keys` lists them",
        )
    out().print(said("已撤销：", "revoked: ") + prefix, markup=False)


def doctor(data: Data = None, json_: Json = False) -> None:
    """Says what is wrong with this installation and how to mend it."""
    findings = examination.examine(settings(data))
    if json_:
        as_json(findings)
    else:
        for finding in findings:
            mark = {"good": "✓", "note": "·", "wrong": "✗", "unreachable": "✗"}[finding.state]
            out().print(f"{mark} {finding.what}", markup=False)
            if finding.mend:
                out().print(f"    {finding.mend}", markup=False)
    code = examination.exit_code(findings)
    if code:
        raise typer.Exit(code)


def bench(context: typer.Context) -> None:
    """Measures against the floors and prints ratios: everything after `bench` goes to it."""
    if importlib.util.find_spec("ops.benchmarks") is None:
        err().print(
            said("此安装不含基准测试。", "This installation holds no benchmarks."), markup=False
        )
        raise typer.Exit(WRONG_USE)
    done = subprocess.run(
        [sys.executable, "-m", "ops.benchmarks", *context.args], cwd=ROOT, check=False
    )
    if done.returncode:
        raise typer.Exit(WRONG_USE if done.returncode == WRONG_USE else FAILED)
