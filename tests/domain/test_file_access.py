"""Who opens a file besides its keeper: the police that have the case, the lead's receiver, the firm."""

from __future__ import annotations

from typing import Any

import pytest

import domain.law  # noqa: F401
from domain.commands import Post
from domain.document.access import Ground, may_send, opened_by, streams_about
from domain.document.naming import files_of, types_naming_files
from domain.enforcement.facts import ServiceMethod
from domain.facts import FACTS
from domain.review.standing import standing
from tests.domain import referrals
from tests.domain.leads import send, send_back, sign
from tests.domain.story import LN_A, LN_B, Story, granted, post, refused
from tests.domain.test_documents import PDF, PHOTO, sealed, serve

LETTER = referrals.DOCUMENTS[0].file
assert LETTER is not None


def opening(story: Story, file: str, who: Post, keeper: str = "hr") -> Ground:
    """Why a post opens a file, by the facts of the department that keeps it."""
    named = [
        one
        for one in standing(story.facts)
        if one.department == keeper and file in files_of(one.fact)
    ]
    facts = {
        stream: standing([one for one in story.facts if one.stream == stream])
        for stream in streams_about(named)
    }
    return opened_by(file, who, named, facts, keeper)


def of(story: Story, who: str, at: str = "210103", file: str = LETTER.sha256) -> Ground:
    return opening(story, file, post(who, at))


def test_police_and_procuratorate_of_the_territory_open_what_a_referral_handed_over() -> None:
    story, referral = referrals.transferred()
    for organ, region in (("PSB", "210103"), ("PROC", "210103"), ("PSB", "210100")):
        ground = of(story, organ, region)
        assert ground.about == referral
        assert referral in ground.zh
        assert ground.matter == story.facts[-1].matter
    for organ in ("PSB", "PROC"):
        refused("FileSentElsewhere", lambda organ=organ: of(story, organ, "210102"))
    refused("FileNotAddressed", lambda: of(story, "SAMR"))
    refused("FileOfOtherOrgan", lambda: of(story, "HRSS_MKT"))


def test_what_the_police_forwarded_is_opened_by_the_police_it_went_to() -> None:
    story, referral = referrals.transferred()
    referrals.police(story, "ReceiptReferral", referral, not_ours=True, reason="犯罪地在铁西区")
    referrals.police(
        story, "ForwardReferral", referral, to_region="210106", notice_no="沈河公转字〔2025〕1号"
    )
    assert of(story, "PSB", "210106").about == referral
    assert of(story, "PROC", "210106").about == referral
    refused("FileSentElsewhere", lambda: of(story, "PSB"))


def test_nothing_opens_before_the_referral_has_gone() -> None:
    story, _ = referrals.approved()
    refused("FileNotAddressed", lambda: of(story, "PSB"))


def test_a_leads_evidence_is_opened_by_its_receiver_until_it_returns_it() -> None:
    story = Story().on("2025-03-03")
    lead = send(story, "HRSS_MKT", "SAMR", evidence=(PHOTO.sha256,))
    assert of(story, "SAMR", file=PHOTO.sha256).about == lead
    refused("FileNotAddressed", lambda: of(story, "DRC", file=PHOTO.sha256))
    refused("FileSentElsewhere", lambda: of(story, "SAMR", "210102", file=PHOTO.sha256))
    send_back(story, "SAMR", lead, "HRSS_INSP")
    refused("FileOfReturnedLead", lambda: of(story, "SAMR", file=PHOTO.sha256))


def test_a_section_of_the_same_department_opens_the_evidence_of_a_lead_sent_to_it() -> None:
    story = Story().on("2025-03-03")
    send(story, "HRSS_MKT", "HRSS_INSP", evidence=(PHOTO.sha256,))
    assert of(story, "HRSS_INSP", file=PHOTO.sha256)
    refused("FileOfOtherOrgan", lambda: of(story, "HRSS_APPR", file=PHOTO.sha256))


