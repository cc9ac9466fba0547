"""Documents on pages: which kinds there are, a form for each made from its template, one document.

A document's page is folded from the facts that its department has received of it, and shows
what stands to be done next. Its files are downloaded by posts that may open them.
"""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from domain.campaign import tables
from domain.campaign.facts import tables_of
from domain.departments import NODES, ORGANS
from domain.document import state
from domain.document.campaign_reports import SUMMARIES, content_from
from domain.document.facts import stream_of
from domain.document.files import bureau_of
from domain.document.numbering import letterhead
from domain.document.state import Document, Stage
from domain.document.templates import TEMPLATES, Template
from domain.facts import Recorded, instant
from domain.powers import commands_of
from domain.review.standing import corrections, standing
from domain.statistics.form import REPORT_YEAR
from gateways.contracts.envelope import fact_of
from gateways.files.rendering.content import content_schema
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.files import attachment, opened
from gateways.http.giving import give
from gateways.http.parameters import reached
from gateways.http.problems import ProblemError
from gateways.web import forms
from gateways.web.casework import words
from gateways.web.casework.acts import allowed
from gateways.web.casework.files import address
from gateways.web.casework.lists import (
    REGION,
    SUBJECT,
    Column,
    Filter,
    List,
    answer,
    asked,
    states_of,
    territory,
)
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed, check_form
from projections import campaigns, received
from projections import documents as papers
from projections.answers import Listed

router = APIRouter(include_in_schema=False)
SEEN_WAIT_S = 2.0
ABOUT = ("about", "organisation")
NEXT: dict[Stage, tuple[str, ...]] = {
    Stage.DRAFTED: ("CheckDocument",),
    Stage.SENT_BACK: (),
    Stage.CHECKED: ("ApproveDocument",),
    Stage.APPROVED: ("SealDocument",),
    Stage.SEALED: ("ServeDocument",),
    Stage.SERVED: (),
}
"""What is done with a document next, by where it stands; a draft may always be redone."""


COLUMNS = (
    Column(
        name="number", zh="文号", en="Number", link="/documents/{document_id}",
        below=Column(name="kind_name", zh="文书", en="Document"),
    ),
    Column(name="state", zh="状态", en="State", kind="state", states=words.DOCUMENT),
    Column(name="about", zh="依据事项", en="About", kind="id", link="{about_at}"),
    Column(name="subject", zh="当事人", en="Subject", kind="subject"),
    Column(
        name="drafted_by", zh="拟制岗位", en="Drafted by", kind="post",
        below=Column(name="drafted", zh="拟制时间", en="Drafted", kind="moment"),
    ),
    Column(name="moved", zh="最近办理", en="Last step", kind="moment"),
)  # fmt: skip
KIND = Filter(
    name="kind",
    zh="种类",
    en="Kind",
    options=tuple((one.code, one.zh, one.en) for one in TEMPLATES.values()),
)
ABOUT_FILTER = Filter(name="about", zh="依据事项", en="About", size=24)


@router.get("/documents")
def listing(request: Request, identity: Signed) -> Response:
    """The documents of the post's bureau in its territory, the latest moved first."""
    filters = (states_of(words.DOCUMENT), KIND, ABOUT_FILTER, SUBJECT, REGION)
    values = asked(request, filters)
    region = territory(request, identity)
    spoken = Words(page_language(request))

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        found = papers.documents(
            conn,
            uscc=values["subject"],
            about=values["about"],
            region=region,
            state=values["state"],
            kind=values["kind"],
            owner=identity.department,
            organs=_organs(identity),
            limit=limit,
            offset=offset,
        )
        for row in found:
            template = TEMPLATES.get(row["kind"])
            row["kind_name"] = spoken.label(template) if template else row["kind"]
            row["about_at"] = _about_at(str(row["about"] or ""), identity)
        return found

    return answer(
        request,
        identity,
        List(
            zh="文书",
            en="Documents",
            columns=COLUMNS,
            rows=rows,
            filters=filters,
            acts=tuple(
                {"zh": "拟制文书", "en": "Draft a document", "href": spoken.url("/documents/new")}
                for _ in allowed(request, identity, ("DraftDocument",))
            ),
            empty_zh="没有符合条件的文书",
            empty_en="No document fits",
        ),
    )


def _organs(identity: Identity) -> tuple[str, ...]:
    """The organs whose documents the post sees: those of its own bureau."""
    own = bureau_of(identity.post.organ)
    return tuple(
        one.id
        for one in ORGANS.values()
        if one.node == identity.department and bureau_of(one.id) == own
    )


