"""Who is an agency: a firm that holds a licence of 人社 or filed its services (条例 18).

1. Reports and self-checks are taken from every firm that is or was one: the duty of a past year
   does not end with the licence.
2. A title is given only to one whose licence or filing is in force on the day.
"""

from __future__ import annotations

from datetime import date

from domain import filing, organisation
from domain.commands import History, Own, Read
from domain.errors import Refusal
from domain.licence import state as licence_state
from domain.licence.facts import LicenceType
from domain.organisation import Registration
from domain.statutes import CAMPAIGN_PLAN

LICENCES = (LicenceType.LIC_HRS, LicenceType.LIC_DISPATCH)
"""The licences that make a firm an agency (职业中介, 劳务派遣)."""


class NotAnAgency(Refusal):
    """The firm never held a licence and never filed."""

    zh = "{organisation}（{name}）从未取得人力资源服务、劳务派遣许可，也未备案。"
    en = "{organisation} ({name}) never held a licence of an agency and filed no service."
    next_zh = "请核对统一社会信用代码；无证经营的，登记违法事项。"
    next_en = "Check the code; record a violation where it acts without a licence."
    source = "人力资源市场暂行条例第18条；劳动合同法第57条"
    field = "organisation"


class AgencyNotInForce(Refusal):
    """The firm holds no licence and has no filing in force on the day."""

    zh = "{organisation}（{name}）在{on}没有有效的许可或者备案。"
    en = "On {on} {organisation} ({name}) holds no licence and has no filing in force."
    next_zh = "请选择许可或者备案有效的机构。"
    next_en = "Choose an agency whose licence or filing is in force."
    source = f"人力资源市场暂行条例第18条；{CAMPAIGN_PLAN}三（三）"
    field = "organisation"


def reads_agency(uscc: str) -> tuple[Read, ...]:
    """What is read to know whether a firm is an agency."""
    return (
        organisation.known_registration(uscc),
        *(Own(stream=licence_state.stream_of(uscc, kind)) for kind in LICENCES),
        Own(stream=filing.stream_of(uscc)),
    )


def must_be_agency(history: History, uscc: str) -> Registration:
    """The registration of a firm that is or was an agency."""
    registration = organisation.received_registration(history, uscc)
    filed = history.own(filing.stream_of(uscc))
    if not any(_licences(history, uscc, kind).held for kind in LICENCES) and not any(
        one.fact.services for one in filed
    ):
        raise NotAnAgency(organisation=uscc, name=registration.name)
    return registration


def must_be_in_force(history: History, uscc: str, on: date) -> Registration:
    """The registration of a firm that is an agency on a day."""
    registration = must_be_agency(history, uscc)
    held = any(_licences(history, uscc, kind).in_force(on) for kind in LICENCES)
    if not held and filing.services_filed(history.own(filing.stream_of(uscc))) is None:
        raise AgencyNotInForce(organisation=uscc, name=registration.name, on=on.isoformat())
    return registration


def _licences(history: History, uscc: str, kind: LicenceType) -> licence_state.Licences:
    return licence_state.fold(history.own(licence_state.stream_of(uscc, kind)))
