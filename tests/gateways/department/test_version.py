"""What a process need not read again: nobody wrote, or nobody else may."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gateways.department.database import Database
from tests.gateways.department.town import Town, types

MADE = "CREATE TABLE IF NOT EXISTS one (n INTEGER)"


def written(database: Database, statement: str) -> None:
    with database.writing() as connection:
        connection.execute(text(statement))


def test_a_version_stays_until_anybody_writes_to_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'one.sqlite'}"
    mine, another = Database(url), Database(url)
    written(mine, MADE)
    version = mine.version()
    assert mine.version() == version
    for writer in (mine, another):
        before = mine.version()
        written(writer, "INSERT INTO one VALUES (1)")
        assert mine.version() != before
    mine.close()
    another.close()


@pytest.mark.services
def test_on_postgresql_only_who_is_alone_can_tell_that_nobody_wrote(
    postgres_url: str, postgres_schema: str
) -> None:
    url = "postgresql+psycopg:" + postgres_url.split(":", 1)[1]
    database = Database(url, schema=postgres_schema)
    assert database.version() is None
    database.alone = True
    before = database.version()
    assert before is not None
    assert database.version() == before
    written(database, MADE)
    assert database.version() != before
    database.close()


def test_what_another_process_recorded_is_acted_on_at_the_next_settling(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.platform.settle()
    read: list[str] = []
    reading = Database.reading
    monkeypatch.setattr(Database, "reading", lambda one: read.append(one.url) or reading(one))
    town.platform.settle()
    assert read == []
    another = Database(town.hr.database.url)
    written(another, MADE)
    another.close()
    town.platform.settle()
    assert set(read) == {town.hr.database.url}


def test_who_is_alone_asks_the_log_only_about_topics_that_something_was_sent_to(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.platform.settle()
    town.platform.alone()
    asked: list[Any] = []
    ends = town.log.ends

    def counted(topics: Sequence[str]) -> Any:
        asked.append({name.split(".")[1] for name in topics})
        return ends(topics)

    monkeypatch.setattr(town.log, "ends", counted)
    town.platform.settle()
    assert asked == []
    town.register()
    town.platform.settle()
    assert asked[0] == {"samr"}
    assert types(town.samr)[2:] == ["push.scope_pushed.v1"]