def _about_at(about: str, identity: Identity) -> str:
    """The page of what a document is about, where the post has one."""
    readers = NODES[identity.department].projections
    if ".RF-" in about:
        return f"/referrals/{about}" if "casework" in readers else ""
    if about.startswith("CASE-"):
        return f"/inspection/cases/{about}" if "casework" in readers else ""
    return f"/leads/{about}" if about.startswith("LD-") else ""


@router.get("/documents/new")
def kinds(request: Request, identity: Signed) -> Response:
    """The kinds of document that the post's organ may draft."""
    organ = identity.post.organ
    found = [one for one in TEMPLATES.values() if not one.organs or organ in one.organs]
    return page(request, "documents.html", identity=identity, templates=found)


@router.get("/documents/new/{kind}")
def show_draft(request: Request, kind: str, identity: Signed) -> Response:
    """The form of a kind of document; a revision of `document` shows what was filled in."""
    template = _template(kind)
    fields = _fields(template)
    asked = dict(request.query_params)
    if "document" in asked:
        document, _ = _document(request, identity, asked["document"])
        asked |= {"about": document.about, "organisation": document.subject_id}
        asked |= forms.shown(fields, _content(request, identity, document))
    elif kind in SUMMARIES and "table" in asked and "campaign" in asked:
        asked |= _with_figures(request, identity, fields, asked["campaign"], asked["table"])
    return _form(request, identity, template, forms.first_typed(fields, asked), asked)


def _with_figures(
    request: Request, identity: Identity, fields: tuple[forms.Field, ...], campaign: str, table: str
) -> dict[str, str]:
    """A campaign's written report begun with the figures of a form that the unit prepared."""
    unit = identity.post.region
    with department_of(request, identity).reading() as conn:
        launched = campaigns.campaign(conn, campaign)
        told = received.of_stream(conn, tables_of(campaign, unit), fact_of)
    prepared = tables.fold(standing(told, corrections(told))).get(table)
    if launched is None or prepared is None:
        raise problems.not_found(
            problems.Said(
                zh=f"{unit}没有编号为{table}的统计表", en=f"{unit} has prepared no form {table}"
            ),
            rule="TableUnknown",
        )
    form = prepared.prepared.fact
    content = content_from(
        form.rows,
        to=letterhead("HRSS", launched["region"]),
        campaign=launched["title"],
        document_no=launched["document_no"],
        as_of=form.as_of,
        year=launched["report_year"] or REPORT_YEAR,
    )
    return {"about": campaign, "organisation": campaign, **forms.shown(fields, content)}


@router.post("/documents/new/{kind}")
async def draft(request: Request, kind: str, identity: Signed) -> Response:
    """Drafts the document and shows it, or the form again with what is wrong."""
    sent = await request.form(max_files=0, max_fields=2000)
    form = {key: value for key, value in sent.items() if isinstance(value, str)}
    return await run_in_threadpool(_drafted, request, kind, identity, form)


def _drafted(request: Request, kind: str, identity: Identity, form: dict[str, str]) -> Response:
    check_form(request, form.get("form_token", ""))
    template = _template(kind)
    fields = _fields(template)
    changed = forms.rows_changed(form)
    if changed is not None:
        return _form(request, identity, template, forms.typed(fields, changed), form)
    form = forms.blank_rows_gone(fields, form)
    typed = forms.typed(fields, form)
    content, wrong = forms.data_of(fields, form)
    if wrong:
        return _form(request, identity, template, typed, form, problems.invalid(tuple(wrong)))
    about = {name: content.pop(name) for name in ABOUT}
    data = {"kind": kind, **about, "content": {"content": content}}
    if form.get("document"):
        data["document"] = form["document"]
    try:
        given = give(
            request.app.state.platform,
            identity,
            "DraftDocument",
            data,
            form.get("idempotency_key", ""),
        )
    except ProblemError as problem:
        return _form(request, identity, template, typed, form, problem)
    department = department_of(request, identity)
    if not reached(department, given.position, SEEN_WAIT_S):
        # It is on record all the same; the page follows once it has been taken in.
        return RedirectResponse("/documents", status_code=303)
    with department.reading() as conn:
        fact = received.of_event(conn, given.events[0].id, fact_of).fact
    return RedirectResponse(f"/documents/{fact.document_id}", status_code=303)


