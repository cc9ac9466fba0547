"""Each named refusal of the licensing story, met once by an act that breaks its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import domain.law
from domain.correction import CorrectionOrdered, CorrectionOutcome
from domain.directory import PublishDirectory, publish
from domain.errors import Refusal
from domain.filing import FilingKind
from domain.licence.facts import (
    ApplicationOutcome,
    EndCause,
    LicenceAnnulled,
    LicenceApplied,
    LicenceChange,
    LicenceGranted,
    LicenceType,
    Mode,
    VerificationResult,
)
from domain.organisation import RegistrationChange
from domain.push.scope_push import BusinessScopePushed, PushOutcome
from tests.domain.licensing import (
    PERSON,
    accepted,
    alter,
    appr,
    breach,
    change,
    claimed,
    deregister,
    disposed,
    ended,
    file,
    general,
    handle,
    mkt,
    paper,
    read,
    renewal_applied,
    returned,
    revoke,
    serve,
    then,
    two_pushes,
    verify,
)
from tests.domain.story import (
    LN_A,
    LN_A_SCOPE,
    LN_B,
    Story,
    annul,
    annulled,
    applied,
    day,
    failed,
    granted,
    refused,
    registered,
    uncorrected,
)
from tests.domain.test_campaigns_refused import REFUSED as CAMPAIGNS
from tests.domain.test_documents import REFUSED as DOCUMENTS
from tests.domain.test_draws import REFUSED as PLANS_AND_DRAWS
from tests.domain.test_inspections_refused import REFUSED as INSPECTIONS
from tests.domain.test_market import REFUSED as MARKET
from tests.domain.test_object_classes import REFUSED as OBJECT_CLASSES
from tests.domain.test_online import REFUSED as ONLINE
from tests.domain.test_quarantine import REFUSED as QUARANTINE
from tests.domain.test_referral import REFUSED as REFERRAL
from tests.draws.test_refused import REFUSED as DRAWS

Case = Callable[[], Any]

CASES: dict[str, Case] = {
    # registration
    "AlreadyRegistered": lambda: registered().give(
        "SAMR", "RegisterOrganisation", organisation=LN_B, name="沈阳虚例", scope="职业中介"
    ),
    "RegistrationDateInFuture": lambda: Story().give(
        "SAMR",
        "RegisterOrganisation",
        organisation=LN_B,
        name="沈阳虚例",
        scope="职业中介",
        registered_on=day("2030-01-01"),
    ),
    "PromiseDateInFuture": lambda: Story().give(
        "SAMR",
        "RegisterOrganisation",
        organisation=LN_B,
        name="沈阳虚例",
        scope="职业中介",
        promise_signed_on=day("2030-01-01"),
    ),
    "NotRegistered": lambda: alter(Story(), RegistrationChange.CANCELLED),
    "SubjectEnded": lambda: alter(ended(), RegistrationChange.NAME, after="沈阳新名"),
    "SubjectUnknown": lambda: appr(Story(), "ApplyForLicence"),
    "ChangeDateInFuture": lambda: alter(
        registered(), RegistrationChange.CANCELLED, changed_on=day("2030-01-01")
    ),
    "ChangeBeforeRegistration": lambda: alter(
        registered(), RegistrationChange.CANCELLED, changed_on=day("2020-01-01")
    ),
    "ChangeNeedsValue": lambda: alter(registered(), RegistrationChange.NAME),
    "NothingChanged": lambda: alter(registered(), RegistrationChange.NAME, after="沈阳虚例"),
    "RegistrationEventUnknown": lambda: registered().clock(
        "SAMR", "PushBusinessScope", organisation=LN_B, registration_event="E-none"
    ),
    # pushes
    "ScopeAlreadyPushed": lambda: registered().give("SAMR", "PushStandingScope", organisation=LN_B),
    "ScopeNotWatched": lambda: registered(scope="餐饮服务").give(
        "SAMR", "PushStandingScope", organisation=LN_B
    ),
    "PushNotReceived": lambda: mkt(Story(), "ClaimPush"),
    "PushAmbiguous": lambda: mkt(two_pushes(), "ClaimPush"),
    "PushAlreadyClaimed": lambda: mkt(claimed(), "ClaimPush"),
    "PushNotClaimed": lambda: mkt(registered(), "IssueLicensingGuidance"),
    "PushAlreadyDisposed": lambda: mkt(
        disposed(), "DisposePush", outcome=PushOutcome.OUT_OF_SCOPE, reason="映射错误"
    ),
    "GuidanceAlreadyIssued": lambda: mkt(applied(), "IssueLicensingGuidance"),
    "ReplyDueInPast": lambda: mkt(claimed(), "IssueLicensingGuidance", reply_due=day("2024-01-01")),
    "OutcomeFollowsFacts": lambda: mkt(
        claimed(), "DisposePush", outcome=PushOutcome.LICENSED, reason="已许可"
    ),
    # filings
    "FilingDateInFuture": lambda: file(registered(), event_on=day("2030-01-01")),
    "ServicesMissing": lambda: file(registered(), services=()),
    "ServiceUnknown": lambda: file(registered(), services=("FS9",)),
    "AlreadyFiled": lambda: file(then(registered(), file)),
    "ReportNeedsText": lambda: file(registered(), kind=FilingKind.BRANCH, services=()),
    # applications
    "WrongOrganForType": lambda: registered().give("HRSS_LR", "ApplyForLicence", organisation=LN_B),
    "CommitmentNotOffered": lambda: registered().give(
        "COM",
        "ApplyForLicence",
        organisation=LN_B,
        type=LicenceType.QUAL_FLC,
        mode=Mode.COMMITMENT,
    ),
    "CommitmentModeExcluded": lambda: appr(annulled(), "ApplyForLicence", mode=Mode.COMMITMENT),
    "ScopeNotRegistered": lambda: registered(LN_A, LN_A_SCOPE, "2024-12-03").give(
        "HRSS_APPR", "ApplyForLicence", organisation=LN_A
    ),
    "ConditionsNotMet": lambda: appr(registered(), "ApplyForLicence", full_time_staff=2),
    "LicenceAlreadyHeld": lambda: appr(granted(), "ApplyForLicence"),
    "ApplicationOpen": lambda: appr(applied(), "ApplyForLicence"),
    "NoOpenApplication": lambda: appr(registered(), "GrantLicence"),
    "ApplicationNotAccepted": lambda: appr(general(), "GrantLicence"),
    "ApplicationAlreadyAccepted": lambda: handle(
        accepted(), ApplicationOutcome.NOT_ACCEPTED, reason="不属于职权"
    ),
    "ToldBefore": lambda: handle(
        then(returned(), lambda s: appr(s, "SubmitCompletion")),
        ApplicationOutcome.COMPLETION_REQUESTED,
        missing=("制度",),
    ),
    "MissingNotNamed": lambda: handle(general(), ApplicationOutcome.COMPLETION_REQUESTED),
    "ReasonMissing": lambda: handle(accepted(), ApplicationOutcome.DENIED),
    "NothingToComplete": lambda: appr(general(), "SubmitCompletion"),
    "TermExtendedBefore": lambda: appr(
        then(general(), lambda s: appr(s, "ExtendDecisionTerm", reason="情况复杂")),
        "ExtendDecisionTerm",
        reason="情况复杂",
    ),
    "CommitmentDecidedOnTheSpot": lambda: appr(applied(), "ExtendDecisionTerm", reason="情况复杂"),
    "TermToTellRunning": lambda: (story := general()).clock(
        "HRSS_APPR",
        "DeemApplicationAccepted",
        organisation=LN_B,
        type=LicenceType.LIC_HRS,
        application=story.of(LicenceApplied)[0].fact.application_id,
    ),
    "LicenceAnnulledBefore": lambda: appr(annulled(), "GrantLicence"),
    # a licence in force
    "NotInForce": lambda: appr(registered(), "ApplyForRenewal"),
    "CertificateAlreadyDelivered": lambda: appr(granted(), "DeliverCertificate"),
    "DeliveryDateInFuture": lambda: appr(
        paper(), "DeliverCertificate", delivered_on=day("2030-01-01")
    ),
    "DeliveredBeforeGrant": lambda: appr(
        paper(), "DeliverCertificate", delivered_on=day("2024-11-24")
    ),
    "ChangeApplicationOpen": lambda: appr(
        then(granted(), lambda s: appr(s, "ApplyForChange", what="住所")),
        "ApplyForChange",
        what="名称",
    ),
    "RenewalTooLate": lambda: appr(granted().on("2029-10-26"), "ApplyForRenewal"),
    "RenewalAlreadyApplied": lambda: appr(renewal_applied(), "ApplyForRenewal"),
    "NothingToRenew": lambda: _qualified().give(
        "COM", "ApplyForRenewal", organisation=LN_B, type=LicenceType.QUAL_FLC
    ),
    "RenewalNotApplied": lambda: change(granted(), LicenceChange.RENEWED),
    "RenewalTermRunning": lambda: (story := renewal_applied()).clock(
        "HRSS_APPR",
        "DeemRenewalGranted",
        organisation=LN_B,
        type=LicenceType.LIC_HRS,
        licence=story.of(LicenceGranted)[0].fact.licence_id,
    ),
    "ChangeNotNamed": lambda: change(granted(), LicenceChange.CHANGED),
    "AlreadySuspended": lambda: change(
        then(granted(), lambda s: change(s, LicenceChange.SUSPENDED)), LicenceChange.SUSPENDED
    ),
    "NotSuspended": lambda: change(granted(), LicenceChange.RESUMED),
    "NothingToVerify": lambda: verify(failed(), VerificationResult.PASSED),
    "VerificationNeedsFailures": lambda: verify(granted(), VerificationResult.FAILED),
    "FailuresOnlyWithFailed": lambda: verify(granted(), VerificationResult.PASSED, "无场所"),
    # corrections
    "NothingToCorrect": lambda: appr(granted(), "OrderCorrection"),
    "NoOpenOrder": lambda: appr(granted(), "VerifyCorrection", outcome=CorrectionOutcome.CORRECTED),
    "CorrectionTermRunning": lambda: appr(
        then(failed(), lambda s: appr(s, "OrderCorrection")).on("2025-01-24T23:59"),
        "VerifyCorrection",
        outcome=CorrectionOutcome.NOT_CORRECTED,
    ),
    # ends
    "HolderNotHeard": lambda: annul(uncorrected().on("2025-02-14"), holder_heard=False),
    "HolderToldInFuture": lambda: annul(uncorrected()),
    "HolderToldBeforeGrant": lambda: annul(uncorrected(), holder_told_on=day("2024-01-01")),
    "AnnulmentGroundMissing": lambda: annul(granted().on("2025-02-14")),
    "CorrectionNotOrdered": lambda: annul(failed().on("2025-02-14")),
    "CorrectionStillRunning": lambda: annul(
        then(failed(), lambda s: appr(s, "OrderCorrection")).on("2025-02-14")
    ),
    "DecisionDateInFuture": lambda: revoke(granted(), effective_on=day("2030-01-01")),
    "RevokedBeforeGrant": lambda: revoke(granted(), effective_on=day("2024-01-01")),
    "RevocationNeedsPenalty": lambda: revoke(
        story := granted(),
        penalty_decision_id=story.of(LicenceGranted)[0].fact.licence_id,
    ),
    "DecisionUnknown": lambda: serve(annulled(), document_no="无此文号"),
    "AlreadyServed": lambda: serve(then(annulled(), serve)),
    "ServiceDateInFuture": lambda: serve(annulled(), served_on=day("2030-01-01")),
    "ServedBeforeDecision": lambda: serve(annulled(), served_on=day("2025-02-13")),
    "NotEnded": lambda: deregister(granted(), EndCause.EXPIRED),
    "EndCauseMismatch": lambda: deregister(annulled(), EndCause.REVOKED),
    "RenewalUndecided": lambda: deregister(renewal_applied().on("2029-11-25"), EndCause.EXPIRED),
    "LicenceEndUnknown": lambda: granted().clock(
        "HRSS_APPR",
        "NotifyRegistrar",
        organisation=LN_B,
        type=LicenceType.LIC_HRS,
        about="E-none",
    ),
    # directory, credit, matters, deadlines, persons
    "EndNotReceived": lambda: granted().clock(
        "HRSS_MKT", "RefreshDirectory", region="210103", about="E-none"
    ),
    "CreditGroundUnknown": lambda: granted().clock(
        "HRSS_MKT", "PushCreditRecord", organisation=LN_B, about="E-none"
    ),
    "CreditPushNotReceived": lambda: granted().clock(
        "DRC", "ReceiveCreditRecord", organisation=LN_B, push_event="E-none"
    ),
    "LinkedToItself": lambda: Story().give(
        "SAMR", "LinkMatters", one="M-1", other="M-1", because="同一起因"
    ),
    "AlreadyLinked": lambda: then(
        Story(),
        lambda s: s.give("SAMR", "LinkMatters", one="M-1", other="M-2", because="同一起因"),
    ).give("SAMR", "LinkMatters", one="M-2", other="M-1", because="同一起因"),
    "TermStillRunning": lambda: breach(Story()),
    "PersonAlreadyErased": lambda: read(
        then(
            Story(),
            lambda s: s.give("HRSS_APPR", "ErasePerson", person=PERSON, reason="本人请求"),
        )
    ),
    # powers
    "NoPower": lambda: mkt(applied(), "GrantLicence"),
    "PowerNotInForce": lambda: mkt(Story().on("2010-01-01"), "ClaimPush"),
    "OutsideTerritory": lambda: applied().give(
        "HRSS_APPR", "GrantLicence", at="210102", organisation=LN_B
    ),
    "AutomaticOnly": lambda: mkt(granted(), "PushCreditRecord", about="E-1"),
    "OfficerMustDecide": lambda: applied().clock("HRSS_APPR", "GrantLicence", organisation=LN_B),
    "NotOwnOrganisation": lambda: registered().give(
        f"AGENCY:{LN_A}", "ApplyForLicence", organisation=LN_B
    ),
}

LEADS = (
    "AcceptanceNamesNoOther",
    "AssignmentNeedsTerm",
    "AssignmentTermPassed",
    "BackgroundAlreadyChecked",
    "CoordinationNotItsTask",
    "CrimeNeedsHandling",
    "DesignatedNotReturned",
    "DisposalBasisUnknown",
    "HandlingNeedsCode",
    "KindNotForReceiver",
    "KindNotForSender",
    "LeadAlreadyAssessed",
    "LeadAlreadyDisposed",
    "LeadAlreadyReceipted",
    "LeadGroundUnknown",
    "LeadNotAssessed",
    "LeadNotSignedFor",
    "LeadSubjectDiffers",
    "LeadToItself",
    "LeadUnknown",
    "NoSuchOrgan",
    "NotDownward",
    "NotHolderOfLead",
    "NotReceiverOfLead",
    "NotUpward",
    "NoticeGoesToSender",
    "NoticeNeedsNoAct",
    "OrganCannotReceiveLeads",
    "OutcomeDiffers",
    "OutcomeMissing",
    "OutcomeNotReached",
    "OutcomeOnlyInNotice",
    "ReturnNeedsCompetentOrgan",
    "ReturnedToOneself",
    "ReturnedTwice",
    "RevocationNeedsGraveGround",
    "SentBackToReturner",
    "TermOnlyForAssignment",
)
SUPERVISED = (
    "AlreadyUnderSupervision",
    "CaseClosingUnknown",
    "CaseNotYetClosed",
    "NotSuperiorOfResponsible",
    "NotUnderSupervision",
    "RequestOnlyForRevocation",
    "RequirementsNotProved",
    "ResponsibleNotInCharge",
    "RevocationRequestUnknown",
    "SupervisedAlreadyClosed",
    "SupervisedSubjectDiffers",
    "SupervisedUnknown",
)
RISKS = (
    "InterviewDateInFuture",
    "InterviewGroundUnknown",
    "WarningInterviewNeedsGround",
)

COMPLAINTS_AND_FILING = (
    "ActEndsBeforeStart",
    "ApproverIsHandler",
    "BeforeArbitrator",
    "CaseActEndsBeforeStart",
    "CaseActInFuture",
    "CaseLeadNotReceipted",
    "CaseNotSuspended",
    "CaseOfAnotherSubject",
    "CaseOnlyForAccepted",
    "CaseOutOfTime",
    "CaseSuspended",
    "CaseUnknown",
    "CompetentOrganMissing",
    "ComplainedActInFuture",
    "ComplaintAlreadyDecided",
    "ComplaintAlreadyFiled",
    "ComplaintAwaitsCompletion",
    "ComplaintCompletionInFuture",
    "ComplaintDateInFuture",
    "ComplaintIncomplete",
    "ComplaintNotAccepted",
    "ComplaintNotOurs",
    "ComplaintOutOfTime",
    "ComplaintReasonMissing",
    "ComplaintUnknown",
    "CompletedBeforeReceipt",
    "CompletionNotAsked",
    "EvidenceUnknown",
    "ExtensionNeedsDays",
    "ExtensionTooLong",
    "FiledBeforeGround",
    "FilingInFuture",
    "FindingUnknown",
    "GroundDoesNotEnd",
    "LeadAlreadyFiled",
    "LeadOfAnotherSubject",
    "NoGroundToFile",
    "NobodyComplains",
    "NotASuspensionGround",
    "NothingWithPolice",
    "PeriodBeforeItsGround",
    "PeriodDateInFuture",
    "StillWithPolice",
    "TwoOfficersNeeded",
    "WorkDoneElsewhere",
)
PENALTIES = (
    "AmountHasWrongSign",
    "CaseAlreadyClosed",
    "CaseAlreadyReopened",
    "CaseDecisionUnknown",
    "CaseHasPenalty",
    "CaseOfAnotherOrgan",
    "CaseWithPolice",
    "ClosedBeforeItsSteps",
    "ClosingInFuture",
    "ConcludedBeforeFiling",
    "ConclusionInFuture",
    "DecisionBeyondNotice",
    "DecisionStands",
    "DefenceBeforeNotice",
    "DefenceInFuture",
    "DemandMissing",
    "DemandTermRunning",
    "DiscussedBeforeConclusion",
    "DiscussionInFuture",
    "DiscussionMissing",
    "ElectronicServiceNeedsConsent",
    "EnforcementTermPassed",
    "EvidenceNotSettled",
    "ExposureNeedsSeriousCase",
    "FineAfterCriminalFine",
    "HeadMustApprovePublication",
    "HeadMustDecidePenalty",
    "HearingAlreadyHeld",
    "HearingAlreadyRequested",
    "HearingInFuture",
    "HearingNotHeld",
    "HearingNotNotified",
    "HearingNotRequested",
    "HearingNoticeInFuture",
    "HearingRequestInFuture",
    "HearingRequestTooLate",
    "HearingTermRunning",
    "HearingTooSoon",
    "HeldBeforeItsDay",
    "InvestigationNotConcluded",
    "LegalReviewMissing",
    "NoHearingRight",
    "NotPromptlyCorrected",
    "NoticeBeforeConclusion",
    "NotifiedBeforeRequest",
    "OutcomeNeedsHandling",
    "OutcomeNeedsPenalty",
    "OverturningNotReceived",
    "PaidMoreThanOwed",
    "PartyNotNotified",
    "PaymentTermRunning",
    "PenaltyAlreadyDecided",
    "PenaltyAlreadyPerformed",
    "PenaltyAlreadyServed",
    "PenaltyBeforeItsGround",
    "PenaltyDateInFuture",
    "PenaltyNotPerformed",
    "PenaltyNotServed",
    "PenaltyNoticeInFuture",
    "PenaltyServiceInFuture",
    "PerformanceInFuture",
    "PerformedBeforeDecision",
    "PublicationInFuture",
    "PublicationOutOfOrder",
    "PublicationUnknown",
    "PublishedBeforeFiling",
    "ReferralNotNamed",
    "ReferralQuestionOpen",
    "RefundAbovePaid",
    "RemedyTermRunning",
    "RequestedBeforeNotice",
    "ReviewerHandledCase",
    "ServedBeforePenalty",
    "SimpleProcedureExceeded",
    "SurchargeTooHigh",
)

OUTSIDE_DRAWS = (
    "DrawIsOurs",
    "DrawnBeyondPopulation",
    "DrawnInFuture",
    "ItemNotOfOutsideDraw",
    "OutsideDrawDiffers",
    "OutsideDrawUnknown",
    "OutsideWindowWrong",
)
OUTSIDE_TEAMS = ("TeamDrawnBeforeObjects",)
REMEDIES = ("AnotherRemedyPending", "RemedyOutOfTurn", "RemedyPending")
FIRST_TO_FILE = ("FiledByAnotherFirst",)
AFTER_THE_CRIME = ("FindingQuestionOpen",)
SEVERAL_PARTIES = ("NoSuchMeasureOnHead", "NotAPartyOfCase", "OneDecisionOneParty")
ELSEWHERE = {
    **dict.fromkeys(QUARANTINE, "tests/domain/test_quarantine.py"),
    **dict.fromkeys(OUTSIDE_DRAWS, "tests/domain/test_outside_draws.py"),
    **dict.fromkeys(OUTSIDE_TEAMS, "tests/domain/test_outside_teams.py"),
    **dict.fromkeys(DRAWS, "tests/draws/test_refused.py"),
    **dict.fromkeys(PLANS_AND_DRAWS, "tests/domain/test_draws.py"),
    **dict.fromkeys(OBJECT_CLASSES, "tests/domain/test_object_classes.py"),
    **dict.fromkeys(COMPLAINTS_AND_FILING, "tests/domain/test_complaints_and_filing.py"),
    **dict.fromkeys(PENALTIES, "tests/domain/test_penalties_decided.py"),
    **dict.fromkeys(REMEDIES, "tests/domain/test_remedies_and_enforcement.py"),
    "ExtensionAfterTerm": "test_a_term_that_has_ended_is_not_extended",
    **dict.fromkeys(FIRST_TO_FILE, "tests/domain/test_first_to_file.py"),
    **dict.fromkeys(AFTER_THE_CRIME, "tests/domain/test_after_the_crime.py"),
    **dict.fromkeys(SEVERAL_PARTIES, "tests/domain/test_several_parties.py"),
    **dict.fromkeys(LEADS, "tests/domain/test_leads.py"),
    **dict.fromkeys(SUPERVISED, "tests/domain/test_supervision.py"),
    **dict.fromkeys(RISKS, "tests/domain/test_risk.py"),
    "NotALeadOfTheCase": "tests/domain/test_lead_feedback.py",
    "ReviewTermRunning": "tests/domain/test_final_refusal.py: test_the_term_must_have_passed",
    "DateInFuture": "the words of its subclasses",
    "DateBeforeItsGround": "the words of its subclasses",
    "FindingNotOpen": "test_an_organ_orders_the_correction_of_what_it_found_itself_or_of_what_it_names",
    "NothingToGuide": "test_a_push_without_needs_gets_no_guidance",
    "CodeNotInCatalogue": "test_a_law_that_came_later_does_not_reach_back",
    "MeasureForAnotherCode": "test_a_measure_rests_on_an_article_of_an_established_code",
    "MeasureNotInArticle": "test_the_general_article_confiscates_where_the_special_one_is_silent",
    "MeasureOfAnotherOrgan": "test_an_article_of_the_police_is_not_applied_by_labour_inspection",
    "AmountMissing": "test_each_measure_states_an_amount_where_it_is_money_and_none_elsewhere",
    "AmountOutOfPlace": "test_each_measure_states_an_amount_where_it_is_money_and_none_elsewhere",
    "FineAboveArticle": "test_an_unlicensed_intermediary_with_income_is_fined_within_the_article",
    "FineBelowArticle": "test_an_unlicensed_intermediary_with_income_is_fined_within_the_article",
    "NoFineWithoutIncome": "test_without_illegal_income_there_is_no_fine_and_closing_stays_possible",
    "FineOnlyAfterRefusal": "test_filing_and_display_are_fined_only_after_a_refusal_to_correct",
    "OnlyWhenSerious": "test_what_is_not_held_is_not_revoked",
    "BaseNotEstablished": "test_children_introduced_are_counted_and_the_licence_must_go",
    "NothingToConfiscate": "test_without_illegal_income_there_is_no_fine_and_closing_stays_possible",
    "ConfiscationAboveIncome": "test_refunds_come_before_confiscation_under_the_revised_law_only",
    "NothingToRevoke": "test_what_is_not_held_is_not_revoked",
    "RevocationMissing": "test_children_introduced_are_counted_and_the_licence_must_go",
    "OneFineForOneAct": "test_one_act_is_fined_once_and_the_higher_article_applies",
    "LowerArticleForFine": "test_one_act_is_fined_once_and_the_higher_article_applies",
    "LimitationPassed": "test_an_act_found_too_late_is_not_punished",
    "NoPenaltyForPromptCorrection": "test_a_minor_act_promptly_corrected_without_harm_is_not_punished",
    "NotFinderOfViolation": "test_only_a_finder_of_the_catalogue_records_a_violation",
    "ActInFuture": "test_the_days_of_an_act_have_come_and_stand_in_order",
    "ActEndInFuture": "test_the_days_of_an_act_have_come_and_stand_in_order",
    "ActEndBeforeStart": "test_the_days_of_an_act_have_come_and_stand_in_order",
    "SeverityNeedsReason": "test_another_severity_takes_a_reason",
    "FindingNeedsFacts": "test_a_finding_states_facts",
    "FindingGroundUnknown": "test_a_finding_about_something_unknown_is_refused",
    "FindingAlreadyRecorded": "test_one_act_is_one_finding",
    "OrderAmbiguous": "test_two_open_orders_must_be_told_apart",
    "CreditRecordNotKept": "test_a_withdrawal_waits_for_its_record",
    "RegionNotNamed": "test_a_directory_has_a_region",
    "HistoryMovedOn": "test_a_decision_on_an_old_version_is_refused",
    "FactNotHere": "test_the_wrong_organ_the_wrong_fact_and_a_second_voiding_are_refused",
    "NotOwnerOfFact": "test_the_wrong_organ_the_wrong_fact_and_a_second_voiding_are_refused",
    "CorrectionNotCorrected": "test_the_wrong_organ_the_wrong_fact_and_a_second_voiding_are_refused",
    "AlreadyVoid": "test_the_wrong_organ_the_wrong_fact_and_a_second_voiding_are_refused",
    "NotPublished": "test_what_was_never_published_is_not_corrected",
    "ReplacementMissing": "test_a_replacement_names_other_values_of_the_facts_own_fields",
    "ReplacementUnreadable": "test_a_replacement_names_other_values_of_the_facts_own_fields",
    "FieldNotReplaced": "test_a_person_is_never_replaced_by_a_value",
    "DecisionNotKnown": "test_a_review_names_a_decision_about_the_same_party_on_a_day_that_has_come",
    "DecisionOfAnother": "test_a_review_names_a_decision_about_the_same_party_on_a_day_that_has_come",
    "OverturnedInFuture": "test_a_review_names_a_decision_about_the_same_party_on_a_day_that_has_come",
    "OverturnedBeforeDecision": "test_a_review_names_a_decision_about_the_same_party_on_a_day_that_has_come",
    "RemedyNotKnown": "test_a_review_names_a_decision_about_the_same_party_on_a_day_that_has_come",
    "NotReviewable": "test_a_review_names_a_decision_about_the_same_party_on_a_day_that_has_come",
    "NotTheReviewer": "test_a_stranger_does_not_overturn_a_decision",
    "ResultNotOfThisReview": "test_who_corrects_itself_does_not_uphold",
    "EffectNotOfThisResult": "test_what_was_found_unlawful_keeps_standing_and_what_is_void_never_stood",
    "AlreadyOverturned": "test_what_was_upheld_goes_to_court_and_what_was_annulled_is_not_overturned_again",
    "WorseForApplicant": "test_a_review_that_was_asked_for_never_makes_it_worse",
    "ChangedFineMisplaced": "test_the_changed_fine_is_given_exactly_where_a_fine_is_changed",
    "RemedyNotOpen": "test_steps_of_a_remedy_keep_their_order_and_their_keeper",
    "RemedyStepOutOfOrder": "test_steps_of_a_remedy_keep_their_order_and_their_keeper",
    "NotKeeperOfRemedy": "test_steps_of_a_remedy_keep_their_order_and_their_keeper",
    "RespondentMismatch": "test_steps_of_a_remedy_keep_their_order_and_their_keeper",
    "SimpleNotExtended": "test_steps_of_a_remedy_keep_their_order_and_their_keeper",
    "RemedyStepInFuture": "test_a_step_of_a_remedy_has_come_and_follows_what_came_before",
    "RemedyStepTooEarly": "test_a_step_of_a_remedy_has_come_and_follows_what_came_before",
    "OverturningUnknown": "test_a_licence_is_restored_once_and_not_by_a_review_that_leaves_the_decision",
    **dict.fromkeys(REFERRAL, "tests/domain/test_referral.py"),
    **dict.fromkeys(INSPECTIONS, "tests/domain/test_inspections_refused.py"),
    **dict.fromkeys(CAMPAIGNS, "tests/domain/test_campaigns_refused.py"),
    **dict.fromkeys(ONLINE, "tests/domain/test_online.py"),
    "PaymentRecordedAlready": "test_the_organ_and_the_treasury_do_not_both_record_one_payment",
    **dict.fromkeys(MARKET, "tests/domain/test_market.py"),
    **dict.fromkeys(DOCUMENTS, "tests/domain/test_documents.py"),
    "DocumentOfOtherOrgan": "test_a_document_is_dealt_with_by_its_own_bureau_only",
    "NotKeeperOfValue": "test_what_the_inspection_received_the_market_section_does_not_open",
    "FileNotKept": "test_a_reference_to_no_kept_file_is_refused_and_nothing_is_recorded",
    "FileDamaged": "test_a_changed_file_is_refused_when_named_and_when_opened",
    "FileMisdescribed": "test_a_wrong_description_of_a_kept_file_is_refused",
    "FileKindNotTaken": "test_what_is_no_document_picture_or_recording_is_not_taken",
    "FileTooLarge": "test_a_file_over_the_limit_leaves_nothing",
    "FileNotAddressed": "test_nothing_opens_before_the_referral_has_gone",
    "FileSentElsewhere": "test_what_the_police_forwarded_is_opened_by_the_police_it_went_to",
    "FileOfReturnedLead": "test_a_leads_evidence_is_opened_by_its_receiver_until_it_returns_it",
    "FileNotServed": "test_a_firm_opens_what_was_served_on_it_and_not_before",
    "FileKeptElsewhere": "test_a_file_that_another_department_keeps_is_named_as_such",
    "FileOfOtherOrgan": "test_a_file_is_opened_by_the_organ_that_keeps_it_and_its_bureau",
}


def _qualified() -> Story:
    story = registered(scope="对外劳务合作")
    kind = LicenceType.QUAL_FLC
    story.give("COM", "ApplyForLicence", organisation=LN_B, type=kind)
    story.give(
        "COM",
        "HandleLicenceApplication",
        organisation=LN_B,
        type=kind,
        outcome=ApplicationOutcome.ACCEPTED,
    )
    story.give("COM", "GrantLicence", organisation=LN_B, type=kind)
    return story


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_refuses_by_name(rule: str) -> None:
    refused(rule, CASES[rule])


def test_every_rule_of_the_domain_is_met_by_a_test() -> None:
    of_the_domain = {
        name for name, rule in domain.law.REFUSALS.items() if rule.__module__.startswith("domain.")
    }
    assert of_the_domain == {*CASES, *ELSEWHERE}


def test_every_rule_speaks_both_languages_says_what_next_and_names_its_source() -> None:
    for name, rule in Refusal.RULES.items():
        assert any("一" <= letter <= "鿿" for letter in rule.zh), name
        assert any("一" <= letter <= "鿿" for letter in rule.next_zh), name
        assert rule.en.isprintable(), name
        assert rule.en.endswith("."), name
        assert rule.next_en, name
        assert rule.source, name


def test_what_may_be_accepted_later_is_marked_so() -> None:
    transient = {name for name, rule in domain.law.REFUSALS.items() if rule.transient}
    assert transient >= {"PushNotReceived", "SubjectUnknown", "CreditPushNotReceived"}


def test_the_annulment_of_a_corrected_commitment_has_no_ground() -> None:
    story = then(
        failed(),
        lambda s: appr(s, "OrderCorrection"),
        lambda s: appr(s, "VerifyCorrection", outcome=CorrectionOutcome.CORRECTED),
    )
    refused("AnnulmentGroundMissing", lambda: annul(story.on("2025-02-14")))


def test_a_withdrawal_waits_for_its_record() -> None:
    story = granted()
    story.facts = [one for one in story.facts if one.department != "drc"]
    story.on("2025-01-10")
    verify(story, VerificationResult.FAILED, "无场所")
    story.policy["correction_before_annulment"] = False
    annul(story.on("2025-02-14"))
    story.run("R11-CREDIT", story.of(LicenceAnnulled)[0])
    withdrawal = next(one for one in story.facts if getattr(one.fact, "kind", "") == "WITHDRAW")
    refused("CreditRecordNotKept", lambda: story.run("DRC-RECEIVE", withdrawal))


def test_a_directory_has_a_region() -> None:
    refused("RegionNotNamed", lambda: list(publish(PublishDirectory(), None, None)))  # type: ignore[arg-type]


def test_a_push_without_needs_gets_no_guidance() -> None:
    story = claimed()
    story.facts = [
        replace(one, fact=replace(one.fact, needs=()))
        if isinstance(one.fact, BusinessScopePushed)
        else one
        for one in story.facts
    ]
    refused("NothingToGuide", lambda: mkt(story, "IssueLicensingGuidance"))


def test_two_open_orders_must_be_told_apart() -> None:
    story = then(failed(), lambda s: appr(s, "OrderCorrection"))
    ordered = story.of(CorrectionOrdered)[0]
    story.facts.append(replace(ordered, fact=replace(ordered.fact, order_id="C-2")))
    refused(
        "OrderAmbiguous",
        lambda: appr(story, "VerifyCorrection", outcome=CorrectionOutcome.CORRECTED),
    )
