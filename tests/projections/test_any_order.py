"""Rows are a function of the set of facts: any interleaving of topics, and facts again, change nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from tests.projections import reading
from tests.projections.casework import casework
from tests.projections.ending import ending
from tests.projections.facts import Taken, more, story
from tests.projections.inspections import campaign

FACTS = campaign(ending(casework(more(story())))).taken


def in_recorded_order() -> dict[str, list[tuple[object, ...]]]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    reading.create(engine)
    reading.take(engine, FACTS, log=False)
    return reading.contents(engine)


EXPECTED = in_recorded_order()


def interleaved(data: st.DataObject) -> Iterator[list[Taken]]:
    """The facts in batches, in any order that keeps each topic's own for each subject."""
    queues: dict[tuple[str, str], list[Taken]] = defaultdict(list)
    for one in FACTS:
        queues[one.topic, one.fact.subject].append(one)
    waiting = list(queues.values())
    while waiting:
        batch = []
        for _ in range(data.draw(st.integers(1, 25))):
            if not waiting:
                break
            queue = waiting[data.draw(st.integers(0, len(waiting) - 1))]
            batch.append(queue.pop(0))
            if not queue:
                waiting.remove(queue)
        yield batch


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_any_interleaving_of_topics_gives_the_same_rows(
    engine: Engine, data: st.DataObject
) -> None:
    reading.create(engine)
    for batch in interleaved(data):
        reading.take(engine, batch, log=False)
    assert reading.contents(engine) == EXPECTED


def test_the_same_facts_again_give_the_same_rows(engine: Engine) -> None:
    reading.create(engine)
    for one in FACTS:
        reading.take(engine, [one], log=False)
        reading.take(engine, [one], log=False)
    reading.take(engine, [*FACTS, *FACTS], log=False)
    assert reading.contents(engine) == EXPECTED
