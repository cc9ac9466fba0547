"""A department's own system writes its facts through its topic, and is answered one by one."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from domain.commands import COMMANDS
from domain.departments import NODES, OWN_TOPICS, entitled_topics
from domain.facts import instant
from domain.powers import POWERS
from gateways.contracts import canonical
from gateways.contracts.inbound import (
    OUTSIDERS,
    answer_schema,
    by_topic,
    http_only,
    inbound_schema,
    message_sample,
)
from gateways.contracts.parsing import LARGEST_BODY
from gateways.department.deciding.sealing import personal_fields
from gateways.inbound.door import Inbound
from gateways.log.kept_writer import KeptWriter
from gateways.log.port import LogUnavailable
from gateways.store.port import EnvelopeTooLarge, StoreUnavailable
from ops.doctor import delivery, examine
from ops.player import all_events
from tests.faults.organisations import uscc
from tests.gateways.department.town import Town, opened
from tests.gateways.inbound.conftest import prepare
from tests.gateways.inbound.sending import (
    APPR,
    MKT,
    answers,
    appoint,
    claim,
    drain,
    message,
    outcomes,
    records,
    send,
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town whose department 人社 has answered every message that is sent below."""
    with opened(tmp_path_factory.mktemp("told") / "town") as one:
        prepare(one)
        send(one.log, *SENT.values())
        send(one.log, claim(2, key="last"))
        drain(one)
        yield one


def _with(**changed: Any) -> dict[str, Any]:
    return claim(1, key="wrong") | changed


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in claim(1, key="wrong").items() if key != name}


SENT: dict[str, Any] = {
    "not JSON": "这不是请求".encode(),
    "not an object": b"[1]",
    "not UTF-8": b'{"id": "\xff"}',
    "twice": b'{"id": "1", "id": "2"}',
    "twice, in no characters": rb'{"\ud800": 1, "\ud800": 2}',
    "a fraction": b'{"data": {"items": [{"fine_fen": 12.5}]}}',
    "a number too large": b'{"data": {"count": 9007199254740992}}',
    "too large": json.dumps(_with(remark="满" * LARGEST_BODY)).encode(),
    "no key": _without("id"),
    "no post": _without("post"),
    "key with a space": _with(id="第 1 号"),
    "another department": _with(source="/systems/samr/simulated/window"),
    "real among simulated": _with(source="/systems/hr/real/window"),
    "unknown command": _with(type="command.GrantEverything"),
    "a rule's command": _with(type="command.NotifyRegistrar"),
    "a person": message("RegisterComplaint", {"person": {"name": "虚例甲"}}, key="person"),
    "reading a sealed value": message("ReadProtectedValue", {}, key="sealed"),
    "another department's post": _with(post="SAMR@210103"),
    "a firm's post": _with(post="AGENCY@210103"),
    "a post that nobody holds": _with(post="HRSS_INSP@210103"),
    "no power": message_sample("AnnulLicence", "hr") | {"post": MKT},
    "wrong data": _with(data={"organisation": uscc(1), "remark": "多余"}),
    "a whole file": message(
        "KeepEvidence",
        {"file": {"base64": "AAAA", "media_type": "application/pdf"}},
        key="file",
    ),
}
"""What is wrong, by its name; each of them stands before the last, which is right."""

RULES = {
    "not JSON": ("INVALID", "NotJson", ""),
    "not an object": ("INVALID", "NotAnObject", ""),
    "not UTF-8": ("INVALID", "NotUtf8", ""),
    "twice": ("INVALID", "RepeatedField", "id"),
    "twice, in no characters": ("INVALID", "NotText", ""),
    "a fraction": ("INVALID", "NotAnInteger", "data.items.0.fine_fen"),
    "a number too large": ("INVALID", "NumberTooLarge", "data.count"),
    "too large": ("INVALID", "BodyTooLarge", ""),
    "no key": ("INVALID", "InvalidMessage", "id"),
    "no post": ("INVALID", "InvalidMessage", "post"),
    "key with a space": ("INVALID", "InvalidMessage", "id"),
    "another department": ("INVALID", "OtherDepartment", "source"),
    "real among simulated": ("INVALID", "OtherMode", "source"),
    "unknown command": ("INVALID", "UnknownCommand", "type"),
    "a rule's command": ("INVALID", "AutomaticOnly", "type"),
    "a person": ("REFUSED", "PersonalByHttpOnly", "type"),
    "reading a sealed value": ("REFUSED", "PersonalByHttpOnly", "type"),
    "another department's post": ("REFUSED", "PostOfOtherDepartment", "post"),
    "a firm's post": ("REFUSED", "OutsiderActsItself", "post"),
    "a post that nobody holds": ("REFUSED", "PostNotAppointed", "post"),
    "no power": ("REFUSED", "NoPower", ""),
    "wrong data": ("INVALID", "InvalidCommand", "data.remark"),
    "a whole file": ("INVALID", "FileByHttpOnly", "data.file"),
}


