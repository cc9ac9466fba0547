"""注销: the clerical closing of a licence that has ended, for the cause on record.

1. What was annulled, revoked or has expired is closed as that (行政许可法 70).
2. 撤回 has no event of its own: it is the cause WITHDRAWN, as VOLUNTARY is the holder's own
   wish, and SUBJECT_ENDED follows the end of the registration (reference 3.3; R22).
3. A licence that expired while its renewal was undecided is renewed, not closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain import organisation
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
    EndCause,
    LicenceDeregistered,
    LicenceType,
    Type,
)
from domain.licence.rules import (
    NotInForce,
    licences_of,
    must_deal_with,
    on_licence,
    reads_licences,
)
from domain.licence.state import (
    Licence,
    Licences,
    LicenceState,
)
from domain.terms import Term, Uscc


@command(zh="注销许可", en="Deregister a licence", source="行政许可法第70条", irreversible=True)
@dataclass(frozen=True, kw_only=True)
class DeregisterLicence(Command):
    """Closes a licence that has ended; the cause must be the one on record."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    cause: Annotated[EndCause, Term(zh="注销原因", en="Cause")]


class NotEnded(Refusal):
    """The licence has not ended for the cause given."""

    zh = "许可{licence}当前为{state}，不存在{cause}的事实，不能注销。"
    en = "{licence} is {state}: it has not ended as {cause} and cannot be deregistered."
    next_zh = "请核对注销原因；注销以许可已终止为前提。"
    next_en = "Check the cause; deregistration closes what has ended."
    source = "行政许可法第70条"
    field = "cause"


class EndCauseMismatch(Refusal):
    """The licence ended for another cause."""

    zh = "许可{licence}因{actual}终止，不能以{cause}注销。"
    en = "{licence} ended as {actual}, not as {cause}."
    next_zh = "请以{actual}办理注销。"
    next_en = "Deregister it as {actual}."
    source = "行政许可法第70条"
    field = "cause"


class RenewalUndecided(Refusal):
    """The licence expired while its renewal was asked for."""

    zh = "许可{licence}已于{applied_on}申请延续，届满未决定的视为准予延续，不能以届满注销。"
    en = "The renewal of {licence} was applied for on {applied_on}; silence renews it."
    next_zh = "无需注销；系统将记录视为延续。"
    next_en = "Do not close it; the deemed renewal will be recorded."
    source = "行政许可法第50条"
    field = "cause"


_ENDED_AS: dict[LicenceState, EndCause] = {
    LicenceState.ANNULLED: EndCause.ANNULLED,
    LicenceState.REVOKED: EndCause.REVOKED,
    LicenceState.EXPIRED: EndCause.EXPIRED,
}
"""The cause that a state on record imposes; a licence in force may end for the others."""


@decides(
    DeregisterLicence,
    reads=lambda asked: (
        *reads_licences(asked),
        organisation.known_registration(asked.organisation),
    ),
)
def deregister(asked: DeregisterLicence, history: History, context: Context) -> Iterator[Decided]:
    """Closes a licence for the cause on record; nothing follows on that licence."""
    uscc = asked.organisation
    must_deal_with(context, asked.type, uscc)
    registration = organisation.received_registration(history, uscc)
    subject_ended = registration.end is not None
    licence = _to_be_closed(asked, licences_of(asked, history), subject_ended, context)
    yield on_licence(
        licence,
        uscc,
        asked.type,
        LicenceDeregistered(
            licence_id=licence.licence_id,
            uscc=uscc,
            type=asked.type,
            region=licence.region,
            cause=asked.cause,
        ),
    )


def _to_be_closed(
    asked: DeregisterLicence, licences: Licences, subject_ended: bool, context: Context
) -> Licence:
    """The oldest open licence that ended as the cause says, or the refusal of the latest."""
    if not licences.open_ones:
        last = licences.latest
        raise NotInForce(
            organisation=asked.organisation,
            type=asked.type.value,
            state="NONE" if last is None else last.state.value,
        )
    refusals: list[Refusal] = []
    for licence in licences.open_ones:
        refusal = _cannot_close(licence, asked.cause, subject_ended, context.today)
        if refusal is None:
            return licence
        refusals.append(refusal)
    raise refusals[-1]


def _cannot_close(
    licence: Licence, cause: EndCause, subject_ended: bool, today: date
) -> Refusal | None:
    state = licence.state_on(today)
    if state is LicenceState.EXPIRED and licence.renewal_applied_on is not None:
        if cause is EndCause.EXPIRED:
            return RenewalUndecided(
                licence=licence.licence_id, applied_on=licence.renewal_applied_on
            )
    elif state in _ENDED_AS:
        actual = _ENDED_AS[state]
        if cause is actual:
            return None
        return EndCauseMismatch(licence=licence.licence_id, actual=actual.value, cause=cause.value)
    may_end_now = cause in (EndCause.WITHDRAWN, EndCause.VOLUNTARY) or (
        cause is EndCause.SUBJECT_ENDED and subject_ended
    )
    if may_end_now:
        return None
    return NotEnded(licence=licence.licence_id, state=state.value, cause=cause.value)
