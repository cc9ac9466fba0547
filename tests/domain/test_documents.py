"""Documents: three posts make one, its number runs through, its sealed files are what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.commands import Post
from domain.document import templates
from domain.document.facts import DocumentDrafted, DocumentSealed, EvidenceKept
from domain.document.numbering import number_of
from domain.document.state import Stage, fold
from domain.enforcement.facts import ServiceMethod
from domain.terms import FileRef
from tests.domain.story import LN_A, Story, day, refused

DRAFT = FileRef(sha256="1" * 64, length=10, media_type="application/json")
OTHER = FileRef(sha256="2" * 64, length=11, media_type="application/json")
DOCX = FileRef(sha256="3" * 64, length=12, media_type="application/vnd.x")
PDF = FileRef(sha256="4" * 64, length=13, media_type="application/pdf")
PHOTO = FileRef(sha256="5" * 64, length=14, media_type="image/jpeg")
OFFICER, REVIEWER, HEAD = "HRSS_INSP.OFFICER", "HRSS_INSP.REVIEWER", "HRSS_INSP.HEAD"


def act(story: Story, who: str, command: str, *, at: str = "210103", **data: Any) -> list[Any]:
    """Gives a command as a post with a role of its own."""
    post = Post(id=f"{who}@{at}", organ=who.partition(".")[0], region=at, appointment="test")
    return story.decide(command, post, data)


def draft(story: Story, who: str = OFFICER, **changes: Any) -> Any:
    data = {"kind": "CORRECTION_NOTICE", "about": LN_A, "organisation": LN_A, "content": DRAFT}
    return act(story, who, "DraftDocument", **data | changes)[0]


def drafted() -> tuple[Story, str]:
    story = Story().on("2025-03-03")
    return story, draft(story).document_id


def checked(**changes: Any) -> tuple[Story, str]:
    story, document = drafted()
    act(story, REVIEWER, "CheckDocument", document=document, **changes)
    return story, document


def approved() -> tuple[Story, str]:
    story, document = checked()
    act(story, HEAD, "ApproveDocument", document=document)
    return story, document


def sealed() -> tuple[Story, str]:
    story, document = approved()
    act(story, OFFICER, "SealDocument", document=document, docx=DOCX, pdf=PDF)
    return story, document


def serve(story: Story, document: str, **changes: Any) -> list[Any]:
    data: dict[str, Any] = {"method": ServiceMethod.DIRECT, "receipt": PHOTO}
    return act(story, OFFICER, "ServeDocument", document=document, **data | changes)


def served() -> tuple[Story, str]:
    story, document = sealed()
    serve(story, document)
    return story, document


def test_a_document_is_drafted_checked_approved_sealed_and_served_by_three_posts() -> None:
    story, document = served()
    state = fold(story.stream(f"document/{document}", "hr"))
    assert state is not None
    assert state.stage is Stage.SERVED
    assert state.number == "沈河人社责改字〔2025〕1号"
    assert (state.docx, state.pdf, state.content) == (DOCX, PDF, DRAFT)
    assert len({state.drafted_by, state.checked_by, state.approved_by}) == 3
    assert story.of(DocumentSealed)[0].matter == story.of(DocumentDrafted)[0].matter


def test_numbers_run_through_per_bureau_kind_and_year() -> None:
    story = Story().on("2025-12-30")
    assert draft(story).number == "沈河人社责改字〔2025〕1号"
    assert draft(story, "HRSS_MKT").number == "沈河人社责改字〔2025〕2号"
    assert draft(story, kind="LEAD_LETTER").number == "沈河人社线移字〔2025〕1号"
    assert draft(story, "SAMR").number == "沈河市监责改字〔2025〕1号"
    story.on("2026-01-04")
    assert draft(story).number == "沈河人社责改字〔2026〕1号"


def test_a_territory_without_a_short_name_is_numbered_by_its_code() -> None:
    assert number_of("SAMR", "110101", "责改", 2025, 3) == "110101市监责改字〔2025〕3号"


def test_a_draft_that_was_sent_back_is_redrafted_and_checked_anew_under_its_number() -> None:
    story, document = checked(agreed=False, reason="事实部分不完整")
    refused("DocumentNotChecked", lambda: act(story, HEAD, "ApproveDocument", document=document))
    again = draft(story, document=document, content=OTHER)
    assert (again.revision, again.number) == (2, "沈河人社责改字〔2025〕1号")
    refused("DocumentNotChecked", lambda: act(story, HEAD, "ApproveDocument", document=document))
    act(story, REVIEWER, "CheckDocument", document=document)
    act(story, HEAD, "ApproveDocument", document=document)


def test_evidence_of_one_matter_stays_together() -> None:
    story = Story().on("2025-03-03")
    for file in (PHOTO, PDF):
        act(
            story,
            OFFICER,
            "KeepEvidence",
            about=LN_A,
            organisation=LN_A,
            file=file,
            what="现场照片",
        )
    kept = story.of(EvidenceKept)
    assert len({one.matter for one in kept}) == 1
    assert kept[0].fact.taken_on == day("2025-03-03")


def evidence(story: Story, **changes: Any) -> Any:
    data = {"about": LN_A, "organisation": LN_A, "file": PHOTO, "what": "照片"}
    return act(story, OFFICER, "KeepEvidence", **data | changes)


def evidence_twice() -> Any:
    story = Story().on("2025-03-03")
    evidence(story)
    return evidence(story)


def drafted_in_a_year_that_is_over() -> Any:
    story = Story().on("2026-01-04")
    draft(story)
    return draft(story.on("2025-12-30"))


Made = Callable[[], tuple[Story, str]]


def on(made: Made, who: str, command: str, **data: Any) -> Callable[[], Any]:
    def given() -> Any:
        story, document = made()
        return act(story, who, command, document=document, **data)

    return given


def serving(made: Made, **data: Any) -> Callable[[], Any]:
    def given() -> Any:
        return serve(*made(), **data)

    return given


def redrafting(made: Made, **data: Any) -> Callable[[], Any]:
    def given() -> Any:
        story, document = made()
        return draft(story, document=document, **data)

    return given


REFUSED: dict[str, Callable[[], Any]] = {
    "DocumentKindUnknown": lambda: draft(Story(), kind="LOVE_LETTER"),
    "DocumentNotOfOrgan": lambda: draft(Story(), "HRSS_MKT", kind="PENALTY_DECISION"),
    "DocumentGroundUnknown": lambda: draft(Story(), about="CASE-NOBODY"),
    "DocumentNotDrafted": lambda: act(Story(), HEAD, "ApproveDocument", document="DOC-NONE"),
    "DocumentKindFixed": redrafting(drafted, kind="LEAD_LETTER"),
    "DocumentAlreadyApproved": redrafting(approved),
    "DrafterMayNotCheck": on(drafted, OFFICER, "CheckDocument"),
    "ReturnNeedsReason": on(drafted, REVIEWER, "CheckDocument", agreed=False),
    "DraftAlreadyChecked": on(checked, REVIEWER, "CheckDocument"),
    "DocumentNotChecked": on(drafted, HEAD, "ApproveDocument"),
    "ThirdPostApproves": on(checked, REVIEWER, "ApproveDocument"),
    "HeadApproves": on(checked, "HRSS_MKT.OFFICER", "ApproveDocument"),
    "DocumentNotApproved": on(checked, OFFICER, "SealDocument", docx=DOCX, pdf=PDF),
    "SealedFilesMissing": on(approved, OFFICER, "SealDocument"),
    "DocumentAlreadySealed": on(sealed, OFFICER, "SealDocument", docx=DOCX, pdf=PDF),
    "DocumentNotSealed": serving(approved),
    "DocumentAlreadyServed": serving(served),
    "ServiceNeedsProof": serving(sealed, receipt=None),
    "DocumentServedInFuture": serving(sealed, served_on=day("2025-03-04")),
    "ServedBeforeSealing": serving(sealed, served_on=day("2025-03-02")),
    "EvidenceTakenInFuture": lambda: evidence(Story(), taken_on=day("2999-01-01")),
    "EvidenceAlreadyKept": evidence_twice,
    "RegisterYearClosed": drafted_in_a_year_that_is_over,
}


@pytest.mark.parametrize("rule", REFUSED)
def test_each_rule_of_documents_refuses_by_its_name(rule: str) -> None:
    refused(rule, REFUSED[rule])


def test_a_document_is_dealt_with_by_its_own_bureau_only() -> None:
    """Two bureaus of one department: the reconsideration organ's draft is not the court's."""
    story = Story().on("2025-03-03")
    document = draft(story, "RECON", kind="RECEIPT").document_id
    refused("DocumentOfOtherOrgan", lambda: act(story, "COURT", "CheckDocument", document=document))


def test_service_by_public_notice_takes_no_proof() -> None:
    story, document = sealed()
    assert serve(story, document, method=ServiceMethod.PUBLIC_NOTICE, receipt=None)


def test_every_template_names_its_fields_once_and_uses_those_it_has() -> None:
    for template in templates.TEMPLATES.values():
        names = [field.name for field in template.fields]
        assert len(names) == len(set(names)), template.code
        assert template.to in (None, *names)
        used = {
            part.partition("}")[0]
            for paragraph in template.paragraphs
            for part in paragraph.split("{")[1:]
        }
        assert used <= set(names), template.code


def test_the_numbering_words_of_templates_are_all_different() -> None:
    words = [template.word for template in templates.TEMPLATES.values()]
    assert len(words) == len(set(words))
