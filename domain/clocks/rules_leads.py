"""The clocks of leads and of what is listed for supervision (reference 7.3 to 7.5).

1. A lead's term falls to the organ and territory that it went to; an outcome notice opens none.
2. An assessment, or a case that names the lead, ends the assessment's term (reference 0.3).
3. A superior's own term, of an assignment or of a supervised listing, is a fixed day.
"""

from __future__ import annotations

from domain.clocks.conditions import OFFICE, WD, both, is_one_of
from domain.clocks.words import ClockRule, Ending, Seen, Start, Stop, field
from domain.enforcement.facts import CaseFiled
from domain.lead import facts as leads

SENT = leads.LeadTransferred.TYPE
RECEIPTED = leads.LeadReceipted.TYPE
ASSESSED = leads.LeadAssessed.TYPE
DISPOSED_OF = leads.LeadDisposed.TYPE
CHECKED = leads.BackgroundChecked.TYPE
LISTED = leads.CaseSupervisionChanged.TYPE
FILED_CASE = CaseFiled.TYPE

lead = field("lead_id")
receiver, receiving_region = field("to_organ"), field("to_region")


def named_leads(seen: Seen) -> tuple[str, ...]:
    """The leads that a case names."""
    return tuple(seen.fact.leads)


def _is_work(seen: Seen) -> bool:
    return bool(seen.fact.kind is not leads.LeadKind.OUTCOME_NOTICE)


def _outcome_notice(seen: Seen) -> bool:
    return seen.fact.kind is leads.LeadKind.OUTCOME_NOTICE and seen.fact.about is not None


def _answered_leads(seen: Seen) -> tuple[str, ...]:
    """The lead that an outcome notice is about, and those of a case that it answers."""
    return (seen.fact.about, *seen.fact.answers)


def _accepted(seen: Seen) -> bool:
    return _is_work(seen) and seen.fact.outcome is leads.ReceiptOutcome.ACCEPTED


def _returned(seen: Seen) -> bool:
    return _is_work(seen) and seen.fact.outcome is leads.ReceiptOutcome.RETURNED


def _to_check(seen: Seen) -> bool:
    fact = seen.fact
    return (
        fact.stage is leads.Stage.DISCOVER
        and fact.kind is leads.LeadKind.DISCOVERY
        and fact.to_organ == "TWN"
    )


def _for_market_regulation(seen: Seen) -> bool:
    wanted = (
        leads.LeadKind.DISCOVERY,
        leads.LeadKind.PENALTY_LEAD,
        leads.LeadKind.REQUEST_TO_DEAL,
    )
    return _accepted(seen) and seen.fact.organ == "SAMR" and seen.fact.kind in wanted


def _sender_region(seen: Seen) -> str:
    return str(seen.fact.from_region or seen.region)


