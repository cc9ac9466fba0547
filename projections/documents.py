"""Enforcement documents and evidence of a department: number, steps of making, hashes of files.

What a document says lies in the content-addressed store; a row tells by which hash. States:
DRAFTED, CHECKED, SENT_BACK, APPROVED, SEALED, SERVED.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, Table, Text, select

import domain.law  # noqa: F401 -- completes the table of facts, some of which name files
from domain.document.facts import (
    DocumentApproved,
    DocumentChecked,
    DocumentDrafted,
    DocumentSealed,
    DocumentServed,
    EvidenceKept,
)
from domain.document.naming import files_of, types_naming_files
from projections.answers import Answer, Listed, answer, listed, narrow
from projections.reader import reader_of
from projections.steps import CORRECTED, Entity, Steps, moment, read, steps_columns

METADATA = MetaData()

DRAFTED, CHECKED, APPROVED = DocumentDrafted.TYPE, DocumentChecked.TYPE, DocumentApproved.TYPE
SEALED, SERVED = DocumentSealed.TYPE, DocumentServed.TYPE

DOCUMENTS = Table(
    "documents_documents",
    METADATA,
    Column("document_id", Text, primary_key=True),
    Column("kind", Text),
    Column("number", Text),
    Column("template_version", Text),
    Column("revision", BigInteger),
    Column("owner", Text),
    Column("about", Text),
    Column("subject", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("state", Text),
    Column("drafted_by", Text),
    Column("checked_by", Text),
    Column("check_reason", Text),
    Column("approved_by", Text),
    Column("content_sha256", Text),
    Column("docx_sha256", Text),
    Column("pdf_sha256", Text),
    Column("served_on", Text),
    Column("method", Text),
    Column("receipt_sha256", Text),
    Column("drafted", BigInteger),
    Column("sealed", BigInteger),
    Column("moved", BigInteger),
    *steps_columns(),
    Index("documents_documents_region", "region", "state", "moved"),
    Index("documents_documents_about", "about"),
    Index("documents_documents_subject", "subject"),
)

EVIDENCE = Table(
    "documents_evidence",
    METADATA,
    Column("evidence_id", Text, primary_key=True),
    Column("owner", Text),
    Column("about", Text),
    Column("subject", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("what", Text),
    Column("taken_on", Text),
    Column("sha256", Text),
    Column("length", BigInteger),
    Column("media_type", Text),
    Column("kept", BigInteger),
    *steps_columns(),
    Index("documents_evidence_about", "about"),
)

FILES = Table(
    "documents_files",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("owner", Text),
    *steps_columns(),
)

_STAMPS = frozenset({"drafted", "sealed", "moved", "kept"})
_OWN = ("document_id", "steps", "voided")


def fold_document(steps: Steps) -> dict[str, Any]:
    """The document after these steps; a new draft begins its checking anew."""
    paper: dict[str, Any] = dict.fromkeys(c.name for c in DOCUMENTS.columns if c.name not in _OWN)
    for step in steps:
        data = step.data
        if step.type in (DRAFTED, SEALED):
            paper.update(
                {name: value for name, value in data.items() if not isinstance(value, dict)},
                owner=step.department,
                subject=step.subject,
                region=step.region,
                matter=step.matter,
                content_sha256=data["content"]["sha256"],
            )
        if step.type == DRAFTED:
            paper.update(state="DRAFTED", checked_by=None, check_reason=None, approved_by=None)
            paper["drafted"] = paper["drafted"] or step.stamp
        elif step.type == CHECKED:
            paper.update(
                state="CHECKED" if data["agreed"] else "SENT_BACK",
                checked_by=data["checked_by"],
                check_reason=data["reason"],
            )
        elif step.type == APPROVED:
            paper.update(state="APPROVED", approved_by=data["approved_by"])
        elif step.type == SEALED:
            paper.update(state="SEALED", sealed=step.stamp)
            paper.update(docx_sha256=data["docx"]["sha256"], pdf_sha256=data["pdf"]["sha256"])
        else:
            paper.update(state="SERVED", served_on=data["served_on"], method=data["method"])
            paper["receipt_sha256"] = data["receipt"]["sha256"] if data["receipt"] else None
    paper["subject"] = paper["subject"] or steps[0].subject
    paper["region"] = paper["region"] or steps[0].region
    paper["moved"] = steps[-1].stamp
    return paper


def _evidence(steps: Steps) -> dict[str, Any]:
    step = steps[0]
    data = step.data
    return {
        **data["file"],
        "owner": step.department,
        "about": data["about"],
        "what": data["what"],
        "taken_on": data["taken_on"],
        "subject": step.subject,
        "region": step.region,
        "matter": step.matter,
        "kept": step.stamp,
    }


def _named(steps: Steps) -> dict[str, Any]:
    return {"owner": steps[0].department}


ENTITIES = (
    Entity(
        DOCUMENTS,
        lambda f: str(f.fact.document_id),
        {
            DRAFTED: (
                "kind",
                "template_version",
                "number",
                "revision",
                "about",
                "content",
                "drafted_by",
            ),
            CHECKED: ("agreed", "checked_by", "reason"),
            APPROVED: ("approved_by",),
            SEALED: ("kind", "number", "about", "content", "docx", "pdf"),
            SERVED: ("served_on", "method", "receipt"),
        },
        fold_document,
    ),
    Entity(
        EVIDENCE,
        lambda f: str(f.fact.evidence_id),
        {EvidenceKept.TYPE: ("about", "file", "what", "taken_on")},
        _evidence,
    ),
    Entity(
        FILES,
        lambda f: files_of(f.fact),
        dict.fromkeys(types_naming_files(), ()),
        _named,
    ),
)

PROJECTION = reader_of("documents", 2, METADATA, ENTITIES)


def documents(
    conn: Connection,
    *,
    uscc: str | None = None,
    about: str | None = None,
    region: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    owner: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Documents, latest moved first: {document_id, kind, number, template_version, revision, owner,
    about, subject, region, matter, state, drafted_by, checked_by, check_reason, approved_by,
    content_sha256, docx_sha256, pdf_sha256, served_on, method, receipt_sha256, drafted, sealed,
    moved}. `owner` is the department whose store keeps the files."""
    query = narrow(select(DOCUMENTS), DOCUMENTS, region=region, state=state)
    for column, wanted in (("subject", uscc), ("about", about), ("kind", kind), ("owner", owner)):
        if wanted is not None:
            query = query.where(DOCUMENTS.c[column] == wanted)
    query = query.order_by(DOCUMENTS.c.moved.desc(), DOCUMENTS.c.document_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def document(conn: Connection, document_id: str) -> Answer | None:
    """One document as in `documents`, with `steps`: [{event_id, type, recorded, data}]."""
    query = select(DOCUMENTS).where(DOCUMENTS.c.document_id == document_id, ~DOCUMENTS.c.voided)
    row = conn.execute(query).mappings().first()
    if row is None:
        return None
    return answer(row, _STAMPS) | {
        "steps": [
            {
                "event_id": step.event,
                "type": step.type,
                "recorded": moment(step.stamp),
                "data": step.data,
            }
            for step in read(row["steps"])
        ]
    }


def evidence(
    conn: Connection, *, about: str | None = None, uscc: str | None = None, limit: int = 50
) -> list[Answer]:
    """Evidence kept, latest first: {evidence_id, owner, about, subject, region, matter, what,
    taken_on, sha256, length, media_type, kept}."""
    query = narrow(select(EVIDENCE), EVIDENCE)
    for column, wanted in (("about", about), ("subject", uscc)):
        if wanted is not None:
            query = query.where(EVIDENCE.c[column] == wanted)
    query = query.order_by(EVIDENCE.c.kept.desc(), EVIDENCE.c.evidence_id)
    return listed(conn, query.limit(limit), _STAMPS)


def naming(conn: Connection, sha256: str) -> list[str]:
    """The ids of the events that name a file, oldest first, those voided since among them."""
    query = select(FILES.c.steps).where(FILES.c.sha256 == sha256)
    row = conn.execute(query).first()
    return [step.event for step in read(row.steps) if step.type != CORRECTED] if row else []
