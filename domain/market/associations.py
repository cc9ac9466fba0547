"""What trade associations do in a campaign (reference 10.2 rows 22 to 25).

1. An association joins a campaign once. It issues norms and appeals, and trains.
2. Only training has attendances, and training without anybody is none. They are person-times.
3. The market section records it for the association, which has no post of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateInFuture, must_have_come
from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.directory import RegionNotNamed
from domain.errors import Refusal
from domain.market.facts import Activity, AssociationActivityRecorded, activities_of
from domain.market.running import matter_of, reads_campaign
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import FileRef, Identifier, RegionCode, ShortText, Term, Uscc

ASSOCIATION_CODES = "51"
"""How the codes of social associations begin: 民政, 社会团体 (GB 32100-2015)."""


@command(
    zh="登记行业协会活动", en="Record an association's activity", source=f"{CAMPAIGN_PLAN}三（五）"
)
@dataclass(frozen=True, kw_only=True)
class RecordAssociationActivity(Command):
    """Records that an association joined a campaign, issued a norm or trained."""

    association: Uscc
    kind: Annotated[Activity, Term(zh="活动类型", en="Kind")]
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    attendances: Annotated[
        int, Term(zh="人次", en="Attendances", minimum=0, maximum=100_000_000)
    ] = 0
    title: ShortText | None = None
    campaign: Identifier | None = None
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()
    region: RegionCode | None = None


class NotAnAssociation(Refusal):
    """The code is that of no association."""

    zh = "{association}不是社会团体的统一社会信用代码（应以51开头）。"
    en = "{association} is not the code of an association, which begins with 51."
    next_zh = "请核对行业协会的统一社会信用代码。"
    next_en = "Check the code of the association."
    source = "GB 32100-2015（法人和其他组织统一社会信用代码编码规则）"
    field = "association"


class AttendancesOnlyForTraining(Refusal):
    """Something other than training has attendances."""

    zh = "“{kind}”不填写人次（{attendances}）。"
    en = "{kind} has no attendances ({attendances})."
    next_zh = "请删去人次，或者将活动类型改为培训。"
    next_en = "Leave the attendances out, or record a training."
    source = f"{CAMPAIGN_PLAN}附件（行业协会培训人次）"
    field = "attendances"


class TrainingNeedsAttendances(Refusal):
    """Nobody attended the training."""

    zh = "行业协会培训须填写人次，至少为1。"
    en = "A training needs its attendances, one at least."
    next_zh = "请填写参加培训的人次。"
    next_en = "Enter how many attended."
    source = f"{CAMPAIGN_PLAN}附件（行业协会培训人次）"
    field = "attendances"


class JoiningNeedsCampaign(Refusal):
    """No campaign is named that the association joins."""

    zh = "行业协会参与专项行动须写明是哪一个专项行动。"
    en = "An association joins a campaign that is named."
    next_zh = "请填写专项行动编号。"
    next_en = "Name the campaign."
    source = f"{CAMPAIGN_PLAN}三（五）"
    field = "campaign"


class AssociationJoinedAlready(Refusal):
    """The association joined the campaign."""

    zh = "{association}已于{on}参与专项行动{campaign}。"
    en = "{association} joined the campaign {campaign} on {on}."
    next_zh = "无需重复登记。"
    next_en = "Nothing to record."
    source = f"{CAMPAIGN_PLAN}附件（参与专项整治行动行业协会数量）"
    field = "campaign"


class ActivityRecordedAlready(Refusal):
    """The same activity on the same day is on record."""

    zh = "{association}在{on}的同一活动已登记（{activity}）。"
    en = "The same activity of {association} on {on} is on record ({activity})."
    next_zh = "无需重复登记；另有一场的，填写不同的名称。"
    next_en = "Nothing to record; give another title where it was another."
    source = f"{CAMPAIGN_PLAN}附件；平台规则（按次统计）"
    field = "title"


class ActivityInFuture(DateInFuture):
    """The activity has not happened yet."""

    field = "on"


@decides(
    RecordAssociationActivity,
    reads=lambda asked: (
        Own(stream=activities_of(asked.association)),
        *reads_campaign(asked.campaign),
    ),
)
def record(
    asked: RecordAssociationActivity, history: History, context: Context
) -> Iterator[Decided]:
    """Records an association's activity, once."""
    if asked.region is None:
        raise RegionNotNamed()
    on = asked.on or context.today
    must_have_come(on, context.today, ActivityInFuture)
    _must_fit(asked)
    _must_be_new(asked, on, history)
    yield Decided(
        stream=activities_of(asked.association),
        subject=asked.association,
        matter=matter_of(history, asked.campaign, asked.region, context),
        region=asked.region,
        effective=on,
        fact=AssociationActivityRecorded(
            activity_id=context.mint("ACT"),
            association=asked.association,
            kind=asked.kind,
            on=on,
            attendances=asked.attendances,
            title=asked.title,
            campaign_id=asked.campaign,
            evidence=asked.evidence,
        ),
    )


def _must_fit(asked: RecordAssociationActivity) -> None:
    if not asked.association.startswith(ASSOCIATION_CODES):
        raise NotAnAssociation(association=asked.association)
    if asked.kind is Activity.TRAINING:
        if asked.attendances < 1:
            raise TrainingNeedsAttendances()
    elif asked.attendances:
        raise AttendancesOnlyForTraining(kind=asked.kind.value, attendances=asked.attendances)
    if asked.kind is Activity.JOIN_CAMPAIGN and asked.campaign is None:
        raise JoiningNeedsCampaign()


def _must_be_new(asked: RecordAssociationActivity, on: date, history: History) -> None:
    for one in history.own(activities_of(asked.association)):
        before = one.fact
        if before.kind is not asked.kind:
            continue
        if asked.kind is Activity.JOIN_CAMPAIGN:
            if before.campaign_id == asked.campaign:
                raise AssociationJoinedAlready(
                    association=asked.association,
                    campaign=asked.campaign,
                    on=before.on.isoformat(),
                )
        elif (before.on, before.title) == (on, asked.title):
            raise ActivityRecordedAlready(
                association=asked.association, on=on.isoformat(), activity=before.activity_id
            )
