"""Keywords in a registered business scope: what 市场监管 pushes and what a firm then needs.

The rules (reference 4.1, 4.2; S3 for the eight phrases, S1 for the wider watch list, S2 for
the correspondence of scope items and licences as a table in versions):

1. Width and punctuation are normalised; the scope is split into items on `；` `。` `，` and
   line ends outside brackets; a bracketed qualifier stays with its item.
2. A negated qualifier, `（不含…）` or `（…除外）`, grants nothing: it is taken out before
   matching, and the phrases in it are recorded as excluded. So is what follows 不含 without
   a bracket, and an item that ends in 除外. Where a text is unclear a phrase stands: the
   officer can dispose of a push, but nobody sees one that was never made.
3. A conditional phrase, `许可项目：…（依法须经批准的项目，经相关部门批准后方可开展经营活动）`,
   marks items that may be registered before the licence: it matches, and a licence check
   follows.
4. The match is the union over the items.
5. Whether a firm is in the draw population is another question: the raw text literally
   contains one of the eight phrases, negated or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache


class ScopeClass(StrEnum):
    """What a phrase in a scope means for 人社 (reference 4.1)."""

    GENERIC = "GENERIC"
    INTERMEDIARY = "INTERMEDIARY"
    DISPATCH = "DISPATCH"
    FILING = "FILING"
    INTERMEDIARY_OR_FILING = "INTERMEDIARY_OR_FILING"
    FOREIGN = "FOREIGN"


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """One keyword: its class, and what a firm that does this business may need.

    `needs` names licence types, annotations (`ONLINE`) and filings (`FIL_HRS`, `FS1`..`FS6`);
    where `certain` is False they are alternatives that guidance has to clarify. `drawn`
    marks the eight phrases of S3; the others are watched only.
    """

    code: str
    text: str
    scope_class: ScopeClass
    needs: tuple[str, ...]
    certain: bool = True
    drawn: bool = True
    note: str = ""
    source: str = "鄂人社函〔2022〕97号"


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """One version of the correspondence of scope items and licences, and when it holds."""

    version: str
    valid_from: date
    valid_to: date | None
    source: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, kw_only=True)
class ScopeMatch:
    """What a scope says, by one version of the mapping.

    `phrases` are the codes of the eight phrases that stand, `excluded` those that stand only
    inside negated qualifiers, `watch` the watched keywords that stand. `classes` and `needs`
    follow from `phrases` alone. `conditional` says that a matching item is registered subject
    to approval.
    """

    phrases: tuple[str, ...]
    classes: tuple[str, ...]
    excluded: tuple[str, ...]
    needs: tuple[str, ...]
    in_draw_population: bool
    mapping_version: str
    watch: tuple[str, ...] = ()
    needs_licence: bool = False
    conditional: bool = False

    @property
    def matches(self) -> bool:
        """Whether the scope is pushed to 人社 (R01): one of the eight phrases stands."""
        return bool(self.phrases)


_C = ScopeClass

MAPPINGS: tuple[Mapping, ...] = (
    Mapping(
        version="SCOPE-2022.1",
        valid_from=date(2000, 1, 1),
        valid_to=None,
        source="鄂人社函〔2022〕97号；楚雄州劳务中介专项整治通知（2021-04-06）；辽宁省人力资源市场管理通知（2024-11-11）八",
        phrases=(
            Phrase(
                code="K1",
                text="人力资源服务",
                scope_class=_C.GENERIC,
                needs=("FIL_HRS", "LIC_HRS"),
                certain=False,
                note="须明确具体业务 / clarify which business is meant",
            ),
            Phrase(code="K2", text="人力资源招聘", scope_class=_C.INTERMEDIARY, needs=("LIC_HRS",)),
            Phrase(
                code="K3",
                text="人力资源外包",
                scope_class=_C.FILING,
                needs=("FIL_HRS", "FS6"),
                note="关注假外包真派遣 / watch for dispatch disguised as outsourcing",
            ),
            Phrase(code="K4", text="职业中介", scope_class=_C.INTERMEDIARY, needs=("LIC_HRS",)),
            Phrase(code="K5", text="职业介绍", scope_class=_C.INTERMEDIARY, needs=("LIC_HRS",)),
            Phrase(code="K6", text="劳务派遣", scope_class=_C.DISPATCH, needs=("LIC_DISPATCH",)),
            Phrase(code="K7", text="人力资源培训", scope_class=_C.FILING, needs=("FIL_HRS", "FS5")),
            Phrase(
                code="K8",
                text="发布招聘信息",
                scope_class=_C.INTERMEDIARY_OR_FILING,
                needs=("LIC_HRS", "ONLINE", "FIL_HRS", "FS1"),
                certain=False,
                note="在线中介须许可，否则备案 / a licence if it brokers online, else a filing",
            ),
            *(
                Phrase(
                    code=code,
                    text=text,
                    scope_class=scope_class,
                    needs=needs,
                    drawn=False,
                    source="楚雄州劳务中介专项整治通知（2021-04-06）",
                )
                for code, text, scope_class, needs in (
                    ("W1", "高级人才寻访", _C.INTERMEDIARY, ("LIC_HRS",)),
                    ("W2", "猎头", _C.INTERMEDIARY, ("LIC_HRS",)),
                    ("W3", "网络招聘", _C.INTERMEDIARY, ("LIC_HRS", "ONLINE")),
                    ("W4", "人才测评", _C.FILING, ("FIL_HRS", "FS4")),
                    ("W5", "管理咨询", _C.FILING, ("FIL_HRS", "FS3")),
                    ("W6", "对外劳务合作", _C.FOREIGN, ("QUAL_FLC",)),
                    ("W7", "外派劳务", _C.FOREIGN, ("QUAL_FLC",)),
                    ("W8", "出国劳务", _C.FOREIGN, ("QUAL_FLC",)),
                    ("W9", "对外承包工程", _C.FOREIGN, ()),
                )
            ),
        ),
    ),
)
"""Every version of the mapping; exactly one is valid on a day."""

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_PUNCTUATION = {
    ord(mark): plain
    for marks, plain in (("【〔［〖｛{[", "("), ("】〕］〗｝}]", ")"), ("｡", "。"), ("､", "、"))
    for mark in marks
}
_NORMAL = _WIDTH | _PUNCTUATION | {ord(","): ",", ord("，"): ","}
_BLANK = re.compile(r"[^\S\n]+")
_NEGATED = re.compile(r"^(?:不含|不包含|不包括|不得从事|不得开展|不从事|不涉及|除)|(?:除外|以外)$")
_INLINE = re.compile(r"不含|不包含|不包括|不得从事|不得开展")
_NEGATION_MARKS = ("不", "除", "以外")
_TOKEN = re.compile(r"[()；;。,\n]")
_BRACKET = re.compile(r"([()])")
_PERMIT_SECTION = re.compile(r"许可(?:经营)?项目")
_GENERAL_SECTION = re.compile(r"一般(?:经营)?项目")
_CONDITION = re.compile(r"须经批准|须批准|凭许可证|取得许可|经相关部门(?:批准|审批)")


@dataclass(frozen=True)
class _Prepared:
    """A mapping made ready: its literal phrases, and every phrase as normalised text."""

    mapping: Mapping
    drawn: tuple[str, ...]
    texts: tuple[tuple[str, Phrase], ...]

    def touches(self, text: str) -> bool:
        """Whether any phrase occurs in a normalised text: the cheap question comes first."""
        return any(words in text for words, _ in self.texts)


def _prepare(mapping: Mapping) -> _Prepared:
    return _Prepared(
        mapping,
        tuple(phrase.text for phrase in mapping.phrases if phrase.drawn),
        tuple((normalise(phrase.text), phrase) for phrase in mapping.phrases),
    )


def normalise(text: str) -> str:
    """A scope with half-width letters and brackets, and without blanks."""
    return _BLANK.sub("", text.translate(_NORMAL))


def mapping_on(on: date) -> Mapping:
    """The version of the mapping that is valid on a day; a day without one is refused."""
    return _prepared_on(on).mapping


@lru_cache(maxsize=4096)
def _prepared_on(on: date) -> _Prepared:
    for prepared in _PREPARED:
        mapping = prepared.mapping
        if mapping.valid_from <= on and (mapping.valid_to is None or on <= mapping.valid_to):
            return prepared
    raise LookupError(f"no mapping of scope items is valid on {on}")


def items(text: str) -> tuple[str, ...]:
    """The items of a normalised scope: split outside brackets, qualifiers kept with them.

    A bracket without its other half is plain text, so that one slip of a clerk does not
    swallow the rest of the scope.
    """
    if "(" not in text:
        return tuple(item for item in re.split(r"[；;。,\n]", text) if item)
    tokens = list(_TOKEN.finditer(text))
    paired: set[int] = set()
    opened: list[int] = []
    for token in tokens:
        if token.group() == "(":
            opened.append(token.start())
        elif token.group() == ")" and opened:
            paired |= {opened.pop(), token.start()}
    found: list[str] = []
    begin = depth = 0
    for token in tokens:
        place = token.start()
        if token.group() in "()":
            if place in paired:
                depth += 1 if token.group() == "(" else -1
        elif depth == 0:
            found.append(text[begin:place])
            begin = token.end()
    found.append(text[begin:])
    return tuple(item for item in found if item)


def strip_negations(item: str) -> tuple[str, tuple[str, ...]]:
    """An item without its negated qualifiers, and the texts of those qualifiers.

    Brackets nest: a negation inside a positive qualifier takes out itself alone, and a
    negated qualifier takes out whatever it contains.
    """
    kept: list[list[str]] = [[]]
    negated: list[str] = []
    for mark in _BRACKET.split(item):
        if mark == "(":
            kept.append([])
        elif mark == ")" and len(kept) > 1:
            inner = "".join(kept.pop())
            _close(inner, kept[-1], negated)
        else:
            kept[-1].append(mark)
    while len(kept) > 1:
        inner = "".join(kept.pop())
        _close(inner, kept[-1], negated)
    text = "".join(kept[0])
    if text.endswith("除外"):
        return "", (*negated, text)
    if inline := _INLINE.search(text):
        negated.append(text[inline.start() :])
        text = text[: inline.start()]
    return text, tuple(negated)


def _close(inner: str, outer: list[str], negated: list[str]) -> None:
    """Ends a bracket: a negated qualifier is set aside, another one stays with its item."""
    if _NEGATED.search(inner):
        negated.append(inner)
    else:
        outer.append(f"({inner})")


@lru_cache(maxsize=256)
def classify(scope_text: str, on: date) -> ScopeMatch:
    """What a registered scope says by the mapping that is valid `on` (rules 1 to 5)."""
    prepared = _prepared_on(on)
    drawn = any(words in scope_text for words in prepared.drawn)
    text = normalise(scope_text)
    if not prepared.touches(text):
        return ScopeMatch(
            phrases=(),
            classes=(),
            excluded=(),
            needs=(),
            in_draw_population=drawn,
            mapping_version=prepared.mapping.version,
        )
    return _classify(text, drawn, prepared)


def _classify(text: str, drawn: bool, prepared: _Prepared) -> ScopeMatch:
    standing: set[str] = set()
    negated: set[str] = set()
    conditional = permit_section = False
    for item in items(text):
        if _PERMIT_SECTION.search(item):
            permit_section = True
        elif _GENERAL_SECTION.search(item):
            permit_section = False
        if not prepared.touches(item):
            continue
        kept, out = item, tuple[str, ...]()
        if any(mark in item for mark in _NEGATION_MARKS):
            kept, out = strip_negations(item)
        for words, phrase in prepared.texts:
            if words in kept:
                standing.add(phrase.code)
                conditional = conditional or permit_section or bool(_CONDITION.search(item))
            elif any(words in negation for negation in out):
                negated.add(phrase.code)
    found = [phrase for _, phrase in prepared.texts if phrase.code in standing]
    drawn_found = [phrase for phrase in found if phrase.drawn]
    return ScopeMatch(
        phrases=tuple(phrase.code for phrase in drawn_found),
        classes=tuple(dict.fromkeys(str(phrase.scope_class) for phrase in drawn_found)),
        excluded=tuple(
            phrase.code
            for phrase in prepared.mapping.phrases
            if phrase.drawn and phrase.code in negated - standing
        ),
        needs=tuple(dict.fromkeys(need for phrase in drawn_found for need in phrase.needs)),
        in_draw_population=drawn,
        mapping_version=prepared.mapping.version,
        watch=tuple(phrase.code for phrase in found if not phrase.drawn),
        needs_licence=any(
            phrase.certain and phrase.scope_class in (_C.INTERMEDIARY, _C.DISPATCH)
            for phrase in found
        ),
        conditional=conditional,
    )


_PREPARED = tuple(_prepare(mapping) for mapping in MAPPINGS)
