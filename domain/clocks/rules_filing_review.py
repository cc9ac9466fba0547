"""The clocks of a refusal to file: reconsideration, supervision, the case resumed (8.1, 8.4).

1. To ask for reconsideration or supervision is a right: the term lapses, nobody is late, and
   the refusal is final; the case is then resumed (R21).
2. What the police decide again, explain or file on demand falls to the police.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.clocks.conditions import CD, OFFICE, PARTY, WD, both, day_of, is_one_of
from domain.clocks.rules_cases import CLOSED, PERIOD_CHANGED
from domain.clocks.rules_referral import (
    FILING,
    NOTICE,
    POLICE,
    REVIEW_DECIDED,
    THREE_DAYS,
    matter,
    referral,
    said,
)
from domain.clocks.words import ClockRule, Ending, Seen, Start, Stop, field, owner_of_ground
from domain.referral import facts as referrals
from domain.referral.state import ENDING

REFUSAL_FINAL = referrals.FilingRefusalBecameFinal.TYPE
REVIEW_REQUESTED = referrals.FilingReviewRequested.TYPE
EXPLANATION = referrals.ExplanationDemanded.TYPE
EXPLAINED = referrals.RefusalExplained.TYPE
FILING_DEMANDED = referrals.FilingDemanded.TYPE
OUTCOME = referrals.CriminalCaseOutcomeRecorded.TYPE


def _refused(after: str | None = None) -> Callable[[Seen], bool]:
    """A notice of refusal after which a review may still be asked for."""
    refused = said("NOT_FILED", after)
    return lambda seen: refused(seen) and not seen.fact.final


def _of_notice(seen: Seen) -> dict[str, str]:
    return {"referral": seen.fact.referral_id, "notice": seen.id}


LAPSED = Stop(type=REFUSAL_FINAL, key=referral, ending=Ending.LAPSED)


FILING_REVIEW_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="DL-REF-10",
        watched=True,
        zh="申请复议或建议立案监督",
        en="Ask for reconsideration or supervision",
        debtor=PARTY,
        owner=None,
        period=THREE_DAYS,
        basis="行政执法机关移送涉嫌犯罪案件的规定第9条",
        mark="V",
        started_by=(
            Start(
                type=NOTICE,
                key=referral,
                when=_refused(),
                on=day_of("received_on"),
                data=_of_notice,
            ),
        ),
        stopped_by=(
            Stop(type=REVIEW_REQUESTED, key=referral, on=day_of("requested_on")),
            Stop(type=NOTICE, key=referral, when=said("FILED", any_review=True)),
            LAPSED,
        ),
        on_elapse="RecordFinalRefusal",
        commands=("RequestFilingReview",),
        note="可以申请而不是必须 / it may be asked for, it need not be: never a breach",
    ),
    ClockRule(
        code="DL-REF-11",
        zh="作出复议决定",
        en="Decide the reconsideration",
        debtor=OFFICE,
        owner=POLICE,
        period=THREE_DAYS,
        basis="行政执法机关移送涉嫌犯罪案件的规定第9条",
        mark="V",
        started_by=(
            Start(
                type=REVIEW_REQUESTED,
                key=referral,
                when=is_one_of("kind", "RECONSIDERATION"),
                on=day_of("requested_on"),
            ),
        ),
        stopped_by=(
            Stop(
                type=REVIEW_DECIDED,
                key=referral,
                when=is_one_of("kind", "RECONSIDERATION"),
                on=day_of("decided_on"),
            ),
        ),
        on_elapse="breach",
        commands=("DecideFilingReview",),
    ),
    ClockRule(
        code="DL-REF-12",
        watched=True,
        zh="建议检察机关立案监督",
        en="Suggest filing supervision",
        debtor=PARTY,
        owner=None,
        period=THREE_DAYS,
        basis="行政执法机关移送涉嫌犯罪案件的规定第9条",
        mark="V",
        started_by=(
            Start(
                type=NOTICE,
                key=referral,
                when=_refused("RECONSIDERATION"),
                on=day_of("received_on"),
                data=_of_notice,
            ),
        ),
        stopped_by=(
            Stop(
                type=REVIEW_REQUESTED,
                key=referral,
                when=is_one_of("kind", "SUPERVISION"),
                on=day_of("requested_on"),
            ),
            Stop(type=NOTICE, key=referral, when=said("FILED", any_review=True)),
            LAPSED,
        ),
        on_elapse="RecordFinalRefusal",
        commands=("RequestFilingReview",),
        note="可以建议而不是必须 / it may be suggested, it need not be: never a breach",
    ),
    ClockRule(
        code="DL-REF-13",
        zh="说明不立案理由",
        en="Explain why no case was filed",
        debtor=OFFICE,
        owner=POLICE,
        period=CD(7),
        basis="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
        mark="V",
        started_by=(Start(type=EXPLANATION, key=referral, on=day_of("demanded_on")),),
        stopped_by=(
            Stop(type=EXPLAINED, key=referral, on=day_of("explained_on")),
            Stop(type=FILING, key=referral, when=is_one_of("decision", "FILED")),
        ),
        on_elapse="breach",
        commands=("ExplainRefusal",),
    ),
    ClockRule(
        code="DL-REF-14",
        zh="按检察机关通知立案",
        en="File after the procuratorate's notice",
        debtor=OFFICE,
        owner=POLICE,
        period=CD(15),
        basis="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
        mark="V",
        started_by=(Start(type=FILING_DEMANDED, key=referral, on=day_of("demanded_on")),),
        stopped_by=(
            Stop(
                type=FILING,
                key=referral,
                when=is_one_of("decision", "FILED"),
                on=day_of("decided_on"),
            ),
            Stop(type=REVIEW_DECIDED, key=referral, when=is_one_of("outcome", "FILE")),
        ),
        on_elapse="breach",
        commands=("DecideFiling",),
    ),
    ClockRule(
        code="R21",
        zh="恢复办理中止的行政案件",
        en="Resume the suspended case",
        debtor=OFFICE,
        owner=None,
        period=WD(3),
        setting="resume_case_working_days",
        basis=("行政执法机关移送涉嫌犯罪案件的规定第10条；平台规则（R21，默认3个工作日，可配置）"),
        mark="P",
        started_by=(
            Start(
                type=NOTICE,
                key=matter,
                when=both(said("NOT_FILED", any_review=True), lambda seen: seen.fact.final),
                on=day_of("received_on"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
            Start(
                type=REFUSAL_FINAL,
                key=matter,
                on=day_of("on"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
            Start(
                type=OUTCOME,
                key=matter,
                when=is_one_of("outcome", *(one.value for one in ENDING)),
                on=day_of("on"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
        ),
        grounds=(
            Stop(
                type=PERIOD_CHANGED,
                key=matter,
                item=field("case_id"),
                when=both(is_one_of("kind", "SUSPENDED"), is_one_of("ground", "PENDING_CRIMINAL")),
            ),
        ),
        stopped_by=(
            Stop(
                type=PERIOD_CHANGED,
                key=matter,
                item=field("case_id"),
                when=is_one_of("kind", "RESUMED"),
                on=day_of("on"),
            ),
            Stop(type=CLOSED, key=matter, item=field("case_id"), ending=Ending.MOOT),
            Stop(type=REVIEW_REQUESTED, key=matter, ending=Ending.MOOT),
        ),
        on_elapse="breach",
        commands=("ResumeCase",),
    ),
)
"""Terms from a refusal to file to the resumption of the administrative case."""
