"""The clocks of commitments, corrections and endings of licences, and those still without events.

The second part of the one table; `domain.clocks.reckoning.CLOCK_RULES` is the whole.
"""

from __future__ import annotations

from domain.calendar.deadlines import Period, Unit
from domain.clocks.conditions import (
    ANNULLED,
    CD,
    CORRECTED,
    CREDIT_PUSHED,
    DEREGISTERED,
    GRANTED,
    LICENCE_GONE,
    NOTIFIED,
    OFFICE,
    ORDERED,
    PARTY,
    PUBLISHED,
    REVOKED,
    VERIFIED,
    WD,
    about,
    annuls_at_once,
    is_one_of,
    licence,
    of_hr,
    orders_first,
)
from domain.clocks.words import ClockRule, Ending, Seen, Start, Stop, event, field, subject_id, uscc

order = field("order_id")
region = field("region")
_ENDS = (ANNULLED, REVOKED)


def _correction_ending(seen: Seen) -> Ending:
    return Ending.FULFILLED if seen.fact.outcome.value == "CORRECTED" else Ending.LAPSED


ENDING_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="DL-LIC-14",
        zh="许可信息推送公示（双公示）",
        en="Publish a grant",
        debtor=OFFICE,
        owner="HRSS_MKT",
        period=WD(7),
        setting="publication_working_days",
        basis="双公示；平台规则（R12，默认7个工作日，可配置）",
        mark="W",
        started_by=(Start(type=GRANTED, key=event, when=of_hr, on=lambda seen: seen.effective),),
        stopped_by=(Stop(type=CREDIT_PUSHED, key=about),),
        on_elapse="breach",
    ),
    ClockRule(
        code="DL-LIC-16",
        zh="核查告知承诺",
        en="Verify a commitment",
        debtor=OFFICE,
        owner=None,
        period=Period(2, Unit.MO),
        setting="commitment_check_months",
        basis="辽宁省人力资源市场管理通知（2024-11-11）二；平台规则（承诺核查，默认2个月，可配置）",
        mark="P",
        started_by=(
            Start(
                type=GRANTED,
                key=licence,
                when=is_one_of("mode", "COMMITMENT"),
                on=lambda seen: seen.effective,
            ),
        ),
        stopped_by=(Stop(type=VERIFIED, key=licence), *LICENCE_GONE),
        on_elapse="breach",
        commands=("VerifyCommitment",),
    ),
    ClockRule(
        code="R05-ORDER",
        zh="责令限期改正",
        en="Order the correction",
        debtor=OFFICE,
        owner=None,
        period=CD(0),
        rolls=False,
        basis="平台规则（R05，当日责令，是否先行责令可配置）",
        mark="P",
        started_by=(
            Start(
                type=VERIFIED,
                key=uscc,
                item=licence,
                when=is_one_of("result", "FAILED"),
                where=orders_first,
            ),
        ),
        stopped_by=(
            Stop(type=ORDERED, key=subject_id, item=about),
            *(
                Stop(type=name, key=uscc, item=licence, ending=Ending.MOOT)
                for name in (*_ENDS, DEREGISTERED)
            ),
        ),
        on_elapse="breach",
        commands=("OrderCorrection",),
    ),
    ClockRule(
        code="CORR",
        watched=True,
        zh="改正期限",
        en="Correct as ordered",
        debtor=PARTY,
        owner=None,
        period=None,
        rolls=False,
        basis="责令改正决定书所定期限；行政处罚法第28条",
        mark="V",
        started_by=(Start(type=ORDERED, key=order, until=lambda seen, _: seen.fact.due),),
        stopped_by=(Stop(type=CORRECTED, key=order, ending=_correction_ending),),
        commands=("VerifyCorrection",),
    ),
    ClockRule(
        code="R05-ANNUL",
        zh="撤销未改正的许可",
        en="Annul the licence that was not corrected",
        debtor=OFFICE,
        owner="HRSS_APPR",
        period=WD(20),
        setting="annulment_working_days",
        basis="辽宁省人力资源市场管理通知（2024-11-11）二；平台规则（R05，默认20个工作日，可配置）；行政许可法第69条",
        mark="P",
        started_by=(
            Start(
                type=CORRECTED,
                key=subject_id,
                item=about,
                when=is_one_of("outcome", "NOT_CORRECTED", "REFUSED"),
            ),
            Start(
                type=VERIFIED,
                key=uscc,
                item=licence,
                when=is_one_of("result", "FAILED"),
                where=annuls_at_once,
            ),
        ),
        grounds=(Stop(type=VERIFIED, key=uscc, item=licence, when=is_one_of("result", "FAILED")),),
        stopped_by=(
            Stop(type=ANNULLED, key=uscc, item=licence),
            *(
                Stop(type=name, key=uscc, item=licence, ending=Ending.MOOT)
                for name in (REVOKED, DEREGISTERED)
            ),
        ),
        on_elapse="breach",
        commands=("AnnulLicence",),
    ),
    ClockRule(
        code="R05-DEREG",
        zh="注销已终止的许可",
        en="Deregister an ended licence",
        debtor=OFFICE,
        owner="HRSS_APPR",
        period=WD(10),
        setting="deregistration_working_days",
        basis="平台规则（R05，默认10个工作日，可配置）；行政许可法第70条",
        mark="P",
        started_by=tuple(Start(type=name, key=licence, when=of_hr) for name in _ENDS),
        stopped_by=(Stop(type=DEREGISTERED, key=licence),),
        on_elapse="breach",
        commands=("DeregisterLicence",),
    ),
    *(
        ClockRule(
            code=code,
            zh=zh,
            en=en,
            debtor=OFFICE,
            owner=owner,
            period=WD(5),
            setting="end_of_licence_working_days",
            basis="平台规则（R11，默认5个工作日，可配置）",
            mark="P",
            started_by=tuple(Start(type=name, key=event, when=of_hr) for name in _ENDS),
            stopped_by=(Stop(type=stop, key=about),),
            on_elapse="breach",
        )
        for code, zh, en, owner, stop in (
            ("R11-NOTICE", "通知市场监管", "Tell market regulation", "HRSS_APPR", NOTIFIED),
            (
                "R11-CREDIT",
                "推送信用平台",
                "Push to the credit platform",
                "HRSS_MKT",
                CREDIT_PUSHED,
            ),
        )
    ),
    ClockRule(
        code="R11-DIR",
        zh="移出名录并公布",
        en="Publish the directory without the firm",
        debtor=OFFICE,
        owner="HRSS_MKT",
        period=WD(5),
        setting="end_of_licence_working_days",
        basis="平台规则（R11，默认5个工作日，可配置）；人力资源市场暂行条例第22条",
        mark="P",
        started_by=tuple(Start(type=name, key=region, when=of_hr) for name in _ENDS),
        stopped_by=(Stop(type=PUBLISHED, key=region),),
        on_elapse="breach",
        commands=("PublishDirectory",),
    ),
)

