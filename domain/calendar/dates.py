"""Dates that people write into commands: what is refused of them (reference 0.3 items 8, 10).

A fact may take effect before it was recorded. It may not lie in the future, and it may not
come before what it rests on.
"""

from __future__ import annotations

from datetime import date

from domain.errors import Refusal


class DateInFuture(Refusal):
    """A day that has not come was recorded as past."""

    zh = "日期{day}晚于今天{today}，不能登记尚未发生的事。"
    en = "{day} is later than today, {today}: what has not happened cannot be recorded."
    next_zh = "请改为实际发生的日期。"
    next_en = "Enter the day on which it happened."
    source = "平台规则（发生日期与记录时刻分别记载）"


class DateBeforeItsGround(Refusal):
    """A day comes before the act it rests on."""

    zh = "日期{day}早于其依据的日期{ground}。"
    en = "{day} comes before {ground}, the day of what it rests on."
    next_zh = "请核对日期。"
    next_en = "Check the date."
    source = "平台规则（发生日期与记录时刻分别记载）"


def must_have_come(day: date, today: date, refusal: type[DateInFuture]) -> None:
    """Refuses a day after today, by the field's own rule."""
    if day > today:
        raise refusal(day=day.isoformat(), today=today.isoformat())


def must_follow(day: date, ground: date, refusal: type[DateBeforeItsGround]) -> None:
    """Refuses a day before the day of its ground, by the field's own rule."""
    if day < ground:
        raise refusal(day=day.isoformat(), ground=ground.isoformat())
