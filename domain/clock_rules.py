"""Every clock of registration, push, licensing and filing, as one table (reference 3.5, 4.3, 14.3).

Law where `mark` is V; S2 and S3 name a seed, W a secondary source, P a platform default that
the region may change. Periods of the licensing law are working days (行政许可法 82); the 15日 of
人力资源市场暂行条例 are calendar days that roll [P]. A commencement day named in a document
counts; a platform clock [P] runs from the day the fact was recorded.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.clock_words import (
    ClockRule,
    Debtor,
    Ending,
    Extension,
    Policy,
    Seen,
    Start,
    Stop,
    event,
    field,
    uscc,
)
from domain.deadlines import Period, Unit, before
from domain.scope_matching import classify

REGISTERED = "subject.registered.v1"
REGISTRATION_CHANGED = "subject.registration_changed.v1"
PUSHED = "push.scope_pushed.v1"
CLAIMED = "push.claimed.v1"
GUIDED = "push.guidance_issued.v1"
DISPOSED = "push.disposed.v1"
WARNED = "risk.warning_raised.v1"
APPLIED = "licence.applied.v1"
HANDLED = "licence.application_handled.v1"
COMPLETED = "licence.completion_submitted.v1"
EXTENDED = "licence.term_extended.v1"
GRANTED = "licence.granted.v1"
DELIVERED = "licence.certificate_delivered.v1"
CHANGE_APPLIED = "licence.change_applied.v1"
RENEWAL_APPLIED = "licence.renewal_applied.v1"
CHANGED = "licence.changed.v1"
VERIFIED = "licence.commitment_verified.v1"
ANNULLED = "licence.annulled.v1"
REVOKED = "licence.revoked.v1"
SERVED = "licence.decision_served.v1"
DEREGISTERED = "licence.deregistered.v1"
NOTIFIED = "licence.end_notified.v1"
ORDERED = "correction.ordered.v1"
CORRECTED = "correction.verified.v1"
FILED = "filing.recorded.v1"
PUBLISHED = "directory.published.v1"
CREDIT_PUSHED = "credit.record_pushed.v1"

HR_LICENCES = ("LIC_HRS", "LIC_DISPATCH")

push = field("push_id")
licence = field("licence_id")
application = field("application_id")
about = field("about")


def WD(n: int) -> Period:
    """Working days."""
    return Period(n, Unit.WD)


def CD(n: int) -> Period:
    """Calendar days."""
    return Period(n, Unit.CD)


def _day(name: str) -> Any:
    def read(seen: Seen) -> date:
        day: date = getattr(seen.fact, name)
        return day

    return read


def _of_type(*types: str) -> Any:
    return lambda seen: seen.fact.type.value in types


def _of_hr(seen: Seen) -> bool:
    return seen.fact.type.value in HR_LICENCES


def _is(name: str, *values: str) -> Any:
    return lambda seen: getattr(seen.fact, name).value in values


def _both(*conditions: Any) -> Any:
    return lambda seen: all(condition(seen) for condition in conditions)


def _matches(seen: Seen) -> bool:
    return classify(seen.fact.scope, seen.recorded_on).matches


def _new_scope_matches(seen: Seen) -> bool:
    return (
        seen.fact.change.value == "SCOPE"
        and bool(seen.fact.after)
        and classify(seen.fact.after, seen.recorded_on).matches
    )


def _on_paper(seen: Seen) -> bool:
    certificate = seen.fact.certificate
    return certificate is None or certificate.form.value == "PAPER"


def _orders_first(policy: Policy) -> bool:
    return bool(policy.get("correction_before_annulment", True))


def _annuls_at_once(policy: Policy) -> bool:
    return not _orders_first(policy)


def _renew_by(setting: str, days: int) -> Any:
    def last_day(seen: Seen, policy: Policy) -> date | None:
        expiry: date | None = seen.fact.valid_to
        return None if expiry is None else before(expiry, CD(policy.get(setting, days))).day

    return last_day


def _deemed(seen: Seen) -> Ending:
    return Ending.DEEMED if seen.fact.deemed else Ending.FULFILLED


def _applicant(seen: Seen) -> dict[str, str]:
    return {
        "organisation": seen.fact.uscc,
        "type": seen.fact.type.value,
        "application": seen.fact.application_id,
    }


def _holder(seen: Seen) -> dict[str, str]:
    return {
        "organisation": seen.fact.uscc,
        "type": seen.fact.type.value,
        "licence": seen.fact.licence_id,
    }


def _pushed_firm(seen: Seen) -> dict[str, str]:
    return {"organisation": seen.fact.uscc, "push": seen.fact.push_id}


_SUBJECT_GONE = Stop(
    type=REGISTRATION_CHANGED, key=uscc, when=_is("change", "CANCELLED"), ending=Ending.MOOT
)
_LICENCE_GONE = tuple(
    Stop(type=name, key=licence, ending=Ending.MOOT) for name in (ANNULLED, REVOKED, DEREGISTERED)
)
_DECIDED = (
    Stop(type=GRANTED, key=application),
    Stop(type=HANDLED, key=application, when=_is("outcome", "DENIED", "NOT_ACCEPTED", "WITHDRAWN")),
    Stop(
        type=HANDLED,
        key=application,
        when=_is("outcome", "COMPLETION_REQUESTED"),
        ending=Ending.MOOT,
    ),
)
_TEN_MORE = (Extension(type=EXTENDED, key=application, by=10),)
_OFFICE, _PARTY = Debtor.OFFICE, Debtor.PARTY


def _received(*types: str) -> tuple[Start, ...]:
    """The receipt of an application, and again of what was missing from it."""
    return (
        Start(type=APPLIED, key=application, when=_of_type(*types), on=_day("applied_on")),
        Start(type=COMPLETED, key=application, when=_of_type(*types)),
    )


def _accepted(*types: str) -> tuple[Start, ...]:
    """The day on which acceptance takes effect; deemed acceptance counts from the receipt."""
    return (
        Start(
            type=HANDLED,
            key=application,
            when=_both(_of_type(*types), _is("outcome", "ACCEPTED")),
            on=lambda seen: seen.effective,
        ),
    )


PUSH_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="R01",
        zh="推送经营范围",
        en="Push a matching scope",
        debtor=_OFFICE,
        owner="SAMR",
        period=WD(3),
        setting="push_working_days",
        basis="S2 八（及时）; reference 14.3 R01",
        mark="P",
        started_by=(
            Start(type=REGISTERED, key=uscc, item=event, when=_matches),
            Start(type=REGISTRATION_CHANGED, key=uscc, item=event, when=_new_scope_matches),
        ),
        stopped_by=(Stop(type=PUSHED, key=uscc, item=field("registration_event")), _SUBJECT_GONE),
        on_elapse="breach",
    ),
    ClockRule(
        code="R02",
        zh="认领推送",
        en="Claim a push",
        debtor=_OFFICE,
        owner="HRSS_MKT",
        period=WD(5),
        setting="claim_working_days",
        basis="reference 14.3 R02",
        mark="P",
        started_by=(Start(type=PUSHED, key=uscc, item=push),),
        stopped_by=(
            Stop(type=CLAIMED, key=uscc, item=push),
            Stop(type=DISPOSED, key=uscc, item=push),
            _SUBJECT_GONE,
        ),
        on_elapse="breach",
        commands=("ClaimPush",),
    ),
    ClockRule(
        code="R03",
        zh="出具许可备案指引",
        en="Issue licensing guidance",
        debtor=_OFFICE,
        owner="HRSS_MKT",
        period=WD(5),
        setting="guidance_working_days",
        basis="reference 14.3 R03",
        mark="P",
        started_by=(
            Start(type=CLAIMED, key=uscc, item=push, when=lambda seen: bool(seen.fact.needs)),
        ),
        stopped_by=(
            Stop(type=GUIDED, key=uscc, item=push),
            Stop(type=DISPOSED, key=uscc, item=push),
            _SUBJECT_GONE,
        ),
        on_elapse="breach",
        commands=("IssueLicensingGuidance", "DisposePush"),
    ),
    ClockRule(
        code="DL-PUSH-01",
        zh="推送未决预警",
        en="A push stays unresolved",
        debtor=_PARTY,
        owner="HRSS_MKT",
        period=WD(30),
        setting="unresolved_push_working_days",
        basis="reference 4.3",
        mark="P",
        started_by=(Start(type=PUSHED, key=uscc, item=push, data=_pushed_firm),),
        stopped_by=(Stop(type=DISPOSED, key=uscc, item=push), _SUBJECT_GONE),
        acted=(Stop(type=WARNED, key=uscc, item=about),),
        on_elapse="WarnOfUnresolvedPush",
        commands=("DisposePush",),
    ),
    ClockRule(
        code="R22",
        zh="主体终止后注销许可",
        en="Deregister the licence of an ended subject",
        debtor=_OFFICE,
        owner="HRSS_APPR",
        period=WD(10),
        setting="ended_subject_working_days",
        basis="reference 14.3 R22; 行政许可法 70",
        mark="P",
        started_by=(
            Start(
                type=REGISTRATION_CHANGED,
                key=uscc,
                when=_is("change", "CANCELLED", "BUSINESS_LICENCE_REVOKED"),
            ),
        ),
        grounds=(Stop(type=GRANTED, key=uscc, item=licence, when=_of_hr),),
        stopped_by=(Stop(type=DEREGISTERED, key=uscc, item=licence),),
        on_elapse="breach",
        commands=("DeregisterLicence",),
    ),
)

APPLICATION_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="DL-LIC-01",
        zh="受理或一次性告知补正",
        en="Accept, or tell everything that is missing",
        debtor=_OFFICE,
        owner=None,
        period=WD(5),
        basis="行政许可法 32",
        mark="V",
        started_by=(
            Start(type=APPLIED, key=application, on=_day("applied_on"), data=_applicant),
            Start(type=COMPLETED, key=application, data=_applicant),
        ),
        stopped_by=(
            Stop(type=HANDLED, key=application, ending=_deemed),
            Stop(type=GRANTED, key=application),
        ),
        on_elapse="DeemApplicationAccepted",
        commands=("HandleLicenceApplication", "GrantLicence"),
        note="逾期不告知的，自收到之日起即为受理 / silence is acceptance from the receipt",
    ),
    ClockRule(
        code="DL-LIC-02",
        zh="作出人力资源服务许可决定",
        en="Decide a human-resources licence",
        debtor=_OFFICE,
        owner=None,
        period=WD(20),
        basis="人力资源市场暂行条例 19; 行政许可法 42",
        mark="V",
        started_by=_received("LIC_HRS"),
        stopped_by=_DECIDED,
        extended_by=_TEN_MORE,
        on_elapse="breach",
        commands=("GrantLicence", "HandleLicenceApplication", "ExtendDecisionTerm"),
    ),
    ClockRule(
        code="DL-LIC-03",
        zh="送达许可证书",
        en="Deliver the certificate",
        debtor=_OFFICE,
        owner=None,
        period=WD(10),
        basis="行政许可法 44; 令19 13",
        mark="V",
        started_by=(
            Start(type=GRANTED, key=licence, when=_on_paper, on=lambda seen: seen.effective),
        ),
        stopped_by=(Stop(type=DELIVERED, key=licence, on=_day("delivered_on")), *_LICENCE_GONE),
        on_elapse="breach",
        commands=("DeliverCertificate",),
        note="电子证书随决定签发 / an electronic certificate is issued with the grant",
    ),
    ClockRule(
        code="DL-LIC-04",
        zh="作出劳务派遣许可决定",
        en="Decide a dispatch licence",
        debtor=_OFFICE,
        owner=None,
        period=WD(20),
        basis="令19 12",
        mark="W",
        started_by=_accepted("LIC_DISPATCH"),
        stopped_by=_DECIDED,
        extended_by=_TEN_MORE,
        on_elapse="breach",
        commands=("GrantLicence", "HandleLicenceApplication", "ExtendDecisionTerm"),
    ),
    ClockRule(
        code="DL-LIC-05",
        zh="办理劳务派遣许可变更",
        en="Decide a change of a dispatch licence",
        debtor=_OFFICE,
        owner=None,
        period=WD(10),
        basis="令19",
        mark="W",
        started_by=(
            Start(
                type=CHANGE_APPLIED,
                key=licence,
                when=_of_type("LIC_DISPATCH"),
                on=_day("applied_on"),
            ),
        ),
        stopped_by=(
            Stop(type=CHANGED, key=licence, when=_is("change", "CHANGED", "REPLACED")),
            *_LICENCE_GONE,
        ),
        on_elapse="breach",
        commands=("ChangeLicence",),
    ),
    *(
        ClockRule(
            code=code,
            zh="申请延续许可",
            en=en,
            debtor=_PARTY,
            owner=None,
            period=None,
            rolls=False,
            basis=basis,
            mark=mark,
            started_by=(
                Start(type=GRANTED, key=licence, when=types, until=_renew_by(setting, days)),
                Start(
                    type=CHANGED,
                    key=licence,
                    when=_both(types, _is("change", "RENEWED")),
                    until=_renew_by(setting, days),
                ),
            ),
            stopped_by=(
                Stop(type=RENEWAL_APPLIED, key=licence, on=_day("applied_on")),
                Stop(type=CHANGED, key=licence, when=_is("change", "RENEWED")),
                *_LICENCE_GONE,
            ),
            commands=("ApplyForRenewal",),
        )
        for code, en, types, setting, days, basis, mark in (
            (
                "DL-LIC-06",
                "Apply to renew a dispatch licence",
                _of_type("LIC_DISPATCH"),
                "renewal_days_LIC_DISPATCH",
                60,
                "令19（届满60日前）",
                "W",
            ),
            (
                "DL-LIC-07",
                "Apply to renew a licence",
                _of_type("LIC_HRS", "QUAL_FLC"),
                "renewal_days",
                30,
                "行政许可法 50（届满30日前）",
                "V",
            ),
        )
    ),
    ClockRule(
        code="DL-LIC-07-DECIDE",
        zh="作出是否准予延续的决定",
        en="Decide a renewal before expiry",
        debtor=_OFFICE,
        owner=None,
        period=None,
        rolls=False,
        basis="行政许可法 50（届满前；逾期视为准予延续）",
        mark="V",
        started_by=(
            Start(
                type=RENEWAL_APPLIED,
                key=licence,
                on=_day("applied_on"),
                until=lambda seen, _: seen.fact.expires_on,
                data=_holder,
            ),
        ),
        stopped_by=(
            Stop(type=CHANGED, key=licence, when=_is("change", "RENEWED"), ending=_deemed),
            *_LICENCE_GONE,
        ),
        on_elapse="DeemRenewalGranted",
        commands=("ChangeLicence",),
    ),
    *(
        ClockRule(
            code=code,
            zh=zh,
            en=en,
            debtor=_PARTY,
            owner=None,
            period=CD(15),
            basis=basis,
            mark="V",
            started_by=(
                Start(
                    type=FILED,
                    key=field("filing_id"),
                    when=_is("kind", *kinds),
                    on=_day("event_on"),
                ),
            ),
            stopped_by=(
                Stop(
                    type=FILED,
                    key=field("filing_id"),
                    when=_is("kind", *kinds),
                    on=_day("filed_on"),
                ),
            ),
            same_fact=True,
            note="15日按自然日并顺延 [P]; B2",
        )
        for code, zh, en, kinds, basis in (
            (
                "DL-LIC-08",
                "人力资源服务备案",
                "File the services",
                ("FIL_HRS",),
                "人力资源市场暂行条例 18",
            ),
            (
                "DL-LIC-09",
                "书面报告分支机构、变更或终止",
                "Report a branch, a change or an ending",
                ("BRANCH", "CHANGE", "ENDING"),
                "人力资源市场暂行条例 20, 21",
            ),
        )
    ),
    ClockRule(
        code="DL-LIC-12",
        zh="作出对外劳务合作经营资格决定",
        en="Decide a foreign-labour qualification",
        debtor=_OFFICE,
        owner=None,
        period=WD(20),
        basis="对外劳务合作管理条例 7",
        mark="V",
        started_by=_received("QUAL_FLC"),
        stopped_by=_DECIDED,
        on_elapse="breach",
        commands=("GrantLicence", "HandleLicenceApplication"),
    ),
    ClockRule(
        code="DL-LIC-15-DECIDE",
        zh="作出大型活动安全许可决定",
        en="Decide an event permit",
        debtor=_OFFICE,
        owner=None,
        period=WD(7),
        basis="大型群众性活动安全管理条例 14; 行政许可法 82",
        mark="V",
        started_by=_accepted("PERMIT_EVENT"),
        stopped_by=_DECIDED,
        on_elapse="breach",
        commands=("GrantLicence", "HandleLicenceApplication"),
    ),
)
"""Terms around an application, a grant and a filing."""
