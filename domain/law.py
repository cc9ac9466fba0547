"""The whole law at once: importing this module declares every fact, command, decider and rule."""

from __future__ import annotations

from domain import (
    correction,
    credit_record,
    credit_withdrawal,
    deadline,
    directory,
    filing,
    finding,
    matter,
    organisation,
    powers,
    protected,
    reactions,
)
from domain.campaign import boards as campaign_boards
from domain.campaign import evaluation as campaign_evaluation
from domain.campaign import facts as campaign
from domain.campaign import launching as campaign_launching
from domain.campaign import nominations as campaign_nominations
from domain.campaign import problems as campaign_problems
from domain.campaign import reporting as campaign_reporting
from domain.campaign import tables as campaign_tables
from domain.campaign import tasks as campaign_tasks
from domain.campaign import visits as campaign_visits
from domain.commands import COMMANDS, DECIDERS
from domain.complaint import facts as complaint
from domain.complaint import handling as complaint_handling
from domain.delivery import facts as delivery
from domain.delivery import faults as delivery_faults
from domain.delivery import parked, quarantine
from domain.document import access, files, making, opening
from domain.document import facts as document
from domain.draw import classing as draw_classing
from domain.draw import commitments as draw_commitments
from domain.draw import execution as draw_execution
from domain.draw import facts as draw
from domain.draw import opening as draw_opening
from domain.draw import planning as draw_planning
from domain.enforcement import closing as case_closing
from domain.enforcement import decision as case_decision
from domain.enforcement import evidence as case_evidence
from domain.enforcement import execution as case_execution
from domain.enforcement import facts as enforcement
from domain.enforcement import filing as case_filing
from domain.enforcement import hearing as case_hearing
from domain.enforcement import notice as case_notice
from domain.enforcement import period as case_period
from domain.enforcement import publication as case_publication
from domain.errors import Refusal
from domain.facts import FACTS
from domain.inspection import abnormal_list, inspectors
from domain.inspection import dealing as inspection_dealing
from domain.inspection import facts as inspection
from domain.inspection import items as inspection_items
from domain.inspection import opening as inspection_opening
from domain.inspection import outside as inspection_outside
from domain.inspection import outside_teams as inspection_outside_teams
from domain.inspection import places as inspected_places
from domain.inspection import publication as inspection_publication
from domain.inspection import results as inspection_results
from domain.inspection import sending as inspection_tasks
from domain.inspection import teams as inspection_teams
from domain.lead import disposal, receipt, supervision, transfer
from domain.lead import facts as lead
from domain.licence import (
    application,
    deregistration,
    ending,
    grant,
    in_force,
    renewal,
    verification,
)
from domain.licence import facts as licence
from domain.market import annual_reports, associations, guidance, models, regimes, self_checks
from domain.market import facts as market
from domain.online import disposal as online_disposal
from domain.online import facts as online
from domain.online import monitoring, register
from domain.powers import POWERS
from domain.push import push_claim, scope_push
from domain.reactions import RULES
from domain.referral import facts as referral
from domain.referral import finality, outcome, police, proposal
from domain.referral import review as filing_review
from domain.referral import supervision as filing_supervision
from domain.referral import transfer as referral_transfer
from domain.review import correcting, overturning, remedies, restoring
from domain.review import facts as review
from domain.risk import facts as risk
from domain.risk import interview, warning
from domain.violations import catalogue as violations
from domain.violations import recording as violation_recording

REFUSALS = Refusal.RULES
"""Every named refusal by its name."""

AGGREGATES = (
    organisation,
    scope_push,
    push_claim,
    licence,
    application,
    grant,
    in_force,
    renewal,
    verification,
    ending,
    deregistration,
    finding,
    violation_recording,
    correction,
    filing,
    directory,
    credit_record,
    credit_withdrawal,
    lead,
    transfer,
    receipt,
    disposal,
    supervision,
    risk,
    warning,
    interview,
    draw,
    draw_classing,
    draw_planning,
    draw_opening,
    draw_commitments,
    draw_execution,
    inspection,
    inspection_items,
    inspectors,
    inspected_places,
    inspection_tasks,
    inspection_teams,
    inspection_opening,
    inspection_outside,
    inspection_outside_teams,
    inspection_results,
    inspection_dealing,
    inspection_publication,
    abnormal_list,
    campaign,
    campaign_launching,
    campaign_reporting,
    campaign_tables,
    campaign_nominations,
    campaign_boards,
    campaign_tasks,
    campaign_problems,
    campaign_visits,
    campaign_evaluation,
    market,
    annual_reports,
    self_checks,
    guidance,
    associations,
    regimes,
    models,
    complaint,
    complaint_handling,
    enforcement,
    case_filing,
    case_period,
    case_notice,
    case_hearing,
    case_decision,
    case_evidence,
    case_execution,
    case_closing,
    case_publication,
    referral,
    proposal,
    referral_transfer,
    police,
    filing_review,
    filing_supervision,
    outcome,
    finality,
    online,
    register,
    monitoring,
    online_disposal,
    document,
    making,
    files,
    access,
    opening,
    review,
    remedies,
    overturning,
    correcting,
    restoring,
    matter,
    deadline,
    delivery,
    parked,
    quarantine,
    delivery_faults,
    protected,
)
"""The aggregate modules, in the order an officer meets them."""

__all__ = [
    "AGGREGATES",
    "COMMANDS",
    "DECIDERS",
    "FACTS",
    "POWERS",
    "REFUSALS",
    "RULES",
    "powers",
    "reactions",
    "violations",
]
