"""The joint register of outlets and the keyword lists (reference 1.4; S2 item 二).

1. 人社 and 网信 keep one register: an outlet that either entered is entered.
2. An outlet whose operator was unknown is entered again when it is identified.
3. Whether the operator holds a licence is read from the licences, not from the entry's author.
4. Either keeper publishes a new version of a region's list; a version replaces the one before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.directory import RegionNotNamed
from domain.errors import Refusal
from domain.facts import Recorded
from domain.lead.halves import both, known
from domain.licence import state as licence_state
from domain.licence.facts import LicenceType
from domain.online.facts import (
    Keyword,
    KeywordListPublished,
    OutletKind,
    OutletRegistered,
    keywords_of,
    outlet_of,
)
from domain.online.screening import PLATFORM_LIST, PLATFORM_VERSION, plain, superiors
from domain.terms import OrganisationName, RegionCode, ShortText, SubjectId, Term


@command(
    zh="登记网络招聘账号平台",
    en="Register an outlet",
    source="辽宁省人力资源市场管理通知（2024-11-11）二",
)
@dataclass(frozen=True, kw_only=True)
class RegisterOutlet(Command):
    """Enters an account, app, site or group that deals in jobs, or names its operator."""

    kind: Annotated[OutletKind, Term(zh="类型", en="Kind")]
    platform: ShortText
    handle: ShortText
    operator: SubjectId | None = None
    operator_name: OrganisationName | None = None


@command(
    zh="发布监测关键词",
    en="Publish a keyword list",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、四",
)
@dataclass(frozen=True, kw_only=True)
class PublishKeywords(Command):
    """Publishes the next version of the keyword list of the post's region."""

    keywords: Annotated[tuple[Keyword, ...], Term(zh="关键词", en="Keywords", min_items=1)]
    region: RegionCode | None = None


class OutletAlreadyRegistered(Refusal):
    """The outlet is in the joint register."""

    zh = "{platform}上的“{handle}”已登记，编号{outlet}。"
    en = "“{handle}” on {platform} is registered as {outlet}."
    next_zh = "请在该编号下继续办理；识别出经营者的，补充经营者后再登记。"
    next_en = "Go on with that entry; enter it again only to name its operator."
    source = "辽宁省人力资源市场管理通知（2024-11-11）二；平台规则（联合登记）"
    field = "handle"


class OutletUnknown(Refusal):
    """No such outlet is in the register."""

    zh = "联合登记中没有编号为{outlet}的账号平台。"
    en = "No outlet {outlet} is in the joint register."
    next_zh = "请先登记该账号、应用、网站或群组，或核对编号。"
    next_en = "Register it first, or check its number."
    source = "平台规则（联合登记）"
    field = "outlet"
    transient = True


class KeywordTwice(Refusal):
    """A word stands twice in a list."""

    zh = "关键词“{word}”重复。"
    en = "The word “{word}” stands twice."
    next_zh = "请合并为一条，排除语写在一起。"
    next_en = "Make it one, with all its harmless phrases."
    source = "平台规则（监测关键词）"
    field = "keywords"


class KeywordWithoutLetters(Refusal):
    """A word of spaces and punctuation would match everything."""

    zh = "关键词“{word}”不含文字或数字，无法匹配。"
    en = "The word “{word}” has no letter or digit to match."
    next_zh = "请填写文字或数字。"
    next_en = "Enter letters or digits."
    source = "平台规则（监测关键词）"
    field = "keywords"


class PhraseWithoutWord(Refusal):
    """A harmless phrase contains the word it excuses."""

    zh = "排除语“{phrase}”不包含关键词“{word}”。"
    en = "The phrase “{phrase}” does not contain the word “{word}”."
    next_zh = "请填写包含该关键词的完整说法，例如“不限男女”之于“限男”。"
    next_en = "Enter the whole phrase with the word in it."
    source = "平台规则（监测关键词）"
    field = "keywords"


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """An outlet as the register has it: its latest entry, in the matter of its first."""

    outlet_id: str
    matter: str
    region: str
    entry: OutletRegistered


def outlet_id(kind: OutletKind, platform: str, handle: str) -> str:
    """The number of an outlet: the same whoever enters it, however it is spaced or spelled."""
    spelled = f"{kind.value}\n{plain(platform)}\n{plain(handle) or handle.strip()}"
    return f"OU-{hashlib.sha256(spelled.encode()).hexdigest()[:20].upper()}"


