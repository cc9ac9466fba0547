"""A form is counted by the department, sealed, and counted again to the same bytes for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.campaign.facts import ReportSubmitted, TablePrepared
from domain.campaign.tables import FiguresEditedByHand, PreparerCannotApprove
from gateways.department.deciding.tables import counted_again
from ops.posts import post_of
from projections import statistics
from tests.gateways.department.town import REGION, bodies, opened
from tests.gateways.statistics.campaign import OFFICER, Campaign


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    folder: Path = tmp_path_factory.mktemp("forms")
    with opened(folder / "town", departments="samr,hr,lgo") as one:
        yield Campaign(one)


def value(table: dict[str, Any], row: int) -> dict[str, Any]:
    return next(one for one in table["rows"] if one["row"] == row)


def test_figures_that_were_edited_by_hand_are_refused_by_the_row(campaign: Campaign) -> None:
    with pytest.raises(FiguresEditedByHand) as caught:
        campaign.prepare(rows=[{"row": 5, "hr": 0, "disp": 0, "distinct": 0}])
    assert caught.value.values["row"] == 5
    with pytest.raises(FiguresEditedByHand):
        campaign.prepare(rows=[{"row": 99, "number": 1}])
    with pytest.raises(FiguresEditedByHand):
        campaign.prepare(
            computed=[{"row": 5, "hr": 9, "disp": 9, "distinct": 9}],
            rows=[{"row": 5, "hr": 9, "disp": 9, "distinct": 9}],
        )


def test_rows_on_another_form_carry_what_a_person_attached(campaign: Campaign) -> None:
    kept = campaign.town.hr.files.keep(
        [b"form"], "text/plain", post_of(OFFICER), now=campaign.town.clock.now()
    )
    reference = {"sha256": kept.sha256, "length": kept.length, "media_type": kept.media_type}
    table = campaign.prepare(rows=[{"row": 15, "attached": reference}])
    assert value(table, 15)["attached"] == reference
    assert campaign.again(table).same


def test_a_submitted_form_is_counted_again_to_the_same_bytes_after_a_correction(
    campaign: Campaign,
) -> None:
    table = campaign.prepare()
    assert value(table, 1) == {"row": 1, "hr": 1, "disp": 0, "distinct": 1}
    assert value(table, 5) == {"row": 5, "hr": 1, "disp": 0, "distinct": 1}
    with pytest.raises(PreparerCannotApprove):
        campaign.give(OFFICER, "ApproveTable", campaign=campaign.id, table=table["table_id"])
    report = campaign.submit(table["table_id"])
    assert report["content_hash"] == table["content"]["sha256"]
    campaign.void_finding()
    assert campaign.again(table).same
    same = campaign.prepare()
    assert same["content"]["sha256"] == table["content"]["sha256"]
    campaign.town.at("2024-12-23T09:00")
    because = {"amends": table["table_id"], "because": "违法事项登记有误，已更正"}
    anew = campaign.prepare(as_of="2024-12-22T18:00:00+08:00", **because)
    assert value(anew, 5) == {"row": 5, "hr": 0, "disp": 0, "distinct": 0}
    amended = campaign.submit(
        anew["table_id"], amends=report["report_id"], because="违法事项登记有误，已更正"
    )
    assert amended["amends"] == report["report_id"]
    assert campaign.again(table).same
    types = [one["type"] for one in bodies(campaign.town.hr)]
    assert types.count(ReportSubmitted.TYPE) == 2
    assert TablePrepared.TYPE in types


def test_a_content_that_was_changed_is_not_what_the_facts_give(campaign: Campaign) -> None:
    table = campaign.prepare()
    sha256 = table["content"]["sha256"]
    content = dict(campaign.town.hr.files.content(sha256))
    rows = [dict(row) for row in content["rows"]]
    rows[4]["hr"] = 7
    with campaign.town.hr.reading() as connection:
        found = counted_again(connection, {**content, "rows": rows}, sha256)
    assert not found.same
    assert found.differing == (5,)


def test_the_leading_group_counts_the_same_form_from_what_it_received(campaign: Campaign) -> None:
    forms = []
    for node in ("hr", "lgo"):
        with campaign.town.platform.departments[node].reading() as connection:
            window = statistics.window(connection, campaign.id)
            assert window is not None
            forms.append(statistics.table(connection, window, REGION, campaign.town.clock.now()))
    assert forms[0].values == forms[1].values
    assert forms[0].values[0].hr == 1
