"""The directory of licensed and filed agencies (名录库): snapshots of what facts already say.

1. Whoever holds a licence of 人社 in force, or has filed a service, is on it; annulled,
   revoked, suspended, expired and deregistered licences are not (人力资源市场暂行条例 22).
2. A snapshot is published by the market section, and by itself when a licence is annulled or
   revoked (R11). Nobody edits entries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain import filing
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    Received,
    command,
    decides,
)
from domain.errors import Refusal
from domain.facts import Confidentiality, Fact, Recorded, fact
from domain.licence import state as licence_state
from domain.licence.facts import HR_LICENCES
from domain.terms import Digest, Identifier, Persons, RegionCode, Term


@fact(
    "directory.published.v1",
    family="directory",
    organs=("HRSS_MKT",),
    zh="名录公布",
    en="Directory published",
    source="辽宁省人力资源市场管理通知（2024-11-11）七；人力资源市场暂行条例第22条",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class DirectoryPublished(Fact):
    """A snapshot of a region's directory: its entries' digest, count and day.

    `entries_hash` is SHA-256 over the canonical lines `USCC|type or service|id` of each
    entry, sorted, joined by a line feed.
    """

    snapshot_id: Identifier
    region: RegionCode
    entries_hash: Digest
    entries: Persons
    published_on: Annotated[date, Term(zh="公布日期", en="Published on")]


@command(zh="公布名录", en="Publish the directory", source="人力资源市场暂行条例第22条")
@dataclass(frozen=True, kw_only=True)
class PublishDirectory(Command):
    """Publishes the directory of the post's region as the facts stand now."""

    region: RegionCode | None = None


@command(zh="更新名录", en="Refresh the directory", source="平台规则（R11）", automatic=True)
@dataclass(frozen=True, kw_only=True)
class RefreshDirectory(Command):
    """Publishes a region's directory again when `about` took a firm off it, or back on (R11, R14)."""

    region: RegionCode
    about: Identifier


READ_TYPES = (
    "licence.granted.v1",
    "licence.changed.v1",
    "licence.annulled.v1",
    "licence.revoked.v1",
    "licence.deregistered.v1",
    "filing.recorded.v1",
)
"""The facts that put a firm on the directory or take it off."""


@dataclass(frozen=True, order=True)
class Entry:
    """One line: a firm, its licence type or filed service, and the licence or filing id."""

    uscc: str
    what: str
    id: str

    @property
    def line(self) -> str:
        """The canonical line: `USCC|type or service|id`."""
        return f"{self.uscc}|{self.what}|{self.id}"


def entries(facts: Iterable[Recorded[Any]], on: date) -> tuple[Entry, ...]:
    """The directory that the facts of a region make on a day, sorted."""
    streams: dict[str, list[Recorded[Any]]] = {}
    for recorded in facts:
        if recorded.type in READ_TYPES:
            streams.setdefault(recorded.stream, []).append(recorded)
    found: list[Entry] = []
    for stream, history in streams.items():
        uscc = history[0].fact.uscc
        kind, _, rest = stream.partition("/")
        if kind == "filing":
            found += [
                Entry(uscc, service, filing_id)
                for service, filing_id in filing.fold(history).services
            ]
        elif kind == "licence" and rest.partition(":")[2] in HR_LICENCES:
            current = licence_state.fold(history).in_force(on)
            if current is not None:
                found.append(Entry(uscc, rest.partition(":")[2], current.licence_id))
    return tuple(sorted(found))


def entries_hash(listed: Iterable[Entry]) -> str:
    """SHA-256 over the sorted canonical lines joined by a line feed."""
    lines = "\n".join(sorted(one.line for one in listed))
    return hashlib.sha256(lines.encode()).hexdigest()


def stream_of(region: str) -> str:
    """The stream of a region's snapshots."""
    return f"directory/{region}"


class RegionNotNamed(Refusal):
    """The directory of no region can be published."""

    zh = "未指明公布哪个地区的名录。"
    en = "No region is named whose directory to publish."
    next_zh = "请填写行政区划代码。"
    next_en = "Name the region."
    source = "人力资源市场暂行条例第22条"
    field = "region"


class EndNotReceived(Refusal):
    """The fact that takes a firm off the directory has not arrived here."""

    zh = "尚未收到事件{about}。"
    en = "The fact {about} has not been received."
    next_zh = "事件送达后自动更新名录。"
    next_en = "The directory follows once it has arrived."
    source = "平台规则（R11）"
    field = "about"
    transient = True


def _reads(asked: PublishDirectory | RefreshDirectory) -> tuple[Read, ...]:
    if asked.region is None:
        return ()
    named = (Received(event=asked.about),) if isinstance(asked, RefreshDirectory) else ()
    return (
        Own(stream=stream_of(asked.region)),
        Received(region=asked.region, types=READ_TYPES),
        *named,
    )


@decides(PublishDirectory, reads=_reads)
def publish(asked: PublishDirectory, history: History, context: Context) -> Iterator[Decided]:
    """Publishes a region's directory as the received facts stand."""
    if asked.region is None:
        raise RegionNotNamed()
    facts = history.received(Received(region=asked.region, types=READ_TYPES))
    yield _snapshot(asked.region, facts, context)


@decides(RefreshDirectory, reads=_reads)
def refresh(asked: RefreshDirectory, history: History, context: Context) -> Iterator[Decided]:
    """Publishes again after an end or its undoing, once for each."""
    facts = history.received(Received(region=asked.region, types=READ_TYPES))
    if not history.received(Received(event=asked.about)):
        raise EndNotReceived(about=asked.about)
    if any(one.cause == asked.about for one in history.own(stream_of(asked.region))):
        return
    yield _snapshot(asked.region, facts, context)


def _snapshot(region: str, facts: Iterable[Recorded[Any]], context: Context) -> Decided:
    listed = entries(facts, context.today)
    return Decided(
        stream=stream_of(region),
        subject=region,
        matter=f"DIR-{region}",
        region=region,
        fact=DirectoryPublished(
            snapshot_id=context.mint("D"),
            region=region,
            entries_hash=entries_hash(listed),
            entries=len(listed),
            published_on=context.today,
        ),
    )
