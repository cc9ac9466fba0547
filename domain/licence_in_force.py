"""Acts on a licence in force: certificate, change, renewal, suspension, verification.

1. A paper certificate is delivered within ten working days; an electronic one comes with the
   grant (行政许可法 44).
2. The holder applies to renew in time, before expiry: 60 days for dispatch, 30 otherwise.
   Later only a new application is left (令19; 行政许可法 50).
3. Silence of the organ until expiry renews what was applied for in time (行政许可法 50).
4. A commitment is verified after the grant. A failed one names what is false and is a
   finding V-LIC-07 at the same time (S2 二; reference 5.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from domain import correction
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    command,
    decides,
)
from domain.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.deadlines import valid_until
from domain.errors import Refusal
from domain.facts import Fact, end_of
from domain.licence import (
    CertificateDelivered,
    CertificateForm,
    ChangeApplied,
    CommitmentVerified,
    LicenceChange,
    LicenceChanged,
    LicenceType,
    RenewalApplied,
    Type,
    VerificationResult,
)
from domain.licence_rules import (
    KINDS,
    NotInForce,
    must_deal_with,
    validity_years,
)
from domain.licence_state import (
    CommitmentCheck,
    Licence,
    Licences,
    LicenceState,
    fold,
    stream_of,
)
from domain.terms import Identifier, ShortText, Term, Uscc
from domain.violations import violation

FALSE_COMMITMENT = "V-LIC-07"


@command(zh="送达证书", en="Deliver a certificate", source="行政许可法 44")
@dataclass(frozen=True, kw_only=True)
class DeliverCertificate(Command):
    """Records the delivery of a paper certificate."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    delivered_on: Annotated[date | None, Term(zh="送达日期", en="Delivered on")] = None


@command(zh="申请变更许可", en="Apply to change a licence", source="行政许可法 49")
@dataclass(frozen=True, kw_only=True)
class ApplyForChange(Command):
    """Records the holder's application to change an item."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    what: ShortText


@command(zh="申请延续许可", en="Apply to renew a licence", source="行政许可法 50")
@dataclass(frozen=True, kw_only=True)
class ApplyForRenewal(Command):
    """Records the holder's application to renew; late applications are refused by name."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS


@command(zh="变更许可", en="Change a licence", source="行政许可法 49, 50")
@dataclass(frozen=True, kw_only=True)
class ChangeLicence(Command):
    """Changes, renews, replaces, suspends or resumes a licence in force."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    change: Annotated[LicenceChange, Term(zh="变更种类", en="Change")]
    what: ShortText | None = None
    valid_years: Annotated[int | None, Term(zh="有效年限", en="Years", minimum=1, maximum=20)] = (
        None
    )


@command(zh="视为准予延续", en="Deem a renewal granted", source="行政许可法 50", automatic=True)
@dataclass(frozen=True, kw_only=True)
class DeemRenewalGranted(Command):
    """Silence until expiry: a renewal applied for in time counts as granted."""

    organisation: Uscc
    type: Type
    licence: Identifier


@command(zh="核查承诺", en="Verify a commitment", source="S2 二")
@dataclass(frozen=True, kw_only=True)
class VerifyCommitment(Command):
    """Records the check of the promised conditions; FAILED needs at least one failure."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    result: Annotated[VerificationResult, Term(zh="核查结果", en="Result")]
    failures: Annotated[tuple[ShortText, ...], Term(zh="不符事项", en="Failures")] = ()


class CertificateAlreadyDelivered(Refusal):
    """The holder has the certificate."""

    zh = "许可{licence}的证书已送达。"
    en = "The certificate of {licence} has been delivered."
    next_zh = "无需再次送达；需换发的，办理换发。"
    next_en = "Nothing to deliver; replace it if needed."
    source = "行政许可法 44"
    field = "organisation"


class DeliveryDateInFuture(DateInFuture):
    """The certificate has not been delivered yet."""

    field = "delivered_on"


class DeliveredBeforeGrant(DateBeforeItsGround):
    """The delivery is dated before the grant."""

    field = "delivered_on"


