"""The directory of licensed and filed agencies (名录库): snapshots of what facts already say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Confidentiality, Fact, fact
from domain.terms import Digest, Identifier, Persons, RegionCode, Term


@fact(
    "directory.published.v1",
    family="directory",
    organs=("HRSS_MKT",),
    zh="名录公布",
    en="Directory published",
    source="S2 七; 人力资源市场暂行条例 22",
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


@command(zh="公布名录", en="Publish the directory", source="人力资源市场暂行条例 22")
@dataclass(frozen=True, kw_only=True)
class PublishDirectory(Command):
    """Publishes the directory of the post's region as the facts stand now."""

    region: RegionCode | None = None


@command(zh="更新名录", en="Refresh the directory", source="R11", automatic=True)
@dataclass(frozen=True, kw_only=True)
class RefreshDirectory(Command):
    """R11: publishes a region's directory again when `about` took a firm off it."""

    region: RegionCode
    about: Identifier
