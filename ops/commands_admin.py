"""`accounts`, `doctor`, `bench`: who may sign in, what is wrong here, and how fast it is."""

from __future__ import annotations

import importlib.util
import secrets
import subprocess
import sys
from typing import Annotated

import typer

from gateways.http.accounts import AccountExists, WeakPassword
from ops import doctor as examination
from ops.opened import Data, Json, opened, settings
from ops.output import FAILED, WRONG_USE, as_json, err, listing, out, said
from ops.posts import post_of
from ops.settings import ROOT
from ops.views import Row

Post = Annotated[str, typer.Option("--post", help="the post it acts as: HRSS_APPR@210103")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    accounts = typer.Typer(help="Accounts and API keys.", no_args_is_help=True)
    accounts.command("add")(accounts_add)
    accounts.command("list")(accounts_list)
    accounts.command("key")(accounts_key)
    accounts.command("keys")(accounts_keys)
    accounts.command("revoke")(accounts_revoke)
    app.add_typer(accounts, name="accounts")
    app.command("doctor")(doctor)
    app.command(
        "bench", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
    )(bench)


def accounts_add(
    user: Annotated[str, typer.Argument(help="user name")],
    post: Post,
    generate: Annotated[
        bool, typer.Option("--generate", help="draw a password and print it once")
    ] = False,
    data: Data = None,
) -> None:
    """Makes an account for one post; the password is asked for, or read from standard input."""
    who = post_of(post)
    with opened(data) as one:
        if generate:
            password = secrets.token_urlsafe(15)
        elif sys.stdin.isatty():
            password = typer.prompt(
                said("口令", "Password"), hide_input=True, confirmation_prompt=True
            )
        else:
            password = sys.stdin.readline().rstrip("\n")
        try:
            one.accounts().create(
                user,
                password,
                organ=who.organ,
                region=who.region,
                post=who.id,
                appointment=who.appointment,
            )
        except (AccountExists, WeakPassword) as wrong:
            told = f"{user} exists already" if isinstance(wrong, AccountExists) else str(wrong)
            err().print(told, markup=False)
            raise typer.Exit(WRONG_USE) from None
    out().print(f"{user}  {who.id}" + (f"  {password}" if generate else ""), markup=False)


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
        err().print(
            said(
                f"没有以 {prefix} 开头的有效密钥；liandong accounts keys 列出全部",
                f"No live key begins with {prefix}; `liandong accounts keys` lists them",
            ),
            markup=False,
        )
        raise typer.Exit(WRONG_USE)
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
        raise typer.Exit(FAILED)
