"""Self-checks of agencies in a campaign (自查自纠), the rebate question with them.

1. Each agency of the campaign's territory checks itself and declares what it found; the account
   of the agency, an officer or a file puts it on record.
2. Rebates (返费) are asked of every agency: that they exist is a fact, not yet a violation.
3. A second declaration names the one it replaces; the first stays on record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.errors import Refusal
from domain.market.agencies import must_be_agency, reads_agency
from domain.market.annual_reports import entered_by
from domain.market.facts import Answer, SelfCheckDeclared, checks_of
from domain.market.running import must_include, reads_campaign
from domain.powers import for_itself
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import Code, FileRef, Identifier, PersonRef, Term, Uscc

FORM = "CX-ZC"
"""The form of the plan's phase 开展自查."""

QUESTIONS: dict[str, tuple[str, str]] = {
    "LICENCE": ("是否未经许可从事职业中介活动或者经营劳务派遣业务", "Acting without a licence"),
    "FILING": ("是否未按规定申报审批或者备案", "Not applying or filing as required"),
    "CERTIFICATE": ("是否伪造、涂改、转让许可证", "Forging, altering or lending the licence"),
    "EMPLOYER": ("是否为无合法证照的用人单位提供服务", "Serving an employer without papers"),
    "MINOR": ("是否介绍未满16周岁的未成年人就业", "Placing minors under 16"),
    "IDENTITY": ("是否为无合法身份证件的劳动者提供服务", "Serving workers without identity papers"),
    "OCCUPATION": (
        "是否介绍从事法律法规禁止从事的职业",
        "Placing workers in forbidden occupations",
    ),
    "INFORMATION": ("是否发布虚假或者含有歧视性内容的招聘信息", "False or discriminating postings"),
    "REBATE": ("是否存在“返费”等哄抬或者操纵市场价格的情况", "Rebates that drive up prices"),
    "DEPOSIT": ("是否向劳动者收取押金、扣押身份证", "Deposits taken or identity cards kept"),
    "DISPATCH": ("是否存在假外包真派遣", "Dispatch in the guise of outsourcing"),
    "SCOPE": ("是否超出核准的业务经营范围", "Exceeding the approved scope"),
    "DISPLAY": ("是否未落实服务场所明示制度", "Not displaying what must be displayed"),
    "LEDGER": (
        "是否未建立健全内部管理、财务管理、台账管理制度",
        "No internal, financial or ledger rules",
    ),
}
"""The questions of `FORM`, Chinese and English, in the order of the plan's part 二."""


@command(zh="申报自查自纠", en="Declare a self-check", source=f"{CAMPAIGN_PLAN}四（一）")
@dataclass(frozen=True, kw_only=True)
class DeclareSelfCheck(Command):
    """Records what an agency found on checking itself; a second one `replaces` the first."""

    campaign: Identifier
    organisation: Uscc
    form: Code = FORM
    answers: Annotated[tuple[Answer, ...], Term(zh="自查项目", en="Answers", min_items=1)]
    rebate_present: Annotated[bool, Term(zh="存在“返费”情况", en="Rebates present")]
    declared_on: Annotated[date | None, Term(zh="申报日期", en="Declared on")] = None
    declared_by: Annotated[PersonRef | None, Term(zh="申报人", en="Declared by")] = None
    replaces: Identifier | None = None
    file: FileRef | None = None
    imported: Annotated[bool, Term(zh="由文件导入", en="From a file")] = False


class SelfCheckDeclaredAlready(Refusal):
    """The agency declared its self-check, and this one does not replace it."""

    zh = "{organisation}已于{declared_on}申报自查（{check}）。"
    en = "{organisation} declared its self-check on {declared_on} ({check})."
    next_zh = "内容有变的，填写所替换的自查编号{check}后重新申报。"
    next_en = "Name {check} as the one replaced where it changed."
    source = f"{CAMPAIGN_PLAN}四（一）"
    field = "replaces"


class ReplacedCheckUnknown(Refusal):
    """The self-check to be replaced is not the agency's latest."""

    zh = "{replaces}不是{organisation}最近一次申报的自查（{latest}）。"
    en = "{replaces} is not the latest self-check of {organisation} ({latest})."
    next_zh = "请填写最近一次自查的编号；首次申报的，留空。"
    next_en = "Name the latest one; leave it empty where there is none."
    source = f"{CAMPAIGN_PLAN}四（一）"
    field = "replaces"


