"""Acts on a licence in force: certificate, change, suspension.

1. A paper certificate is delivered within ten working days; an electronic one comes with the
   grant (行政许可法 44).
2. The holder applies to change an item; the organ changes, renews, replaces, suspends (暂扣)
   or resumes a licence in force (行政许可法 49, 50).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.calendar.deadlines import valid_until
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    command,
    decides,
)
from domain.errors import Refusal
from domain.licence.facts import (
    CertificateDelivered,
    CertificateForm,
    ChangeApplied,
    LicenceChange,
    LicenceChanged,
    LicenceType,
    Type,
)
from domain.licence.rules import (
    KINDS,
    on_licence,
    reads_licences,
    standing,
    validity_years,
)
from domain.licence.state import (
    Licence,
    LicenceState,
)
from domain.terms import ShortText, Term, Uscc


@command(zh="送达证书", en="Deliver a certificate", source="行政许可法第44条")
@dataclass(frozen=True, kw_only=True)
class DeliverCertificate(Command):
    """Records the delivery of a paper certificate."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    delivered_on: Annotated[date | None, Term(zh="送达日期", en="Delivered on")] = None


@command(zh="申请变更许可", en="Apply to change a licence", source="行政许可法第49条")
@dataclass(frozen=True, kw_only=True)
class ApplyForChange(Command):
    """Records the holder's application to change an item."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    what: ShortText


@command(zh="变更许可", en="Change a licence", source="行政许可法第49、50条")
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


class CertificateAlreadyDelivered(Refusal):
    """The holder has the certificate."""

    zh = "许可{licence}的证书已送达。"
    en = "The certificate of {licence} has been delivered."
    next_zh = "无需再次送达；需换发的，办理换发。"
    next_en = "Nothing to deliver; replace it if needed."
    source = "行政许可法第44条"
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
    source = "行政许可法第49条"
    field = "organisation"


class RenewalNotApplied(Refusal):
    """Nobody asked for the renewal."""

    zh = "许可{licence}没有延续申请。"
    en = "No renewal of {licence} was applied for."
    next_zh = "请先登记延续申请。"
    next_en = "Record the application first."
    source = "行政许可法第50条"
    field = "change"


class ChangeNotNamed(Refusal):
    """The change does not say what changes."""

    zh = "变更许可须写明变更事项。"
    en = "A change must say what is changed."
    next_zh = "请填写变更事项。"
    next_en = "Say what is changed."
    source = "行政许可法第49条"
    field = "what"


class AlreadySuspended(Refusal):
    """The licence is suspended."""

    zh = "许可{licence}已暂扣。"
    en = "{licence} is suspended."
    next_zh = "需恢复的，请办理恢复。"
    next_en = "Resume it if it is to come back."
    source = "行政处罚法第9条第（三）项"
    field = "change"


class NotSuspended(Refusal):
    """The licence is not suspended."""

    zh = "许可{licence}未被暂扣。"
    en = "{licence} is not suspended."
    next_zh = "无需恢复。"
    next_en = "There is nothing to resume."
    source = "行政处罚法第9条第（三）项"
    field = "change"


@decides(DeliverCertificate, reads=reads_licences)
def deliver(asked: DeliverCertificate, history: History, context: Context) -> Iterator[Decided]:
    """Records the delivery of a paper certificate, once."""
    licence = standing(asked, history, context)
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


@decides(ApplyForChange, reads=reads_licences)
def apply_for_change(
    asked: ApplyForChange, history: History, context: Context
) -> Iterator[Decided]:
    """Opens an application to change an item."""
    licence = standing(asked, history, context)
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


@decides(ChangeLicence, reads=reads_licences)
def change(asked: ChangeLicence, history: History, context: Context) -> Iterator[Decided]:
    """Changes, renews, replaces, suspends or resumes a licence in force."""
    licence = standing(asked, history, context)
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
            valid_to=renewed_to(licence, asked.type, asked.valid_years, context)
            if asked.change is LicenceChange.RENEWED
            else None,
        ),
    )


def renewed_to(
    licence: Licence, kind: LicenceType, asked: int | None, context: Context
) -> date | None:
    years = validity_years(KINDS[kind], asked, context.policy)
    if years is None or licence.valid_to is None:
        return None
    return valid_until(licence.valid_to + timedelta(days=1), years)
