"""The received log keeps every record byte for byte and finds it again."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from gateways.contracts.envelope import fact_of
from projections import received
from projections.rows import Rows
from tests.projections import reading
from tests.projections.facts import LN_B, REGION, story

LICENCE = f"licence/{LN_B}:LIC_HRS"


@pytest.fixture(autouse=True)
def _log(engine: Engine) -> None:
    reading.create(engine, ())
    reading.take(engine, story().taken, ())


def test_the_bytes_come_back_exactly(engine: Engine) -> None:
    with engine.connect() as connection:
        for one in story().taken:
            assert received.body(connection, one.fact.id) == one.body


def test_a_stream_comes_back_in_its_own_order_with_when_it_was_received(engine: Engine) -> None:
    with engine.connect() as connection:
        facts = received.of_stream(connection, LICENCE, fact_of)
    assert [fact.stream_version for fact in facts] == list(range(1, len(facts) + 1))
    assert all(fact.received == fact.stamp + 60_000_000 for fact in facts)


def test_many_streams_are_read_at_once_as_each_alone(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received, "STREAMS_AT_ONCE", 2)
    streams = {one.fact.stream for one in story().taken}
    assert len(streams) > 2
    with engine.connect() as connection:
        alone = {name: received.of_stream(connection, name, fact_of) for name in streams}
        together = received.of_streams(connection, {*streams, "licence/NONE"}, fact_of)
    assert together == {**alone, "licence/NONE": ()}


def test_a_region_is_read_by_types(engine: Engine) -> None:
    with engine.connect() as connection:
        facts = received.of_region(
            connection, REGION, fact_of, types=("licence.granted.v1", "licence.annulled.v1")
        )
        elsewhere = received.of_region(connection, "210104", fact_of, types=("licence.granted.v1",))
    assert [fact.type for fact in facts] == ["licence.granted.v1", "licence.annulled.v1"]
    assert elsewhere == ()


def test_a_matter_is_read_in_the_one_order(engine: Engine) -> None:
    with engine.connect() as connection:
        facts = received.of_matter(connection, "C-B", fact_of)
    assert [fact.order for fact in facts] == sorted(fact.order for fact in facts)
    assert {fact.department for fact in facts} == {"hr", "drc"}


def test_an_event_that_stands_already_fails_the_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = Rows(connection)
        received.append(rows, [reading.entry(story().taken[0])])
        with pytest.raises(IntegrityError):
            rows.flush()


def test_an_event_never_received_is_named(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(received.NotReceived, match="E-0"):
            received.body(connection, "E-0")
        with pytest.raises(received.NotReceived, match="E-0"):
            received.of_event(connection, "E-0", fact_of)


def test_a_rebuild_reads_on_from_a_partition_sequence(engine: Engine) -> None:
    with engine.connect() as connection:
        ends = received.partitions(connection)
        found = received.after(connection, "labour.samr.push", 0, 1, limit=10)
    assert ends["labour.samr.push", 0] == 2
    assert [row[0] for row in found] == [2]
