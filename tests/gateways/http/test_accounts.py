"""Accounts, keys and sessions."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateways.http.accounts import (
    FREE_FAILURES,
    AccountExists,
    Accounts,
    UnknownOrgan,
    UnknownUser,
    WeakPassword,
)

GOOD = "a long enough password"


class Hands:
    """A clock that the test moves, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def accounts(tmp_path: Path, hands: Hands) -> Accounts:
    opened = Accounts.open(tmp_path / "accounts.sqlite", hands)
    opened.create("officer", GOOD, organ="HRSS_MKT", region="210103", appointment="t")
    return opened


def test_a_session_belongs_to_the_post_until_it_is_ended(accounts: Accounts) -> None:
    token = accounts.sign_in("officer", GOOD, session_s=60).token
    assert token is not None
    who = accounts.of_session(token)
    assert who is not None
    assert (who.post.id, who.department) == ("HRSS_MKT@210103", "hr")
    accounts.sign_out(token)
    assert accounts.of_session(token) is None


def test_a_session_expires(accounts: Accounts, hands: Hands) -> None:
    token = accounts.sign_in("officer", GOOD, session_s=60).token
    assert token is not None
    hands.now += 61
    assert accounts.of_session(token) is None


def test_a_new_password_ends_every_session(accounts: Accounts) -> None:
    token = accounts.sign_in("officer", GOOD, session_s=60).token
    assert token is not None
    accounts.change_password("officer", "another long password")
    assert accounts.of_session(token) is None
    assert accounts.sign_in("officer", GOOD, session_s=60).token is None


def test_a_removed_account_ends_at_once_and_its_name_begins_with_nothing(
    accounts: Accounts,
) -> None:
    token = accounts.sign_in("officer", GOOD, session_s=60).token
    assert token is not None
    accounts.mark_read("officer", "a task")
    assert accounts.remove("officer") == 1
    assert accounts.of_session(token) is None
    assert accounts.sign_in("officer", GOOD, session_s=60).token is None
    assert accounts.appointed("HRSS_MKT@210103") is None
    accounts.create("officer", GOOD, organ="SAMR", region="210103", appointment="t")
    assert accounts.of_session(token) is None
    assert accounts.read_of("officer", ["a task"]) == set()
    for act in (
        lambda: accounts.remove("nobody"),
        lambda: accounts.change_password("nobody", "another long password"),
    ):
        with pytest.raises(UnknownUser):
            act()


def test_a_password_that_changes_while_it_is_checked_opens_nothing(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = accounts._matches

    def slowly(hashed: str, password: str) -> bool:
        good = checked(hashed, password)
        accounts.change_password("officer", "another long password")
        return good

    with monkeypatch.context() as slow:
        slow.setattr(accounts, "_matches", slowly)
        assert accounts.sign_in("officer", GOOD, session_s=60).token is None
    assert accounts.sign_in("officer", "another long password", session_s=60).token is not None


def test_repeated_wrong_passwords_make_the_user_wait_longer_each_time(
    accounts: Accounts, hands: Hands
) -> None:
    waits = []
    for _ in range(7):
        outcome = accounts.sign_in("officer", "wrong", session_s=60)
        waits.append(outcome.wait_s)
        hands.now += outcome.wait_s
    assert waits == [0, 0, 0, 0, 5, 10, 20]
    accounts.sign_in("officer", "wrong", session_s=60)
    assert accounts.sign_in("officer", GOOD, session_s=60).token is None
    hands.now += 40
    assert accounts.sign_in("officer", GOOD, session_s=60).token is not None


def test_many_wrong_passwords_at_once_are_as_many_as_one_after_the_other(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def checked(_hashed: str, password: str) -> bool:
        looked.append(password)
        time.sleep(0.05)
        return False

    monkeypatch.setattr(accounts, "_matches", checked)
    with ThreadPoolExecutor(16) as together:
        tries = [
            together.submit(accounts.sign_in, "officer", f"guess {n}", session_s=60)
            for n in range(40)
        ]
    assert len(looked) <= FREE_FAILURES + 1
    assert all(one.result().token is None for one in tries)


def test_an_unknown_user_is_refused_like_a_wrong_password(accounts: Accounts) -> None:
    assert accounts.sign_in("nobody", GOOD, session_s=60).token is None


def test_weak_passwords_taken_names_and_unknown_organs_are_refused(accounts: Accounts) -> None:
    with pytest.raises(WeakPassword):
        accounts.create("b", "short", organ="SAMR", region="210103", appointment="t")
    with pytest.raises(AccountExists):
        accounts.create("officer", GOOD, organ="SAMR", region="210103", appointment="t")
    with pytest.raises(UnknownOrgan):
        accounts.create("c", GOOD, organ="CASTLE", region="210103", appointment="t")


def test_a_key_acts_as_its_post_until_it_is_revoked(accounts: Accounts) -> None:
    key = accounts.issue_key(organ="SAMR", region="210103", appointment="t")
    who = accounts.of_key(key)
    assert who is not None
    assert who.department == "samr"
    assert accounts.of_key(key + "x") is None
    accounts.revoke_key(key.split(".")[0])
    assert accounts.of_key(key) is None


def test_no_secret_stands_in_the_file(accounts: Accounts, tmp_path: Path) -> None:
    key = accounts.issue_key(organ="SAMR", region="210103", appointment="t")
    token = accounts.sign_in("officer", GOOD, session_s=60).token
    assert token is not None
    accounts.engine.dispose()
    rows = "\n".join(sqlite3.connect(tmp_path / "accounts.sqlite").iterdump())
    for secret in (GOOD, key, token):
        assert secret not in rows
    assert (tmp_path / "accounts.sqlite").stat().st_mode & 0o077 == 0
