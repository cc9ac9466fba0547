"""Screening a posting, judging a hit, bad reviews (reference 7.6; S2 items 二, 四, 七).

1. A posting that matches leaves its digest and the words; its text is not kept. One that does
   not match leaves nothing, and the same posting is not counted twice.
2. An officer confirms or dismisses a hit, once; either keeper may judge what the other found.
3. What is confirmed about an operator and what is reviewed badly stand in the operator's own
   stream, from which the risk rules count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.directory import RegionNotNamed
from domain.errors import Refusal
from domain.facts import Recorded
from domain.lead.halves import both, known
from domain.online.facts import (
    BadReviewsRecorded,
    HitJudged,
    HitJudgement,
    ScreeningHitFound,
    outlet_of,
    reviews_of,
)
from domain.online.register import list_for, outlet_known, reads_keywords
from domain.online.screening import digest_of, screen
from domain.terms import Identifier, Reason, RegionCode, SubjectId, Term


@command(
    zh="筛查招聘信息",
    en="Screen a posting",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、四",
)
@dataclass(frozen=True, kw_only=True)
class ScreenPosting(Command):
    """Compares a posting with the keyword list; without a match nothing is recorded."""

    outlet: Identifier
    text: Annotated[
        str,
        Term(
            zh="招聘信息原文",
            en="Text of the posting",
            min_length=1,
            max_length=20_000,
            long=True,
            example="仓库分拣，限男性，35岁以下",
        ),
    ]
    seen_on: Annotated[date | None, Term(zh="发现日期", en="Seen on")] = None
    region: RegionCode | None = None


@command(
    zh="甄别命中",
    en="Judge a hit",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、四",
)
@dataclass(frozen=True, kw_only=True)
class JudgeHit(Command):
    """Confirms or dismisses a hit; `organisation` is the operator that the hit names."""

    outlet: Identifier
    hit: Identifier
    organisation: SubjectId | None = None
    judgement: Annotated[HitJudgement, Term(zh="甄别结果", en="Judgement")]
    reminded: Annotated[bool, Term(zh="已督促提醒", en="Reminded")] = False
    reason: Reason


@command(
    zh="登记不良评价",
    en="Record bad reviews",
    source="辽宁省人力资源市场管理通知（2024-11-11）七",
)
@dataclass(frozen=True, kw_only=True)
class RecordBadReviews(Command):
    """Records how many bad reviews a subject had in a period."""

    organisation: SubjectId
    outlet: Identifier | None = None
    count: Annotated[int, Term(zh="条数", en="Count", minimum=1, maximum=1_000_000)]
    from_day: Annotated[date, Term(zh="起日", en="From")]
    to_day: Annotated[date, Term(zh="止日", en="To")]


class PostingSeenInFuture(DateInFuture):
    """The posting has not been seen yet."""

    field = "seen_on"


class HitUnknown(Refusal):
    """No such hit was found on this outlet."""

    zh = "账号平台{outlet}没有编号为{hit}的命中。"
    en = "No hit {hit} was found on the outlet {outlet}."
    next_zh = "请核对命中编号；网信部门发现的，送达后办理。"
    next_en = "Check its number; what 网信 found can be judged once it has arrived."
    source = "平台规则（筛查甄别）"
    field = "hit"
    transient = True


class HitAlreadyJudged(Refusal):
    """The hit was confirmed or dismissed."""

    zh = "命中{hit}已甄别，结果为{judgement}。"
    en = "The hit {hit} was judged: {judgement}."
    next_zh = "无需再次甄别；有误的，更正原记录。"
    next_en = "Nothing to judge; an error is corrected in the record."
    source = "平台规则（筛查甄别）"
    field = "hit"


class HitOfAnotherOperator(Refusal):
    """The operator named is not the one of the hit."""

    zh = "命中{hit}登记的经营者是{operator}，不是{organisation}。"
    en = "The operator of the hit {hit} is {operator}, not {organisation}."
    next_zh = "请填写命中登记的经营者；经营者不明的留空，识别后在账号登记中补充。"
    next_en = "Name the operator of the hit; leave it out where none is known."
    source = "平台规则（筛查甄别）"
    field = "organisation"


class RemindedWithoutHit(Refusal):
    """A dismissed hit reminds nobody."""

    zh = "命中已排除，不应督促提醒经营者。"
    en = "A hit that is dismissed reminds nobody."
    next_zh = "请改为确认，或去掉“已督促提醒”。"
    next_en = "Confirm it, or leave out the reminder."
    source = "辽宁省人力资源市场管理通知（2024-11-11）四"
    field = "reminded"


class ReviewsInFuture(DateInFuture):
    """The period of the reviews has not ended yet."""

    field = "to_day"


class ReviewsEndBeforeStart(DateBeforeItsGround):
    """The period ends before it begins."""

    field = "to_day"


def _reads_to_screen(asked: ScreenPosting) -> tuple[Read, ...]:
    return (*both(outlet_of(asked.outlet)), *reads_keywords(asked.region or ""))


@decides(ScreenPosting, reads=_reads_to_screen)
def find(asked: ScreenPosting, history: History, context: Context) -> Iterator[Decided]:
    """Records the words that a posting matched; nothing without a match or the second time."""
    if asked.region is None:
        raise RegionNotNamed()
    outlet = outlet_known(history, asked.outlet)
    seen_on = asked.seen_on or context.today
    must_have_come(seen_on, context.today, PostingSeenInFuture)
    version, keywords = list_for(history, asked.region)
    found = screen(asked.text, keywords)
    posting = digest_of(asked.text)
    if not found or any(
        isinstance(one.fact, ScreeningHitFound)
        and (one.fact.posting, one.fact.list_version) == (posting, version)
        for one in known(history, outlet_of(asked.outlet))
    ):
        return
    yield Decided(
        stream=outlet_of(asked.outlet),
        subject=outlet.entry.operator or outlet.outlet_id,
        matter=outlet.matter,
        region=outlet.region,
        fact=ScreeningHitFound(
            hit_id=context.mint("HT"),
            outlet_id=outlet.outlet_id,
            operator=outlet.entry.operator,
            posting=posting,
            seen_on=seen_on,
            list_version=version,
            words=tuple(one.word for one in found),
            categories=tuple(dict.fromkeys(one.category for one in found)),
        ),
    )


def _reads_to_judge(asked: JudgeHit) -> tuple[Read, ...]:
    return (
        *both(outlet_of(asked.outlet)),
        *(both(reviews_of(asked.organisation)) if asked.organisation else ()),
    )


@decides(JudgeHit, reads=_reads_to_judge)
def judge(asked: JudgeHit, history: History, _: Context) -> Iterator[Decided]:
    """Records what an officer made of a hit, in the stream of its operator where one is known."""
    facts = known(history, outlet_of(asked.outlet))
    hit = next((one for one in facts if _is_hit(one, asked.hit)), None)
    if hit is None:
        raise HitUnknown(outlet=asked.outlet, hit=asked.hit)
    operator = hit.fact.operator
    if operator != asked.organisation:
        raise HitOfAnotherOperator(
            hit=asked.hit, operator=operator or "", organisation=asked.organisation or ""
        )
    stream = reviews_of(operator) if operator else outlet_of(asked.outlet)
    for one in known(history, stream):
        if isinstance(one.fact, HitJudged) and one.fact.hit_id == asked.hit:
            raise HitAlreadyJudged(hit=asked.hit, judgement=one.fact.judgement.value)
    if asked.reminded and asked.judgement is HitJudgement.DISMISSED:
        raise RemindedWithoutHit()
    yield Decided(
        stream=stream,
        subject=hit.subject,
        matter=hit.matter,
        region=hit.region,
        fact=HitJudged(
            hit_id=asked.hit,
            outlet_id=asked.outlet,
            operator=operator,
            judgement=asked.judgement,
            categories=hit.fact.categories,
            reminded=asked.reminded,
            reason=asked.reason,
        ),
    )


def _is_hit(recorded: Recorded[Any], hit: str) -> bool:
    return isinstance(recorded.fact, ScreeningHitFound) and recorded.fact.hit_id == hit


def _reads_to_record(asked: RecordBadReviews) -> tuple[Read, ...]:
    return (
        *both(reviews_of(asked.organisation)),
        *(both(outlet_of(asked.outlet)) if asked.outlet else ()),
    )


@decides(RecordBadReviews, reads=_reads_to_record)
def record(asked: RecordBadReviews, history: History, context: Context) -> Iterator[Decided]:
    """Records bad reviews of a period that has ended, in the matter of the outlet or reviews."""
    must_have_come(asked.to_day, context.today, ReviewsInFuture)
    must_follow(asked.to_day, asked.from_day, ReviewsEndBeforeStart)
    earlier = known(history, reviews_of(asked.organisation))
    outlet = outlet_known(history, asked.outlet) if asked.outlet else None
    known_matter = outlet.matter if outlet else earlier[-1].matter if earlier else None
    yield Decided(
        stream=reviews_of(asked.organisation),
        subject=asked.organisation,
        matter=known_matter or context.mint("M"),
        fact=BadReviewsRecorded(
            subject_id=asked.organisation,
            outlet_id=asked.outlet,
            count=asked.count,
            from_day=asked.from_day,
            to_day=asked.to_day,
        ),
    )
