"""A firm brought up to a licence in force, through the gateway of a served installation."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.commands import Post
from domain.facts import CHINA
from domain.terms import organisation_code_check_character, uscc_check_character

_numbers = itertools.count(1)
NAME = "沈阳页例人力有限公司"


def today() -> str:
    """The day in China, whatever day it is where the tests run."""
    return datetime.now(CHINA).date().isoformat()


def fresh_uscc() -> str:
    """A credit code that no test has used."""
    inner = f"MC{next(_numbers):06d}"
    first = "91210103" + inner + organisation_code_check_character(inner)
    return first + uscc_check_character(first)


def post(organ: str) -> Post:
    """The post of an organ in the district of the tests."""
    return Post(id=f"{organ}@210103", organ=organ, region="210103", appointment="test")


def until(true: Callable[[], Any], limit_s: float = 20.0) -> None:
    """Waits for something that other threads bring about."""
    end = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)


def give(site: Any, department: str, organ: str, command: str, /, **data: Any) -> None:
    """Gives a command and waits until its department shows the effect."""
    one = site.house.platform.departments[department]
    key = f"{command}-{data['organisation']}-{time.monotonic_ns()}"
    given = one.give(command, data, post(organ), key=key)
    until(lambda: one.applied(given.position))


def registered(site: Any) -> str:
    """A firm whose push has come to 人社."""
    uscc = fresh_uscc()
    give(
        site, "samr", "SAMR", "RegisterOrganisation",
        organisation=uscc, name=NAME, scope="职业中介活动",
    )  # fmt: skip
    hr = site.house.platform.departments["hr"]
    until(lambda: _has(hr, f"scope_push/{uscc}"))
    return uscc


def licensed(site: Any) -> str:
    """A firm with a licence in force."""
    uscc = registered(site)
    give(
        site, "hr", "HRSS_APPR", "ApplyForLicence",
        organisation=uscc, mode="COMMITMENT", scope="职业中介活动", full_time_staff=3,
    )  # fmt: skip
    give(
        site,
        "hr",
        "HRSS_APPR",
        "GrantLicence",
        organisation=uscc,
        document_no="沈河人社许〔2026〕1号",
    )
    return uscc


def _has(department: Any, stream: str) -> bool:
    from projections.received import RECEIVED

    with department.reading() as conn:
        query = RECEIVED.select().where(RECEIVED.c.stream == stream).limit(1)
        return conn.execute(query).first() is not None
