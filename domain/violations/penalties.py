"""What penalties a violation allows, and whether a set of measures keeps within them.

1. The articles of the day of the act apply, or those of the decision where they are milder
   (行政处罚法 37). An act is punished only if it was found in time (36).
2. A fine lies in its article's range, counted from what the case established, under the
   conditions of the article: illegal income, a refusal to correct, gravity.
3. One act, one fine: the higher (29). Only what is left after refunds is confiscated (28).
4. Where the article says "shall", the licence is revoked. Closing and stopping need no income.
5. Minor, promptly corrected and harmless: no penalty (33). Below the range only with a
   statutory ground to mitigate (32).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.calendar.deadlines import add_months
from domain.enforcement.facts import Measure, MeasureKind
from domain.violations.applicable import (
    HANDED_DOWN,
    Allowed,
    allowed,
    applies,
    confiscable,
    law_of,
    limitation,
)
from domain.violations.catalogue import known
from domain.violations.penalty_law import PenaltyLaw, penalty_law
from domain.violations.ranges import (
    BASES,
    Established,
    addressed,
    fines_of,
    is_open,
    milder,
    provincial,
    range_of,
    yuan_text,
)
from domain.violations.refusals import (
    AmountMissing,
    AmountOutOfPlace,
    BaseNotEstablished,
    ConfiscationAboveIncome,
    FineAboveArticle,
    FineBelowArticle,
    FineOnlyAfterRefusal,
    LimitationPassed,
    LowerArticleForFine,
    MeasureForAnotherCode,
    MeasureNotInArticle,
    MeasureOfAnotherOrgan,
    NoFineWithoutIncome,
    NoPenaltyForPromptCorrection,
    NothingToConfiscate,
    NothingToRevoke,
    OneFineForOneAct,
    OnlyWhenSerious,
    RevocationMissing,
)
from domain.violations.words import Fine, PenaltyRule, Severity, Violation

__all__ = ["Allowed", "Established", "allowed", "check_measures", "law_of", "milder"]

MONEY = (MeasureKind.FINE, MeasureKind.CONFISCATE_INCOME)
"""Measures that state an amount; goods may be valued, but need not be."""

SAME_ACT: tuple[tuple[str, ...], ...] = (
    ("V-LIC-01", "V-LIC-04"),
    ("V-LIC-02", "V-DSP-01"),
    ("V-INF-01", "V-INF-06", "V-EMP-01"),
    ("V-INF-02", "V-EMP-02"),
    ("V-FUL-02", "V-FUL-07"),
)
"""Codes that name one act where they meet in a case: the special form of the general one."""


def plain(basis: str) -> str:
    """An article's name without spaces, book-title marks and the name of the state."""
    return "".join(
        character for character in basis if character not in "《》〈〉 \u3000"
    ).removeprefix("中华人民共和国")


