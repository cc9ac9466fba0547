"""Where a document stands, folded from its facts: drafted, checked, approved, sealed, served."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from domain.document.facts import (
    DocumentApproved,
    DocumentChecked,
    DocumentDrafted,
    DocumentSealed,
    DocumentServed,
)
from domain.facts import Recorded
from domain.terms import FileRef


class Stage(StrEnum):
    """The step that a document has reached."""

    DRAFTED = "DRAFTED"
    SENT_BACK = "SENT_BACK"
    CHECKED = "CHECKED"
    APPROVED = "APPROVED"
    SEALED = "SEALED"
    SERVED = "SERVED"


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document as its facts leave it; `sealed_on` and `served_on` are days in China."""

    document_id: str
    kind: str
    template_version: str
    number: str
    revision: int
    about: str
    subject_id: str
    content: FileRef
    drafted_by: str
    drafted_organ: str
    region: str
    matter: str
    stage: Stage
    checked_by: str | None = None
    approved_by: str | None = None
    sealed_on: date | None = None
    docx: FileRef | None = None
    pdf: FileRef | None = None
    served_on: date | None = None


def fold(history: Iterable[Recorded[Any]]) -> Document | None:
    """The document that its facts make, in order; None where nothing was drafted."""
    document: Document | None = None
    for recorded in history:
        document = _evolve(document, recorded)
    return document


def _evolve(document: Document | None, recorded: Recorded[Any]) -> Document | None:
    match recorded.fact:
        case DocumentDrafted() as drafted:
            return Document(
                document_id=drafted.document_id,
                kind=drafted.kind,
                template_version=drafted.template_version,
                number=drafted.number,
                revision=drafted.revision,
                about=drafted.about,
                subject_id=drafted.subject_id,
                content=drafted.content,
                drafted_by=drafted.drafted_by,
                drafted_organ=document.drafted_organ if document else recorded.organ,
                region=recorded.region,
                matter=recorded.matter,
                stage=Stage.DRAFTED,
            )
    if document is None:
        return None
    match recorded.fact:
        case DocumentChecked(agreed=agreed, checked_by=checker):
            stage = Stage.CHECKED if agreed else Stage.SENT_BACK
            return replace(document, stage=stage, checked_by=checker)
        case DocumentApproved(approved_by=approver):
            return replace(document, stage=Stage.APPROVED, approved_by=approver)
        case DocumentSealed(docx=docx, pdf=pdf):
            return replace(
                document, stage=Stage.SEALED, docx=docx, pdf=pdf, sealed_on=recorded.recorded_on
            )
        case DocumentServed(served_on=served_on):
            return replace(document, stage=Stage.SERVED, served_on=served_on)
    return document