class ChangeApplicationOpen(Refusal):
    """A change is being dealt with."""

    zh = "许可{licence}的变更申请正在办理。"
    en = "An application to change {licence} is open."
    next_zh = "请先办结该变更。"
    next_en = "Decide it first."
    source = "行政许可法 49"
    field = "organisation"


class RenewalTooLate(Refusal):
    """The time to apply for renewal has passed."""

    zh = "许可{licence}有效期至{valid_to}，延续申请最迟应于{latest}提出。"
    en = "{licence} is valid to {valid_to}; its renewal had to be applied for by {latest}."
    next_zh = "请按新申请办理。"
    next_en = "Apply for a new licence."
    source = "行政许可法 50; 令19"
    field = "organisation"


class RenewalAlreadyApplied(Refusal):
    """The renewal was applied for."""

    zh = "许可{licence}已于{applied_on}申请延续。"
    en = "The renewal of {licence} was applied for on {applied_on}."
    next_zh = "请在有效期届满前决定是否延续。"
    next_en = "Decide on it before the licence expires."
    source = "行政许可法 50"
    field = "organisation"


class NothingToRenew(Refusal):
    """The licence has no last day."""

    zh = "许可{licence}没有有效期限，无需延续。"
    en = "{licence} has no last day; there is nothing to renew."
    next_zh = "无需办理。"
    next_en = "Nothing to do."
    source = "行政许可法 50"
    field = "organisation"


class RenewalNotApplied(Refusal):
    """Nobody asked for the renewal."""

    zh = "许可{licence}没有延续申请。"
    en = "No renewal of {licence} was applied for."
    next_zh = "请先登记延续申请。"
    next_en = "Record the application first."
    source = "行政许可法 50"
    field = "change"


class RenewalTermRunning(Refusal):
    """The licence has not expired in silence."""

    zh = "许可{licence}有效期至{valid_to}，尚未届满。"
    en = "{licence} is valid to {valid_to}, which has not passed."
    next_zh = "届满未决定的，自动视为准予延续。"
    next_en = "It counts as renewed when that day has passed without a decision."
    source = "行政许可法 50"
    transient = True


class ChangeNotNamed(Refusal):
    """The change does not say what changes."""

    zh = "变更许可须写明变更事项。"
    en = "A change must say what is changed."
    next_zh = "请填写变更事项。"
    next_en = "Say what is changed."
    source = "行政许可法 49"
    field = "what"


class AlreadySuspended(Refusal):
    """The licence is suspended."""

    zh = "许可{licence}已暂扣。"
    en = "{licence} is suspended."
    next_zh = "需恢复的，请办理恢复。"
    next_en = "Resume it if it is to come back."
    source = "行政处罚法 9(3)"
    field = "change"


class NotSuspended(Refusal):
    """The licence is not suspended."""

    zh = "许可{licence}未被暂扣。"
    en = "{licence} is not suspended."
    next_zh = "无需恢复。"
    next_en = "There is nothing to resume."
    source = "行政处罚法 9(3)"
    field = "change"


class NothingToVerify(Refusal):
    """No commitment waits for verification."""

    zh = "许可{licence}没有待核查的承诺（{check}）。"
    en = "No commitment on {licence} waits for verification ({check})."
    next_zh = "按一般程序取得的许可，或已核查的承诺，无需核查。"
    next_en = "A general grant, or a commitment verified before, needs none."
    source = "S2 二; reference 3.4"
    field = "organisation"


class VerificationNeedsFailures(Refusal):
    """A failed verification names nothing."""

    zh = "核查不实须写明不符事项。"
    en = "A failed verification must name what is false."
    next_zh = "请填写不符事项。"
    next_en = "Name each false item."
    source = "S2 二"
    field = "failures"


class FailuresOnlyWithFailed(Refusal):
    """A passed verification names failures."""

    zh = "核查结果为{result}，不得填写不符事项（{failures}）。"
    en = "The result is {result}, yet failures are named ({failures})."
    next_zh = "请改为核查不实，或删去不符事项。"
    next_en = "Make it FAILED, or remove the failures."
    source = "S2 二"
    field = "failures"


