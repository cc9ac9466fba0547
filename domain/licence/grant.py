"""The grant of a licence: what stands before it, and the certificate that comes with it.

1. In the general procedure an application is accepted before it is granted. By commitment
   the decision is made on the spot after formal review (令50 7; reference 3.4).
2. After an annulment nothing is granted without a new application (行政许可法 69).
3. The region's years run from the day of the grant; a licence granted to follow one that
   runs out begins on the next day.
4. An electronic certificate is delivered with the grant (S2; reference 3.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from domain import organisation
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
from domain.licence.application import (
    ApplicationNotAccepted,
    must_not_hold,
    open_application,
    reads_firm,
)
from domain.licence.facts import (
    Certificate,
    CertificateDelivered,
    CertificateForm,
    LicenceGranted,
    LicenceType,
    Mode,
    Type,
)
from domain.licence.rules import (
    must_be_open_to_commitment,
    must_cover,
    must_deal_with,
    must_meet_conditions,
    validity_years,
)
from domain.licence.state import ApplicationState, Licences, fold, stream_of
from domain.terms import (
    DocumentNumber,
    ShortText,
    Term,
    Uscc,
)


@command(
    zh="准予许可", en="Grant a licence", source="人力资源市场暂行条例第19条", irreversible=True
)
@dataclass(frozen=True, kw_only=True)
class GrantLicence(Command):
    """Grants the licence applied for; by commitment after formal review, on the spot."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    scope: ShortText = "职业中介活动"
    valid_years: Annotated[int | None, Term(zh="有效年限", en="Years", minimum=1, maximum=20)] = (
        None
    )
    document_no: DocumentNumber | None = None
    form: Annotated[CertificateForm, Term(zh="证书形式", en="Form")] = CertificateForm.ELECTRONIC


class LicenceAnnulledBefore(Refusal):
    """An earlier grant was annulled and nothing new was applied for."""

    zh = "{organisation}的{type}（{licence}）曾被撤销（{cause}），且没有新的一般程序申请。"
    en = "The {type} of {organisation} ({licence}) was annulled ({cause}); no new application stands."
    next_zh = "请由企业按一般程序重新申请，受理后再作决定。"
    next_en = "Let the firm apply anew in the general procedure; accept that, then decide."
    source = "行政许可法第69条；平台规则（承诺不实被撤销后按一般程序）"
    field = "organisation"


@decides(GrantLicence, reads=reads_firm)
def grant(asked: GrantLicence, history: History, context: Context) -> Iterator[Decided]:
    """Grants what was applied for; an electronic certificate is delivered with the grant."""
    uscc, kind = asked.organisation, asked.type
    row = must_deal_with(context, kind, uscc)
    registration = organisation.must_exist(organisation.received_registration(history, uscc))
    licences = fold(history.own(stream_of(uscc, kind)))
    _must_not_rest_on_an_annulled_grant(licences, uscc, kind)
    runs_out = must_not_hold(licences, row, uscc, context)
    application = open_application(licences, uscc, kind)
    accepted = application.state is ApplicationState.ACCEPTED
    on_the_spot = (
        application.mode is Mode.COMMITMENT and application.state is ApplicationState.APPLIED
    )
    if not accepted and not on_the_spot:
        raise ApplicationNotAccepted(
            application=application.application_id, state=application.state.value
        )
    if application.mode is Mode.COMMITMENT:
        must_be_open_to_commitment(row, uscc, history)
    must_cover(row, uscc, registration.scope, context.today)
    must_meet_conditions(row, application.full_time_staff, context.policy)
    valid_from = context.today if runs_out is None else runs_out + timedelta(days=1)
    years = validity_years(row, asked.valid_years, context.policy)
    licence_id, region = context.mint("L"), registration.region
    yield Decided(
        stream=stream_of(uscc, kind),
        subject=uscc,
        matter=application.matter,
        region=region,
        effective=valid_from,
        decided=context.moment,
        fact=LicenceGranted(
            licence_id=licence_id,
            application_id=application.application_id,
            uscc=uscc,
            type=kind,
            mode=application.mode,
            scope=asked.scope,
            online=application.online,
            region=region,
            valid_from=valid_from,
            valid_to=None if years is None else valid_until(valid_from, years),
            document_no=asked.document_no,
            certificate=Certificate(
                form=asked.form,
                serial=f"{region}{context.today.year}{_drawn(context, 'NO')}",
                issued_on=context.today,
                qr_token=_drawn(context, "QR"),
            ),
        ),
    )
    if asked.form is CertificateForm.ELECTRONIC:
        yield Decided(
            stream=stream_of(uscc, kind),
            subject=uscc,
            matter=application.matter,
            region=region,
            fact=CertificateDelivered(
                licence_id=licence_id,
                uscc=uscc,
                type=kind,
                form=asked.form,
                delivered_on=context.today,
            ),
        )


def _must_not_rest_on_an_annulled_grant(licences: Licences, uscc: str, kind: LicenceType) -> None:
    annulled = [one for one in licences.held if one.annulled_for is not None]
    if annulled and not (licences.application and licences.applied_since_annulment):
        last = annulled[-1]
        assert last.annulled_for is not None
        raise LicenceAnnulledBefore(
            organisation=uscc,
            type=kind.value,
            licence=last.licence_id,
            cause=last.annulled_for.value,
        )


def _drawn(context: Context, kind: str) -> str:
    """Letters and digits only, from a minted id: for a certificate's number and QR code."""
    return context.mint(kind).split("-", 1)[-1].upper().replace("-", "")
