"""Stories about a police referral that several tests begin with."""

from __future__ import annotations

import hashlib
from typing import Any

from domain import finding
from domain.finding import CrimeSign, ViolationFound
from domain.referral.facts import (
    FilingDecision,
    ReferralDocument,
    ReferralDocumentCode,
    ReferralProposed,
    ReviewKind,
    ReviewOutcome,
)
from domain.terms import FileRef
from domain.violations.catalogue import Severity
from tests.domain.casework import OFFICERS, filed, given_fact
from tests.domain.story import LN_A, Story, day

LETTER_NO = "沈河人社移字〔2025〕1号"
FINDING = "VF-1"


def file_of(text: str) -> FileRef:
    """A file with this text."""
    body = text.encode()
    return FileRef(
        sha256=hashlib.sha256(body).hexdigest(), length=len(body), media_type="application/pdf"
    )


def enclosed(code: str, text: str = "", **data: Any) -> ReferralDocument:
    """A document of a referral with its file."""
    return ReferralDocument(code=ReferralDocumentCode(code), file=file_of(text or code), **data)


NO_TESTS = ReferralDocument(
    code=ReferralDocumentCode.D4, not_applicable=True, reason="无需检验鉴定"
)
DOCUMENTS = (enclosed("D1"), enclosed("D2"), enclosed("D3"), NO_TESTS, enclosed("D5"))


def without(code: str) -> tuple[ReferralDocument, ...]:
    """The documents of a referral but for one."""
    return tuple(one for one in DOCUMENTS if one.code.value != code)


def found(story: Story, case: str, *, question: bool = True, name: str = FINDING) -> None:
    """The inspection finds that LN-A took 342,000 yuan from nine people."""
    given_fact(
        story,
        "HRSS_INSP",
        finding.stream_of(LN_A),
        ViolationFound(
            finding_id=name,
            code="V-CON-08",
            severity=Severity.MAJOR,
            subject_id=LN_A,
            about=case,
            facts=("以内部推荐名义收取9人费用",),
            act_from=day("2025-01-05"),
            persons=9,
            amount_fen=34_200_000,
            signs=(CrimeSign.VICTIM_LOSS,) if question else (),
            question=question,
        ),
        subject=LN_A,
        matter=story.facts[-1].matter,
    )


def suspected() -> tuple[Story, str]:
    """A case about LN-A whose finding raises the referral question."""
    story, case = filed()
    found(story.on("2025-03-05"), case)
    return story, case


def propose(story: Story, case: str, organ: str = "HRSS_INSP", **data: Any) -> Any:
    """The team reports to the head."""
    asked: dict[str, Any] = {
        "about": case,
        "organisation": LN_A,
        "findings": (FINDING,),
        "team": OFFICERS,
        "crimes": ("XF-266",),
        "persons": 9,
        "amount_fen": 34_200_000,
        **data,
    }
    return story.give(organ, "ProposeReferral", **asked)


def proposed() -> tuple[Story, str]:
    """A referral reported to the head on 2025-03-07."""
    story, case = suspected()
    propose(story.on("2025-03-07"), case)
    return story, story.of(ReferralProposed)[-1].fact.referral_id


def decide(story: Story, referral: str, organ: str = "HRSS", **data: Any) -> Any:
    """The head decides."""
    return story.give(organ, "DecideReferral", **{"referral": referral, "approved": True, **data})


def approved() -> tuple[Story, str]:
    """A referral approved on 2025-03-10 at 10:00."""
    story, referral = proposed()
    decide(story.on("2025-03-10T10:00"), referral)
    return story, referral


def transfer(story: Story, referral: str, **data: Any) -> Any:
    """The case goes to the police."""
    asked = {"referral": referral, "letter_no": LETTER_NO, "documents": DOCUMENTS, **data}
    return story.give("HRSS", "TransferReferral", **asked)


def transferred() -> tuple[Story, str]:
    """A referral transferred on 2025-03-10 at 16:30."""
    story, referral = approved()
    transfer(story.on("2025-03-10T16:30"), referral)
    return story, referral


def police(story: Story, command: str, referral: str, /, **data: Any) -> Any:
    """The police act."""
    return story.give("PSB", command, referral=referral, **data)


def receipted() -> tuple[Story, str]:
    """A referral for which the police signed."""
    story, referral = transferred()
    police(story, "ReceiptReferral", referral)
    return story, referral


def file(story: Story, referral: str, *, files: bool, **data: Any) -> Any:
    """The police decide to file or not."""
    asked: dict[str, Any] = {"notice_no": "沈河公立字〔2025〕8号", **data}
    if not files:
        asked.setdefault("reason", "现有证据不足以证明犯罪事实")
    decision = FilingDecision.FILED if files else FilingDecision.NOT_FILED
    return police(story, "DecideFiling", referral, decision=decision, **asked)


def sender(story: Story, command: str, referral: str, /, **data: Any) -> Any:
    """The organ that referred acts."""
    return story.give("HRSS", command, referral=referral, **data)


def refused_by_police() -> tuple[Story, str]:
    """Not filed on 2025-03-13, the notice received the next day."""
    story, referral = receipted()
    file(story.on("2025-03-13"), referral, files=False)
    sender(story.on("2025-03-14"), "RecordFilingNotice", referral)
    return story, referral


def ask(story: Story, referral: str, kind: ReviewKind, **data: Any) -> Any:
    """The sender asks for a review."""
    return sender(
        story, "RequestFilingReview", referral, kind=kind, reason="证据足以证明诈骗", **data
    )


def reconsidering() -> tuple[Story, str]:
    """Reconsideration asked for on 2025-03-17."""
    story, referral = refused_by_police()
    ask(story.on("2025-03-17"), referral, ReviewKind.RECONSIDERATION)
    return story, referral


def reconsider(story: Story, referral: str, outcome: ReviewOutcome, **data: Any) -> Any:
    """The police decide the reconsideration."""
    asked: dict[str, Any] = {"notice_no": "沈河公复字〔2025〕2号", **data}
    return police(story, "DecideFilingReview", referral, outcome=outcome, **asked)


def filed_on_reconsideration() -> tuple[Story, str]:
    """Filed on 2025-03-19, the notice received on 2025-03-20."""
    story, referral = reconsidering()
    reconsider(story.on("2025-03-19"), referral, ReviewOutcome.FILE)
    sender(story.on("2025-03-20"), "RecordFilingNotice", referral)
    return story, referral


def upheld() -> tuple[Story, str]:
    """The refusal upheld on 2025-03-19, the notice received on 2025-03-20."""
    story, referral = reconsidering()
    reconsider(story.on("2025-03-19"), referral, ReviewOutcome.UPHOLD, reason="没有新的事实和证据")
    sender(story.on("2025-03-20"), "RecordFilingNotice", referral)
    return story, referral


def supervised() -> tuple[Story, str]:
    """Supervision suggested after the refusal was upheld."""
    story, referral = upheld()
    ask(story.on("2025-03-21"), referral, ReviewKind.SUPERVISION)
    return story, referral