_Act = (
    DeliverCertificate
    | ApplyForChange
    | ApplyForRenewal
    | ChangeLicence
    | DeemRenewalGranted
    | VerifyCommitment
)


def _reads(asked: _Act) -> tuple[Read, ...]:
    return (Own(stream=stream_of(asked.organisation, asked.type)),)


def _standing(asked: _Act, history: History, context: Context) -> Licence:
    """The licence in force (or suspended), dealt with by an organ that may, else NotInForce."""
    must_deal_with(context, asked.type, asked.organisation)
    return standing_licence(
        fold(history.own(stream_of(asked.organisation, asked.type))),
        asked.organisation,
        asked.type,
        context.today,
    )


def standing_licence(licences: Licences, uscc: str, kind: LicenceType, day: date) -> Licence:
    """The licence that is in force or suspended on a day, or NotInForce with its state."""
    standing = licences.standing(day)
    if standing is None:
        last = licences.latest
        raise NotInForce(
            organisation=uscc,
            type=kind.value,
            state="NONE" if last is None else last.state_on(day).value,
        )
    return standing


def on_licence(
    licence: Licence, uscc: str, kind: LicenceType, fact: Fact, *, effective: date | None = None
) -> Decided:
    """A fact on a licence's own stream, in its matter and region."""
    return Decided(
        stream=stream_of(uscc, kind),
        subject=uscc,
        matter=licence.matter,
        region=licence.region,
        effective=effective,
        fact=fact,
    )


@decides(DeliverCertificate, reads=_reads)
def deliver(asked: DeliverCertificate, history: History, context: Context) -> Iterator[Decided]:
    """Records the delivery of a paper certificate, once."""
    licence = _standing(asked, history, context)
    if licence.delivered:
        raise CertificateAlreadyDelivered(licence=licence.licence_id)
    day = asked.delivered_on or context.today
    must_have_come(day, context.today, DeliveryDateInFuture)
    must_follow(day, licence.granted_on, DeliveredBeforeGrant)
    yield on_licence(
        licence,
        asked.organisation,
        asked.type,
        CertificateDelivered(
            licence_id=licence.licence_id,
            uscc=asked.organisation,
            type=asked.type,
            form=CertificateForm.PAPER,
            delivered_on=day,
        ),
        effective=day,
    )


@decides(ApplyForChange, reads=_reads)
def apply_for_change(
    asked: ApplyForChange, history: History, context: Context
) -> Iterator[Decided]:
    """Opens an application to change an item."""
    licence = _standing(asked, history, context)
    if licence.change_open:
        raise ChangeApplicationOpen(licence=licence.licence_id)
    yield on_licence(
        licence,
        asked.organisation,
        asked.type,
        ChangeApplied(
            licence_id=licence.licence_id,
            uscc=asked.organisation,
            type=asked.type,
            what=asked.what,
            applied_on=context.today,
        ),
    )


@decides(ApplyForRenewal, reads=_reads)
def apply_for_renewal(
    asked: ApplyForRenewal, history: History, context: Context
) -> Iterator[Decided]:
    """Records an application to renew that comes in time."""
    licence = _standing(asked, history, context)
    row = KINDS[asked.type]
    if licence.valid_to is None or row.renewal is None:
        raise NothingToRenew(licence=licence.licence_id)
    if licence.renewal_applied_on is not None:
        raise RenewalAlreadyApplied(
            licence=licence.licence_id, applied_on=licence.renewal_applied_on
        )
    latest = licence.valid_to - timedelta(days=int(context.policy[row.renewal]))
    if context.today > latest:
        raise RenewalTooLate(licence=licence.licence_id, valid_to=licence.valid_to, latest=latest)
    yield on_licence(
        licence,
        asked.organisation,
        asked.type,
        RenewalApplied(
            licence_id=licence.licence_id,
            uscc=asked.organisation,
            type=asked.type,
            applied_on=context.today,
            expires_on=licence.valid_to,
        ),
    )


