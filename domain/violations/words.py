"""What a row of the violation catalogue is made of (reference 5.1, 5.9).

1. A row says who may find the violation, who decides on it, how grave it is by default,
   whether a crime must be considered, and which articles punish it.
2. An article allows fines in ranges, each under its own conditions; confiscation; other
   sanctions, of which some must follow.
3. Amounts are fen. Multiples of income or of a sum are percent: 300 is three times.
4. A row and an article have the days on which they hold; an amendment adds one and never
   rewrites one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.enforcement.facts import MeasureKind


class Severity(StrEnum):
    """How grave a violation is (reference 5.1)."""

    MINOR = "MIN"
    GENERAL = "GEN"
    SERIOUS = "SER"
    MAJOR = "MAJ"


class Criminal(StrEnum):
    """Whether the act may be a crime; YES means that the referral question is always asked."""

    NO = "NO"
    RARELY = "RARELY"
    POSSIBLE = "POSSIBLE"
    YES = "YES"


class Scale(StrEnum):
    """What a range counts in: fen, fen for each person, percent of a sum of money."""

    FIXED = "FIXED"
    PER_PERSON = "PER_PERSON"
    OF_INCOME = "OF_INCOME"
    OF_SUM = "OF_SUM"
    OF_TURNOVER = "OF_TURNOVER"


@dataclass(frozen=True, kw_only=True)
class Fine:
    """A range of fines and when it applies; None or False where the article does not ask.

    `least` and `most` are fen (each person's, for PER_PERSON) or percent of the base; `cap_fen`
    bounds the whole. `income` says that there must be illegal income (True) or none (False),
    `sum_known` the same of the sum that OF_SUM counts from. `refused` means only after a refusal
    to correct or when the term has passed. `serious` and `person` (a natural person, not a
    unit) choose between ranges, `licensed` between holders of the licence and others. `head`
    is the fine on the unit's principal head, `province` one that only a provincial organ imposes.
    """

    scale: Scale = Scale.FIXED
    least: int = 0
    most: int
    cap_fen: int | None = None
    income: bool | None = None
    sum_known: bool | None = None
    refused: bool = False
    serious: bool | None = None
    person: bool | None = None
    licensed: bool | None = None
    head: bool = False
    province: bool = False


@dataclass(frozen=True, kw_only=True)
class Sanction:
    """A penalty that is not money, and when it applies; `shall` where the article leaves no choice."""

    kind: MeasureKind
    shall: bool = False
    refused: bool = False
    serious: bool = False


@dataclass(frozen=True, kw_only=True)
class PenaltyRule:
    """What one article does about one violation.

    `organs` are those that may apply it, all deciding organs where empty. Articles of one
    `variant` are bases of the same act; different variants are different forms of the
    violation. `follows` names the article that this one took the place of. `unread` marks a
    text known from secondary sources only.
    """

    article: str
    fines: tuple[Fine, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    confiscates: bool = False
    organs: tuple[str, ...] = ()
    variant: str = ""
    follows: str | None = None
    unread: bool = False
    valid_from: date
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether the article stands on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One row: what is violated, who finds and decides it, how gravely, what follows.

    `leads` are the organs that decide, the first by default; `partners` act beside them.
    `finders` may record a finding. `crimes` are the articles of the criminal law that come
    into question. `correct_first` says that an order to correct comes before any penalty.
    `seeds` are the documents that name the violation. `note_zh` and `note_en` say what the
    penalties cannot.
    """

    code: str
    zh: str
    en: str
    seeds: tuple[str, ...]
    subjects: tuple[str, ...]
    severity: Severity
    leads: tuple[str, ...]
    partners: tuple[str, ...] = ()
    finders: tuple[str, ...]
    criminal: Criminal = Criminal.NO
    crimes: tuple[str, ...] = ()
    correct_first: bool = False
    penalties: tuple[PenaltyRule, ...] = ()
    note_zh: str = ""
    note_en: str = ""
    source: str
    valid_from: date
    valid_to: date | None = None

    @property
    def lead(self) -> str:
        """The organ that decides by default."""
        return self.leads[0]

    @property
    def deciders(self) -> tuple[str, ...]:
        """The organs that may punish it; within 人社 that is labour inspection."""
        inside = any(one.startswith("HRSS") for one in self.leads)
        outside = tuple(one for one in self.leads if not one.startswith("HRSS"))
        return (*(("HRSS_INSP",) if inside else ()), *outside)

    @property
    def group(self) -> str:
        """The group of the code: LIC, CON, INF and so on."""
        return self.code.split("-")[1]

    def in_force(self, on: date) -> bool:
        """Whether the row holds on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def rules(self, on: date) -> tuple[PenaltyRule, ...]:
        """The articles that punish the violation on a day."""
        return tuple(one for one in self.penalties if one.in_force(on))
