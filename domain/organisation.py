"""Organisations: 市场监管's registration of market entities, and what it tells the registrant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Confidentiality, Fact, fact
from domain.terms import (
    Code,
    Identifier,
    OrganisationName,
    PersonRef,
    RegionCode,
    ScopeText,
    Term,
    Uscc,
)


class SubjectKind(StrEnum):
    """The kind of market entity (市场主体类型)."""

    ENTERPRISE = "ENTERPRISE"
    SELF_EMPLOYED = "SELF_EMPLOYED"
    COOPERATIVE = "COOPERATIVE"
    SOCIAL_ORGANISATION = "SOCIAL_ORGANISATION"
    PUBLIC_INSTITUTION = "PUBLIC_INSTITUTION"


class RegistrationChange(StrEnum):
    """What changed in a registration (变更类型)."""

    NAME = "NAME"
    ADDRESS = "ADDRESS"
    LEGAL_REP = "LEGAL_REP"
    SCOPE = "SCOPE"
    CANCELLED = "CANCELLED"
    BUSINESS_LICENCE_REVOKED = "BUSINESS_LICENCE_REVOKED"


@fact(
    "subject.registered.v1",
    family="registration",
    organs=("SAMR",),
    zh="市场主体登记",
    en="Subject registered",
    source="市场主体登记管理条例 21",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class SubjectRegistered(Fact):
    """A market entity was registered; `region` is the supervising region, never read from the code."""

    uscc: Uscc
    name: OrganisationName
    kind: Annotated[SubjectKind, Term(zh="主体类型", en="Kind")]
    scope: ScopeText
    region: RegionCode
    registered_on: Annotated[date, Term(zh="登记日期", en="Registered on")]
    legal_representative: Annotated[
        PersonRef | None, Term(zh="法定代表人", en="Legal representative")
    ] = None


@fact(
    "subject.registration_changed.v1",
    family="registration",
    organs=("SAMR",),
    zh="登记事项变更",
    en="Registration changed",
    source="市场主体登记管理条例 24, 31",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class SubjectRegistrationChanged(Fact):
    """One registered item changed, or the registration ended (CANCELLED, BUSINESS_LICENCE_REVOKED).

    `before` and `after` hold the item as text; for SCOPE, `after` is the new scope. A change
    of legal representative carries a sealed reference and no text.
    """

    uscc: Uscc
    change: Annotated[RegistrationChange, Term(zh="变更类型", en="Change")]
    before: Annotated[str | None, Term(zh="变更前", en="Before", max_length=8000)] = None
    after: Annotated[str | None, Term(zh="变更后", en="After", max_length=8000)] = None
    changed_on: Annotated[date, Term(zh="变更日期", en="Changed on")]
    legal_representative: Annotated[
        PersonRef | None, Term(zh="法定代表人", en="Legal representative")
    ] = None


@fact(
    "subject.registrant_notified.v1",
    family="registration",
    organs=("SAMR",),
    zh="双告知：已告知申请人",
    en="Registrant notified of approvals needed",
    source="S2 八；双告知",
)
@dataclass(frozen=True, kw_only=True)
class RegistrantNotified(Fact):
    """The registrar told the registrant which approvals the scope needs (双告知).

    `promise_signed_on` is the day the registrant promised in writing not to operate before
    approval; None where it did not sign.
    """

    uscc: Uscc
    approvals: Annotated[tuple[Code, ...], Term(zh="需办理的许可、备案", en="Approvals needed")]
    mapping_version: Identifier
    promise_signed_on: Annotated[date | None, Term(zh="承诺书签署日期", en="Promise signed on")] = (
        None
    )


@command(zh="登记市场主体", en="Register an organisation", source="市场主体登记管理条例 21")
@dataclass(frozen=True, kw_only=True)
class RegisterOrganisation(Command):
    """Registers a market entity; the scope decides by itself whether a push follows (R01)."""

    organisation: Uscc
    name: OrganisationName
    kind: Annotated[SubjectKind, Term(zh="主体类型", en="Kind")] = SubjectKind.ENTERPRISE
    scope: ScopeText
    region: RegionCode | None = None
    registered_on: Annotated[date | None, Term(zh="登记日期", en="Registered on")] = None
    promise_signed_on: Annotated[date | None, Term(zh="承诺书签署日期", en="Promise signed on")] = (
        None
    )
    legal_representative: Annotated[
        PersonRef | None, Term(zh="法定代表人", en="Legal representative")
    ] = None


@command(zh="变更登记", en="Change a registration", source="市场主体登记管理条例 24, 31")
@dataclass(frozen=True, kw_only=True)
class ChangeRegistration(Command):
    """Records a change of one registered item, or the end of the registration."""

    organisation: Uscc
    change: Annotated[RegistrationChange, Term(zh="变更类型", en="Change")]
    after: Annotated[str | None, Term(zh="变更后", en="After", max_length=8000, long=True)] = None
    changed_on: Annotated[date | None, Term(zh="变更日期", en="Changed on")] = None
    legal_representative: Annotated[
        PersonRef | None, Term(zh="法定代表人", en="Legal representative")
    ] = None
