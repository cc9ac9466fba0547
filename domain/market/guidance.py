"""Guidance of employers and publicity, given by the organs of 人社.

1. Guidance is counted in times, not in firms (reference 10.2 row 17): each day and subject of
   guidance is recorded once for an employer.
2. Publicity and training of the organ itself have a reach in person-times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateInFuture, must_have_come
from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.directory import RegionNotNamed
from domain.errors import Refusal
from domain.market.facts import (
    EmployerGuidanceGiven,
    PublicityHeld,
    PublicityKind,
    guidance_of,
    publicity_of,
)
from domain.market.running import matter_of, reads_campaign
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import (
    FileRef,
    Identifier,
    OrganisationName,
    Reason,
    RegionCode,
    ShortText,
    SubjectId,
    Term,
)


@command(
    zh="登记企业用工指导督促",
    en="Record guidance of an employer",
    source=f"{CAMPAIGN_PLAN}三（四）",
)
@dataclass(frozen=True, kw_only=True)
class GiveGuidance(Command):
    """Records one time that an employer was guided and urged to employ lawfully."""

    employer_name: OrganisationName
    employer: SubjectId | None = None
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    about: Reason
    campaign: Identifier | None = None
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()
    region: RegionCode | None = None


@command(zh="登记宣传培训", en="Record publicity", source=f"{CAMPAIGN_PLAN}五（四）")
@dataclass(frozen=True, kw_only=True)
class HoldPublicity(Command):
    """Records publicity or training of the organ itself."""

    kind: Annotated[PublicityKind, Term(zh="形式", en="Kind")]
    title: ShortText
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    attendances: Annotated[
        int, Term(zh="人次", en="Attendances", minimum=0, maximum=100_000_000)
    ] = 0
    campaign: Identifier | None = None
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()
    region: RegionCode | None = None


class GuidanceRecordedAlready(Refusal):
    """The same guidance on the same day is on record."""

    zh = "{on}对“{employer_name}”的同一指导督促已登记（{guidance}）。"
    en = "The same guidance of {employer_name} on {on} is on record ({guidance})."
    next_zh = "无需重复登记；另有内容的，写明不同的指导事项。"
    next_en = "Nothing to record; say what differs where it was another."
    source = f"{CAMPAIGN_PLAN}三（四）；平台规则（按次统计）"
    field = "about"


class PublicityRecordedAlready(Refusal):
    """The same publicity on the same day is on record."""

    zh = "{on}的“{title}”已登记（{publicity}）。"
    en = "{title} on {on} is on record ({publicity})."
    next_zh = "无需重复登记；另有一场的，写明不同的名称。"
    next_en = "Nothing to record; give another title where it was another."
    source = f"{CAMPAIGN_PLAN}五（四）"
    field = "title"


class GuidanceInFuture(DateInFuture):
    """The guidance has not been given yet."""

    field = "on"


class PublicityInFuture(DateInFuture):
    """The publicity has not been held yet."""

    field = "on"


def named(text: str) -> str:
    """20 hex digits that stand for a name or title in a stream."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:20]


def _guided(asked: GiveGuidance) -> str:
    return guidance_of(asked.region or "", asked.employer or named(asked.employer_name))


@decides(
    GiveGuidance,
    reads=lambda asked: (Own(stream=_guided(asked)), *reads_campaign(asked.campaign)),
)
def guide(asked: GiveGuidance, history: History, context: Context) -> Iterator[Decided]:
    """Records guidance of an employer, once for each day and subject of guidance."""
    if asked.region is None:
        raise RegionNotNamed()
    on = asked.on or context.today
    must_have_come(on, context.today, GuidanceInFuture)
    for one in history.own(_guided(asked)):
        if (one.fact.on, one.fact.about) == (on, asked.about):
            raise GuidanceRecordedAlready(
                on=on.isoformat(),
                employer_name=asked.employer_name,
                guidance=one.fact.guidance_id,
            )
    yield Decided(
        stream=_guided(asked),
        subject=asked.employer or asked.region,
        matter=matter_of(history, asked.campaign, asked.region, context),
        region=asked.region,
        effective=on,
        fact=EmployerGuidanceGiven(
            guidance_id=context.mint("GD"),
            employer=asked.employer,
            employer_name=asked.employer_name,
            on=on,
            about=asked.about,
            campaign_id=asked.campaign,
            evidence=asked.evidence,
        ),
    )


def _publicised(asked: HoldPublicity) -> str:
    return publicity_of(asked.region or "", named(asked.title))


@decides(
    HoldPublicity,
    reads=lambda asked: (Own(stream=_publicised(asked)), *reads_campaign(asked.campaign)),
)
def hold(asked: HoldPublicity, history: History, context: Context) -> Iterator[Decided]:
    """Records publicity, once for each day, kind and title."""
    if asked.region is None:
        raise RegionNotNamed()
    on = asked.on or context.today
    must_have_come(on, context.today, PublicityInFuture)
    for one in history.own(_publicised(asked)):
        if (one.fact.on, one.fact.kind) == (on, asked.kind):
            raise PublicityRecordedAlready(
                on=on.isoformat(), title=asked.title, publicity=one.fact.publicity_id
            )
    yield Decided(
        stream=_publicised(asked),
        subject=asked.region,
        matter=matter_of(history, asked.campaign, asked.region, context),
        region=asked.region,
        effective=on,
        fact=PublicityHeld(
            publicity_id=context.mint("PUB"),
            kind=asked.kind,
            title=asked.title,
            on=on,
            attendances=asked.attendances,
            campaign_id=asked.campaign,
            evidence=asked.evidence,
        ),
    )