@pytest.mark.parametrize("wrong", sorted(RULES))
def test_a_wrong_message_is_answered_with_its_field_and_reason(told: Town, wrong: str) -> None:
    answer = answers(told.log)[list(SENT).index(wrong)]
    outcome, rule, field = RULES[wrong]
    assert (answer["outcome"], answer["rule"]) == (outcome, rule)
    assert not field or field in {one["field"] for one in answer["problems"]}
    assert all(answer[word] for word in ("zh", "en", "next_zh", "next_en"))
    assert all(one["zh"] and one["en"] for one in answer["problems"])
    assert "虚例甲" not in json.dumps(answer, ensure_ascii=False)


def test_what_is_wrong_holds_up_nothing_and_brings_nothing_about(told: Town) -> None:
    found = outcomes(told.log)
    assert len(found) == len(SENT) + 1
    assert found[-1] == ("last", "ACCEPTED", "")
    made = {body["command"] for body in _inbound_events(told)}
    assert len(made) == 1
    with told.hr.reading() as connection:
        counts = told.hr.inbound.counts(connection)
        assert told.hr.inbound.unsent(connection) == 0
    assert (counts["ACCEPTED"], sum(counts.values())) == (1, len(SENT) + 1)


def test_every_answer_fits_its_schema_and_names_the_place_of_its_message(told: Town) -> None:
    validator = Draft202012Validator(answer_schema())
    found = records(told.log)
    assert [list(validator.iter_errors(one["data"])) for one in found] == [[]] * len(found)
    assert [one["data"]["inbound"]["offset"] for one in found] == [
        str(offset) for offset in range(len(found))
    ]
    assert len({one["id"] for one in found}) == len(found)


def _inbound_events(town: Town) -> list[dict[str, Any]]:
    """The events of 人社 that a message brought about."""
    bodies = (canonical.decode(event.body) for event in all_events(town.hr.store))
    return [one for one in bodies if one["appointment"].startswith("聘任:")]


def test_an_accepted_message_is_a_fact_of_the_post_that_decided(town: Town) -> None:
    send(town.log, claim(0, key="1", time="2024-11-18T09:30:00+08:00", traceparent="00-1"))
    drain(town)
    (answer,) = answers(town.log)
    (event,) = _inbound_events(town)
    assert answer["outcome"] == "ACCEPTED"
    assert answer["events"] == [{"id": event["id"], "type": "push.claimed.v1"}]
    assert town.hr.store.head().sequence == int(event["sequence"])
    assert (event["post"], event["appointment"]) == (MKT, f"聘任:{MKT}")
    town.platform.settle()
    assert town.hr.applied(answer["position"])


def test_the_same_message_again_is_the_same_act_and_another_under_its_key_is_refused(
    town: Town,
) -> None:
    appoint(town, APPR)
    one = claim(0, key="1")
    send(town.log, one, one, claim(1, key="1"), one | {"post": APPR})
    send(town.log, one | {"source": "/systems/hr/simulated/other"})
    send(town.log, one, key=b"another partition")
    drain(town)
    assert sorted(outcomes(town.log)) == [
        ("1", "ACCEPTED", ""),
        ("1", "REFUSED", "KeyReused"),
        ("1", "REFUSED", "KeyReused"),
        # Another system's key is its own: what was done is done.
        ("1", "REFUSED", "PushAlreadyClaimed"),
        ("1", "REPEATED", ""),
        ("1", "REPEATED", ""),
    ]
    assert len(_inbound_events(town)) == 1


