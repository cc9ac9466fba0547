"""Parameters of an address: instants, pages and positions, each refused by name when wrong."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from fastapi.concurrency import run_in_threadpool

from domain.facts import CHINA, end_of, instant, stamp_of
from gateways.department.node import BadPosition, Department
from gateways.http.problems import bad_parameter, not_reached

WAIT_STEP_S, WAIT_STEP_S_MAX = 0.02, 0.25
POSITION = re.compile(r"[a-z]{2,20}:[0-9]{1,18}(-[0-9]{1,18})?")


def stamp_parameter(name: str, text: str | None) -> int | None:
    """The stamp of an instant; a bare date means its end, a time without zone is +08:00."""
    if not text:
        return None
    try:
        if len(text) == 10:
            return end_of(date.fromisoformat(text))
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return stamp_of(moment if moment.tzinfo else moment.replace(tzinfo=CHINA))
    except (ValueError, OverflowError) as error:
        raise bad_parameter(
            name,
            "应为日期（2024-12-15）或时刻（2024-12-15T09:00:00+08:00）",
            "must be a date (2024-12-15) or an instant (2024-12-15T09:00:00+08:00)",
        ) from error


def lies_ahead(stamp: int | None, now: int) -> bool:
    """Whether a stamp is later than the end of today."""
    return stamp is not None and stamp > end_of(instant(now).date())


def date_parameter(name: str, text: str | None) -> date | None:
    """A date, or None where it is absent."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise bad_parameter(
            name, "应为日期，如 2024-12-15", "must be a date such as 2024-12-15"
        ) from error


def whole_number(
    name: str, text: str | None, default: int, *, least: int = 0, most: int = 500
) -> int:
    """A whole number within its bounds."""
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise bad_parameter(
            name, f"应为 {least} 至 {most} 的整数", f"must be a whole number, {least} to {most}"
        )
    return int(text)


def only(given: Iterable[str], *known: str) -> None:
    """Refuses a parameter that is not known here: left out in silence it would mislead."""
    for name in given:
        if name not in known and name != "lang":
            raise bad_parameter(
                name[:60],
                f"没有这个参数；可用：{'、'.join(known)}",
                f"there is no such parameter here; known are {', '.join(known)}",
            )


async def wait(department: Department, position: str | None, wait_s: str | None, most: int) -> None:
    """Waits until the department's views contain a position, or answers that they do not.

    Many may wait at once: none of them holds a thread that another request needs.
    """
    if not position:
        return
    if POSITION.fullmatch(position) is None:
        raise bad_parameter(
            "wait_for", "应为 部门:序号，如 hr:12", "must be department:sequence such as hr:12"
        )
    limit = whole_number("wait_s", wait_s, min(5, most), most=most)
    until, step = time.monotonic() + limit, WAIT_STEP_S
    while not await run_in_threadpool(_applied, department, position):
        if time.monotonic() >= until:
            raise not_reached(position, limit)
        await asyncio.sleep(step)
        step = min(step * 1.5, WAIT_STEP_S_MAX)


def reached(department: Department, position: str, limit_s: float) -> bool:
    """Whether a department's views contain a position before the limit runs out."""
    until = time.monotonic() + limit_s
    while not _applied(department, position):
        if time.monotonic() >= until:
            return False
        time.sleep(WAIT_STEP_S)
    return True


def _applied(department: Department, position: str) -> bool:
    try:
        return department.applied(position)
    except BadPosition as error:
        raise bad_parameter(
            "wait_for", "没有这个部门或序号", "names no such department or sequence"
        ) from error


def plain(value: Any) -> Any:
    """A query's answer as JSON values: dataclasses as objects, dates as text, bytes left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value
