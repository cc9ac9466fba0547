"""Projections at the command line: what needs a rebuild, and the way from there to the cutover."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, func, select, text

from gateways.department.database import INTENTS
from gateways.rebuilding.rebuild import Rebuild
from gateways.rebuilding.tables import FOLLOWING, VERSIONS, copies, projection_tables
from gateways.rebuilding.versions import NEVER, note_new, outdated
from ops.cli import run
from ops.doctor import examine
from ops.settings import load
from ops.wiring import House, house
from projections.catalogue import PROJECTIONS

NAME = "human_resources"
Told = Callable[..., Any]


@pytest.fixture
def told(
    demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Told:
    """What a command line prints, which must end with a code; JSON where it was asked for."""
    monkeypatch.setenv("LIANDONG_DATA", str(demonstration_copy))
    monkeypatch.setenv("LIANDONG_LANG", "en")

    def give(*words: str, code: int = 0) -> Any:
        assert run(["projections", *words]) == code
        printed = capsys.readouterr()
        return json.loads(printed.out) if "--json" in words else printed.out + printed.err

    return give


def spoil(folder: Path) -> None:
    """Writes a wrong name into the live rows."""
    with house(load(data=folder), create=False) as one:
        database = one.platform.departments["hr"].database
        with database.writing() as connection:
            connection.execute(text("UPDATE hr_subjects SET name = '改名'"))


def test_a_wrong_row_is_found_and_mended_and_the_cutover_wants_the_diffs_digest(
    told: Told, demonstration_copy: Path
) -> None:
    spoil(demonstration_copy)
    assert "Next: liandong projections diff" in told("rebuild", NAME)
    found = told("diff", NAME, "--json", "--limit", "1", code=1)
    assert found["rows"] > len(found["differences"]) == 1
    assert found["differences"][0]["columns"] == ["name"]
    assert found["counts"] == [
        {"table": "hr_subjects", "kind": "OTHER", "reason": "UNEXPLAINED", "rows": found["rows"]}
    ]
    assert "no fact explains it" in told("diff", NAME, code=1)
    assert f"the last digest is {found['digest']}" in told("cutover", NAME, code=1)
    assert "the old tables are kept" in told("cutover", NAME, "--diff", found["digest"])
    assert "nothing of human_resources is rebuilt" in told("diff", NAME, code=1)
    told("rebuild", NAME)
    assert told("diff", NAME, "--json")["rows"] == 0
    told("rollback", NAME)
    assert told("diff", NAME, "--json", code=1)["rows"] == found["rows"]
    assert "Removed" in told("drop", NAME)
    assert "none" in told("drop", NAME)
    told("drop", NAME, "--copy", "new")
    assert {row["projection"]: row["copies"] for row in told("list", "--json")}[NAME] == []


def test_a_rebuild_that_follows_ends_when_somebody_has_cut_over(
    told: Told, demonstration_copy: Path
) -> None:
    codes: list[int] = []
    words = ["projections", "rebuild", NAME, "--follow", "--by", "li"]
    following = threading.Thread(target=lambda: codes.append(run(words)))
    following.start()
    deadline = time.monotonic() + 120
    with house(load(data=demonstration_copy), create=False) as one:
        made = Rebuild("hr", one.platform.departments["hr"].database, "zhang")
        while time.monotonic() < deadline:
            known = made.standing(NAME)
            if known is not None and known.state == FOLLOWING:
                break
            time.sleep(0.05)
        made.cutover(NAME, yes=True)
    following.join(60)
    assert codes == [0]
    assert "keeps the previous tables" in told("list")


def test_a_projection_that_several_departments_keep_wants_one_named(told: Told) -> None:
    assert "say which with --department" in told("rebuild", "audit", code=2)
    assert "There is no projection" in told("rebuild", "nobody", code=2)
    assert "audit is rebuilt" in told("rebuild", "audit", "--department", "psb")


def test_a_raised_version_is_told_until_a_rebuild_is_cut_over(
    told: Told, demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = PROJECTIONS[NAME]
    monkeypatch.setitem(PROJECTIONS, NAME, replace(was, version=was.version + 1))  # type: ignore[type-var]
    rows = {row["projection"]: row for row in told("list", "--json")}
    assert rows[NAME]["needs_rebuild"] == ["hr"]
    assert rows["audit"]["needs_rebuild"] == []
    assert f"hr needs rebuild (version {was.version})" in told("list")
    assert ready(demonstration_copy) == [f"hr/{NAME}"]
    (finding,) = [one for one in examine(load()) if "needs a rebuild" in one.what]
    assert finding.mend == f"liandong projections rebuild {NAME} --department hr"

    told("rebuild", NAME)
    told("diff", NAME)
    told("cutover", NAME, "--yes")
    assert ready(demonstration_copy) == []
    told("rollback", NAME)
    assert ready(demonstration_copy) == [f"hr/{NAME}"]


def ready(folder: Path) -> list[str]:
    """What /readyz says needs a rebuild."""
    with house(load(data=folder), create=False) as one:
        answered = TestClient(one.health_app(("testserver",))).get("/readyz")
    assert answered.status_code == 200
    found: list[str] = answered.json()["needs_rebuild"]
    return found


def test_a_projection_that_came_after_its_facts_needs_a_rebuild(demonstration_copy: Path) -> None:
    with house(load(data=demonstration_copy), create=False) as one:
        with one.platform.departments["hr"].database.writing() as connection:
            for table in projection_tables(PROJECTIONS[NAME]):
                connection.execute(delete(table))
            connection.execute(delete(VERSIONS))
            note_new(connection, one.platform.departments["hr"].node.projections)
            (found,) = outdated(connection, "hr")
        assert (found.projection, found.live) == (NAME, NEVER)
        assert "lacks the facts received before" in found.told[1]


def test_all_projections_of_all_departments_are_what_their_received_logs_give(
    demonstration_copy: Path,
) -> None:
    with house(load(data=demonstration_copy), create=False) as one:
        before = intents(one)
        for department in one.platform.departments.values():
            for name in department.node.projections:
                made = Rebuild(department.id, department.database, "zhang")
                made.build(name)
                summary = made.diff(name)
                assert summary.rows == 0, (department.id, name, summary.counts)
                with department.reading() as connection:
                    for live, rebuilt in copies(name, "new").items():
                        counts = [
                            connection.execute(select(func.count()).select_from(table)).scalar_one()
                            for table in (live, rebuilt)
                        ]
                        assert counts[0] == counts[1], live.name
        assert intents(one) == before


def intents(one: House) -> dict[str, int]:
    """How many intents each department has formed."""
    found = {}
    for name, department in one.platform.departments.items():
        with department.reading() as connection:
            found[name] = connection.execute(select(func.count()).select_from(INTENTS)).scalar_one()
    return found