def test_a_refused_message_may_be_put_right_under_the_same_key(town: Town) -> None:
    wrong = claim(0, key="1") | {"data": {"organisation": "1"}}
    send(town.log, wrong, claim(0, key="1"), claim(0, key="1"))
    drain(town)
    assert [outcome for _, outcome, _ in outcomes(town.log)] == ["INVALID", "ACCEPTED", "REPEATED"]


@pytest.mark.parametrize("moment", ["before the command", "after the command", "before sending"])
def test_a_door_killed_anywhere_answers_each_message_once_and_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    send(town.log, claim(0, key="1"), claim(1, key="2"), claim(0, key="1"))
    place = {
        "before the command": (Inbound, "decide"),
        "after the command": (Inbound, "_commit"),
        "before sending": (KeptWriter, "append"),
    }[moment]
    with monkeypatch.context() as death:
        death.setattr(*place, _killed)
        with pytest.raises(KeyboardInterrupt):
            drain(town)
    assert answers(town.log) == []
    town.hr.inbound.stop()
    drain(town)
    assert [outcome for _, outcome, _ in outcomes(town.log)] == ["ACCEPTED", "ACCEPTED", "REPEATED"]
    assert len(_inbound_events(town)) == 2


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def _forever(door: Inbound) -> None:
    while True:
        door.step(timeout_s=0.1)


def test_an_answer_sent_twice_is_the_same_bytes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(town.log, claim(0, key="1"))
    sending = KeptWriter.append

    def lost(writer: KeptWriter, out: Any) -> None:
        sending(writer, out)
        raise LogUnavailable("the acknowledgement was lost")

    with monkeypatch.context() as outage:
        outage.setattr(KeptWriter, "append", lost)
        with pytest.raises(LogUnavailable):
            drain(town)
    town.hr.inbound.step()
    first, second = records(town.log)
    assert first == second


def test_an_outage_of_the_store_leaves_the_message_to_be_decided_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(town.log, claim(0, key="1"))

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("nobody answers")

    with monkeypatch.context() as outage:
        outage.setattr(town.hr.gateway, "give", away)
        with pytest.raises(StoreUnavailable):
            drain(town)
        assert answers(town.log) == []
    drain(town)
    assert outcomes(town.log) == [("1", "ACCEPTED", "")]


def test_a_defect_is_answered_as_the_platform_s_own_and_holds_up_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.output.Language.chosen", "en")
    send(town.log, claim(0, key="1"))

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret of the program")

    with monkeypatch.context() as defect:
        defect.setattr(town.hr.gateway, "give", broken)
        drain(town)
    (told,) = delivery.failed(town.house)
    assert (told.state, "1 messages were answered FAILED" in told.what) == ("wrong", True)
    send(town.log, claim(0, key="1"))
    drain(town)
    assert list(delivery.failed(town.house)) == []
    failed, done = answers(town.log)
    assert (failed["outcome"], failed["rule"], done["outcome"]) == ("FAILED", "Fault", "ACCEPTED")
    assert "secret" not in json.dumps(failed)


