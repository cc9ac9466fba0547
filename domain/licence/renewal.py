"""The renewal of a licence before it expires (行政许可法 50; 令19).

1. The holder applies in time: 60 days before expiry for dispatch, 30 otherwise. Later only a
   new application is left.
2. Silence of the organ until expiry renews what was applied for in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    command,
    decides,
)
from domain.errors import Refusal
from domain.facts import end_of
from domain.licence.facts import (
    LicenceChange,
    LicenceChanged,
    LicenceType,
    RenewalApplied,
    Type,
)
from domain.licence.in_force import renewed_to
from domain.licence.rules import (
    KINDS,
    licences_of,
    on_licence,
    reads_licences,
    standing,
)
from domain.licence.state import (
    LicenceState,
)
from domain.terms import Identifier, Uscc


@command(zh="申请延续许可", en="Apply to renew a licence", source="行政许可法第50条")
@dataclass(frozen=True, kw_only=True)
class ApplyForRenewal(Command):
    """Records the holder's application to renew; late applications are refused by name."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS


@command(zh="视为准予延续", en="Deem a renewal granted", source="行政许可法第50条", automatic=True)
@dataclass(frozen=True, kw_only=True)
class DeemRenewalGranted(Command):
    """Silence until expiry: a renewal applied for in time counts as granted."""

    organisation: Uscc
    type: Type
    licence: Identifier


STANDING = (LicenceState.GRANTED, LicenceState.SUSPENDED)


class RenewalTooLate(Refusal):
    """The time to apply for renewal has passed."""

    zh = "许可{licence}有效期至{valid_to}，延续申请最迟应于{latest}提出。"
    en = "{licence} is valid to {valid_to}; its renewal had to be applied for by {latest}."
    next_zh = "请按新申请办理。"
    next_en = "Apply for a new licence."
    source = "行政许可法第50条；劳务派遣行政许可实施办法"
    field = "organisation"


class RenewalAlreadyApplied(Refusal):
    """The renewal was applied for."""

    zh = "许可{licence}已于{applied_on}申请延续。"
    en = "The renewal of {licence} was applied for on {applied_on}."
    next_zh = "请在有效期届满前决定是否延续。"
    next_en = "Decide on it before the licence expires."
    source = "行政许可法第50条"
    field = "organisation"


class NothingToRenew(Refusal):
    """The licence has no last day."""

    zh = "许可{licence}没有有效期限，无需延续。"
    en = "{licence} has no last day; there is nothing to renew."
    next_zh = "无需办理。"
    next_en = "Nothing to do."
    source = "行政许可法第50条"
    field = "organisation"


class RenewalTermRunning(Refusal):
    """The licence has not expired in silence."""

    zh = "许可{licence}有效期至{valid_to}，尚未届满。"
    en = "{licence} is valid to {valid_to}, which has not passed."
    next_zh = "届满未决定的，自动视为准予延续。"
    next_en = "It counts as renewed when that day has passed without a decision."
    source = "行政许可法第50条"
    transient = True


@decides(ApplyForRenewal, reads=reads_licences)
def apply_for_renewal(
    asked: ApplyForRenewal, history: History, context: Context
) -> Iterator[Decided]:
    """Records an application to renew that comes in time."""
    licence = standing(asked, history, context)
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


@decides(DeemRenewalGranted, reads=reads_licences)
def deem_renewed(
    asked: DeemRenewalGranted, history: History, context: Context
) -> Iterator[Decided]:
    """Renews by silence; a licence decided on, ended or followed by another gives nothing."""
    licences = licences_of(asked, history)
    licence = next((one for one in licences.held if one.licence_id == asked.licence), None)
    if (
        licence is None
        or licence.valid_to is None
        or licence.renewal_applied_on is None
        or licence.state not in STANDING
        or any(
            other.state in STANDING and other.valid_from > licence.valid_to
            for other in licences.held
        )
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
            valid_to=renewed_to(licence, asked.type, None, context),
            deemed=True,
        ),
        effective=licence.valid_to + timedelta(days=1),
    )