@decides(ChangeLicence, reads=_reads)
def change(asked: ChangeLicence, history: History, context: Context) -> Iterator[Decided]:
    """Changes, renews, replaces, suspends or resumes a licence in force."""
    licence = _standing(asked, history, context)
    suspended = licence.state is LicenceState.SUSPENDED
    if asked.change is LicenceChange.CHANGED and not asked.what:
        raise ChangeNotNamed()
    if asked.change is LicenceChange.RENEWED and licence.renewal_applied_on is None:
        raise RenewalNotApplied(licence=licence.licence_id)
    if asked.change is LicenceChange.SUSPENDED and suspended:
        raise AlreadySuspended(licence=licence.licence_id)
    if asked.change is LicenceChange.RESUMED and not suspended:
        raise NotSuspended(licence=licence.licence_id)
    yield on_licence(
        licence,
        asked.organisation,
        asked.type,
        LicenceChanged(
            licence_id=licence.licence_id,
            uscc=asked.organisation,
            type=asked.type,
            change=asked.change,
            what=asked.what,
            valid_to=_renewed_to(licence, asked.type, asked.valid_years, context)
            if asked.change is LicenceChange.RENEWED
            else None,
        ),
    )


@decides(DeemRenewalGranted, reads=_reads)
def deem_renewed(
    asked: DeemRenewalGranted, history: History, context: Context
) -> Iterator[Decided]:
    """Renews by silence; a licence decided on or ended meanwhile gives nothing."""
    licences = fold(history.own(stream_of(asked.organisation, asked.type)))
    licence = next((one for one in licences.held if one.licence_id == asked.licence), None)
    if (
        licence is None
        or licence.valid_to is None
        or licence.renewal_applied_on is None
        or licence.state not in (LicenceState.GRANTED, LicenceState.SUSPENDED)
    ):
        return
    if context.now < end_of(licence.valid_to):
        raise RenewalTermRunning(licence=licence.licence_id, valid_to=licence.valid_to)
    yield on_licence(
        licence,
        asked.organisation,
        asked.type,
        LicenceChanged(
            licence_id=licence.licence_id,
            uscc=asked.organisation,
            type=asked.type,
            change=LicenceChange.RENEWED,
            valid_to=_renewed_to(licence, asked.type, None, context),
            deemed=True,
        ),
        effective=licence.valid_to + timedelta(days=1),
    )


def _renewed_to(
    licence: Licence, kind: LicenceType, asked: int | None, context: Context
) -> date | None:
    years = validity_years(KINDS[kind], asked, context.policy)
    if years is None or licence.valid_to is None:
        return None
    return valid_until(licence.valid_to + timedelta(days=1), years)


@decides(
    VerifyCommitment,
    reads=lambda asked: (
        *_reads(asked),
        Own(stream=correction.stream_of(asked.organisation)),
    ),
)
def verify(asked: VerifyCommitment, history: History, context: Context) -> Iterator[Decided]:
    """Records the check of a commitment; a failed one is a finding too."""
    licence = _standing(asked, history, context)
    if licence.check is not CommitmentCheck.PENDING:
        raise NothingToVerify(licence=licence.licence_id, check=licence.check.value)
    failed = asked.result is VerificationResult.FAILED
    if failed and not asked.failures:
        raise VerificationNeedsFailures()
    if asked.failures and not failed:
        raise FailuresOnlyWithFailed(result=asked.result.value, failures="；".join(asked.failures))
    yield on_licence(
        licence,
        asked.organisation,
        asked.type,
        CommitmentVerified(
            licence_id=licence.licence_id,
            uscc=asked.organisation,
            type=asked.type,
            result=asked.result,
            failures=asked.failures,
        ),
    )
    if failed:
        yield Decided(
            stream=correction.stream_of(asked.organisation),
            subject=asked.organisation,
            matter=licence.matter,
            region=licence.region,
            fact=correction.ViolationFound(
                finding_id=context.mint("V"),
                code=FALSE_COMMITMENT,
                severity=violation(FALSE_COMMITMENT, context.today).severity,
                uscc=asked.organisation,
                about=licence.licence_id,
                facts=asked.failures,
                act_from=licence.valid_from,
            ),
        )
