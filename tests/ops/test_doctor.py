"""`liandong doctor` says what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert

from gateways.department.database import INTENTS
from ops.cli import run
from ops.doctor import Finding, examine, exit_code, machine
from ops.faults import sentence_of
from ops.posts import default_post
from ops.settings import load
from ops.wiring import house


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.output.Language.chosen", "en")


def wrong(data: Path, **given: object) -> list[Finding]:
    """What is wrong or out of reach."""
    return [
        one for one in examine(load(data=data, **given)) if one.state in ("wrong", "unreachable")
    ]


def found(data: Path, told: str) -> Finding:
    """The finding that says this."""
    findings = examine(load(data=data))
    matching = [one for one in findings if told in one.what]
    assert matching, [one.what for one in findings]
    return matching[0]


def test_a_sound_installation_has_nothing_wrong(demonstration_copy: Path) -> None:
    assert [one for one in wrong(demonstration_copy) if "lock" not in one.what] == []


def test_a_folder_without_an_installation_names_what_makes_one(tmp_path: Path) -> None:
    finding = found(tmp_path / "none", "holds no installation yet")
    assert (finding.state, finding.mend) == ("note", "liandong serve")
    assert not (tmp_path / "none").exists()


def test_another_database_version_names_the_migration(demonstration_copy: Path) -> None:
    with sqlite3.connect(demonstration_copy / "hr.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    finding = found(demonstration_copy, "has version 0000")
    assert (finding.state, finding.mend) == ("wrong", "liandong migrate")


def test_another_master_key_is_told_and_no_command_runs_with_it(
    demonstration_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with house(load(data=demonstration_copy), create=False) as one:
        samr = one.platform.departments["samr"]
        data = {
            "organisation": "91210103MAYTX0072K",
            "name": "沈阳虚例云聘网络科技有限公司",
            "scope": "软件开发",
            "legal_representative": {"name": "张三", "identity_number": "110101190001010009"},
        }
        samr.give("RegisterOrganisation", data, default_post("SAMR", "210103"), key="k")
        one.platform.settle()
    (demonstration_copy / "master.key").write_text("ab" * 32, encoding="ascii")
    finding = found(demonstration_copy, "another master key")
    assert finding.state == "wrong"
    assert "LIANDONG_MASTER_KEY_FILE" in finding.mend
    assert run(["--lang", "en", "case", "list", "--data", str(demonstration_copy)]) == 1
    assert "another master key" in capsys.readouterr().err


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_a_damaged_or_missing_file_is_named_with_its_place(
    demonstration_copy: Path, harm: str
) -> None:
    with house(load(data=demonstration_copy), create=False) as one:
        files = one.platform.departments["hr"].files
        inspection = default_post("HRSS_INSP", "210103")
        bad, good = (
            files.keep([b"\x89PNG\r\n\x1a\n" + told], "image/png", inspection, now=1).sha256
            for told in (b"bad", b"good")
        )
        place = files.store.path(bad)
        (files.store.folder / "part-1-2").write_bytes(b"cut")
    if harm == "damaged":
        place.write_bytes(place.read_bytes()[:-1])
    else:
        place.unlink()
    finding = found(demonstration_copy, f"hr: a file is {harm}: {bad}")
    assert finding.state == "wrong"
    assert str(place) in finding.mend
    assert not any(good in one.what for one in wrong(demonstration_copy))
    assert found(demonstration_copy, "files are what was kept").state == "good"
    assert found(demonstration_copy, "hr: 1 unfinished uploads").state == "note"


def test_a_missing_master_key_is_not_made_anew(
    demonstration_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (demonstration_copy / "master.key").unlink()
    assert found(demonstration_copy, "is missing").state == "wrong"
    assert run(["serve", "--port", "0", "--data", str(demonstration_copy)]) == 2
    assert "LIANDONG_MASTER_KEY_FILE" in capsys.readouterr().err
    assert not (demonstration_copy / "master.key").exists()


def test_too_little_disk_space_is_told(
    demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "DISK_BYTES_MIN", 1 << 62)
    assert found(demonstration_copy, "Little disk space").state == "wrong"


def test_facts_that_nobody_publishes_name_the_node_to_start(demonstration_copy: Path) -> None:
    with house(load(data=demonstration_copy), create=False) as one:
        one.platform.departments["samr"].give(
            "RegisterOrganisation",
            {"organisation": "91210103MAYTX0072K", "name": "虚例", "scope": "软件开发"},
            default_post("SAMR", "210103"),
            key="k",
        )
    finding = found(demonstration_copy, "not yet published")
    assert (finding.state, finding.mend) == ("wrong", "liandong serve --departments samr")


def test_what_an_automatic_rule_was_refused_is_a_note(demonstration_copy: Path) -> None:
    settings = load(data=demonstration_copy)
    with (
        house(settings, create=False) as one,
        one.platform.departments["hr"].database.writing() as connection,
    ):
        connection.execute(
            insert(INTENTS).values(
                intent_id="i",
                rule="R12",
                event_id="e",
                event_stamp=1,
                event_department="hr",
                event_sequence=1,
                command="PublishDirectory",
                data="{}",
                subject="S",
                matter="M",
                region="210103",
                organ="HRSS_MKT",
                state="REFUSED",
                refusal="NoSuchLicence",
                attempts=1,
                created=1,
            )
        )
    finding = found(demonstration_copy, "rule R12 was refused 1 times by NoSuchLicence")
    assert finding.state == "note"


def test_a_topic_with_other_partitions_is_told_with_what_to_do(
    demonstration_copy: Path,
) -> None:
    with sqlite3.connect(demonstration_copy / "log.sqlite") as connection:
        connection.execute("UPDATE topics SET partitions = 3 WHERE name = 'labour.samr.push'")
    connection.close()
    finding = found(demonstration_copy, "labour.samr.push")
    assert finding.state == "wrong"
    assert "contract" in finding.mend


def test_lost_services_are_out_of_reach(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        findings = wrong(
            tmp_path, mode="joined", database=f"postgresql://u:p@{address}/x", kafka=address
        )
    told = {one.what for one in findings if one.state == "unreachable"}
    assert told == {"The database cannot be reached", "Kafka cannot be reached"}
    assert exit_code(findings) == 3
    assert all(one.mend for one in findings)


def test_a_table_that_is_missing_is_a_migration_that_was_not_run(
    demonstration_copy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "hr")
    with sqlite3.connect(demonstration_copy / "hr.sqlite") as connection:
        connection.execute("DROP TABLE webhooks")
    connection.close()
    finding = found(demonstration_copy, "has no table webhooks")
    assert (finding.state, finding.mend) == ("wrong", "liandong migrate")
    listing = ["webhooks", "list", "--data", str(demonstration_copy)]
    for language, told in (("en", "run `liandong migrate`"), ("zh", "请运行 liandong migrate")):
        assert run(["--lang", language, *listing]) == 1
        error = capsys.readouterr().err
        assert told in error
        assert "reach" not in error
        assert "不可用" not in error
    assert run(["migrate", "--data", str(demonstration_copy)]) == 0
    assert run(listing) == 0
    lost = psycopg.errors.UndefinedTable('relation "webhooks" does not exist')
    assert "liandong migrate" in sentence_of(lost)[0]
    copy = sqlite3.OperationalError("no such table: audit_cases__new")
    assert "liandong migrate" not in sentence_of(copy)[0]