def test_a_letter_about_a_lead_is_opened_by_the_organ_that_has_the_lead() -> None:
    story = Story().on("2025-03-03")
    lead = send(story, "HRSS_MKT", "SAMR")
    sign(story, "SAMR", lead)
    sealed_about(story, "LEAD_LETTER", lead)
    assert of(story, "SAMR", file=PDF.sha256).about == lead
    refused("FileNotAddressed", lambda: of(story, "DRC", file=PDF.sha256))


def sealed_about(story: Story, kind: str, about: str) -> None:
    from tests.domain.test_documents import DOCX, HEAD, OFFICER, REVIEWER, act, draft

    document = draft(story, kind=kind, about=about).document_id
    act(story, REVIEWER, "CheckDocument", document=document)
    act(story, HEAD, "ApproveDocument", document=document)
    act(story, OFFICER, "SealDocument", document=document, docx=DOCX, pdf=PDF)


def test_a_firm_opens_what_was_served_on_it_and_not_before() -> None:
    story, document = sealed()
    firm = f"AGENCY:{LN_A}"
    refused("FileNotServed", lambda: of(story, firm, file=PDF.sha256))
    serve(story, document, method=ServiceMethod.DIRECT)
    assert of(story, firm, file=PDF.sha256).about == document
    refused("FileOfOtherOrgan", lambda: of(story, f"AGENCY:{LN_B}", file=PDF.sha256))
    refused("FileNotAddressed", lambda: of(story, "SAMR", file=PDF.sha256))


def test_what_a_firm_hands_in_is_opened_by_its_regulator_and_by_no_other_firm() -> None:
    story = granted().on("2025-05-18")
    firm = f"AGENCY:{LN_B}"
    story.give(firm, "SubmitAnnualReport", organisation=LN_B, year=2024, file=PDF)
    handed = story.facts[-1]
    assert may_send(handed, "HRSS_APPR", "210103")
    assert not may_send(handed, "HRSS_APPR", "532301")
    for who in ("HRSS_MKT", firm):
        assert of(story, who, file=PDF.sha256).about == LN_B
    refused("FileSentElsewhere", lambda: of(story, "HRSS_MKT", "532301", PDF.sha256))
    refused("FileOfOtherOrgan", lambda: of(story, f"AGENCY:{LN_A}", file=PDF.sha256))
    refused("FileNotAddressed", lambda: of(story, "SAMR", file=PDF.sha256))


def test_an_organ_gives_no_access_to_a_file_that_it_may_not_open_itself() -> None:
    """A lead of the market section that names the inspection's file opens it for nobody."""
    story = Story().on("2025-03-03")
    send(story, "HRSS_MKT", "SAMR", evidence=(PHOTO.sha256,))
    sent = story.facts[-1]
    assert may_send(sent, "HRSS_MKT", "210103")
    assert not may_send(sent, "HRSS_INSP", "210103")
    assert not may_send(sent, "HRSS_MKT", "532301")
    story, _ = referrals.transferred()
    assert may_send(story.facts[-1], "HRSS_INSP", "210103")


def test_every_fact_with_a_file_reference_is_known_to_name_files() -> None:
    told: set[str] = set()
    for story in (referrals.transferred()[0], sealed()[0]):
        told |= {one.type for one in story.facts if files_of(one.fact)}
    assert told <= set(types_naming_files())
    assert {"referral.transferred.v1", "document.sealed.v1"} <= told
    for name in types_naming_files():
        source: Any = FACTS[name]
        assert "FileRef" in str(source.__annotations__) + str(
            {**source.__dataclass_fields__}
        ) or name in ("lead.transferred.v1", "referral.transferred.v1")


@pytest.mark.parametrize("who", ["PSB", "PROC", "CAC", "SAMR", "AGENCY", "LGO"])
def test_a_file_that_no_fact_names_is_opened_by_nobody_else(who: str) -> None:
    rule = "FileOfOtherOrgan" if who == "AGENCY" else "FileNotAddressed"
    refused(rule, lambda: of(Story(), who))
