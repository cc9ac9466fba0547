"""The log over TLS with a private authority, and what a wrong password or authority is told as."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateways.log.kafka import KafkaLog
from gateways.log.kafka_client import KafkaAccess
from gateways.log.port import LogRefused, LogUnavailable, TopicSpec
from ops import services
from ops.cli import run
from ops.doctor import machine
from ops.faults import sentence_of
from ops.services.authority import Authority
from ops.services.kafka.properties import ADMINISTRATOR
from ops.settings import load
from tests.gateways.log.reading import read_all, record
from tests.gateways.log.secured import Secured

pytestmark = pytest.mark.services

BOUNDED_S = 40.0


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A secured broker with its first user alone."""
    root, data = tmp_path_factory.mktemp("broker"), tmp_path_factory.mktemp("operator")
    one = Secured(services.start_kafka(root, secured=True), data)
    (data / "administrator").write_text(one.password(ADMINISTRATOR) + "\n")
    yield one
    one.broker.kill()
    services.stop_kafka(root, wipe=True)


@pytest.fixture
def told(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool told of the broker, in English."""
    for name, value in secured.settings.items():
        monkeypatch.setenv(f"LIANDONG_{name}", value)
    monkeypatch.setattr("ops.output.Language.chosen", "en")


def test_records_go_over_tls_where_the_brokers_authority_is_trusted(secured: Secured) -> None:
    log = KafkaLog(secured.over_tls(ADMINISTRATOR, secured.broker.authority))
    log.ensure_topics([TopicSpec("facts", 3)])
    log.writer("relay").append([record("facts", "k", 1)])
    assert [one.value for one in read_all(log, "check", "facts")] == [b"1"]
    log.close()


@pytest.mark.parametrize("trusted", ["another", "none"])
def test_a_broker_of_another_authority_is_refused_by_name_and_shown_no_password(
    secured: Secured, tmp_path: Path, trusted: str
) -> None:
    another = Authority(tmp_path).make().certificate if trusted == "another" else None
    began = time.monotonic()
    with pytest.raises(LogRefused, match=r"TLS.*certificate verify failed.*LIANDONG_KAFKA_CA_FILE"):
        KafkaLog(secured.over_tls(ADMINISTRATOR, another)).ends(["facts"])
    assert time.monotonic() - began < BOUNDED_S


def test_tls_asked_of_a_listener_without_it_is_refused_by_name(secured: Secured) -> None:
    wrong = KafkaAccess(secured.broker.bootstrap, "SASL_SSL", "SCRAM-SHA-512", "admin", "x")
    with pytest.raises(LogUnavailable, match="LIANDONG_KAFKA_PROTOCOL"):
        KafkaLog(wrong).ends(["facts"])


def test_a_client_without_a_name_is_told_that_the_broker_does_not_want_it(
    secured: Secured,
) -> None:
    with pytest.raises(LogRefused, match="whoever shows no user name"):
        KafkaLog(KafkaAccess(secured.broker.bootstrap)).ends(["facts"])


def test_the_keys_of_the_authority_and_the_broker_are_for_their_owner_alone(
    secured: Secured,
) -> None:
    folder = secured.broker.folder
    for name in ("authority/ca.key", "broker.pem", "server.properties", "state.json"):
        assert (folder / name).stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("told")
def test_doctor_names_a_wrong_password_in_bounded_time(tmp_path: Path) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("wrong\n")
    began = time.monotonic()
    found = [
        one
        for one in machine.kafka(load(kafka_password_file=wrong))
        if one.state in ("wrong", "unreachable")
    ]
    assert time.monotonic() - began < BOUNDED_S
    assert [one.state for one in found] == ["unreachable"]
    assert "user name and password of admin" in found[0].what
    assert "LIANDONG_KAFKA_PASSWORD_FILE" in found[0].mend
    assert [one.state for one in machine.kafka(load())] == ["good"]


@pytest.mark.usefixtures("told")
def test_a_lost_broker_is_exit_3_in_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANDONG_KAFKA", "127.0.0.1:1")
    for command in ("check", "apply"):
        assert run(["topics", command]) == 3
        printed = capsys.readouterr()
        assert "127.0.0.1:1" in printed.err
        assert "Traceback" not in printed.err


def test_a_refusal_of_the_broker_is_exit_3_and_asks_nobody_to_try_again() -> None:
    told, code = sentence_of(LogRefused("the log refuses liandong-hr"))
    assert code == 3
    assert "try again" not in told


@pytest.mark.usefixtures("told")
def test_a_missing_password_file_is_wrong_use_and_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LIANDONG_KAFKA_USERNAME")
    monkeypatch.delenv("LIANDONG_KAFKA_PASSWORD_FILE")
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "hr")
    assert run(["topics", "check"]) == 2
    printed = capsys.readouterr().err
    assert "liandong-hr.password" in printed
    assert "LIANDONG_KAFKA_PASSWORD_FILE" in printed


def test_an_embedded_log_says_that_it_has_no_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANDONG_DATA", str(tmp_path))
    monkeypatch.setenv("LIANDONG_LANG", "en")
    for command in ("apply", "check"):
        assert run(["topics", command]) == 0
        assert "has no users" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
