"""The clocks of police referral (reference 8.1 to 8.4; Decree 310).

1. 三日 are calendar days and roll; 24 hours run from the minute and do not (reference 0.3).
2. The head's decision and the transfer fall to the organ that refers, the rest to the police.
3. What the police answer must be noted by whoever referred: the sender is the ground's organ.
4. To ask for reconsideration or supervision is a right: the term lapses, nobody is late, and
   the refusal is final; the case is then resumed (R21).
5. Steps without a term of their own are held by refusals: the team of two (01), the report
   (02), the copy to the procuratorate in the same act (05); 15 is R21, 16 says 及时.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.calendar.deadlines import Period, Unit
from domain.clocks.conditions import CD, OFFICE, PARTY, WD, about, both, day_of, is_one_of
from domain.clocks.rules_cases import CLOSED, PERIOD_CHANGED
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
REFUSAL_FINAL = referrals.FilingRefusalBecameFinal.TYPE
REVIEW_REQUESTED = referrals.FilingReviewRequested.TYPE
REVIEW_DECIDED = referrals.FilingReviewDecided.TYPE
EXPLANATION = referrals.ExplanationDemanded.TYPE
EXPLAINED = referrals.RefusalExplained.TYPE
FILING_DEMANDED = referrals.FilingDemanded.TYPE
OUTCOME = referrals.CriminalCaseOutcomeRecorded.TYPE

referral = field("referral_id")
POLICE = "PSB"
DAY = Period(24, Unit.HR)
THREE_DAYS = CD(3)


def _matter(seen: Seen) -> str:
    return seen.matter


def _investigator(seen: Seen) -> str:
    """Within 人社 the inspection asks the referral question, whoever found the facts."""
    return "HRSS_INSP" if seen.organ.startswith("HRSS") else seen.organ


def _head(seen: Seen) -> str:
    return "HRSS" if seen.organ.startswith("HRSS") else seen.organ


def _may_refer(seen: Seen) -> bool:
    return seen.organ.startswith("HRSS") or seen.organ in referrals.REFERRERS


def _said(
    decision: str, after: str | None = None, *, any_review: bool = False
) -> Callable[[Seen], bool]:
    def holds(seen: Seen) -> bool:
        fact = seen.fact
        told = None if fact.after is None else fact.after.value
        return fact.decision.value == decision and (any_review or told == after)

    return holds


def _refused(after: str | None = None) -> Callable[[Seen], bool]:
    """A notice of refusal after which a review may still be asked for."""
    said = _said("NOT_FILED", after)
    return lambda seen: said(seen) and not seen.fact.final


def _of_notice(seen: Seen) -> dict[str, str]:
    return {"referral": seen.fact.referral_id, "notice": seen.id}


LAPSED = Stop(type=REFUSAL_FINAL, key=referral, ending=Ending.LAPSED)


def _of_question(seen: Seen) -> tuple[str, ...]:
    """What an answer is about, and its matter: a case answers for the leads that led to it."""
    return (seen.fact.about, seen.matter)


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
                key=_matter,
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
        started_by=(
            Start(
                type=TRANSFERRED,
                key=referral,
                on=day_of("transferred_at"),
                region=field("to_region"),
            ),
            Start(
                type=FORWARDED,
                key=referral,
                on=day_of("forwarded_at"),
                region=field("to_region"),
            ),
        ),
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
        started_by=(
            Start(
                type=TRANSFERRED,
                key=referral,
                on=day_of("transferred_at"),
                region=field("to_region"),
            ),
            Start(
                type=FORWARDED,
                key=referral,
                on=day_of("forwarded_at"),
                region=field("to_region"),
            ),
        ),
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
                when=_said("FILED", any_review=True),
                on=day_of("received_on"),
                owner=_investigator,
            ),
        ),
        stopped_by=(Stop(type=HANDED_OVER, key=referral, on=day_of("handed_over_on")),),
        on_elapse="breach",
        commands=("HandOverMaterials",),
    ),
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
            Stop(type=NOTICE, key=referral, when=_said("FILED", any_review=True)),
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
            Stop(type=NOTICE, key=referral, when=_said("FILED", any_review=True)),
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
                key=_matter,
                when=both(_said("NOT_FILED", any_review=True), lambda seen: seen.fact.final),
                on=day_of("received_on"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
            Start(
                type=REFUSAL_FINAL,
                key=_matter,
                on=day_of("on"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
            Start(
                type=OUTCOME,
                key=_matter,
                when=is_one_of("outcome", "RETURNED_FOR_ADMIN"),
                on=day_of("on"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
        ),
        grounds=(
            Stop(
                type=PERIOD_CHANGED,
                key=_matter,
                item=field("case_id"),
                when=both(is_one_of("kind", "SUSPENDED"), is_one_of("ground", "PENDING_CRIMINAL")),
            ),
        ),
        stopped_by=(
            Stop(
                type=PERIOD_CHANGED,
                key=_matter,
                item=field("case_id"),
                when=is_one_of("kind", "RESUMED"),
                on=day_of("on"),
            ),
            Stop(type=CLOSED, key=_matter, item=field("case_id"), ending=Ending.MOOT),
            Stop(type=REVIEW_REQUESTED, key=_matter, ending=Ending.MOOT),
        ),
        on_elapse="breach",
        commands=("ResumeCase",),
    ),
)
"""Terms from the referral question to the resumption of the administrative case."""
