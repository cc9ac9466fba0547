"""Screening of postings by keywords (筛查): which words of a list a text holds (S2 items 二, 四, 六).

1. A text and a word are compared in one form: full-width as half-width, capitals as small
   letters, without spaces, punctuation and invisible characters, so that "限 男 性" is found.
2. An occurrence inside one of the word's harmless phrases does not count; one outside does.
3. A hit decides nothing: an officer confirms or dismisses it (甄别).
4. A region without a list of its own screens by that of its superior territory, then by the
   platform's, which is version 1; published versions count on from there.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator

from domain.online.facts import Keyword, ListCategory

PLATFORM_VERSION = 1
"""The version of the platform's own list; a region's begin with 2."""

_D, _U = ListCategory.DISCRIMINATION, ListCategory.UNLICENSED
_F, _R = ListCategory.FEES, ListCategory.FALSE_RECRUITMENT
_L, _C = ListCategory.LOANS, ListCategory.CERTIFICATES

PLATFORM_LIST: tuple[Keyword, ...] = (
    Keyword(word="限男", category=_D, unless=("不限男女", "不限男", "男女不限男")),
    Keyword(word="限女", category=_D, unless=("不限女",)),
    Keyword(word="只招男", category=_D),
    Keyword(word="只招女", category=_D),
    Keyword(word="男性优先", category=_D),
    Keyword(word="女性优先", category=_D),
    Keyword(word="男士优先", category=_D),
    Keyword(word="女士优先", category=_D),
    Keyword(word="已婚已育", category=_D),
    Keyword(word="未婚未育", category=_D, unless=("未婚未育均可", "不要求未婚未育")),
    Keyword(word="35岁以下", category=_D),
    Keyword(word="35周岁以下", category=_D),
    Keyword(word="年龄不超过", category=_D),
    Keyword(word="限35岁", category=_D),
    Keyword(word="第一学历", category=_D, unless=("不看第一学历", "不限第一学历")),
    Keyword(word="限985", category=_D, unless=("不限985",)),
    Keyword(word="限211", category=_D, unless=("不限211",)),
    Keyword(word="全日制统招", category=_D, unless=("不限全日制统招",)),
    Keyword(word="无需资质", category=_U),
    Keyword(word="代招工", category=_U),
    Keyword(word="包进厂", category=_U),
    Keyword(word="劳务输出", category=_U),
    Keyword(word="职介加盟", category=_U),
    Keyword(word="内部推荐费", category=_F),
    Keyword(word="内推费", category=_F, unless=("不收内推费", "无内推费")),
    Keyword(word="保录取", category=_F),
    Keyword(word="先交报名费", category=_F),
    Keyword(word="押金", category=_F, unless=("不收押金", "无押金", "免押金", "零押金")),
    Keyword(word="服装费", category=_F, unless=("不收服装费", "无服装费")),
    Keyword(word="日结上千", category=_R),
    Keyword(word="轻松月入过万", category=_R),
    Keyword(word="直签国企", category=_R),
    Keyword(word="培训贷", category=_L),
    Keyword(word="先学后付", category=_L),
    Keyword(word="分期付学费", category=_L),
    Keyword(word="挂靠证书", category=_C),
    Keyword(word="证书挂靠", category=_C),
    Keyword(word="残疾人证挂靠", category=_C),
)
"""The platform's own list: discrimination by sex, age and schooling, unlicensed business, fees,
false recruitment, loans, certificates lent out. Source: S2 items 二, 四, 六; words by default."""


def plain(text: str) -> str:
    """The form in which texts are compared: NFKC, small letters, letters and digits only.

    Accents are dropped with the punctuation, so that leaving characters out cannot make others.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (one for one in apart if unicodedata.category(one)[0] in ("L", "N"))
    return unicodedata.normalize("NFC", "".join(kept))


def digest_of(text: str) -> str:
    """The SHA-256 digest of a posting in its compared form: all that is kept of it."""
    return hashlib.sha256(plain(text).encode()).hexdigest()


def _places(text: str, part: str) -> Iterator[tuple[int, int]]:
    """Where a part occurs in a text, overlaps included."""
    start = text.find(part)
    while part and start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + 1)


def holds(text: str, keyword: Keyword) -> bool:
    """Whether a text in its compared form holds a word outside all its harmless phrases."""
    harmless = [place for phrase in keyword.unless for place in _places(text, plain(phrase))]
    return any(
        not any(begin <= start and end <= finish for begin, finish in harmless)
        for start, end in _places(text, plain(keyword.word))
    )


def screen(text: str, keywords: tuple[Keyword, ...]) -> tuple[Keyword, ...]:
    """The keywords that a posting holds, in the order of the list."""
    compared = plain(text)
    return tuple(one for one in keywords if holds(compared, one))


def superiors(region: str) -> tuple[str, ...]:
    """A region and the territories above it, the nearest first."""
    if not region[:2].isdigit():
        return (region,)
    county, prefecture, province = region[:6], f"{region[:4]}00", f"{region[:2]}0000"
    chain = (region, province) if "-" in region else (region, county, prefecture, province)
    return tuple(dict.fromkeys(chain))