class QuestionTwice(Refusal):
    """A question is answered twice."""

    zh = "自查项目{question}重复填写。"
    en = "The question {question} is answered twice."
    next_zh = "请每项只填一次。"
    next_en = "Answer each question once."
    source = f"{CAMPAIGN_PLAN}四（一）"
    field = "answers"


class QuestionUnknown(Refusal):
    """The form asks no such question."""

    zh = "自查表{form}没有项目{question}（{questions}）。"
    en = "The form {form} asks no question {question} ({questions})."
    next_zh = "请核对项目代码，或者填写所用自查表的代码。"
    next_en = "Check the question, or name the form that was used."
    source = f"{CAMPAIGN_PLAN}二、四（一）"
    field = "answers"


class RebateAnswersDiffer(Refusal):
    """The two answers about rebates contradict each other."""

    zh = "“返费”自查结论（{rebate_present}）与自查项目REBATE（{found}）不一致。"
    en = "The rebate answer ({rebate_present}) and the question REBATE ({found}) differ."
    next_zh = "请核对后填写一致。"
    next_en = "Make them agree."
    source = f"{CAMPAIGN_PLAN}三（一）（开展“返费”自查）"
    field = "rebate_present"


class SelfCheckInFuture(DateInFuture):
    """The self-check has not been declared yet."""

    field = "declared_on"


class SelfCheckBeforeCampaign(DateBeforeItsGround):
    """The self-check was declared before the campaign took effect."""

    field = "declared_on"


def _reads(asked: DeclareSelfCheck) -> tuple[Read, ...]:
    return (
        Own(stream=checks_of(asked.campaign, asked.organisation)),
        *reads_campaign(asked.campaign),
        *reads_agency(asked.organisation),
    )


@decides(DeclareSelfCheck, reads=_reads)
def declare(asked: DeclareSelfCheck, history: History, context: Context) -> Iterator[Decided]:
    """Records an agency's self-check in a campaign."""
    uscc = asked.organisation
    for_itself(context.post, uscc)
    registration = must_be_agency(history, uscc)
    campaign = must_include(history, asked.campaign, registration.region)
    declared_on = asked.declared_on or context.today
    must_have_come(declared_on, context.today, SelfCheckInFuture)
    must_follow(declared_on, campaign.launched.fact.effective_from, SelfCheckBeforeCampaign)
    _must_answer(asked)
    _must_replace(asked, history)
    yield Decided(
        stream=checks_of(asked.campaign, uscc),
        subject=uscc,
        matter=campaign.matter,
        region=registration.region,
        effective=declared_on,
        fact=SelfCheckDeclared(
            check_id=context.mint("SC"),
            campaign_id=asked.campaign,
            uscc=uscc,
            form=asked.form,
            answers=asked.answers,
            rebate_present=asked.rebate_present,
            declared_on=declared_on,
            declared_by=asked.declared_by,
            entered_by=entered_by(context, asked.imported),
            replaces=asked.replaces,
            file=asked.file,
        ),
    )


def _must_answer(asked: DeclareSelfCheck) -> None:
    answered: set[str] = set()
    for answer in asked.answers:
        if answer.question in answered:
            raise QuestionTwice(question=answer.question)
        answered.add(answer.question)
        if asked.form == FORM and answer.question not in QUESTIONS:
            raise QuestionUnknown(
                form=asked.form, question=answer.question, questions="、".join(QUESTIONS)
            )
        if answer.question == "REBATE" and answer.found is not asked.rebate_present:
            raise RebateAnswersDiffer(rebate_present=asked.rebate_present, found=answer.found)


def _must_replace(asked: DeclareSelfCheck, history: History) -> None:
    declared = history.own(checks_of(asked.campaign, asked.organisation))
    latest = declared[-1].fact if declared else None
    if latest is not None and asked.replaces is None:
        raise SelfCheckDeclaredAlready(
            organisation=asked.organisation,
            declared_on=latest.declared_on.isoformat(),
            check=latest.check_id,
        )
    if asked.replaces != (latest.check_id if latest else None):
        raise ReplacedCheckUnknown(
            organisation=asked.organisation,
            replaces=asked.replaces,
            latest=latest.check_id if latest else "",
        )
