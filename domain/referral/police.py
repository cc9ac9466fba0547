"""What the police do with a referral (reference 8.1, DL-REF-06 to 08b, 13, 14, 16).

1. They sign the receipt at once; what is not theirs they forward within 24 hours and tell the
   sender in writing (Decree 310 art. 7).
2. Within 3 days they decide: filed, or not filed with reasons and the file returned (art. 8).
   An economic crime takes longer, 10 or 30 days; beyond 30 the superior police approve.
3. Told to file by the procuratorate, they file; a second refusal is not open to them.
4. A police office acts on what lies in its own territory: where the referral was sent, then
   where it was forwarded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, command, decides
from domain.departments import covers
from domain.errors import Refusal
from domain.referral.facts import (
    CriminalFilingDecided,
    FilingDecision,
    FilingReviewExtended,
    ReferralForwarded,
    ReferralReceipted,
    RefusalExplained,
    police_of,
)
from domain.referral.rules import as_police, on_referral, reads_of_police
from domain.referral.state import DAYS_OF_REVIEW, Referral
from domain.terms import DocumentNumber, Identifier, PostId, Reason, RegionCode, Term

DAYS_WITHOUT_SUPERIOR = 30
"""Days of review that the police may take by themselves (joint rule on economic crimes)."""


@command(
    zh="签收移送案件",
    en="Receipt a referral",
    source="行政执法机关移送涉嫌犯罪案件的规定第7条",
)
@dataclass(frozen=True, kw_only=True)
class ReceiptReferral(Command):
    """Signs for a referral; `not_ours` says that another police must have it within 24 hours."""

    referral: Identifier
    not_ours: Annotated[bool, Term(zh="不属本机关管辖", en="Not this organ's")] = False
    reason: Reason | None = None


@command(
    zh="转送有管辖权的公安机关",
    en="Forward a referral",
    source="行政执法机关移送涉嫌犯罪案件的规定第7条",
)
@dataclass(frozen=True, kw_only=True)
class ForwardReferral(Command):
    """Forwards a referral to the competent police and tells the sender in writing."""

    referral: Identifier
    to_region: RegionCode
    notice_no: DocumentNumber


@command(
    zh="延长立案审查期限",
    en="Extend the filing review",
    source="公安机关受理行政执法机关移送涉嫌犯罪案件规定（可配置）",
)
@dataclass(frozen=True, kw_only=True)
class ExtendFilingReview(Command):
    """Lengthens the review to `days` in all; more than 30 need the superior police's approval."""

    referral: Identifier
    days: Annotated[
        int, Term(zh="审查期限（日）", en="Days in all", minimum=4, maximum=60, example="10")
    ]
    approver: PostId
    reason: Reason


