"""What an object of the draw is like: its credit risk class by a named scheme, and its tags.

1. A class says nothing without its scheme: 市场监管's credit risk class (S3 三（三）) and the
   credit grade of human-resources agencies (S4) are two things, both with letters.
2. A scheme is kept by one department; another department's class is not given in its place.
3. Tags mark key areas and seasons (S3 二（二）: 重点区域、重点企业; 重点时段).
4. A department says the whole of what it says under a scheme at once: grade and tags. What it
   says later under the same scheme, or without one, takes the place of what it said before.
   Saying nothing takes grade and tags away.
5. What was said holds from its first day to its last, both included. A grade that ran out is no
   grade: the object is not rated.
6. C and D make a key object (reference 6.4, 14.3 R15).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class GradeScheme:
    """A scheme of classes, the department that keeps it, and what its grades lead to.

    `cycles` says that its grade decides how often an agency is inspected in full.
    """

    code: str
    zh: str
    en: str
    keeper: str
    grades: tuple[str, ...]
    key_grades: tuple[str, ...]
    cycles: bool
    source: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A tag that an officer puts on an object."""

    code: str
    zh: str
    en: str
    source: str


_GRADES = ("A", "B", "C", "D")
_KEY = ("C", "D")

SCHEMES: Mapping[str, GradeScheme] = MappingProxyType(
    {
        one.code: one
        for one in (
            GradeScheme(
                code="HRSS-CREDIT",
                zh="人力资源服务机构信用等级",
                en="Credit grade of human-resources agencies",
                keeper="hr",
                grades=_GRADES,
                key_grades=_KEY,
                cycles=True,
                source="许昌市人力资源服务机构信用等级评价通知（2023）",
                valid_from=date(2023, 1, 1),
            ),
            GradeScheme(
                code="SAMR-RISK",
                zh="企业信用风险分类",
                en="Credit risk class of firms",
                keeper="samr",
                grades=_GRADES,
                key_grades=_KEY,
                cycles=False,
                source="鄂人社函〔2022〕97号三（三）；企业信用风险分类管理要求（未经原文核对）",
                valid_from=date(2022, 1, 1),
            ),
        )
    }
)
"""The schemes by which objects are classed."""

_SEED = "鄂人社函〔2022〕97号二（二）（重点区域、重点企业）"
_SEASON = "鄂人社函〔2022〕97号二（二）；平台默认值（重点时段）"

MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        one.code: one
        for one in (
            Mark(code="AREA_KEY", zh="重点区域", en="Key area", source=_SEED),
            Mark(
                code="AREA_ONLINE", zh="网络招聘平台企业", en="Recruitment platform", source=_SEED
            ),
            Mark(
                code="AREA_DAY_LABOUR",
                zh="自发性零工市场周边",
                en="By a day-labour market",
                source=_SEED,
            ),
            Mark(code="AREA_COMPLAINED", zh="被投诉举报", en="Complained of", source=_SEED),
            Mark(
                code="SEASON_SPRING",
                zh="春节前后用工旺季",
                en="Hiring season of the Spring Festival",
                source=_SEASON,
            ),
            Mark(
                code="SEASON_GRADUATION",
                zh="高校毕业生求职季",
                en="Graduation season",
                source=_SEASON,
            ),
            Mark(code="SEASON_YEAR_END", zh="岁末年初", en="Turn of the year", source=_SEASON),
        )
    }
)
"""The tags that officers put on objects."""

REGISTER_TAGS = (
    "LICENSED",
    "UNLICENSED",
    "DISPATCH",
    "FILED",
    "ONLINE",
    "COMMITMENT",
    "KEY",
    "ABNORMAL",
    "PLACE",
)
"""The tags that the register of objects gives by itself, from what is on record."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one department said of an object under one scheme, `scheme` empty for none."""

    keeper: str
    scheme: str
    grade: str | None
    tags: tuple[str, ...]
    since: date
    until: date | None = None

    @property
    def place(self) -> tuple[str, str]:
        """What a later word takes the place of."""
        return (self.keeper, self.scheme)

    def stands(self, on: date) -> bool:
        """Whether it holds on a day, as far as nothing later took its place."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, kw_only=True)
class ObjectClass:
    """An object's grade in each scheme and its tags, on one day."""

    grades: Mapping[str, str]
    tags: frozenset[str]

    @property
    def key(self) -> bool:
        """Whether a grade makes it a key object."""
        return any(
            name in SCHEMES and grade in SCHEMES[name].key_grades
            for name, grade in self.grades.items()
        )


def newest(said: Iterable[Said], on: date) -> tuple[Said, ...]:
    """The last word of each department under each scheme up to a day, standing or run out.

    `said` is in the order in which it was recorded; of equal first days the later counts.
    """
    found: dict[tuple[str, str], Said] = {}
    for one in said:
        before = found.get(one.place)
        if one.since <= on and (before is None or before.since <= one.since):
            found[one.place] = one
    return tuple(found.values())


def class_of(said: Iterable[Said], on: date) -> ObjectClass:
    """What an object is like on a day, by everything that was said of it, oldest first."""
    standing = [one for one in newest(said, on) if one.stands(on)]
    return ObjectClass(
        grades={one.scheme: one.grade for one in standing if one.grade is not None},
        tags=frozenset(tag for one in standing for tag in one.tags),
    )
