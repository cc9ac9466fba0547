"""A corrected fact reads differently from the correction on, everywhere; before it as it did."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.pool import StaticPool

from domain.facts import CHINA, Recorded, stamp_of
from projections import audit, clocks, human_resources, leadership
from projections.reader import Projection
from tests.projections import reading
from tests.projections.casework import casework, paper
from tests.projections.corrections import correct
from tests.projections.ending import ending
from tests.projections.facts import LN_A, LN_B, Log, Taken, more, story
from tests.projections.inspections import campaign

READERS = reading.READERS
FOLDED = tuple(
    reader
    for reader in READERS
    if reader not in (audit.PROJECTION, leadership.PROJECTION, clocks.PROJECTION)
)
TERMS = clocks.METADATA.tables["clock_terms"]
LATER = "2025-12-01T09:00"


def whole() -> Log:
    log = ending(casework(more(story())))
    paper(log)
    return log


def inspected() -> Log:
    return campaign(Log())


FACTS = tuple(one.fact for one in whole().taken)
STORIES = tuple((told, one.fact) for told in (whole, inspected) for one in told().taken)


def at(text: str) -> int:
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def memory(name: str) -> Engine:
    """A database in memory with every reader's tables, empty again.

    One engine for each name: what it has compiled for one test it need not compile for the next.
    """
    engine = connected(name)
    with (
        contextlib.closing(connected("empty").raw_connection()) as empty,
        contextlib.closing(engine.raw_connection()) as other,
    ):
        empty.dbapi_connection.backup(other.dbapi_connection)  # type: ignore[union-attr]
    return engine


@cache
def connected(name: str) -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    if name == "empty":
        reading.create(engine)
    return engine


def filled(engine: Engine, taken: Sequence[Taken], readers: Sequence[Projection] = READERS) -> None:
    reading.create(engine, readers)
    reading.take(engine, taken, readers)


def standing_rows(engine: Engine, readers: Sequence[Projection]) -> dict[str, list[Any]]:
    """What lists show: the rows of which something stands, without what they are folded from."""
    with engine.connect() as connection:
        found = {}
        for reader in readers:
            for table in reader.metadata.sorted_tables:
                columns = [c for c in table.columns if c.name not in ("steps", "voided")]
                rows = connection.execute(select(*columns).where(~table.c.voided))
                found[table.name] = sorted((tuple(row) for row in rows), key=repr)
        return found


def terms(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(select(TERMS).order_by(TERMS.c.clock_id))
        return [tuple(row) for row in rows]


def figures(engine: Engine, as_of: int | None = None) -> dict[str, int]:
    with engine.connect() as connection:
        return {one.id: one.value for one in leadership.figures(connection, as_of=as_of)}


@cache
def figures_before(told: Callable[[], Log]) -> dict[str, int]:
    """The figures of a story of which nothing was corrected yet, just before the corrections."""
    before = memory("before")
    reading.take(before, told().taken)
    return figures(before, at(LATER) - 1)


@pytest.mark.parametrize(
    ("told", "fact"), STORIES, ids=[f"{fact.type}-{fact.sequence}" for _, fact in STORIES]
)
def test_a_voided_fact_reads_as_if_it_had_never_been(
    told: Callable[[], Log], fact: Recorded[Any]
) -> None:
    log = told()
    correct(log, fact, LATER)
    with_it, without = memory("with"), memory("without")
    reading.take(with_it, log.taken)
    reading.take(without, [one for one in told().taken if one.fact.id != fact.id])
    assert standing_rows(with_it, FOLDED) == standing_rows(without, FOLDED)
    assert figures(with_it) == figures(without)
    assert terms(with_it) == terms(without)
    assert figures(with_it, at(LATER) - 1) == figures_before(told)


def test_corrections_give_the_same_rows_in_any_order_and_twice(engine: Engine) -> None:
    log = campaign(whole())
    for fact in random.Random(3).sample([one.fact for one in log.taken], 20):
        correct(log, fact, LATER)
    expected = memory("expected")
    reading.take(expected, log.taken)
    rows = reading.contents(expected, READERS)
    for seed in range(3):
        chance = random.Random(seed)
        shuffled = [*log.taken, *chance.sample(log.taken, 10)]
        chance.shuffle(shuffled)
        reading.create(engine, READERS)
        for start in range(0, len(shuffled), 5):
            reading.take(engine, shuffled[start : start + 5], READERS, log=False)
        assert reading.contents(engine, READERS) == rows


def test_both_answers_about_a_day_stay_when_an_annulment_is_voided(engine: Engine) -> None:
    log = whole()
    annulled = next(fact for fact in FACTS if fact.type == "licence.annulled.v1")
    closed = next(fact for fact in FACTS if fact.type == "licence.deregistered.v1")
    correct(log, closed, LATER)
    correct(log, annulled, LATER)
    filled(engine, log.taken)
    day = date(2025, 3, 1)
    with engine.connect() as conn:
        assert human_resources.licensed(conn, LN_B, day)
        assert not human_resources.licensed(conn, LN_B, day, as_known=at(LATER) - 1)
        history = human_resources.licence_history(conn, "L-B")
    assert [step["state"] for step in history[-3:]] == ["DEREGISTERED", "ANNULLED", "GRANTED"]


def test_a_voided_grant_leaves_the_lists_and_answers_for_the_time_before(engine: Engine) -> None:
    log = whole()
    granted = next(f for f in FACTS if f.type == "licence.granted.v1" and f.subject == LN_B)
    for fact in FACTS:
        if fact.stream == granted.stream and fact.sequence >= granted.sequence:
            correct(log, fact, LATER)
    filled(engine, log.taken)
    with engine.connect() as conn:
        assert human_resources.licences(conn, uscc=LN_B) == []
        assert human_resources.licensed(
            conn, LN_B, date(2024, 12, 15), as_known=at("2024-12-15T09:00")
        )
        assert human_resources.licence_of(conn, LN_B)["state"] == "APPLIED"


def test_of_two_replacements_each_fields_latest_counts(engine: Engine) -> None:
    log = whole()
    finding = next(fact for fact in FACTS if fact.type == "finding.violation_found.v1")
    correct(log, finding, LATER, severity="MIN", facts=["场所面积不足"])
    correct(log, finding, LATER, severity="GEN")
    filled(engine, log.taken)
    with engine.connect() as conn:
        (row,) = human_resources.findings(conn, uscc=LN_B)
    assert (row["severity"], row["facts"], row["code"]) == ("GEN", "场所面积不足", "V-LIC-07")


def test_a_correction_that_comes_before_its_fact_waits_for_it(engine: Engine) -> None:
    log = whole()
    renewed = next(
        fact
        for fact in FACTS
        if getattr(fact.fact, "valid_to", None) and fact.type == "licence.changed.v1"
    )
    correct(log, renewed, LATER, valid_to="2026-04-30")
    reading.create(engine, READERS)
    reading.take(engine, [log.taken[-1]], READERS)
    with engine.connect() as conn:
        assert human_resources.licences(conn, uscc=LN_A) == []
    reading.take(engine, log.taken[:-1], READERS)
    with engine.connect() as conn:
        (licence,) = human_resources.licences(conn, uscc=LN_A)
    assert licence["valid_to"] == "2026-04-30"


def test_a_case_shows_a_corrected_fact_as_published_and_by_what_it_was_corrected(
    engine: Engine,
) -> None:
    log = whole()
    finding = next(fact for fact in FACTS if fact.type == "finding.violation_found.v1")
    link = next(f for f in FACTS if f.type == "matter.linked.v1" and f.subject == LN_B)
    replaced = correct(log, finding, LATER, severity="GEN")
    correct(log, link, LATER)
    filled(engine, log.taken, (audit.PROJECTION,))
    with engine.connect() as conn:
        now = audit.history(conn, "C-B")
        before = audit.history(conn, "C-B", as_of=at(LATER) - 1)
    found = next(fact for fact in now.facts if fact.event_id == finding.id)
    assert (found.standing, found.corrected_by) == ("REPLACED", (replaced.id,))
    assert found.data["severity"] == "SER"
    said = next(fact for fact in now.facts if fact.event_id == replaced.id)
    assert said.changed == {"severity": audit.Change("SER", "GEN")}
    assert (now.linked, before.linked) == (("C-B",), ("C-B", "M-B"))
    assert {fact.standing for fact in before.facts} == {"STANDS"}
