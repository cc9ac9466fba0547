"""A real installation in a folder of its own, and its application."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.settings import Settings
from ops.wiring import House, house

SECRET = "a secret of the tests, long enough to sign with"


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("installation")
    with house(Settings(data=folder, departments=("samr", "hr", "drc", "lgo")), create=True) as one:
        yield one


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    return Accounts.open(
        tmp_path_factory.mktemp("accounts") / "accounts.sqlite", lambda: int(time.time())
    )


@pytest.fixture(scope="session")
def app(installation: House, accounts: Accounts) -> Any:
    return create_app(
        installation.platform, accounts, WebConfig(secret=SECRET, hosts=("testserver",))
    )


@pytest.fixture
def client(app: Any) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as one:
        yield one


def _key(accounts: Accounts, organ: str) -> dict[str, str]:
    key = accounts.issue_key(organ=organ, region="210103", appointment="test")
    return {"X-API-Key": key, "Accept-Language": "zh"}


@pytest.fixture(scope="session")
def samr(accounts: Accounts) -> dict[str, str]:
    return _key(accounts, "SAMR")


@pytest.fixture(scope="session")
def licensing(accounts: Accounts) -> dict[str, str]:
    return _key(accounts, "HRSS_APPR")


@pytest.fixture(scope="session")
def leaders(accounts: Accounts) -> dict[str, str]:
    return _key(accounts, "LGO")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
