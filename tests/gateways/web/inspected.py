"""An inspection ready to be recorded, through the gateway of a served installation."""

from __future__ import annotations

import itertools
import time
from datetime import date, timedelta
from typing import Any

from projections import inspections
from tests.gateways.web.story import post, registered, until

_numbers = itertools.count(1)
ITEMS = ("ITEM-INTERMEDIATION", "ITEM-FEES")


def act(site: Any, department: str, organ: str, command: str, /, **data: Any) -> Any:
    """Gives a command and waits until its department shows the effect."""
    one = site.house.platform.departments[department]
    given = one.give(command, data, post(organ), key=f"{command}-{time.monotonic_ns()}")
    until(lambda: one.applied(given.position))
    return given


def ready(site: Any, **more: Any) -> str:
    """The number of a targeted inspection by two inspectors of 劳动保障监察."""
    uscc = registered(site)
    team = []
    for _ in range(2):
        number = next(_numbers)
        act(
            site, "hr", "HRSS_INSP", "EnterInspector",
            certificate=f"210103{number:05d}",
            certificate_until=(date.today() + timedelta(days=900)).isoformat(),
        )  # fmt: skip
        hr = site.house.platform.departments["hr"]
        with hr.reading() as conn:
            team += [
                one["inspector_id"]
                for one in inspections.inspectors(conn, limit=500)
                if one["certificate"] == f"210103{number:05d}"
            ]
    act(
        site, "hr", "HRSS_INSP", "OpenInspection",
        organisation=uscc, kind="TARGETED", items=list(ITEMS), reason="群众反映收费后不安排岗位",
        team=team, window_to=(date.today() + timedelta(days=20)).isoformat(), **more,
    )  # fmt: skip
    with site.house.platform.departments["hr"].reading() as conn:
        return str(inspections.tasks(conn, uscc=uscc)[0]["task_id"])


def results(site: Any, task: str) -> list[Any]:
    """The results of an inspection on record."""
    stream = site.house.platform.departments["hr"].store.stream(f"inspection_task/{task}")
    return [one for one in stream if one.type == "inspection.result_recorded.v1"]