def test_messages_that_wait_long_are_told_with_what_reads_them(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.output.Language.chosen", "en")

    def told() -> tuple[str, str, str]:
        (one,) = delivery.unanswered(town.house)
        return one.state, one.what, one.mend

    serve = "liandong serve --departments hr --roles inbound"
    now = instant(town.clock.now())
    send(town.log, claim(0, key="1", time=now.isoformat()))
    waiting = "labour.hr.inbound: 1 messages wait for an answer"
    assert told() == ("note", f"{waiting}, the oldest for 0 s", serve)
    assert town.hr.store.lease("relay", "another process", 30)
    assert list(delivery.unanswered(town.house)) == []
    town.clock.advance_to(town.clock.now() + 600_000_000)
    state, what, mend = told()
    assert (state, what) == ("wrong", f"{waiting}, the oldest for 10 min")
    assert mend.startswith(serve)
    assert "its log" in mend
    drain(town)
    assert list(delivery.unanswered(town.house)) == []
    send(town.log, claim(0, key="2"))
    assert told()[:2] == ("note", waiting)
    town.hr.store.release("relay", "another process")
    assert told()[:2] == ("wrong", waiting)
    assert waiting in [one.what for one in examine(town.house.settings)]


def test_an_event_that_would_be_too_large_is_the_sender_s_to_shorten(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object, **__: object) -> None:
        raise EnvelopeTooLarge("the event has 300000 bytes")

    send(town.log, claim(0, key="1"))
    monkeypatch.setattr(town.hr.gateway, "give", too_large)
    drain(town)
    (answer,) = answers(town.log)
    assert (answer["outcome"], answer["rule"]) == ("INVALID", "EventTooLarge")
    assert answer["problems"][0]["field"] == "data"


def test_a_post_whose_key_was_revoked_is_heard_no_longer(town: Town) -> None:
    accounts = town.house.accounts()
    for key in _prefixes(accounts):
        accounts.revoke_key(key)
    send(town.log, claim(0, key="1"))
    drain(town)
    assert outcomes(town.log) == [("1", "REFUSED", "PostNotAppointed")]


def _prefixes(accounts: Any) -> list[str]:
    with accounts.engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("select prefix from api_keys")]


def test_what_may_come_by_topic_holds_no_person_and_is_no_rule_s() -> None:
    offices = {one.command for one in POWERS if one.organ not in OUTSIDERS}
    assert set(by_topic()) == {
        name
        for name, cls in COMMANDS.items()
        if name in offices and not cls.AUTOMATIC and not http_only(name)
    }
    assert all(http_only(name) for name in COMMANDS if personal_fields(name))
    for name in by_topic():
        assert not personal_fields(name)
        schema = inbound_schema(COMMANDS[name])
        Draft202012Validator.check_schema(schema)
        assert "x-personal" not in json.dumps(schema)
        assert '"base64":' not in json.dumps(schema)
    assert {"RegisterComplaint", "ReadProtectedValue", "ErasePerson"}.isdisjoint(by_topic())


def test_no_department_reads_another_s_own_topics_whatever_else_it_reads() -> None:
    for node in NODES:
        readable = {topic.name for topic in entitled_topics(node)}
        assert readable.isdisjoint(OWN_TOPICS)
    assert {topic.node for topic in OWN_TOPICS.values()} == set(NODES)


def test_the_role_answers_by_itself_and_ends_when_told(town: Town) -> None:
    town.platform.start(("inbound",))
    try:
        send(town.log, claim(0, key="1"))
        deadline = time.monotonic() + 60
        while not answers(town.log):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert town.platform.workers is not None
        states = {(one.role, one.state) for one in town.platform.workers.states}
    finally:
        assert town.platform.workers is not None
        town.platform.workers.stop()
    assert states == {("inbound", "RUNNING")}
    assert outcomes(town.log) == [("1", "ACCEPTED", "")]


def test_a_second_copy_sends_what_the_first_left_and_one_key_is_one_act_by_every_way(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    hr, made = town.hr, {"shared": True}
    parts = (hr.gateway, hr.store, town.log, hr.database, town.clock, hr.mode)
    appointed = town.house.accounts().appointed
    first, second = (Inbound(hr.id, *parts, appointed, **made) for _ in range(2))
    first.step()
    second.step()
    send(town.log, claim(0, key="1"))
    with monkeypatch.context() as death:
        death.setattr(KeptWriter, "append", _killed)
        with pytest.raises(KeyboardInterrupt):
            _forever(first)
    first.stop()
    deadline = time.monotonic() + 60
    while not answers(town.log):
        assert time.monotonic() < deadline
        second.step(timeout_s=0.1)
    second.stop()
    assert outcomes(town.log) == [("1", "ACCEPTED", "")]
    key = town.house.accounts().issue_key(
        organ="HRSS_MKT", region="210103", appointment=f"聘任:{MKT}"
    )
    with TestClient(town.house.app(hosts=("testserver",))) as client:
        told = client.post("/api/v1/inbound", json=claim(0, key="1"), headers={"X-API-Key": key})
    assert (told.status_code, told.json()["outcome"]) == (200, "REPEATED")
    assert told.json()["events"] == answers(town.log)[0]["events"]
