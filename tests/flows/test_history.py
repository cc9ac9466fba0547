"""What stood before the platform is entered as history: it counts, and sets nothing in motion."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from gateways.contracts import canonical
from gateways.department.database import INTENTS
from ops.player import Player, all_events, draw_for, incarnation_of
from ops.scenario import parse
from ops.settings import Settings
from ops.wiring import house
from projections import clocks

REGISTER = """
scenario: OLD-REGISTER
region: "210103"
calendar: {from: 2024-11-01, to: 2024-12-31}
organisations:
  LN-B: {uscc: 91210103MAYTX0128N, name: 沈阳虚例北辰职介服务有限公司}
given:
  - {at: 2023-03-01T09:00, by: SAMR, do: RegisterOrganisation, with: {organisation: LN-B, scope: 职业中介活动}}
  - {at: 2023-03-06T09:00, by: HRSS_APPR, do: ApplyForLicence, with: {organisation: LN-B, mode: COMMITMENT, full_time_staff: 3}}
  - {at: 2023-03-07T09:00, by: HRSS_APPR, do: GrantLicence, with: {organisation: LN-B}}
steps:
  - {at: 2024-11-18T09:00, by: HRSS_APPR, do: GrantLicence, with: {organisation: LN-B}, refused: LicenceAlreadyHeld}
expect:
  - {view: licences, of: LN-B, is: {state: GRANTED, valid_from: "2023-03-07"}}
  - {breaches: 0}
"""


def test_an_old_register_counts_and_starts_no_reaction_and_no_clock(tmp_path: Path) -> None:
    scenario = parse(REGISTER, "old-register.yaml")
    settings = Settings(data=tmp_path, store="simulated")  # type: ignore[arg-type]
    with house(
        settings,
        create=True,
        start=scenario.start,
        incarnation=lambda name: incarnation_of(scenario.name, name),
        draw=lambda name: draw_for(scenario.name, name),
    ) as one:
        played = Player(one.platform, scenario).play()
        assert played.passed, (played.differences, [step.fault for step in played.steps])
        for department in one.platform.departments.values():
            with department.reading() as connection:
                assert connection.execute(select(INTENTS)).all() == []
                assert clocks.clocks(connection, subject="91210103MAYTX0128N") == []
        granted = [
            canonical.decode(event.body)
            for event in all_events(one.platform.departments["hr"].store)
            if event.type == "licence.granted.v1"
        ]
    assert [(one["history"], one["effective"], one["recorded"][:10]) for one in granted] == [
        (True, "2023-03-07", "2024-11-01")
    ]
