"""A page in a real Chromium when its server goes away."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


class Server:
    """A second server of the same application, to be lost."""

    def __init__(self, app: Any, port: int = 0) -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})
        self.thread.start()

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.listener.close()


def test_a_lost_server_is_told_within_five_seconds_and_what_was_typed_stays(
    site: Any, browsing: Any
) -> None:
    server = Server(site.app)
    page = browsing.page
    browsing.sign_in(site, "samr")
    page.goto(f"http://127.0.0.1:{server.port}/cmd/RegisterOrganisation")
    expect(page.locator("#live")).to_have_text("实时连接")
    page.fill("#f-name", "还没有提交的名称")
    lost = time.monotonic()
    server.stop()
    expect(page.locator("#lost")).to_be_visible(timeout=5_000)
    assert time.monotonic() - lost < 6.5
    again = Server(site.app, server.port)
    try:
        expect(page.locator("#lost")).to_be_hidden(timeout=15_000)
        assert page.input_value("#f-name") == "还没有提交的名称"
    finally:
        again.stop()


def test_a_step_of_a_replay_takes_less_than_150_ms(site: Any, browsing: Any, firm: str) -> None:
    browsing.sign_in(site, "hrss_appr")
    page = browsing.page
    page.goto(f"{site.address}/cases?search={firm}")
    page.click("tbody a[href*='/replay']")
    page.wait_for_selector("#replay")
    total = int(page.get_attribute("#replay", "data-total"))
    page.keyboard.press("Home")
    page.wait_for_selector("#replay[data-at='1']")
    times = page.evaluate(
        """async total => {
            const took = [];
            for (let at = 2; at <= total; at += 1) {
                const begun = performance.now();
                document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
                while (document.getElementById('replay').dataset.at !== String(at)) {
                    await new Promise(done => setTimeout(done, 1));
                }
                took.push(performance.now() - begun);
            }
            return took.sort((a, b) => a - b);
        }""",
        total,
    )
    print(f"steps: median {times[len(times) // 2]:.0f} ms, most {times[-1]:.0f} ms")
    assert times[len(times) // 2] < 150