LEAD_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="DL-LEAD-01",
        zh="签收或退回线索",
        en="Sign for a lead or return it",
        debtor=OFFICE,
        owner=None,
        period=WD(2),
        setting="lead_receipt_working_days",
        basis="平台规则（线索签收，默认2个工作日，可配置）",
        mark="P",
        started_by=(
            Start(type=SENT, key=lead, when=_is_work, owner=receiver, region=receiving_region),
        ),
        stopped_by=(Stop(type=RECEIPTED, key=lead),),
        on_elapse="breach",
        commands=("ReceiptLead",),
    ),
    ClockRule(
        code="DL-LEAD-02",
        zh="研判线索",
        en="Assess a lead",
        debtor=OFFICE,
        owner=None,
        period=WD(5),
        setting="lead_assessment_working_days",
        basis="平台规则（线索研判，默认5个工作日，可配置）",
        mark="P",
        started_by=(Start(type=RECEIPTED, key=lead, when=_accepted, owner=field("organ")),),
        stopped_by=(
            Stop(type=ASSESSED, key=lead),
            Stop(type=FILED_CASE, key=named_leads),
            Stop(type=DISPOSED_OF, key=lead),
            Stop(type=SENT, key=lead, ending=Ending.MOOT),
        ),
        on_elapse="breach",
        commands=("AssessLead", "FileCase"),
    ),
    ClockRule(
        code="DL-LEAD-03",
        zh="市场监管核查线索并决定是否立案",
        en="Market regulation decides whether to file",
        debtor=OFFICE,
        owner="SAMR",
        period=WD(15),
        basis="市场监督管理行政处罚程序规定（未经原文核对）；行政处罚法第54条",
        mark="W",
        started_by=(Start(type=RECEIPTED, key=lead, when=_for_market_regulation),),
        stopped_by=(
            Stop(type=FILED_CASE, key=named_leads),
            Stop(type=ASSESSED, key=lead, when=is_one_of("assessment", "NO_ACTION")),
            Stop(type=DISPOSED_OF, key=lead),
            Stop(type=SENT, key=lead, ending=Ending.MOOT),
        ),
        on_elapse="breach",
        commands=("FileCase", "AssessLead"),
    ),
    ClockRule(
        code="DL-LEAD-04",
        zh="反馈线索处理结果",
        en="Tell the sender what became of a lead",
        debtor=OFFICE,
        owner=None,
        period=WD(5),
        setting="lead_feedback_working_days",
        basis="平台规则（线索反馈，默认5个工作日，可配置）",
        mark="P",
        started_by=(Start(type=DISPOSED_OF, key=lead),),
        grounds=(
            Stop(
                type=SENT,
                key=lead,
                item=lead,
                when=both(_is_work, lambda seen: seen.fact.report_back),
            ),
        ),
        stopped_by=(Stop(type=SENT, key=_answered_leads, when=_outcome_notice),),
        on_elapse="breach",
        commands=("TransferLead",),
    ),
    ClockRule(
        code="DL-LEAD-05",
        zh="改送有管辖权的机关",
        en="Send a returned lead to the competent organ",
        debtor=OFFICE,
        owner=None,
        period=WD(2),
        setting="lead_redirect_working_days",
        basis="无证无照经营查处办法第8条（及时）；平台规则（默认2个工作日，可配置）",
        mark="P",
        started_by=(
            Start(
                type=RECEIPTED,
                key=lead,
                when=_returned,
                owner=field("from_organ"),
                region=_sender_region,
            ),
        ),
        stopped_by=(
            Stop(type=SENT, key=lead),
            Stop(type=FILED_CASE, key=named_leads),
        ),
        on_elapse="breach",
        commands=("TransferLead",),
    ),
    ClockRule(
        code="LEAD-CHECK",
        zh="立即核查背景",
        en="Check the background at once",
        debtor=OFFICE,
        owner=None,
        period=WD(1),
        setting="background_check_working_days",
        basis="友好区涉外劳务专项整治方案（2023）（立即核查背景）；平台规则（默认1个工作日，可配置）",
        mark="P",
        started_by=(
            Start(type=SENT, key=lead, when=_to_check, owner=receiver, region=receiving_region),
        ),
        stopped_by=(
            Stop(type=CHECKED, key=lead),
            Stop(type=ASSESSED, key=lead),
            Stop(type=RECEIPTED, key=lead, when=_returned, ending=Ending.MOOT),
        ),
        on_elapse="breach",
        commands=("CheckBackground",),
    ),
    ClockRule(
        code="LEAD-ASSIGNED",
        zh="完成上级交办事项",
        en="Finish what a superior assigned",
        debtor=OFFICE,
        owner=None,
        period=None,
        rolls=False,
        basis="交办文书所定期限；平台规则（上级交办）",
        mark="P",
        started_by=(
            Start(
                type=SENT,
                key=lead,
                when=is_one_of("kind", "ASSIGNMENT"),
                until=lambda seen, _: seen.fact.due,
                owner=receiver,
                region=receiving_region,
            ),
        ),
        stopped_by=(
            Stop(type=DISPOSED_OF, key=lead),
            Stop(type=RECEIPTED, key=lead, when=_returned, ending=Ending.MOOT),
        ),
        on_elapse="breach",
        commands=("DisposeLead",),
    ),
    ClockRule(
        code="SUPERVISED",
        zh="完成挂牌督办事项",
        en="Finish what is listed for supervision",
        debtor=OFFICE,
        owner=None,
        period=None,
        rolls=False,
        basis="辽宁省人力资源市场管理通知（2024-11-11）十；督办文书所定期限",
        mark="P",
        started_by=(
            Start(
                type=LISTED,
                key=field("listing_id"),
                when=is_one_of("action", "LISTED"),
                until=lambda seen, _: seen.fact.due,
                owner=field("responsible_organ"),
                region=field("responsible_region"),
            ),
        ),
        stopped_by=(
            Stop(type=LISTED, key=field("listing_id"), when=is_one_of("action", "RELEASED")),
        ),
        on_elapse="breach",
    ),
)
"""Terms around a lead and its supervision."""
