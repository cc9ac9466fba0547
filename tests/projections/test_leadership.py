"""The leading group's figures: current, explained by their members, true for any past stamp."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from domain.facts import CHINA, end_of, stamp_of
from projections import leadership
from projections.leadership.tables import SPANS
from tests.projections import reading
from tests.projections.facts import LN_B, REGION, more, story

READER = (leadership.PROJECTION,)
FACTS = more(story()).taken


@pytest.fixture
def view(engine: Engine) -> Engine:
    reading.create(engine, READER)
    for start in range(0, len(FACTS), 7):
        reading.take(engine, FACTS[start : start + 7], READER)
    return engine


def at(text: str) -> int:
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def values(engine: Engine, as_of: int | None = None) -> dict[str, int]:
    with engine.connect() as conn:
        return {figure.id: figure.value for figure in leadership.figures(conn, as_of=as_of)}


def test_the_figures_say_how_things_stand(view: Engine) -> None:
    found = values(view)
    assert found["pushes"] == 2
    assert found["pushes_disposed:LICENSED"] == found["pushes_disposed:NOT_OPERATING"] == 1
    assert found["licences_in_force:LIC_HRS"] == 0
    assert found["licences_annulled"] == found["licences_revoked"] == 1
    assert found["licences_to_deregister"] == 1
    assert found["corrections_not_corrected"] == 1
    assert found["credit_received"] == 2
    assert found["credit_withdrawn"] == 1
    assert found["breaches:HRSS_MKT"] == 1
    assert "breaches:SAMR" not in found


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2024-11-19T00:00", {"pushes_open": 1, "pushes_unclaimed": 1, "subjects_hr_scope": 1}),
        ("2024-11-21T00:00", {"pushes_open": 1, "pushes_unclaimed": 0, "pushes_claimed": 1}),
        ("2024-11-26T00:00", {"licences_in_force:LIC_HRS": 1, "commitment_pending": 1}),
        ("2025-01-10T23:00", {"commitment_failed": 1, "corrections_open": 1}),
        ("2025-02-14T12:00", {"licences_in_force:LIC_HRS": 0, "licences_to_deregister": 1}),
        ("2025-03-05T00:00", {"licences_in_force:LIC_HRS": 1, "directory_entries": 1}),
        ("2025-03-15T00:00", {"licences_in_force:LIC_HRS": 0}),
        ("2025-06-25T00:00", {"licences_in_force:LIC_HRS": 1, "licences_revoked": 1}),
        ("2025-07-02T00:00", {"licences_in_force:LIC_HRS": 0}),
    ],
)
def test_a_figure_holds_for_a_past_moment(
    view: Engine, moment: str, expected: dict[str, int]
) -> None:
    found = values(view, at(moment))
    assert {name: found[name] for name in expected} == expected


def test_the_last_day_of_validity_counts_whole(engine: Engine) -> None:
    reading.create(engine, READER)
    taken = [one for one in FACTS if one.fact.stamp < at("2025-04-01T00:00")]
    reading.take(engine, taken, READER)
    name = "licences_in_force:LIC_HRS"
    assert values(engine, end_of(date(2025, 4, 30)))[name] == 1
    assert values(engine, end_of(date(2025, 4, 30)) + 1)[name] == 0


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_a_figure_is_exactly_its_members(view: Engine, data: st.DataObject) -> None:
    first, last = FACTS[0].fact.stamp, FACTS[-1].fact.stamp
    moments = st.one_of(
        st.integers(first - 10, last + 10**12),
        st.sampled_from([one.fact.stamp + shift for one in FACTS for shift in (-1, 0, 1)]),
        st.sampled_from([end_of(one.fact.recorded_on) + s for one in FACTS for s in (-1, 0, 1)]),
        st.none(),
    )
    as_of = data.draw(moments)
    region = data.draw(st.sampled_from([None, REGION, "210100", "210000", "220000"]))
    with view.connect() as conn:
        for figure in leadership.figures(conn, as_of=as_of, region=region):
            members = leadership.members(conn, figure.id, as_of=as_of, region=region, limit=100)
            assert figure.value == len(members), figure.id


def test_a_member_opens_to_its_matter_and_to_the_fact_that_brought_it_in(view: Engine) -> None:
    with view.connect() as conn:
        (member,) = leadership.members(conn, "licences_annulled")
    annulled = next(one.fact for one in FACTS if one.fact.type == "licence.annulled.v1")
    assert (member.subject, member.matter, member.event_id) == (LN_B, "C-B", annulled.id)
    assert member.name == "沈阳虚例北辰职介服务有限公司"
    assert member.since == "2025-02-14T10:00:00.000001+08:00"


def test_every_figure_says_what_it_counts_and_how_current_it_is(view: Engine) -> None:
    with view.connect() as conn:
        for figure in leadership.figures(conn):
            assert figure.definition_zh
            assert figure.definition_en
            assert figure.data_time == "2025-08-01T09:00:00.000001+08:00"
        closed = at("2025-09-01T00:00")
        assert leadership.figure(conn, "pushes", closed=closed).data_time == (
            "2025-09-01T00:00:00.000000+08:00"
        )


def test_an_empty_view_is_all_zero_and_has_no_time(engine: Engine) -> None:
    reading.create(engine, READER)
    with engine.connect() as conn:
        assert {(f.value, f.data_time) for f in leadership.figures(conn)} == {(0, None)}
        assert leadership.members(conn, "pushes") == []


def test_a_trend_ends_with_the_month_as_it_stands(view: Engine) -> None:
    with view.connect() as conn:
        trend = leadership.trend(conn, "licences_in_force:LIC_HRS", 10)
    assert trend == [
        ("2024-11", 1),
        ("2024-12", 1),
        ("2025-01", 1),
        ("2025-02", 0),
        ("2025-03", 1),
        ("2025-04", 1),
        ("2025-05", 1),
        ("2025-06", 1),
        ("2025-07", 0),
        ("2025-08", 0),
    ]


def test_a_figure_divides_by_region(view: Engine) -> None:
    with view.connect() as conn:
        assert leadership.by_region(conn, "pushes") == {REGION: 2}
        assert leadership.by_region(conn, "pushes_open") == {}


def test_an_unknown_figure_is_named(view: Engine) -> None:
    with view.connect() as conn, pytest.raises(leadership.UnknownFigure, match="fines"):
        leadership.members(conn, "fines")


def test_no_span_ends_before_it_begins(view: Engine) -> None:
    with view.connect() as conn:
        for since, until in conn.execute(select(SPANS.c.since, SPANS.c.until)):
            assert until is None or until > since
