"""What a figure and its members are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.facts import Recorded
from projections.steps import Keys, Steps

Span = tuple[str, int, int | None]
"""(figure, stamp of entering, stamp of leaving or None)."""


class Theme(StrEnum):
    """What a figure is about; figures of one theme are shown together."""

    PUSHES = "PUSHES"
    LICENCES = "LICENCES"
    LEADS = "LEADS"
    CASES = "CASES"
    REFERRALS = "REFERRALS"
    CREDIT = "CREDIT"
    RISKS = "RISKS"
    ONLINE = "ONLINE"
    INSPECTIONS = "INSPECTIONS"
    TERMS = "TERMS"


THEMES: dict[Theme, tuple[str, str]] = {
    Theme.PUSHES: ("登记推送", "Registration and pushes"),
    Theme.LICENCES: ("许可承诺", "Licences and commitments"),
    Theme.LEADS: ("线索投诉", "Leads and complaints"),
    Theme.CASES: ("案件处罚", "Cases and penalties"),
    Theme.REFERRALS: ("行刑移送", "Referrals to the police"),
    Theme.CREDIT: ("信用名录", "Credit and directory"),
    Theme.RISKS: ("风险督办", "Risks and supervision"),
    Theme.ONLINE: ("网络处置", "Online disposals"),
    Theme.INSPECTIONS: ("抽查检查", "Draws and inspections"),
    Theme.TERMS: ("时限", "Terms"),
}
"""The themes in the order in which they are shown."""


@dataclass(frozen=True)
class Definition:
    """A figure: its labels and exactly what it counts.

    One with `telling` is shown at zero too: that nothing of it happened is news.
    """

    id: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    theme: Theme
    telling: bool = False


@dataclass(frozen=True)
class Counted:
    """A kind of member: which facts bear on it, which fields count, and its spans."""

    kind: str
    key: Callable[[Recorded[Any]], Keys]
    fields: Mapping[str, tuple[str, ...]]
    spans: Callable[[Steps], list[Span]]
    home: str
    """The event type whose region and matter are the member's."""


def named(
    prefix: str,
    values: Mapping[str, tuple[str, str]],
    labels: tuple[str, str],
    definition_zh: str,
    definition_en: str,
    theme: Theme,
) -> Iterator[Definition]:
    """One figure for each value of a code list."""
    for code, (zh, en) in values.items():
        yield Definition(
            f"{prefix}{code}",
            labels[0] + zh,
            labels[1] + en,
            definition_zh.format(zh=zh, code=code),
            definition_en.format(zh=zh, code=code),
            theme,
        )