@router.get("/documents/{document_id}")
def show(request: Request, document_id: str, identity: Signed) -> Response:
    """One document: where it stands, its steps, its files, and what is done next."""
    document, facts = _document(request, identity, document_id)
    now = request.app.state.platform.clock.now()
    held = commands_of(identity.post.organ, instant(now).date())
    with department_of(request, identity).reading() as conn:
        opens = {
            kind
            for kind, file in (("pdf", document.pdf), ("docx", document.docx))
            if file and address(request, conn, identity, file.sha256, list(facts))
        }
    return page(
        request,
        "document.html",
        opens=opens,
        identity=identity,
        document=document,
        kind=TEMPLATES.get(document.kind),
        facts=facts,
        next_commands=[name for name in NEXT[document.stage] if name in held],
        may_redraft=document.approved_by is None and "DraftDocument" in held,
    )


@router.get("/documents/{document_id}/{kind}")
def download(request: Request, document_id: str, kind: str, identity: Signed) -> Response:
    """The sealed document as PDF or DOCX, found unchanged, under its number."""
    document, _ = _document(request, identity, document_id)
    reference = {"pdf": document.pdf, "docx": document.docx}.get(kind)
    if reference is None:
        raise problems.not_found(
            problems.Said(
                zh=f"文书 {document.number} 没有定稿文件", en=f"{document.number} has no such file"
            ),
            rule="DocumentNotSealed",
        )
    return attachment(opened(request, identity, reference.sha256), document.number)


@router.get("/files/{sha256}")
def download_file(
    request: Request, sha256: str, identity: Signed, department: str | None = None
) -> Response:
    """A file that this post keeps, or that was sent to it or served on it; named by its digest."""
    return attachment(opened(request, identity, sha256, department), sha256[:16])


def _document(
    request: Request, identity: Identity, document_id: str
) -> tuple[Document, tuple[Recorded[Any], ...]]:
    """A document of the post's own bureau; others do not exist for it."""
    with department_of(request, identity).reading() as conn:
        facts = _facts(conn, document_id, identity.department)
    document = state.fold(facts)
    if document is None or bureau_of(document.drafted_organ) != bureau_of(identity.post.organ):
        raise problems.not_found(
            problems.Said(
                zh=f"没有文书“{document_id}”，或本机关无权查看",
                en=f"There is no document “{document_id}” that this organ may see",
            ),
            rule="DocumentNotDrafted",
        )
    return document, facts


def _facts(conn: Connection, document_id: str, department: str) -> tuple[Recorded[Any], ...]:
    told = received.of_stream(conn, stream_of(document_id), fact_of)
    own = tuple(one for one in told if one.department == department)
    return standing(own, corrections(own))


def _content(request: Request, identity: Identity, document: Document) -> dict[str, Any]:
    opened(request, identity, document.content.sha256)
    found: dict[str, Any] = department_of(request, identity).files.content(document.content.sha256)
    return found


def _template(kind: str) -> Template:
    template = TEMPLATES.get(kind)
    if template is None:
        raise problems.not_found(
            problems.Said(zh=f"没有“{kind}”的文书样式", en=f"There is no template “{kind}”"),
            rule="DocumentKindUnknown",
        )
    return template


def _fields(template: Template) -> tuple[forms.Field, ...]:
    """The fields of a template as a form, after what the document is about."""
    about = (
        forms.Field(
            name="about",
            zh="依据事项（案件、线索、投诉、移送等编号，或当事人代码）",
            en="What it is about: case, lead, complaint, referral, or the firm's code",
            kind="text",
            required=True,
        ),
        forms.Field(
            name="organisation", zh="当事人代码", en="Subject's code", kind="text", required=True
        ),
    )
    return (*about, *forms.fields_of(content_schema(template)))


def _form(
    request: Request,
    identity: Identity,
    template: Template,
    typed: dict[str, str],
    given: dict[str, str],
    problem: ProblemError | None = None,
) -> Response:
    fields = _fields(template)
    by_place, loose = forms.placed(problem, fields, typed, inside="content.")
    return page(
        request,
        "draft.html",
        status=problem.status if problem else 200,
        identity=identity,
        kind=template,
        fields=fields,
        typed=typed,
        document=given.get("document", ""),
        key=given.get("idempotency_key") or secrets.token_urlsafe(18),
        problem=problem,
        wrong=by_place,
        loose=loose,
    )
