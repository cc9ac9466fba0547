"""The clocks of police referral up to the hand-over (reference 8.1; Decree 310).

1. 三日 are calendar days and roll; 24 hours run from the minute and do not (reference 0.3).
2. The head's decision and the transfer fall to the organ that refers, the rest to the police.
3. What the police answer must be noted by whoever referred: the sender is the ground's organ.
4. Steps without a term of their own are held by refusals: the team of two (01), the report
   (02), the copy to the procuratorate in the same act (05); 15 is R21, 16 says 及时.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.calendar.deadlines import Period, Unit
from domain.clocks.conditions import CD, OFFICE, WD, about, both, day_of
from domain.clocks.rules_leads import ASSESSED
from domain.clocks.rules_risk import FOUND
from domain.clocks.words import (
    ClockRule,
    Ending,
    Extension,
    Seen,
    Start,
    Stop,
    field,
    owner_of_ground,
)
from domain.referral import facts as referrals
from domain.referral.state import ENDING

QUESTION_ANSWERED = referrals.ReferralQuestionAnswered.TYPE
PROPOSED = referrals.ReferralProposed.TYPE
DECIDED = referrals.ReferralDecided.TYPE
TRANSFERRED = referrals.ReferralTransferred.TYPE
RECEIPTED = referrals.ReferralReceipted.TYPE
FORWARDED = referrals.ReferralForwarded.TYPE
EXTENDED = referrals.FilingReviewExtended.TYPE
FILING = referrals.CriminalFilingDecided.TYPE
NOTICE = referrals.FilingNoticeReceived.TYPE
HANDED_OVER = referrals.ReferralMaterialsHandedOver.TYPE
REVIEW_DECIDED = referrals.FilingReviewDecided.TYPE

referral = field("referral_id")
POLICE = "PSB"
DAY = Period(24, Unit.HR)
THREE_DAYS = CD(3)


def matter(seen: Seen) -> str:
    """The matter as key: a case, its leads and its referral share it."""
    return seen.matter


def _investigator(seen: Seen) -> str:
    """Within 人社 the inspection asks the referral question, whoever found the facts."""
    return "HRSS_INSP" if seen.organ.startswith("HRSS") else seen.organ


def _head(seen: Seen) -> str:
    return "HRSS" if seen.organ.startswith("HRSS") else seen.organ


def _may_refer(seen: Seen) -> bool:
    return seen.organ.startswith("HRSS") or seen.organ in referrals.REFERRERS


def said(
    decision: str, after: str | None = None, *, any_review: bool = False
) -> Callable[[Seen], bool]:
    """A notice that says this, after this review or after any."""

    def holds(seen: Seen) -> bool:
        fact = seen.fact
        told = None if fact.after is None else fact.after.value
        return fact.decision.value == decision and (any_review or told == after)

    return holds


def _of_question(seen: Seen) -> tuple[str, ...]:
    """What an answer is about, where its findings were made, and its matter.

    A case answers for the leads and the inspections that led to it.
    """
    return (seen.fact.about, *seen.fact.found_in, seen.matter)


SENT_TO_POLICE = (
    Start(type=TRANSFERRED, key=referral, on=day_of("transferred_at"), region=field("to_region")),
    Start(type=FORWARDED, key=referral, on=day_of("forwarded_at"), region=field("to_region")),
)
"""A referral lies before the police of a territory: sent there, or forwarded by another's."""


