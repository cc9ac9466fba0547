"""The tables of powers and reactions agree with the commands, facts and organs they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date

import pytest

import domain.law
from domain.clocks.reckoning import CLOCK_RULES
from domain.commands import COMMANDS, DECIDERS
from domain.correction import CorrectionOutcome, CorrectionVerified
from domain.departments import ANY_FAMILY, ORGANS, entitled_topics, node_of
from domain.enforcement.facts import (
    CaseClosed,
    CaseOutcome,
    Measure,
    MeasureKind,
    PenaltyDecided,
)
from domain.facts import FACTS
from domain.organisation import RegistrationChange, SubjectRegistrationChanged
from domain.powers import POWERS, commands_of, may
from domain.reactions import RULES, Kind
from domain.referral.facts import CriminalCaseOutcomeRecorded, CriminalOutcome
from domain.review.facts import (
    CorrectionKind,
    DecisionOverturned,
    Effect,
    FactCorrected,
    OverturnedBy,
    OverturnResult,
)
from domain.violations.catalogue import VIOLATIONS, violation
from tests.domain.campaigns import launched as launched_campaign
from tests.domain.draws import executed, with_bad_deposit
from tests.domain.inspections import inspection_facts
from tests.domain.story import annulled, post, refused
from tests.projections.casework import MKT, PSB, casework, tell
from tests.projections.facts import LN_A, Log

TODAY = date(2025, 2, 14)
COORDINATORS = ("LG", "LGO", "ASSOC")
CHANGES_NOTHING = {
    "DraftDocument",
    "CheckDocument",
    "ApproveDocument",
    "SealDocument",
    "ServeDocument",
    "KeepEvidence",
    "ReadProtectedValue",
    "OpenFile",
    "ErasePerson",
    "LinkMatters",
    "DeclareDeadlineBreached",
    "OpenParkedGroup",
    "SettleParked",
    "ReleaseParked",
    "FixParked",
    "DiscardParked",
    "DeclareDeliveryFault",
    "DeclareDeliveryMended",
    "CorrectFact",
    "TransferLead",
    "ReceiptLead",
    "AssessLead",
    "DisposeLead",
    "ListForSupervision",
    "ReleaseFromSupervision",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_decider_a_power_and_both_languages(name: str) -> None:
    assert name in DECIDERS
    assert any(power.command == name for power in POWERS)
    assert COMMANDS[name].ZH
    assert COMMANDS[name].EN
    assert COMMANDS[name].SOURCE


def test_every_power_names_a_command_an_organ_and_its_basis() -> None:
    for power in POWERS:
        assert power.command in COMMANDS
        assert power.organ in ORGANS
        assert power.basis


def test_coordinating_bodies_and_associations_change_no_legal_position() -> None:
    for power in POWERS:
        if power.organ in COORDINATORS:
            assert power.command in CHANGES_NOTHING


def test_a_firm_applies_reports_and_declares_and_decides_nothing() -> None:
    assert set(commands_of("AGENCY", TODAY)) == {
        "SubmitAnnualReport",
        "DiscloseAnnualReport",
        "DeclareSelfCheck",
        "ApplyForLicence",
        "SubmitCompletion",
        "ApplyForRenewal",
        "ApplyForChange",
        "RequestHearing",
        "CorrectFact",
    }


def test_labour_inspection_grants_nothing_and_revokes_alone_at_the_human_resources_department() -> (
    None
):
    refused("NoPower", lambda: may(post("HRSS_INSP"), "GrantLicence", "210103", TODAY))
    assert may(post("HRSS_INSP"), "RevokeLicence", "210103", TODAY).basis
    refused("NoPower", lambda: may(post("HRSS_APPR"), "RevokeLicence", "210103", TODAY))


def test_a_superior_territory_covers_a_county_and_not_the_other_way_round() -> None:
    assert may(post("HRSS_APPR", "210100"), "GrantLicence", "210103", TODAY)
    refused(
        "OutsideTerritory",
        lambda: may(post("HRSS_APPR", "210103"), "GrantLicence", "210100", TODAY),
    )


def test_an_automatic_rule_gives_an_automatic_command_and_a_duty_never_does() -> None:
    for rule in RULES:
        assert COMMANDS[rule.command_name].AUTOMATIC is (rule.kind is Kind.AUTOMATIC), rule.id


def test_the_owner_of_a_rule_has_the_power_for_its_command() -> None:
    for rule in RULES:
        assert any(
            power.organ == rule.owner_organ and power.command == rule.command_name
            for power in POWERS
        ), rule.id


def test_the_owner_of_a_rule_is_entitled_to_the_facts_it_reacts_to() -> None:
    for rule in RULES:
        families = {topic.family for topic in entitled_topics(node_of(rule.owner_organ).id)}
        for type_name in rule.when:
            assert FACTS[type_name].FAMILY in {*families, ANY_FAMILY}, rule.id


def test_the_clock_of_a_rule_stands_in_the_table_of_clocks() -> None:
    codes = {rule.code for rule in CLOCK_RULES}
    for rule in RULES:
        assert rule.clock is None or rule.clock in codes, rule.id


def test_a_rule_builds_only_fields_that_its_command_has() -> None:
    met = set()
    logs = [what_the_stories_lack(casework(Log())), *closings()]
    draws = (*executed()[0].facts, *with_bad_deposit().facts)
    checks = inspection_facts()
    for seen in (
        *annulled().facts,
        *draws,
        *checks,
        *launched_campaign().facts,
        *(one.fact for log in logs for one in log.taken),
    ):
        for rule in RULES:
            if rule.applies(seen):
                met.add(rule.id)
                names = {one.name for one in fields(COMMANDS[rule.command_name])}
                assert set(rule.command(seen)) <= names, rule.id
                assert rule.target(seen)
    assert {rule.id for rule in RULES} - met == set()


def what_the_stories_lack(log: Log) -> Log:
    """An ended firm, an uncorrected finding, a crime returned, an annulment that is void."""
    at = "2025-03-26T09:00"
    undone = FactCorrected(
        target_event_id="E-9",
        target_type="licence.annulled.v1",
        kind=CorrectionKind.VOID,
        target_data="{}",
        reason="撤销许可的决定被撤销",
    )
    tell(log, MKT, f"licence/{LN_A}", undone, at)
    gone = SubjectRegistrationChanged(
        uscc=LN_A, change=RegistrationChange.CANCELLED, changed_on=date(2025, 3, 26)
    )
    tell(log, "samr/SAMR", f"organisation/{LN_A}", gone, at)
    uncorrected = CorrectionVerified(
        order_id="O-9",
        subject_id=LN_A,
        about="L-9",
        outcome=CorrectionOutcome.NOT_CORRECTED,
    )
    tell(log, MKT, f"correction/{LN_A}", uncorrected, at)
    back = CriminalCaseOutcomeRecorded(
        referral_id="RF-A",
        subject_id=LN_A,
        outcome=CriminalOutcome.RETURNED_FOR_ADMIN,
        on=date(2025, 3, 26),
    )
    tell(log, PSB, "criminal_outcome/RF-A", back, at)
    return log


def closings() -> Iterator[Log]:
    """A penalty of each enforcing department, annulled on review, and its closed case."""
    for node, organ in (("hr", "HRSS_INSP"), ("samr", "SAMR"), ("com", "COM")):
        log = Log()
        stream, at = "case/CASE-9", "2025-07-02T09:00"
        target = tell(log, f"{node}/{organ}", stream, penalty(), at)
        for kind, decision in (
            (target.type, "PD-9"),
            ("licence.annulled.v1", "L-9"),
        ):
            overturned = DecisionOverturned(
                overturn_id="OV-9",
                target=target.id,
                target_type=kind,
                decision_id=decision,
                case_id="CASE-9",
                owner_organ=organ,
                subject_id=LN_A,
                by=OverturnedBy.COURT,
                result=OverturnResult.ANNULLED,
                effect=Effect.EX_TUNC,
                decided_on=date(2025, 9, 1),
                document_no="辽0103行初9号",
                reason="事实不清",
            )
            tell(log, "oversight/COURT", f"overturned/{decision}", overturned, "2025-09-01T09:00")
        closed = CaseClosed(
            case_id="CASE-9",
            subject_id=LN_A,
            outcome=CaseOutcome.UNFOUNDED,
            closed_on=date(2025, 9, 2),
            leads=("LD-9",),
            reason="处罚决定被撤销",
        )
        tell(log, f"{node}/{organ}", stream, closed, "2025-09-02T09:00")
        yield log


def penalty() -> PenaltyDecided:
    """A fine of 10,000 yuan."""
    basis = "人力资源市场暂行条例第42条第1款"
    fine = Measure(kind=MeasureKind.FINE, amount_fen=1_000_000, code="V-LIC-04", basis=basis)
    return PenaltyDecided(
        decision_id="PD-9",
        case_id="CASE-9",
        subject_id=LN_A,
        decision_no="沈河人社罚字〔2025〕9号",
        measures=(fine,),
        fine_fen=1_000_000,
        confiscated_fen=0,
        codes=("V-LIC-04",),
        decided_on=date(2025, 7, 2),
        law_of=date(2025, 7, 2),
        reason="未经许可从事职业中介",
    )


def test_rules_have_unique_names_in_both_languages_and_a_source() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.zh
        assert rule.en
        assert rule.source


def test_the_catalogue_gives_the_row_that_is_valid_on_a_day() -> None:
    assert violation("V-LIC-07", TODAY).severity == "SER"
    with pytest.raises(KeyError):
        violation("V-LIC-07", date(2000, 1, 1))
    assert len({(row.code, row.valid_from) for row in VIOLATIONS}) == len(VIOLATIONS)


def test_every_fact_names_organs_that_exist() -> None:
    for fact in FACTS.values():
        assert fact.ORGANS
        assert set(fact.ORGANS) <= set(ORGANS)
    assert domain.law.REFUSALS