AWAITING_EVENTS: tuple[ClockRule, ...] = tuple(
    ClockRule(
        code=code,
        zh=zh,
        en=en,
        debtor=debtor,
        owner=owner,
        period=period,
        rolls=rolls,
        basis=basis,
        mark=mark,
        note=note,
    )
    for code, zh, en, debtor, owner, period, rolls, basis, mark, note in (
        (
            "DL-LIC-10",
            "劳务派遣年度报告",
            "Annual dispatch report",
            PARTY,
            "HRSS_MKT",
            None,
            False,
            "劳务派遣行政许可实施办法（每年3月31日前）",
            "W",
            "fixed date 31 March; no report event yet",
        ),
        (
            "DL-LIC-11",
            "人力资源服务机构年度报告",
            "Annual report of agencies",
            PARTY,
            "HRSS_MKT",
            None,
            False,
            "人力资源市场暂行条例第36条（规定期限）",
            "P",
            "fixed date, annual_report_month and annual_report_day; no report event yet",
        ),
        (
            "DL-LIC-13",
            "缴存备用金",
            "Deposit the reserve fund",
            PARTY,
            "COM",
            WD(5),
            True,
            "对外劳务合作管理条例第9条",
            "V",
            "no reserve-fund event yet",
        ),
        (
            "DL-LIC-15",
            "申请大型活动安全许可",
            "Apply for an event permit",
            PARTY,
            "PSB",
            None,
            False,
            "大型群众性活动安全管理条例第13条（举办20日前）",
            "V",
            "the application does not carry the day of the event yet",
        ),
    )
)
"""Terms of the reference whose events do not exist yet: listed, never started."""