@command(
    zh="作出刑事立案决定",
    en="Decide on criminal filing",
    source="行政执法机关移送涉嫌犯罪案件的规定第8条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class DecideFiling(Command):
    """Files the case, or does not: then with reasons, and the file goes back."""

    referral: Identifier
    decision: Annotated[FilingDecision, Term(zh="决定", en="Decision")]
    notice_no: DocumentNumber
    decided_on: Annotated[date | None, Term(zh="决定日期", en="Decided on")] = None
    reason: Reason | None = None
    administrative: Annotated[bool, Term(zh="应予行政处理", en="Administrative liability")] = False


@command(
    zh="说明不立案理由",
    en="Explain a refusal to file",
    source="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
)
@dataclass(frozen=True, kw_only=True)
class ExplainRefusal(Command):
    """Explains to the procuratorate in writing why the case was not filed."""

    referral: Identifier
    reason: Reason


class ReferralAlreadyReceipted(Refusal):
    """The receipt is signed."""

    zh = "移送{referral}已由{region}公安机关签收。"
    en = "The referral {referral} has been signed for by the police of {region}."
    next_zh = "请审查并决定是否立案；不属管辖的，转送有管辖权的公安机关。"
    next_en = "Review it and decide; forward what is not yours."
    source = "行政执法机关移送涉嫌犯罪案件的规定第7条"
    field = "referral"


class NotOursNeedsReason(Refusal):
    """Why it is another's is said."""

    zh = "不属本机关管辖的，须说明理由。"
    en = "What is not this organ's is said with the reason."
    next_zh = "请填写理由。"
    next_en = "Enter the reason."
    source = "行政执法机关移送涉嫌犯罪案件的规定第7条"
    field = "reason"


class ReferralNotReceipted(Refusal):
    """The receipt comes first."""

    zh = "移送{referral}尚未由{region}公安机关签收。"
    en = "The referral {referral} is not signed for by the police of {region}."
    next_zh = "请先签收。"
    next_en = "Sign for it first."
    source = "行政执法机关移送涉嫌犯罪案件的规定第7条"
    field = "referral"


class ForwardNeedsOtherPolice(Refusal):
    """A referral is forwarded by those whose it is not, to another police."""

    zh = "移送{referral}未签注不属{region}公安机关管辖，或转送对象就是该机关，不能转送{to_region}。"
    en = "The police of {region} did not sign {referral} as another's, so it does not go to {to_region}."
    next_zh = "签收时注明不属本机关管辖，并填写有管辖权的公安机关。"
    next_en = "Sign for it as not yours, and name another police."
    source = "行政执法机关移送涉嫌犯罪案件的规定第7条"
    field = "to_region"


class NotThisPolice(Refusal):
    """Whoever signed a referral as another's does not decide on it."""

    zh = "移送{referral}已签注不属{region}公安机关管辖，应转送而不是决定立案。"
    en = "The police of {region} signed {referral} as another's; it is forwarded, not decided on."
    next_zh = "请转送有管辖权的公安机关。"
    next_en = "Forward it to the competent police."
    source = "行政执法机关移送涉嫌犯罪案件的规定第7条"
    field = "referral"


class FilingAlreadyDecided(Refusal):
    """The police have decided."""

    zh = "移送{referral}已作出立案决定，现处于{stage}。"
    en = "The police have decided on {referral}; it stands at {stage}."
    next_zh = "不立案的，移送机关可以提请复议或者建议立案监督。"
    next_en = "After a refusal the sender may ask for reconsideration or supervision."
    source = "行政执法机关移送涉嫌犯罪案件的规定第8、9条"
    field = "referral"


class NotFiledNeedsReason(Refusal):
    """A refusal to file has its reasons."""

    zh = "不予立案应当书面说明理由。"
    en = "A refusal to file states its reasons in writing."
    next_zh = "请填写不立案理由；案卷随通知退回。"
    next_en = "Enter the reasons; the file goes back with the notice."
    source = "行政执法机关移送涉嫌犯罪案件的规定第8条"
    field = "reason"


class AdministrativeOnlyWhenNotFiled(Refusal):
    """A case that is filed is not sent back for administrative handling."""

    zh = "决定立案的案件不同时移交行政处理。"
    en = "A case that is filed is not handled administratively at the same time."
    next_zh = "刑事案件终结后再移送行政机关。"
    next_en = "It goes to the administrative organ when the criminal case has ended."
    source = "行政执法机关移送涉嫌犯罪案件的规定第13条"
    field = "administrative"


class FilingDemandBinds(Refusal):
    """Told to file, the police file."""

    zh = "检察院已于{demanded_on}通知立案，应当立案。"
    en = "The procuratorate told the police to file on {demanded_on}; they file."
    next_zh = "请作出立案决定，并将立案决定书送检察院。"
    next_en = "Decide to file, and send the decision to the procuratorate."
    source = "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条"
    field = "decision"


class FilingDecidedInFuture(DateInFuture):
    """The decision has not been taken yet."""

    field = "decided_on"


class FilingDecidedBeforeTransfer(DateBeforeItsGround):
    """The decision is dated before the transfer."""

    field = "decided_on"


class ReviewNotLengthened(Refusal):
    """An extension makes the review longer."""

    zh = "立案审查期限现为{now}日，不能延长为{days}日。"
    en = "The review takes {now} days now; {days} days are no extension."
    next_zh = "请填写更长的总期限，或直接作出决定。"
    next_en = "Name a longer term in all, or decide."
    source = "公安机关受理行政执法机关移送涉嫌犯罪案件规定（可配置）"
    field = "days"


class SuperiorPoliceApproves(Refusal):
    """More than 30 days need the superior police."""

    zh = "审查期限超过{limit}日须经上级公安机关批准，{approver}不是{region}的上级公安机关。"
    en = "A review of over {limit} days is approved by police superior to {region}; {approver} is not."
    next_zh = "请填写上级公安机关的批准岗位（如 PSB.HEAD@210100）。"
    next_en = "Name the approving post of the superior police (as PSB.HEAD@210100)."
    source = "公安机关受理行政执法机关移送涉嫌犯罪案件规定（可配置）"
    field = "approver"


class ExplanationNotDemanded(Refusal):
    """The procuratorate asked for no explanation, or has it."""

    zh = "检察院没有待答复的说明不立案理由要求（移送{referral}）。"
    en = "No demand to explain waits for an answer about {referral}."
    next_zh = "收到检察院要求后再说明；已说明的无需重复。"
    next_en = "Explain when the procuratorate asks; what was explained needs no more."
    source = "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条"
    field = "referral"


def _here(referral: Referral) -> str:
    """The territory of the police that have the referral now."""
    return referral.at or referral.region


@decides(ReceiptReferral, reads=lambda asked: reads_of_police(asked.referral))
def receipt(asked: ReceiptReferral, history: History, context: Context) -> Iterator[Decided]:
    """Signs the receipt, once at each police."""
    referral = as_police(history, asked.referral)
    if referral.receipted:
        raise ReferralAlreadyReceipted(referral=asked.referral, region=_here(referral))
    if asked.not_ours and asked.reason is None:
        raise NotOursNeedsReason()
    yield on_referral(
        police_of(asked.referral),
        referral,
        ReferralReceipted(
            referral_id=asked.referral,
            subject_id=referral.subject,
            signed_at=context.moment,
            region=_here(referral),
            not_ours=asked.not_ours,
            reason=asked.reason,
        ),
        region=_here(referral),
    )


@decides(ForwardReferral, reads=lambda asked: reads_of_police(asked.referral))
def forward(asked: ForwardReferral, history: History, context: Context) -> Iterator[Decided]:
    """Forwards what was signed as another's."""
    referral = as_police(history, asked.referral)
    here = _here(referral)
    if not referral.receipted:
        raise ReferralNotReceipted(referral=asked.referral, region=here)
    if not referral.not_ours or asked.to_region == here:
        raise ForwardNeedsOtherPolice(
            referral=asked.referral, region=here, to_region=asked.to_region
        )
    yield on_referral(
        police_of(asked.referral),
        referral,
        ReferralForwarded(
            referral_id=asked.referral,
            subject_id=referral.subject,
            forwarded_at=context.moment,
            from_region=here,
            to_region=asked.to_region,
            notice_no=asked.notice_no,
        ),
        region=here,
    )


def _must_be_under_review(referral: Referral) -> None:
    """Signed for by whose it is."""
    if not referral.receipted:
        raise ReferralNotReceipted(referral=referral.referral_id, region=_here(referral))
    if referral.not_ours:
        raise NotThisPolice(referral=referral.referral_id, region=_here(referral))


@decides(ExtendFilingReview, reads=lambda asked: reads_of_police(asked.referral))
def extend(asked: ExtendFilingReview, history: History, _: Context) -> Iterator[Decided]:
    """Lengthens the review of a referral that is not decided."""
    referral = as_police(history, asked.referral)
    _must_be_under_review(referral)
    if referral.filing is not None:
        raise FilingAlreadyDecided(referral=asked.referral, stage=referral.stage.value)
    now = referral.review_days or DAYS_OF_REVIEW
    if asked.days <= now:
        raise ReviewNotLengthened(now=now, days=asked.days)
    if asked.days > DAYS_WITHOUT_SUPERIOR and not _is_superior(asked.approver, _here(referral)):
        raise SuperiorPoliceApproves(
            limit=DAYS_WITHOUT_SUPERIOR, approver=asked.approver, region=_here(referral)
        )
    yield on_referral(
        police_of(asked.referral),
        referral,
        FilingReviewExtended(
            referral_id=asked.referral,
            subject_id=referral.subject,
            days=asked.days,
            approver=asked.approver,
            reason=asked.reason,
        ),
        region=_here(referral),
    )


def _is_superior(approver: str, region: str) -> bool:
    """Whether a post `PSB…@<region>` belongs to the police of a superior territory."""
    organ, _, territory = approver.partition("@")
    return organ.partition(".")[0] == "PSB" and territory != region and covers(territory, region)


@decides(DecideFiling, reads=lambda asked: reads_of_police(asked.referral))
def decide(asked: DecideFiling, history: History, context: Context) -> Iterator[Decided]:
    """Decides to file or not, once; a second time only when told to file."""
    referral = as_police(history, asked.referral)
    _must_be_under_review(referral)
    if asked.decision is FilingDecision.NOT_FILED and referral.filing_demanded_on is not None:
        raise FilingDemandBinds(demanded_on=referral.filing_demanded_on)
    if referral.filing is not None and (referral.filed or referral.filing_demanded_on is None):
        raise FilingAlreadyDecided(referral=asked.referral, stage=referral.stage.value)
    refuses = asked.decision is FilingDecision.NOT_FILED
    if refuses and asked.reason is None:
        raise NotFiledNeedsReason()
    if asked.administrative and not refuses:
        raise AdministrativeOnlyWhenNotFiled()
    decided_on = asked.decided_on or context.today
    must_have_come(decided_on, context.today, FilingDecidedInFuture)
    assert referral.transferred is not None
    must_follow(decided_on, referral.transferred.transferred_at.date(), FilingDecidedBeforeTransfer)
    yield on_referral(
        police_of(asked.referral),
        referral,
        CriminalFilingDecided(
            referral_id=asked.referral,
            subject_id=referral.subject,
            decision=asked.decision,
            decided_on=decided_on,
            notice_no=asked.notice_no,
            reason=asked.reason,
            file_returned=refuses,
            administrative=asked.administrative,
        ),
        region=_here(referral),
        decided=context.moment,
    )


@decides(ExplainRefusal, reads=lambda asked: reads_of_police(asked.referral))
def explain(asked: ExplainRefusal, history: History, context: Context) -> Iterator[Decided]:
    """Answers the procuratorate's demand, once."""
    referral = as_police(history, asked.referral)
    if referral.demanded_on is None or referral.explained:
        raise ExplanationNotDemanded(referral=asked.referral)
    yield on_referral(
        police_of(asked.referral),
        referral,
        RefusalExplained(
            referral_id=asked.referral,
            subject_id=referral.subject,
            explained_on=context.today,
            reason=asked.reason,
        ),
        region=_here(referral),
    )
