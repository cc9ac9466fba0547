"""A real installation served by a real server, and a real Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.web import assets
from ops.settings import Settings
from ops.wiring import House, house
from tests.flows.stories.playing import told
from tests.gateways.http.feeding import served
from tests.gateways.web.story import licensed

PASSWORD = "a password of the tests"
DEPARTMENTS = ("samr", "hr", "drc", "lgo", "oversight")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(kw_only=True)
class Site:
    """A served installation."""

    address: str
    house: House
    app: Any
    cookies: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if not assets.VENDOR.exists():
        assets.build()
    folder = tmp_path_factory.mktemp("site")
    accounts = Accounts.open(folder / "accounts.sqlite", lambda: int(time.time()))
    for organ in ("SAMR", "HRSS_MKT", "HRSS_APPR", "HRSS_INSP", "LGO"):
        accounts.create(
            organ.lower(), PASSWORD, organ=organ, region="210103", appointment=f"test:{organ}"
        )
    with house(Settings(data=folder, departments=DEPARTMENTS), create=True) as one:
        app = create_app(
            one.platform,
            accounts,
            WebConfig(
                secret="a secret of the tests, long enough to sign", stale_s=4, live_poll_s=0.3
            ),
        )
        one.platform.start()
        with served(app) as address:
            yield Site(address=address, house=one, app=app)


@pytest.fixture(scope="session")
def firm(site: Site) -> str:
    """A firm with a licence in force, for the pages that only read."""
    return licensed(site)


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The played campaign of S3, for the pages that only read."""
    from tests.gateways.web.drawn import served

    played = told("s3", tmp_path_factory).folder
    with served(played, tmp_path_factory.mktemp("campaign")) as one:
        yield one


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield browser
        browser.close()


class Watched:
    """A page that remembers every request and every complaint of the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning") and "the server responded with" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, site: Site, user: str, *, fresh: bool = False) -> None:
        """Signs in by the form the first time, and with the same session from then on."""
        if user in site.cookies and not fresh:
            self.page.context.add_cookies(site.cookies[user])
            return
        self.page.goto(f"{site.address}/sign-in")
        self.page.fill("#user", user)
        self.page.fill("#password", PASSWORD)
        self.page.click("form.act button")
        self.page.wait_for_url(f"{site.address}/")
        if not fresh:
            site.cookies[user] = [
                {"name": one["name"], "value": one["value"], "url": site.address}
                for one in self.page.context.cookies()
                if one["name"] == "session"
            ]


@pytest.fixture
def browsing(chromium: Browser) -> Iterator[Watched]:
    context = chromium.new_context(viewport={"width": 1366, "height": 800})
    yield Watched(context.new_page())
    context.close()


@pytest.fixture
def second(chromium: Browser) -> Iterator[Watched]:
    """Another officer's browser."""
    context = chromium.new_context(viewport={"width": 1366, "height": 800})
    yield Watched(context.new_page())
    context.close()


@pytest.fixture
def without_javascript(chromium: Browser) -> Iterator[Watched]:
    context = chromium.new_context(java_script_enabled=False)
    yield Watched(context.new_page())
    context.close()
