"""Webhooks arrive at a real receiver: signed, in order, at least once, and never for ever in vain."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from gateways.webhooks.deliveries import Patience
from gateways.webhooks.sending import wait_asked
from gateways.webhooks.subscriptions import (
    DEAD,
    GONE,
    LOST,
    REVOKED,
    NotEntitled,
    UnknownWebhook,
)
from tests.gateways.webhooks.receiving import (
    CREDIT,
    LICENSING,
    QUICK,
    Bench,
    Got,
    Receiver,
    bench,
)

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    one.start()
    yield one
    one.die()


@pytest.fixture
def sending(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as one:
        yield one


@pytest.fixture
def unhurried(tmp_path: Path) -> Iterator[Bench]:
    """One whose attempts are not given up because the machine is full: nothing is sent twice."""
    with bench(tmp_path, patience=replace(QUICK, attempt_s=15.0)) as one:
        yield one


def in_order(got: list[Got], keys: int = 9) -> bool:
    """Whether the first arrival of each record of a subject comes after those before it."""
    seen: dict[int, int] = {}
    for one in got:
        if one.number > seen.get(one.number % keys, -1):
            if one.number - seen.get(one.number % keys, one.number % keys - keys) != keys:
                return False
            seen[one.number % keys] = one.number
    return True


def test_every_record_arrives_once_signed_with_its_own_bytes(
    unhurried: Bench, receiver: Receiver
) -> None:
    sending = unhurried
    webhook = sending.subscribe(receiver.url)
    sending.append(0, 100)
    sending.run(lambda: len(receiver.got) >= 100)
    assert sorted(one.number for one in receiver.got) == list(range(100))
    assert in_order(receiver.got)
    secret = sending.subscriptions.secret(webhook)
    stored = {it.value for n in range(6) for it in sending.log.tail(LICENSING, n, 100)}
    for one in receiver.got:
        assert one.path == "/hook?to=1"
        assert one.headers["content-type"].startswith("application/cloudevents+json")
        assert one.body in stored
        assert one.headers["webhook-id"] == f"{LICENSING}-e{one.number}"
        assert abs(int(one.headers["webhook-timestamp"]) - time.time()) < 30
        content = f"{one.headers['webhook-id']}.{one.headers['webhook-timestamp']}.".encode()
        made = hmac.new(secret, content + one.body, hashlib.sha256).digest()
        assert one.headers["webhook-signature"] == "v1," + base64.b64encode(made).decode()
    drawn = sending.subscriptions.renew(webhook)
    assert sending.subscriptions.signing(webhook) == (drawn, secret)
    sending.append(100, 5)
    sending.run(lambda: len(receiver.got) >= 105)
    last = receiver.got[-1]
    content = f"{last.headers['webhook-id']}.{last.headers['webhook-timestamp']}.".encode()
    both = (hmac.new(one, content + last.body, hashlib.sha256).digest() for one in (drawn, secret))
    assert last.headers["webhook-signature"].split() == [
        "v1," + base64.b64encode(one).decode() for one in both
    ]
    sending.subscriptions.renew(webhook)
    assert secret not in sending.subscriptions.signing(webhook)


def test_an_endpoint_that_fails_hangs_dies_and_comes_back_gets_everything_in_order(
    sending: Bench, receiver: Receiver
) -> None:
    count = 0

    def moody(_request: BaseHTTPRequestHandler, _body: bytes) -> int:
        nonlocal count
        count += 1
        if count % 17 == 5:
            return 500
        if count % 17 == 11:
            time.sleep(1.0)  # longer than an attempt may take
        return 200

    receiver.answer = moody
    webhook = sending.subscribe(receiver.url)
    sending.append(0, 60)
    sending.run(lambda: len(receiver.accepted) >= 20)
    receiver.die()
    sending.run(lambda: sending.subscriptions.one(webhook).failures >= 2)
    failing = [lane for lane in sending.subscriptions.one(webhook).lanes if lane.attempts]
    assert failing
    assert all(lane.error and lane.failing_since for lane in failing)
    receiver.start()
    sending.run(lambda: {one.number for one in receiver.accepted} == set(range(60)), 30)
    assert in_order(receiver.accepted)
    sending.run(lambda: sending.subscriptions.one(webhook).failures == 0)


def test_an_endpoint_that_fails_is_asked_by_one_partition_at_a_time(
    sending: Bench, receiver: Receiver
) -> None:
    receiver.answer = lambda _request, _body: 500
    sending.subscribe(receiver.url, LICENSING, CREDIT)
    sending.append(0, 60)
    sending.append(0, 60, topic=CREDIT)
    asked: list[int] = []
    while len(asked) < 4:
        before = len(receiver.got)
        if sending.deliveries.step():
            sending.deliveries.finish()
            asked.append(len(receiver.got) - before)
        time.sleep(0.01)
    assert asked[0] <= 12
    assert asked[1:] == [1, 1, 1]


def test_attempts_wait_longer_and_longer_with_jitter_up_to_a_bound() -> None:
    patience = Patience()
    waits = [patience.wait_s(attempts) for attempts in range(1, 12)]
    assert 4 <= waits[0] <= 6
    assert 12 <= waits[1] <= 18
    assert all(3600 * 0.8 <= one <= 3600 * 1.2 for one in waits[7:])
    assert len({patience.wait_s(3) for _ in range(20)}) > 1


def test_an_endpoint_says_itself_how_long_to_wait(tmp_path: Path, receiver: Receiver) -> None:
    def later(request: BaseHTTPRequestHandler, _body: bytes) -> int:
        request.send_response(429)
        request.send_header("retry-after", "40")
        request.send_header("content-length", "0")
        request.end_headers()
        return 0

    receiver.answer = later
    with bench(tmp_path, patience=Patience(first_s=0.1)) as sending:
        webhook = sending.subscribe(receiver.url)
        sending.append(0, 1)
        sending.run(lambda: bool(sending.subscriptions.one(webhook).failures))
        assert sending.subscriptions.one(webhook).due > time.time() + 30
        assert len(receiver.got) == 1


@pytest.mark.parametrize("text", ["x", "-5", "Mon, 01 Jan 2000 00:00:00 +9999999999999999999"])
def test_a_retry_after_that_says_nothing_is_no_wait(text: str) -> None:
    assert wait_asked(text, 0.0) == 0.0


def test_a_hanging_endpoint_holds_up_no_other(tmp_path: Path, receiver: Receiver) -> None:
    stuck = Receiver(answer=lambda _request, _body: time.sleep(9) or 200)  # type: ignore[func-returns-value]
    stuck.start()
    with bench(tmp_path, patience=Patience(attempt_s=8)) as sending:
        sending.subscribe(stuck.url)
        sending.subscribe(receiver.url)
        sending.append(0, 20)
        began = time.monotonic()
        while len(receiver.got) < 20:
            assert time.monotonic() - began < 6
            sending.deliveries.step()
            time.sleep(0.01)
    stuck.die()


def test_stopping_does_not_wait_for_an_endpoint_that_hangs(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.answer = lambda _request, _body: time.sleep(12) or 200  # type: ignore[func-returns-value]
    with bench(tmp_path, patience=Patience(attempt_s=30.0)) as sending:
        webhook = sending.subscribe(receiver.url)
        sending.append(0, 1)
        assert sending.deliveries.step()
        time.sleep(0.3)
        began = time.monotonic()
        sending.deliveries.stop()
        assert time.monotonic() - began < 9
        assert sum(lane.next_offset for lane in sending.subscriptions.one(webhook).lanes) == 0


def test_an_endless_answer_is_cut_off(sending: Bench, receiver: Receiver) -> None:
    def endless(request: BaseHTTPRequestHandler, _body: bytes) -> int:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 65_536)
        except OSError:
            request.close_connection = True
        return 0

    def dripping(request: BaseHTTPRequestHandler, _body: bytes) -> int:
        try:
            for _ in range(150):
                request.wfile.write(b"H")
                time.sleep(0.1)
        except OSError:
            pass
        request.close_connection = True
        return 0

    receiver.answer = endless
    webhook = sending.subscribe(receiver.url)
    sending.append(0, 1)
    sending.run(lambda: bool(sending.subscriptions.one(webhook).delivered))
    receiver.answer = dripping
    sending.append(1, 1)
    began = time.monotonic()
    sending.run(lambda: bool(sending.subscriptions.one(webhook).failures))
    assert time.monotonic() - began < 12


def test_a_redirect_is_not_followed(sending: Bench, receiver: Receiver) -> None:
    other = Receiver()
    other.start()

    def elsewhere(request: BaseHTTPRequestHandler, _body: bytes) -> int:
        request.send_response(307)
        request.send_header("location", other.url)
        request.send_header("content-length", "0")
        request.end_headers()
        return 0

    receiver.answer = elsewhere
    webhook = sending.subscribe(receiver.url)
    sending.append(0, 1)
    sending.run(lambda: bool(sending.subscriptions.one(webhook).failures))
    assert other.got == []
    other.die()


def test_a_dead_endpoint_is_disabled_and_goes_on_from_any_position_when_enabled(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.answer = lambda _request, _body: 503
    patience = Patience(
        first_s=0.01, factor=1.0, most_s=0.01, dead_after_s=0.3, attempts_min=3, attempt_s=1.0
    )
    with bench(tmp_path, patience=patience) as sending:
        webhook = sending.subscribe(receiver.url)
        sending.append(0, 30)
        sending.run(lambda: sending.subscriptions.one(webhook).needs_operator)
        assert sending.subscriptions.one(webhook).reason == DEAD
        tried = len(receiver.got)
        for _ in range(5):
            assert not sending.deliveries.step()
        assert len(receiver.got) == tried
        receiver.answer = lambda _request, _body: 200
        sending.subscriptions.enable(webhook)
        sending.run(lambda: {one.number for one in receiver.accepted} == set(range(30)))
        receiver.got.clear()
        sending.subscriptions.replay(webhook, dict.fromkeys(sending.log.partitions([LICENSING]), 0))
        sending.run(lambda: len(receiver.got) == 30)
        assert {one.headers["webhook-id"] for one in receiver.got} == {
            f"{LICENSING}-e{number}" for number in range(30)
        }


@pytest.mark.parametrize(("status", "reason"), [(410, GONE)])
def test_an_endpoint_that_is_gone_is_disabled_at_once(
    sending: Bench, receiver: Receiver, status: int, reason: str
) -> None:
    receiver.answer = lambda _request, _body: status
    webhook = sending.subscribe(receiver.url)
    sending.append(0, 1)
    sending.run(lambda: sending.subscriptions.one(webhook).reason == reason)
    assert len(receiver.got) == 1


def test_an_account_that_is_revoked_gets_nothing_more(sending: Bench, receiver: Receiver) -> None:
    sending.alive = lambda account: account != "key:revoked"
    webhook = sending.subscribe(receiver.url, account="key:revoked")
    sending.append(0, 5)
    sending.run(lambda: sending.subscriptions.one(webhook).reason == REVOKED)
    assert receiver.got == []


def test_a_position_that_the_log_does_not_have_is_told_and_not_skipped(
    sending: Bench, receiver: Receiver
) -> None:
    webhook = sending.subscribe(receiver.url)
    sending.subscriptions.replay(webhook, {(LICENSING, 0): 10**6})
    sending.run(lambda: sending.subscriptions.one(webhook).reason == LOST)


def test_a_name_that_turns_internal_is_not_sent_to(tmp_path: Path, receiver: Receiver) -> None:
    with bench(tmp_path, networks=()) as sending:
        webhook = sending.subscribe(receiver.url)
        sending.append(0, 1)
        sending.run(lambda: bool(sending.subscriptions.one(webhook).failures))
        (error,) = {lane.error for lane in sending.subscriptions.one(webhook).lanes if lane.error}
        assert "LIANDONG_WEBHOOK_NETWORKS" in error
        assert receiver.got == []


def test_one_refused_event_holds_back_its_own_partition_alone(
    sending: Bench, receiver: Receiver
) -> None:
    receiver.answer = lambda _request, body: 422 if b'"n": 4,' in body else 200
    sending.subscribe(receiver.url)
    sending.append(0, 90)
    place = next(
        n for n in range(6) for it in sending.log.tail(LICENSING, n, 90) if b'-e4"' in it.value
    )
    behind = {
        int(it.value.split(b'"n": ')[1].split(b",")[0])
        for it in sending.log.tail(LICENSING, place, 90)
    }
    sending.run(lambda: {it.number for it in receiver.accepted} >= set(range(90)) - behind)
    assert not {it.number for it in receiver.accepted} & {n for n in behind if n % 9 == 4}


def test_killed_between_delivery_and_mark_it_sends_again_under_the_same_id(
    sending: Bench, receiver: Receiver
) -> None:
    sending.subscribe(receiver.url)
    sending.append(0, 40, keys=1)
    process: subprocess.Popen[bytes] | None = None

    def kill_at_the_eighth(_request: BaseHTTPRequestHandler, _body: bytes) -> int:
        if len(receiver.got) == 7 and process is not None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
        return 200

    receiver.answer = kill_at_the_eighth
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.gateways.webhooks.sending_process", str(sending.folder)],
        cwd=REPOSITORY,
    )
    deadline = time.monotonic() + 20
    while process.poll() is None or len(receiver.got) < 8:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    receiver.answer = lambda _request, _body: 200
    sending.store.release("webhooks", "killed")  # as when its lease has run out
    before = len(receiver.got)
    sending.run(lambda: {one.number for one in receiver.got} == set(range(40)))
    again = [one.headers["webhook-id"] for one in receiver.got[before:]]
    assert again[:8] == [one.headers["webhook-id"] for one in receiver.got[:8]]
    assert len(again) == len(set(again)) == 40
    assert in_order(receiver.got, keys=1)


def test_of_two_processes_one_delivers(tmp_path: Path, receiver: Receiver) -> None:
    with bench(tmp_path) as first, bench(tmp_path, holder="second") as second:
        first.subscribe(receiver.url)
        first.append(0, 30)
        first.run(lambda: len(receiver.got) == 30)
        first.append(30, 5)
        assert not second.deliveries.step()
        first.deliveries.stop()
        second.deliveries._asked = float("-inf")
        second.run(lambda: len(receiver.got) == 35)


@pytest.mark.parametrize("status", [200, 410, 500])
def test_a_subscription_removed_while_it_is_served_stops_nobody_else(
    sending: Bench, receiver: Receiver, status: int
) -> None:
    def removing(_request: BaseHTTPRequestHandler, _body: bytes) -> int:
        with suppress(UnknownWebhook):
            sending.subscriptions.remove(leaving)
        return status

    left = Receiver(answer=removing)
    left.start()
    try:
        leaving = sending.subscribe(left.url)
        sending.subscribe(receiver.url, account="key:b")
        sending.append(0, 10)
        sending.run(lambda: bool(left.got) and len(receiver.accepted) >= 10)
    finally:
        left.die()
    sending.append(10, 5)
    sending.run(lambda: len({one.number for one in receiver.accepted}) == 15)


def test_a_subscription_removed_before_its_round_began_stops_nobody_else(
    sending: Bench, receiver: Receiver
) -> None:
    def alive(account: str) -> bool:
        if account == "key:leaving":
            sending.subscriptions.remove(leaving)
        return True

    sending.alive = alive
    leaving = sending.subscribe(receiver.url, account="key:leaving")
    sending.subscribe(receiver.url)
    sending.append(0, 10)
    sending.run(lambda: len({one.number for one in receiver.accepted}) == 10)
    assert [one.account for one in sending.subscriptions.all()] == ["key:a"]


def test_one_handed_to_a_live_key_is_not_disabled_for_the_key_that_ended(
    sending: Bench, receiver: Receiver
) -> None:
    def alive(account: str) -> bool:
        if account == "key:a":
            sending.subscriptions.enable(webhook, "key:b")
        return account == "key:b"

    sending.alive = alive
    webhook = sending.subscribe(receiver.url)
    sending.append(0, 10)
    sending.run(lambda: len({one.number for one in receiver.accepted}) == 10)
    assert sending.subscriptions.one(webhook).account == "key:b"


def test_of_two_renewals_at_once_both_secrets_sign(sending: Bench, receiver: Receiver) -> None:
    webhook = sending.subscribe(receiver.url)
    with ThreadPoolExecutor(8) as together:
        for _ in range(5):
            drawn = {
                one.result()
                for one in [together.submit(sending.subscriptions.renew, webhook) for _ in range(2)]
            }
            assert set(sending.subscriptions.signing(webhook)) == drawn


def test_a_secret_lies_in_the_database_wrapped_and_a_topic_must_be_entitled(
    sending: Bench, receiver: Receiver
) -> None:
    offsets = dict.fromkeys(sending.log.partitions([LICENSING, CREDIT]), 0)
    made, secret = sending.subscriptions.add("key:a", receiver.url, offsets)
    assert made.topics == (CREDIT, LICENSING)
    for file in sending.folder.glob("samr.sqlite*"):
        assert secret not in file.read_bytes()
    with pytest.raises(NotEntitled):
        sending.subscriptions.add("key:a", receiver.url, {("labour.hr.complaint", 0): 0})
    with pytest.raises(NotEntitled):
        sending.subscriptions.replay(made.webhook_id, {("labour.samr.push", 0): 0})
    sending.subscriptions.remove(made.webhook_id)
    with pytest.raises(UnknownWebhook):
        sending.subscriptions.one(made.webhook_id)