@dataclass(frozen=True, kw_only=True)
class _Check:
    """The measures of one decision against the articles and the general law."""

    codes: tuple[str, ...]
    measures: tuple[Measure, ...]
    act_day: date
    decided_on: date
    established: Established
    mitigated: bool
    organ: str | None
    province: bool

    @property
    def law(self) -> PenaltyLaw:
        """The general law where the new one is milder: that of the decision."""
        return penalty_law(self.decided_on)

    def in_time(self, row: Violation) -> None:
        """Refuses an act found after its limitation."""
        months = limitation(row, self.act_day, self.established)
        found_on = self.established.found_on or self.decided_on
        until = add_months(self.act_day, months)
        if found_on > until:
            years, rest = divmod(months, 12)
            raise LimitationPassed(
                act_day=self.act_day,
                found_on=found_on,
                until=until,
                term=f"{months}个月" if rest else f"{years}年",
                term_en=f"{months} months" if rest else f"{years} years",
            )

    def worth_punishing(self, row: Violation) -> None:
        """Refuses to punish what was minor, promptly corrected and harmless."""
        established = self.established
        severity = established.severity or row.severity
        if (
            severity is Severity.MINOR
            and established.corrected_promptly
            and not established.refused_correction
            and not established.harm
        ):
            raise NoPenaltyForPromptCorrection(code=row.code)

    def rule(self, measure: Measure, on: date) -> PenaltyRule | None:
        """The article that a measure names; None for the general confiscation."""
        row = known(measure.code, on)
        rules = row.rules(on)
        words = {"kind": measure.kind.value, "code": measure.code, "basis": measure.basis}
        basis = plain(measure.basis)
        general = self.law.general_confiscation
        if measure.kind is MeasureKind.CONFISCATE_INCOME and general and basis.startswith(general):
            if self.organ is not None and self.organ not in (*row.deciders, *HANDED_DOWN):
                raise MeasureOfAnotherOrgan(
                    **words, organ=self.organ, organs="、".join(row.deciders)
                )
            return None
        for one in rules:
            if one.article == basis:
                if not applies(self.organ, one, row):
                    raise MeasureOfAnotherOrgan(
                        **words,
                        organ=self.organ,
                        organs="、".join(one.organs or row.deciders),
                    )
                return one
        raise MeasureNotInArticle(**words, articles="、".join(one.article for one in rules) or "—")

    def fits(self, measure: Measure, days: dict[str, date]) -> None:
        """Refuses a measure that its article does not provide, or not on these facts."""
        if measure.code not in self.codes:
            raise MeasureForAnotherCode(
                kind=measure.kind.value, code=measure.code, codes="、".join(self.codes)
            )
        if measure.kind in MONEY and not measure.amount_fen:
            raise AmountMissing(kind=measure.kind.value)
        if measure.kind not in (*MONEY, MeasureKind.CONFISCATE_GOODS) and measure.amount_fen:
            raise AmountOutOfPlace(kind=measure.kind.value, amount=yuan_text(measure.amount_fen))
        rule = self.rule(measure, days[measure.code])
        if rule is None:
            return
        if measure.kind is MeasureKind.FINE:
            self.fine(measure, rule)
        elif measure.kind is MeasureKind.CONFISCATE_INCOME:
            if not rule.confiscates:
                raise self.absent(measure, days)
        else:
            self.sanction(measure, rule, days)

    def absent(self, measure: Measure, days: dict[str, date]) -> MeasureNotInArticle:
        """The refusal of a measure that no article named by it provides."""
        rules = known(measure.code, days[measure.code]).rules(days[measure.code])
        return MeasureNotInArticle(
            kind=measure.kind.value,
            code=measure.code,
            basis=measure.basis,
            articles="、".join(one.article for one in rules) or "—",
        )

    def sanction(self, measure: Measure, rule: PenaltyRule, days: dict[str, date]) -> None:
        """Refuses a penalty that is not money outside its conditions."""
        meant = [one for one in rule.sanctions if one.kind is measure.kind]
        if not meant:
            raise self.absent(measure, days)
        if measure.kind is MeasureKind.REVOKE_PERMIT and not self.established.licensed:
            raise NothingToRevoke(basis=rule.article)
        if any(is_open(one, self.established) for one in meant):
            return
        if any(one.serious for one in meant) and not self.established.serious:
            raise OnlyWhenSerious(basis=rule.article, kind=measure.kind.value)
        raise FineOnlyAfterRefusal(basis=rule.article)

    def fine(self, measure: Measure, rule: PenaltyRule) -> None:
        """Refuses a fine outside its conditions or its range."""
        established = self.established
        ranges = fines_of(rule, established, province=self.province)
        limits = range_of(rule, established, province=self.province)
        if limits is None:
            self.no_range(measure, rule, ranges)
            return
        least, most = limits
        amount = measure.amount_fen or 0
        words = {
            "code": measure.code,
            "basis": rule.article,
            "amount": yuan_text(amount),
            "least": yuan_text(least),
            "most": yuan_text(most),
        }
        if amount > most:
            raise FineAboveArticle(**words)
        if amount < least and not self.mitigated:
            raise FineBelowArticle(**words)

    def no_range(self, measure: Measure, rule: PenaltyRule, ranges: tuple[Fine, ...]) -> None:
        """Says which condition keeps an article from fining."""
        established = self.established
        if ranges:
            zh, en = BASES[ranges[0].scale]
            raise BaseNotEstablished(basis=rule.article, base=zh, base_en=en)
        meant = [one for one in rule.fines if addressed(one, established, self.province)]
        if any(one.income for one in meant) and established.illegal_income_fen == 0:
            raise NoFineWithoutIncome(basis=rule.article)
        if any(one.refused for one in meant) and not established.refused_correction:
            raise FineOnlyAfterRefusal(basis=rule.article)
        if any(one.serious for one in meant):
            raise OnlyWhenSerious(basis=rule.article, kind=measure.kind.value)
        raise MeasureNotInArticle(
            kind=measure.kind.value, code=measure.code, basis=rule.article, articles=rule.article
        )

    def one_act(self, code: str) -> tuple[str, ...]:
        """The established codes that name the same act as this one."""
        groups = (*SAME_ACT, *self.established.same_act, (code,))
        together = {one for group in groups if code in group for one in group}
        return tuple(one for one in self.codes if one in together)

    def one_fine(self, days: dict[str, date]) -> None:
        """Refuses a second fine for one act, and one under an article with a lower fine."""
        fines = [one for one in self.measures if one.kind is MeasureKind.FINE]
        for one in fines:
            act = self.one_act(one.code)
            same = [other for other in fines if other.code in act]
            if len(same) > 1:
                raise OneFineForOneAct(
                    codes="、".join(act),
                    count=len(same),
                    articles="、".join(other.basis for other in same),
                )
            if penalty_law(self.act_day).higher_fine:
                self.higher(one, act, days)

    def higher(self, fine: Measure, act: tuple[str, ...], days: dict[str, date]) -> None:
        """Refuses the article with the lower fine where another punishes the same act."""
        chosen = self.rule(fine, days[fine.code])
        if chosen is None:
            return
        ours = range_of(chosen, self.established, province=self.province) or (0, 0)
        for code in act:
            row = known(code, days[code])
            for rule in row.rules(days[code]):
                theirs = range_of(rule, self.established, province=self.province)
                barred = not applies(self.organ, rule, row)
                if theirs is None or barred or rule.unread or rule.variant != chosen.variant:
                    continue
                if theirs[1] > ours[1]:
                    raise LowerArticleForFine(
                        basis=chosen.article,
                        most=yuan_text(ours[1]),
                        higher=rule.article,
                        higher_most=yuan_text(theirs[1]),
                    )

    def confiscation(self) -> None:
        """Refuses to confiscate more than the illegal income that is left after refunds."""
        amounts = [
            one.amount_fen or 0
            for one in self.measures
            if one.kind is MeasureKind.CONFISCATE_INCOME
        ]
        if not amounts:
            return
        established = self.established
        refund = established.refund_due_fen if self.law.refunds_first else 0
        left = confiscable(established, refunds_first=self.law.refunds_first)
        words = {"income": yuan_text(established.illegal_income_fen), "refund": yuan_text(refund)}
        if left == 0:
            raise NothingToConfiscate(**words)
        if sum(amounts) > left:
            raise ConfiscationAboveIncome(
                **words, amount=yuan_text(sum(amounts)), left=yuan_text(left)
            )

    def revocation(self, days: dict[str, date]) -> None:
        """Refuses to leave the licence standing where the article revokes it."""
        revoked = {one.code for one in self.measures if one.kind is MeasureKind.REVOKE_PERMIT}
        for one in self.measures:
            rule = self.rule(one, days[one.code])
            if rule is None or one.code in revoked or self.established.head:
                continue
            must = any(
                each.shall
                and each.kind is MeasureKind.REVOKE_PERMIT
                and is_open(each, self.established)
                for each in rule.sanctions
            )
            if must:
                raise RevocationMissing(basis=rule.article)


def check_measures(
    measures: Iterable[Measure],
    codes: Iterable[str],
    act_day: date,
    decided_on: date,
    established: Established,
    mitigation_reason: str | None = None,
    *,
    organ: str | None = None,
    region: str | None = None,
) -> date:
    """Refuses by name what the articles do not allow; the day whose law applies otherwise.

    `act_day` is the day on which the act ended. `organ` and `region` narrow the articles to
    those that the deciding organ may apply; without them nobody's are excluded.
    """
    named, given = tuple(dict.fromkeys(codes)), tuple(measures)
    check = _Check(
        codes=named,
        measures=given,
        act_day=act_day,
        decided_on=decided_on,
        established=established,
        mitigated=bool(mitigation_reason and mitigation_reason.strip()),
        organ=organ,
        province=region is None or provincial(region),
    )
    days = {code: law_of(code, act_day, decided_on, established) for code in named}
    for code in (one for one in named if any(each.code == one for each in given)):
        check.in_time(known(code, act_day))
        check.worth_punishing(known(code, act_day))
    for one in given:
        check.fits(one, days)
    check.one_fine(days)
    check.confiscation()
    check.revocation(days)
    return max(days.values())
