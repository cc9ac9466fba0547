"""What a draw is told beforehand: the strata, how many are drawn, and which class how often.

The rules (reference 6.2, 6.4; S3 三（三） asks for a frequency by credit risk class):

1. A plan names the kind of draw (objects, inspectors, a replacement), the two departments that
   make the seed, and the dimensions of its strata: region, class, tags, any of them or none.
2. By region: the first 2, 4 or 6 digits of the division code, filled up with zeros.
   By tags: an object belongs to the first tag of the plan's list that it bears.
3. The sample is either a share of each stratum (`RATE`, at least so many) or a total that is
   spread over the strata (`SIZE`: 1000家左右). Either is multiplied by the factor of the
   class and of the tag. A plan with class factors names every class that occurs, the unrated
   (``) too: none is forgotten silently. A tag without a factor counts once.
4. The plan's hash is SHA-256 over `liandong:draw-plan:v1`, a line feed and the plan as JSON
   with sorted keys, without blanks, in UTF-8. Factors and rates are exact: `1/2`, `4`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from domain.draw.population import WORD, Tail, class_of
from domain.errors import Refusal

_TAG = b"liandong:draw-plan:v1\n"
_EXACT = re.compile(r"[1-9][0-9]{0,8}(/[1-9][0-9]{0,8})?")
CREDIT_GRADES = ("A", "B", "C", "D")


class DrawKind(StrEnum):
    """What is drawn."""

    OBJECTS = "OBJECTS"
    INSPECTORS = "INSPECTORS"
    REPLACEMENT = "REPLACEMENT"


class SampleMode(StrEnum):
    """How the size of the sample is told."""

    RATE = "RATE"
    SIZE = "SIZE"


class DrawPlanIllFormed(Refusal):
    """A plan contradicts itself, so nobody could say what it draws."""

    zh = "抽查方案的“{field}”不成立：{value}。"
    en = "the plan's {field} does not hold: {value}."
    next_zh = "请更正抽查方案后重新提交审核。"
    next_en = "correct the plan, then submit it for the audit again."
    source = "平台规则（抽查方案）"


class ClassWithoutFactor(Refusal):
    """A class occurs in the population, but the plan does not say how often it is drawn."""

    zh = "抽查方案未规定等级“{grade_class}”的抽查频次。"
    en = "the plan does not say how often the class {grade_class!r} is drawn."
    next_zh = "请在方案中写明每一等级（含未评级）的倍数。"
    next_en = "state a factor for each class, the unrated included."
    source = "鄂人社函〔2022〕97号 三（三）：根据信用风险等级区分抽查频次"


@dataclass(frozen=True, kw_only=True)
class DrawPlan:
    """A plan of one draw. Raises DrawPlanIllFormed where it contradicts itself.

    `region_digits` is 0 where regions make no strata. `class_factors` has a factor for each
    class text (`scheme:grade`, `` for the unrated); without any, classes make strata only.
    """

    id: str
    departments: tuple[str, str]
    kind: DrawKind = DrawKind.OBJECTS
    region_digits: int = 0
    by_class: bool = False
    tags: tuple[str, ...] = ()
    mode: SampleMode = SampleMode.SIZE
    size: int | None = None
    rate: Fraction | None = None
    class_factors: Mapping[str, Fraction] = field(default_factory=dict)
    tag_factors: Mapping[str, Fraction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, found in self._faults():
            raise DrawPlanIllFormed(field=name, value=found)

    def _faults(self) -> list[tuple[str, object]]:
        by_size = self.mode is SampleMode.SIZE
        factors = (*self.class_factors.values(), *self.tag_factors.values())
        rules: tuple[tuple[str, object, bool], ...] = (
            ("id", self.id, WORD.fullmatch(self.id) is not None),
            (
                "departments",
                self.departments,
                len(set(self.departments)) == 2 == len(self.departments)
                and self.departments == tuple(sorted(self.departments, key=str.encode))
                and all(WORD.fullmatch(one) for one in self.departments),
            ),
            ("region_digits", self.region_digits, self.region_digits in (0, 2, 4, 6)),
            (
                "tags",
                self.tags,
                len(set(self.tags)) == len(self.tags)
                and all(WORD.fullmatch(one) for one in self.tags),
            ),
            (
                "size",
                self.size,
                (self.size is not None and 1 <= self.size <= 10**9)
                if by_size
                else self.size is None,
            ),
            (
                "rate",
                self.rate,
                self.rate is None
                if by_size
                else (self.rate is not None and 0 < self.rate <= 1 and _exact(self.rate)),
            ),
            ("class_factors", "by_class", self.by_class or not self.class_factors),
            (
                "class_factors",
                sorted(self.class_factors),
                all(_is_class(one) for one in self.class_factors),
            ),
            ("tag_factors", sorted(self.tag_factors), set(self.tag_factors) <= set(self.tags)),
            (
                "factors",
                [str(one) for one in factors],
                all(one > 0 and _exact(one) for one in factors),
            ),
        )
        return [(name, found) for name, found, holds in rules if not holds]

    def stratum_of(self, tail: Tail) -> str:
        """The key of the stratum that an object belongs to."""
        parts = []
        if self.region_digits:
            parts.append(f"region={tail.region[: self.region_digits].ljust(6, '0')}")
        if self.by_class:
            parts.append(f"class={tail.grade_class}")
        if self.tags:
            parts.append(f"tag={self._tag(tail)}")
        return "|".join(parts)

    def factor_of(self, tail: Tail) -> Fraction:
        """How many times the rate an object is drawn. Raises ClassWithoutFactor."""
        factor = self.tag_factors.get(self._tag(tail), Fraction(1))
        if self.class_factors:
            if tail.grade_class not in self.class_factors:
                raise ClassWithoutFactor(grade_class=tail.grade_class)
            factor *= self.class_factors[tail.grade_class]
        return factor

    def _tag(self, tail: Tail) -> str:
        return next((one for one in self.tags if one in tail.tags), "")

    def plain(self) -> dict[str, Any]:
        """The plan as JSON says it."""
        return {
            "by_class": self.by_class,
            "class_factors": {name: str(one) for name, one in self.class_factors.items()},
            "departments": list(self.departments),
            "id": self.id,
            "kind": self.kind.value,
            "mode": self.mode.value,
            "rate": None if self.rate is None else str(self.rate),
            "region_digits": self.region_digits,
            "size": self.size,
            "tag_factors": {name: str(one) for name, one in self.tag_factors.items()},
            "tags": list(self.tags),
        }

    @property
    def hash(self) -> str:
        """The plan's hash, in hexadecimal."""
        return hash_of(self.plain())

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> DrawPlan:
        """The plan that JSON says. Raises DrawPlanIllFormed."""
        if set(plain) != _FIELDS:
            raise DrawPlanIllFormed(field="plan", value=sorted(set(plain) ^ _FIELDS))
        for name, kind in _KINDS.items():
            if type(plain[name]) not in kind:
                raise DrawPlanIllFormed(field=name, value=plain[name])
        departments, tags = plain["departments"], plain["tags"]
        if len(departments) != 2 or any(type(one) is not str for one in (*departments, *tags)):
            raise DrawPlanIllFormed(field="departments, tags", value=[departments, tags])
        if plain["kind"] not in set(DrawKind) or plain["mode"] not in set(SampleMode):
            raise DrawPlanIllFormed(field="kind, mode", value=[plain["kind"], plain["mode"]])
        return cls(
            id=plain["id"],
            departments=(departments[0], departments[1]),
            kind=DrawKind(plain["kind"]),
            region_digits=plain["region_digits"],
            by_class=plain["by_class"],
            tags=tuple(tags),
            mode=SampleMode(plain["mode"]),
            size=plain["size"],
            rate=None if plain["rate"] is None else _number("rate", plain["rate"]),
            class_factors={
                name: _number("class_factors", one) for name, one in plain["class_factors"].items()
            },
            tag_factors={
                name: _number("tag_factors", one) for name, one in plain["tag_factors"].items()
            },
        )