REFERRAL_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="R07",
        zh="判断是否移送公安机关",
        en="Answer the referral question",
        debtor=OFFICE,
        owner=None,
        period=WD(3),
        setting="referral_question_working_days",
        basis="行政处罚法第27条；平台规则（R07，默认3个工作日，可配置）",
        mark="P",
        started_by=(
            Start(
                type=FOUND,
                key=about,
                when=both(_may_refer, lambda seen: seen.fact.question),
                owner=_investigator,
            ),
            Start(
                type=ASSESSED,
                key=matter,
                when=both(_may_refer, lambda seen: seen.fact.crime_suspected),
                owner=_investigator,
            ),
        ),
        stopped_by=(
            Stop(type=PROPOSED, key=_of_question),
            Stop(type=QUESTION_ANSWERED, key=_of_question),
        ),
        on_elapse="breach",
        commands=("ProposeReferral", "AnswerReferralQuestion"),
    ),
    ClockRule(
        code="DL-REF-03",
        zh="决定是否批准移送",
        en="Decide on the referral",
        debtor=OFFICE,
        owner=None,
        period=THREE_DAYS,
        basis="行政执法机关移送涉嫌犯罪案件的规定第5条",
        mark="V",
        started_by=(
            Start(type=PROPOSED, key=referral, on=day_of("report_received_on"), owner=_head),
        ),
        stopped_by=(Stop(type=DECIDED, key=referral),),
        on_elapse="breach",
        commands=("DecideReferral",),
    ),
    ClockRule(
        code="DL-REF-04",
        zh="向同级公安机关移送",
        en="Transfer to the police",
        debtor=OFFICE,
        owner=None,
        period=DAY,
        basis="行政执法机关移送涉嫌犯罪案件的规定第5条",
        mark="V",
        started_by=(
            Start(
                type=DECIDED,
                key=referral,
                when=lambda seen: seen.fact.approved,
                on=day_of("decided_at"),
                owner=_head,
            ),
        ),
        stopped_by=(Stop(type=TRANSFERRED, key=referral),),
        on_elapse="breach",
        commands=("TransferReferral",),
    ),
    ClockRule(
        code="DL-REF-06",
        zh="公安机关签收回执",
        en="Sign the receipt",
        debtor=OFFICE,
        owner=POLICE,
        period=WD(1),
        setting="referral_receipt_working_days",
        basis=(
            "行政执法机关移送涉嫌犯罪案件的规定第7条（在回执上签字）；"
            "平台规则（默认1个工作日，可配置）"
        ),
        mark="P",
        started_by=SENT_TO_POLICE,
        stopped_by=(Stop(type=RECEIPTED, key=referral), Stop(type=FILING, key=referral)),
        on_elapse="breach",
        commands=("ReceiptReferral",),
    ),
    ClockRule(
        code="DL-REF-07",
        zh="转送有管辖权的公安机关",
        en="Forward to the competent police",
        debtor=OFFICE,
        owner=POLICE,
        period=DAY,
        basis="行政执法机关移送涉嫌犯罪案件的规定第7条",
        mark="V",
        started_by=(
            Start(
                type=RECEIPTED,
                key=referral,
                when=lambda seen: seen.fact.not_ours,
                on=day_of("signed_at"),
                region=field("region"),
            ),
        ),
        stopped_by=(Stop(type=FORWARDED, key=referral),),
        on_elapse="breach",
        commands=("ForwardReferral",),
    ),
    ClockRule(
        code="DL-REF-08",
        zh="决定是否刑事立案",
        en="Decide whether to file",
        debtor=OFFICE,
        owner=POLICE,
        period=THREE_DAYS,
        basis="行政执法机关移送涉嫌犯罪案件的规定第8条",
        mark="V",
        started_by=SENT_TO_POLICE,
        stopped_by=(
            Stop(type=FILING, key=referral, on=day_of("decided_on")),
            Stop(type=FORWARDED, key=referral, ending=Ending.MOOT),
        ),
        extended_by=(
            Extension(type=EXTENDED, key=referral, by=lambda seen: seen.fact.days, in_all=True),
        ),
        on_elapse="breach",
        commands=("DecideFiling", "ExtendFilingReview"),
        note="DL-REF-08b：经济犯罪案件依文书延长 / longer for economic crimes, only as documented",
    ),
    ClockRule(
        code="REF-NOTICE",
        zh="登记公安、检察机关的通知",
        en="Note the notice of the police",
        debtor=OFFICE,
        owner=None,
        period=WD(2),
        setting="referral_notice_working_days",
        basis="平台规则（通知登记，默认2个工作日，可配置）",
        mark="P",
        started_by=tuple(
            Start(type=name, key=referral, owner=owner_of_ground, region=owner_of_ground)
            for name in (FILING, REVIEW_DECIDED)
        ),
        grounds=(Stop(type=TRANSFERRED, key=referral, item=referral),),
        stopped_by=(Stop(type=NOTICE, key=referral),),
        on_elapse="breach",
        commands=("RecordFilingNotice",),
    ),
    ClockRule(
        code="DL-REF-09",
        zh="移交涉案物品和材料",
        en="Hand over goods and materials",
        debtor=OFFICE,
        owner=None,
        period=THREE_DAYS,
        basis="行政执法机关移送涉嫌犯罪案件的规定第12条",
        mark="V",
        started_by=(
            Start(
                type=NOTICE,
                key=referral,
                when=said("FILED", any_review=True),
                on=day_of("received_on"),
                owner=_investigator,
            ),
        ),
        grounds=(Stop(type=TRANSFERRED, key=referral, item=referral),),
        stopped_by=(
            Stop(type=HANDED_OVER, key=referral, item=referral, on=day_of("handed_over_on")),
            Stop(
                type=referrals.CriminalCaseOutcomeRecorded.TYPE,
                key=referral,
                item=referral,
                when=lambda seen: seen.fact.outcome in ENDING,
                ending=Ending.MOOT,
            ),
        ),
        on_elapse="breach",
        commands=("HandOverMaterials",),
    ),
)
"""Terms from the referral question to the hand-over to the police."""