def entry_in(facts: tuple[Recorded[Any], ...]) -> Outlet | None:
    """The outlet that the two keepers' facts amount to, None where nobody entered it."""
    entries = [one for one in facts if isinstance(one.fact, OutletRegistered)]
    if not entries:
        return None
    return Outlet(
        outlet_id=entries[0].fact.outlet_id,
        matter=entries[0].matter,
        region=entries[0].region,
        entry=next((one.fact for one in reversed(entries) if one.fact.operator), entries[-1].fact),
    )


def outlet_known(history: History, outlet: str) -> Outlet:
    """An outlet of the joint register, or the refusal that says it is not in it."""
    found = entry_in(known(history, outlet_of(outlet)))
    if found is None:
        raise OutletUnknown(outlet=outlet)
    return found


def licences_of(subject: str) -> tuple[Read, ...]:
    """What to read to know whether an operator holds a licence, at 人社 and at 网信 alike."""
    return both(licence_state.stream_of(subject, LicenceType.LIC_HRS))


def is_licensed(history: History, subject: str, context: Context) -> bool:
    """Whether an operator's licence is in force today, as this department knows it."""
    facts = known(history, licence_state.stream_of(subject, LicenceType.LIC_HRS))
    return licence_state.fold(facts).in_force(context.today) is not None


def _reads(asked: RegisterOutlet) -> tuple[Read, ...]:
    return (
        *both(outlet_of(outlet_id(asked.kind, asked.platform, asked.handle))),
        *(licences_of(asked.operator) if asked.operator else ()),
    )


@decides(RegisterOutlet, reads=_reads)
def register(asked: RegisterOutlet, history: History, context: Context) -> Iterator[Decided]:
    """Enters an outlet once for both keepers; again only to name its operator."""
    outlet = outlet_id(asked.kind, asked.platform, asked.handle)
    entered = entry_in(known(history, outlet_of(outlet)))
    if entered is not None and (entered.entry.operator or not asked.operator):
        raise OutletAlreadyRegistered(platform=asked.platform, handle=asked.handle, outlet=outlet)
    yield Decided(
        stream=outlet_of(outlet),
        subject=asked.operator or outlet,
        matter=entered.matter if entered else context.mint("M"),
        region=entered.region if entered else None,
        fact=OutletRegistered(
            outlet_id=outlet,
            kind=asked.kind,
            platform=asked.platform,
            handle=asked.handle,
            operator=asked.operator,
            operator_name=asked.operator_name,
            licensed=is_licensed(history, asked.operator, context) if asked.operator else None,
        ),
    )


def reads_keywords(region: str) -> tuple[Read, ...]:
    """What to read to know the list of a region: its own and those above it."""
    return tuple(read for each in superiors(region) for read in both(keywords_of(each)))


def list_for(history: History, region: str) -> tuple[int, tuple[Keyword, ...]]:
    """The version and words by which a region screens: the nearest list, else the platform's."""
    for each in superiors(region):
        published = known(history, keywords_of(each))
        if published:
            newest = max(published, key=lambda one: (one.fact.list_version, one.order)).fact
            return newest.list_version, newest.keywords
    return PLATFORM_VERSION, PLATFORM_LIST


def _must_match(keywords: tuple[Keyword, ...]) -> None:
    seen: set[str] = set()
    for keyword in keywords:
        word = plain(keyword.word)
        if not word:
            raise KeywordWithoutLetters(word=keyword.word)
        if word in seen:
            raise KeywordTwice(word=keyword.word)
        seen.add(word)
        for phrase in keyword.unless:
            if word not in plain(phrase):
                raise PhraseWithoutWord(word=keyword.word, phrase=phrase)


@decides(PublishKeywords, reads=lambda asked: both(keywords_of(asked.region or "")))
def publish(asked: PublishKeywords, history: History, _: Context) -> Iterator[Decided]:
    """Publishes the next version of a region's list."""
    if asked.region is None:
        raise RegionNotNamed()
    _must_match(asked.keywords)
    stream = keywords_of(asked.region)
    versions = [one.fact.list_version for one in known(history, stream)]
    yield Decided(
        stream=stream,
        subject=asked.region,
        matter=f"KW-{asked.region}",
        region=asked.region,
        fact=KeywordListPublished(
            list_version=max(versions, default=PLATFORM_VERSION) + 1,
            keywords=asked.keywords,
        ),
    )
