"""How a plan comes to stand: 人社 drafts, 市场监管 audits, another post of 人社 approves.

1. A plan names items that stand in a published list of its territory or of a superior one, the
   population (all of it, or what bears one of some tags), its strata by territory, class of a
   named scheme and tags, how many or which share, and the window (条例 35; reference 6.2).
2. 市场监管 of the territory audits the draft and may refuse with a reason; a refused draft is
   drafted again under the same id and audited again.
3. Whoever drafted does not approve. Where the territory published a number of inspections for
   the year, the plans of the year stay within it (domain.draw.cap; 国办发〔2024〕54号).
4. The approval fixes the text of the plan and its hash; no draw departs from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    Received,
    command,
    decides,
)
from domain.draw.cap import counted_in, must_keep_cap
from domain.draw.classes import MARKS, REGISTER_TAGS
from domain.draw.classing import must_know_scheme, must_know_tags
from domain.draw.facts import (
    AuditOutcome,
    InspectionPlanApproved,
    Items,
    Mode,
    OnlyTags,
    PlanAudited,
    PlanDrafted,
    Predicate,
    RegionDigits,
    SampleRate,
    SampleSize,
    Tags,
    audit_of,
    plan_of,
)
from domain.draw.plan import DrawPlan, DrawPlanIllFormed, SampleMode, credit_factors
from domain.errors import Refusal
from domain.facts import Recorded
from domain.inspection.facts import ItemListPublished, items_of
from domain.lead.halves import both, known
from domain.terms import Identifier, Reason, RegionCode, ShortText, Term

DEPARTMENTS = ("hr", "samr")
"""The two departments whose secrets make every seed."""


class PlanUnknown(Refusal):
    """This department knows no such plan."""

    zh = "本部门没有抽查计划{plan}。"
    en = "This department knows no plan {plan}."
    next_zh = "请核对计划编号，或先拟定计划。"
    next_en = "Check the id, or draft the plan first."
    source = "平台规则（抽查计划）"
    field = "plan"


class ItemListUnknown(Refusal):
    """The plan rests on a list that nobody published here."""

    zh = "{region}及其上级没有公布过抽查事项清单{item_list}。"
    en = "No item list {item_list} was published in {region} or above it."
    next_zh = "请先公布抽查事项清单，再拟定计划。"
    next_en = "Publish the list of items first, then draft the plan."
    source = "鄂人社函〔2022〕97号三（三）（一单两库）"
    field = "item_list"


class ItemNotInList(Refusal):
    """An item does not stand in the named version of the list."""

    zh = "事项{item}不在抽查事项清单{item_list}中，不得检查。"
    en = "The item {item} does not stand in the list {item_list} and is not inspected."
    next_zh = "请选用清单中的事项，或公布新版清单。"
    next_en = "Choose items of the list, or publish a new version."
    source = "鄂人社函〔2022〕97号三（三）（一单两库）；人力资源市场暂行条例第35条"
    field = "items"


class SizeOrRate(Refusal):
    """A plan says either how many are drawn or which share, and not both."""

    zh = "抽查计划须写明抽取数量或者抽取比例，二者取其一。"
    en = "A plan names a size or a rate, one of the two."
    next_zh = "请填写其中一项。"
    next_en = "Fill in one of them."
    source = "鄂人社函〔2022〕97号二（一）；平台规则（抽查方案）"
    field = "size"


class PlanWindowWrong(Refusal):
    """The window ends before it begins, or before today."""

    zh = "检查期间{window_from}至{window_to}不成立：止日早于起日或早于今天{today}。"
    en = "The window {window_from} to {window_to} ends before it begins or before {today}."
    next_zh = "请更正检查起止日期。"
    next_en = "Correct the window."
    source = "鄂人社函〔2022〕97号二（二）（规定时限内完成）"
    field = "window_to"


class PlanAlreadyApproved(Refusal):
    """What was approved is neither drafted nor approved again."""

    zh = "抽查计划{plan}已批准，不得再修改或再次批准。"
    en = "The plan {plan} was approved and is neither changed nor approved again."
    next_zh = "如需更改，请另行拟定计划。"
    next_en = "Draft another plan."
    source = "平台规则（抽查计划）"
    field = "plan"


class PlanAlreadyAudited(Refusal):
    """This draft was audited."""

    zh = "抽查计划{plan}的本稿已审核，结果为“{outcome}”。"
    en = "This draft of the plan {plan} was audited: {outcome}."
    next_zh = "如退回修改，请待人社部门重新拟定后再审核。"
    next_en = "Wait for a new draft where it was refused."
    source = "鄂人社函〔2022〕97号二（一）"
    field = "plan"


class PlanRefusalNeedsReason(Refusal):
    """An audit refuses without a reason."""

    zh = "审核不通过抽查计划{plan}的，须写明理由。"
    en = "Refusing the plan {plan} takes a reason."
    next_zh = "请填写需要修改之处。"
    next_en = "Say what must be changed."
    source = "鄂人社函〔2022〕97号二（一）"
    field = "reason"


class PlanNotAudited(Refusal):
    """A plan is approved that 市场监管 has not passed."""

    zh = "抽查计划{plan}尚未经市场监管部门审核通过。"
    en = "Market regulation has not passed the plan {plan}."
    next_zh = "请等待审核；审核不通过的，请修改后重新提交。"
    next_en = "Wait for the audit; where it refused, draft the plan again."
    source = "鄂人社函〔2022〕97号二（一）（省市场监管局及时审核抽查任务）"
    field = "plan"


class DrafterMayNotApprovePlan(Refusal):
    """Whoever drafted a plan does not approve it."""

    zh = "抽查计划{plan}由{post}拟定，须由负责人的另一岗位批准。"
    en = "{post} drafted the plan {plan}; another post, the head's, approves it."
    next_zh = "请由负责人岗位批准。"
    next_en = "Let the head approve it."
    source = "平台规则（拟定、批准岗位分设）"
    field = "plan"


@command(zh="拟定抽查计划", en="Draft an inspection plan", source="人力资源市场暂行条例第35条")
@dataclass(frozen=True, kw_only=True)
class DraftPlan(Command):
    """Drafts a plan, or with `plan` drafts a refused one again."""

    plan: Identifier | None = None
    title: ShortText
    region: RegionCode | None = None
    item_list: Identifier
    items: Items
    predicate: Annotated[Predicate, Term(zh="检查对象范围", en="Population")]
    mode: Annotated[Mode, Term(zh="抽取方式", en="Mode")] = Mode.DIRECTED
    region_digits: RegionDigits = 0
    tags: Tags = ()
    only_tags: OnlyTags = ()
    size: SampleSize = None
    rate: SampleRate = None
    grade_scheme: Identifier | None = None
    window_from: Annotated[date, Term(zh="检查起日", en="Window from")]
    window_to: Annotated[date, Term(zh="检查止日", en="Window to")]


@command(zh="审核抽查任务", en="Audit an inspection plan", source="鄂人社函〔2022〕97号二（一）")
@dataclass(frozen=True, kw_only=True)
class AuditPlan(Command):
    """市场监管 passes the newest draft of a plan, or refuses it with a reason."""

    plan: Identifier
    outcome: Annotated[AuditOutcome, Term(zh="审核结果", en="Outcome")]
    reason: Reason | None = None


@command(
    zh="批准抽查计划",
    en="Approve an inspection plan",
    source="人力资源市场暂行条例第35条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class ApprovePlan(Command):
    """The head approves what was audited; text and hash of the plan are fixed."""

    plan: Identifier


def superiors(region: str) -> tuple[str, ...]:
    """A territory and those above it, the lowest first."""
    wider = (region, f"{region[:4]}00", f"{region[:2]}0000")
    return tuple(dict.fromkeys(wider))


def newest(facts: tuple[Recorded[Any], ...], plan: str) -> Recorded[PlanDrafted]:
    """The newest draft of a plan. Raises PlanUnknown."""
    drafts = [one for one in facts if isinstance(one.fact, PlanDrafted)]
    if not drafts:
        raise PlanUnknown(plan=plan)
    return drafts[-1]


def approval(facts: tuple[Recorded[Any], ...]) -> Recorded[InspectionPlanApproved] | None:
    """The approval of a plan, where it stands."""
    return next((one for one in facts if isinstance(one.fact, InspectionPlanApproved)), None)


def draw_plan(plan: str, drafted: PlanDrafted, policy: Any) -> DrawPlan:
    """What a draft says about its draw of objects. Raises DrawPlanIllFormed."""
    scheme = drafted.grade_scheme
    rate = None if drafted.rate is None else Fraction(drafted.rate)
    return DrawPlan(
        id=plan,
        departments=DEPARTMENTS,
        region_digits=drafted.region_digits,
        by_class=scheme is not None,
        tags=drafted.tags,
        mode=SampleMode.SIZE if rate is None else SampleMode.RATE,
        size=drafted.size,
        rate=rate,
        class_factors={} if scheme is None else credit_factors(scheme, policy),
    )


def plan_text(plan: DrawPlan) -> str:
    """A plan as the facts carry it: JSON with sorted keys and no blanks."""
    return json.dumps(plan.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_plan(text: str) -> DrawPlan:
    """The plan of such a text. Raises DrawPlanIllFormed."""
    try:
        plain = json.loads(text)
    except ValueError:
        raise DrawPlanIllFormed(field="plan", value=text[:80]) from None
    return DrawPlan.read(plain)


def _lists(asked: DraftPlan) -> tuple[Read, ...]:
    found = [read for one in superiors(asked.region or "") for read in both(items_of(one))]
    if asked.plan is not None:
        found += [Own(stream=plan_of(asked.plan))]
    return tuple(found)


@decides(DraftPlan, reads=_lists)
def draft(asked: DraftPlan, history: History, context: Context) -> Iterator[Decided]:
    """Drafts a plan whose items stand in the list and whose draw does not contradict itself."""
    if (asked.size is None) == (asked.rate is None):
        raise SizeOrRate
    if asked.window_to < max(asked.window_from, context.today):
        raise PlanWindowWrong(
            window_from=asked.window_from.isoformat(),
            window_to=asked.window_to.isoformat(),
            today=context.today.isoformat(),
        )
    _must_stand_in_list(asked, history, context.region)
    if asked.grade_scheme is not None:
        must_know_scheme(asked.grade_scheme)
    must_know_tags((*asked.tags, *asked.only_tags), (*REGISTER_TAGS, *MARKS))
    plan, matter = asked.plan, None
    if plan is not None:
        facts = history.own(plan_of(plan))
        before = newest(facts, plan)
        if approval(facts) is not None:
            raise PlanAlreadyApproved(plan=plan)
        matter = before.matter
    plan = plan or context.mint("PLN")
    drafted = PlanDrafted(
        plan_id=plan,
        title=asked.title,
        region=context.region,
        item_list=asked.item_list,
        items=asked.items,
        predicate=asked.predicate,
        mode=asked.mode,
        region_digits=asked.region_digits,
        tags=asked.tags,
        only_tags=asked.only_tags,
        size=asked.size,
        rate=asked.rate,
        grade_scheme=asked.grade_scheme,
        window_from=asked.window_from,
        window_to=asked.window_to,
    )
    draw_plan(plan, drafted, context.policy)
    yield Decided(
        stream=plan_of(plan),
        subject=plan,
        matter=matter or context.mint("M"),
        region=context.region,
        fact=drafted,
    )


def _must_stand_in_list(asked: DraftPlan, history: History, region: str) -> None:
    lists = [
        one.fact
        for wider in superiors(region)
        for one in known(history, items_of(wider))
        if isinstance(one.fact, ItemListPublished) and one.fact.list_id == asked.item_list
    ]
    if not lists:
        raise ItemListUnknown(item_list=asked.item_list, region=region)
    standing = {item.code for item in lists[-1].items}
    for item in asked.items:
        if item not in standing:
            raise ItemNotInList(item=item, item_list=asked.item_list)


@decides(
    AuditPlan,
    reads=lambda asked: (Own(stream=audit_of(asked.plan)), Received(stream=plan_of(asked.plan))),
)
def audit(asked: AuditPlan, history: History, _: Context) -> Iterator[Decided]:
    """Audits the newest draft once, in the territory of the plan."""
    drafted = newest(history.received(Received(stream=plan_of(asked.plan))), asked.plan)
    for one in history.own(audit_of(asked.plan)):
        if one.fact.draft == drafted.id:
            raise PlanAlreadyAudited(plan=asked.plan, outcome=one.fact.outcome.value)
    if asked.outcome is AuditOutcome.REFUSED and not asked.reason:
        raise PlanRefusalNeedsReason(plan=asked.plan)
    yield Decided(
        stream=audit_of(asked.plan),
        subject=asked.plan,
        matter=drafted.matter,
        region=drafted.fact.region,
        fact=PlanAudited(
            plan_id=asked.plan,
            outcome=asked.outcome,
            draft=drafted.id,
            reason=asked.reason,
        ),
    )


def _approval_reads(asked: ApprovePlan) -> tuple[Read, ...]:
    return (Own(stream=plan_of(asked.plan)), Received(stream=audit_of(asked.plan)))


def _others(asked: ApprovePlan, history: History) -> tuple[Read, ...]:
    region = newest(history.own(plan_of(asked.plan)), asked.plan).fact.region
    return (counted_in(region),)


@decides(ApprovePlan, reads=_approval_reads, then=_others)
def approve(asked: ApprovePlan, history: History, context: Context) -> Iterator[Decided]:
    """Approves an audited plan within the cap of its year."""
    facts = history.own(plan_of(asked.plan))
    drafted = newest(facts, asked.plan)
    if approval(facts) is not None:
        raise PlanAlreadyApproved(plan=asked.plan)
    audits = history.received(Received(stream=audit_of(asked.plan)))
    passed = any(
        one.department == "samr"
        and one.fact.draft == drafted.id
        and one.fact.outcome is AuditOutcome.PASSED
        for one in audits
    )
    if not passed:
        raise PlanNotAudited(plan=asked.plan)
    if context.post.id == drafted.post or context.post.role in ("OFFICER", "REVIEWER"):
        raise DrafterMayNotApprovePlan(plan=asked.plan, post=drafted.post)
    fact = drafted.fact
    if fact.size is not None:
        year = fact.window_from.year
        must_keep_cap(fact.region, year, fact.size, history, context)
    made = draw_plan(asked.plan, fact, context.policy)
    yield Decided(
        stream=plan_of(asked.plan),
        subject=asked.plan,
        matter=drafted.matter,
        region=fact.region,
        fact=InspectionPlanApproved(
            plan_id=asked.plan,
            plan_hash=made.hash,
            plan=plan_text(made),
            size=fact.size,
            region=fact.region,
            window_from=fact.window_from,
            window_to=fact.window_to,
        ),
    )
