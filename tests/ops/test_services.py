"""The local services: real processes, known by id, started once, gone when stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from ops import services
from ops.services import installing
from ops.services.__main__ import main
from ops.services.processes import Process, alive, this_process

pytestmark = pytest.mark.services


def test_a_killed_postgres_starts_again_on_its_port_with_what_was_committed(
    own_postgres: services.PostgresService,
) -> None:
    with psycopg.connect(own_postgres.url) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
    own_postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(own_postgres.url, connect_timeout=2)
    again = own_postgres.restart()
    assert again.url == own_postgres.url
    with psycopg.connect(again.url) as connection:
        assert connection.execute("select n from kept").fetchall() == [(7,)]


def test_starting_a_service_twice_answers_with_the_same_process(
    own_postgres: services.PostgresService,
) -> None:
    assert services.start_postgres(own_postgres.folder.parent) == own_postgres


def test_the_state_file_with_the_password_is_for_its_owner_alone(
    own_postgres: services.PostgresService,
) -> None:
    assert (own_postgres.folder / "state.json").stat().st_mode & 0o077 == 0


def test_a_wrong_password_is_refused(own_postgres: services.PostgresService) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(own_postgres.url, password="wrong", connect_timeout=2)


def test_a_killed_broker_starts_again_on_its_port(own_kafka: services.KafkaService) -> None:
    own_kafka.kill()
    assert services.running_kafka(own_kafka.folder.parent) is None
    again = own_kafka.restart()
    assert again.bootstrap == own_kafka.bootstrap
    assert again.process != own_kafka.process


def test_a_stopped_service_is_no_longer_running_and_leaves_no_data(tmp_path: Path) -> None:
    process = services.start_postgres(tmp_path).process
    services.stop(tmp_path, wipe=True)
    assert not alive(process)
    assert services.running_postgres(tmp_path) is None
    assert main(["status", "postgres", "--root", str(tmp_path)]) == 1


def test_a_process_id_given_to_another_program_is_not_taken_for_the_service() -> None:
    me = this_process()
    assert alive(me)
    assert not alive(Process(me.pid, "another start"))


def test_what_may_not_be_installed_is_named_with_the_line_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(installing.NotInstalled, match="sudo sh -c 'apt-get update && apt-get"):
        installing.install_packages("Maven", "maven")


def test_an_unknown_service_is_wrong_use() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "ops.services", "start", "oracle"],
        cwd=Path(services.__file__).parents[2],
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 2