_KINDS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "by_class": (bool,),
        "class_factors": (dict,),
        "departments": (list,),
        "id": (str,),
        "kind": (str,),
        "mode": (str,),
        "rate": (str, type(None)),
        "region_digits": (int,),
        "size": (int, type(None)),
        "tag_factors": (dict,),
        "tags": (list,),
    }
)
_FIELDS = frozenset(_KINDS)


def credit_factors(scheme: str, policy: Mapping[str, Any]) -> dict[str, Fraction]:
    """The factors of the four credit grades of a scheme and of the unrated, by a region's settings.

    The settings are per cent of the ordinary rate (reference 6.4).
    """
    made = {
        class_of(scheme, grade): Fraction(policy[f"draw_percent_{grade}"], 100)
        for grade in CREDIT_GRADES
    }
    return {**made, "": Fraction(policy["draw_percent_unrated"], 100)}


def hash_of(plain: Mapping[str, Any]) -> str:
    """The hash of a plan as JSON says it."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(_TAG + text.encode(errors="surrogatepass")).hexdigest()


def _is_class(text: str) -> bool:
    parts = text.split(":")
    return text == "" or (len(parts) == 2 and all(WORD.fullmatch(one) for one in parts))


def _exact(value: Fraction) -> bool:
    return max(value.numerator, value.denominator) < 10**9


def _number(name: str, text: object) -> Fraction:
    if isinstance(text, str) and _EXACT.fullmatch(text):
        value = Fraction(text)
        if str(value) == text:
            return value
    raise DrawPlanIllFormed(field=name, value=text)
