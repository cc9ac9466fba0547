"""Documents made for sealing: from the approved draft alone, the same bytes, whole and legible."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.commands import Post
from domain.document.templates import TEMPLATES, Field, FieldKind, Template
from domain.facts import CHINA
from gateways.department.deciding.answers import InvalidCommand
from gateways.files.rendering import pdf
from gateways.files.rendering.content import content_problems
from gateways.files.rendering.docx import docx_of
from gateways.files.rendering.layout import Letter, is_record, lay_out
from gateways.files.rendering.pdf import CharacterWithoutGlyph, pdf_of
from tests.domain.story import refused
from tests.gateways.department.town import Town, bodies, firm, opened

FIRM = firm()["organisation"]
MADE = datetime(2025, 3, 10, 16, 30, tzinfo=CHINA)
ORDER = {
    "party": "沈阳虚例000人力有限公司",
    "facts": "未在服务场所明示营业执照、服务项目。",
    "basis": "《人力资源市场暂行条例》第三十二条、第四十四条",
    "orders": ["在服务场所明示营业执照", "公示收费标准"],
    "due": "2025-03-20",
}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path, start="2025-03-03T09:00", incarnation=lambda _: "0" * 16) as one:
        yield one


def give(town: Town, who: str, name: str, **data: Any) -> dict[str, Any]:
    post = Post(id=f"{who}@210103", organ=who.partition(".")[0], region="210103", appointment="t")
    given = town.hr.give(name, data, post, key=f"{name}-{len(bodies(town.hr))}")
    return next(one["data"] for one in bodies(town.hr) if one["id"] == given.events[0].id)


def draft(town: Town, content: Any = ORDER, **changes: Any) -> str:
    data = {"kind": "CORRECTION_NOTICE", "about": FIRM, "organisation": FIRM}
    made = give(
        town, "HRSS_INSP.OFFICER", "DraftDocument", content={"content": content}, **data | changes
    )
    return str(made["document_id"])


def approve(town: Town) -> str:
    document = draft(town)
    give(town, "HRSS_INSP.REVIEWER", "CheckDocument", document=document)
    give(town, "HRSS_INSP.HEAD", "ApproveDocument", document=document)
    return document


def test_sealing_makes_the_files_and_its_fact_names_their_hashes(town: Town) -> None:
    document = approve(town)
    sealed = give(town, "HRSS_INSP.OFFICER", "SealDocument", document=document)
    pdf = town.hr.files.store.read(sealed["pdf"]["sha256"])
    docx = town.hr.files.store.read(sealed["docx"]["sha256"])
    assert pdf.startswith(b"%PDF-")
    text = "\n".join(one.text for one in Document(io.BytesIO(docx)).paragraphs)
    for told in ("责令改正通知书", sealed["number"], "2025年3月20日", "公示收费标准", "印章"):
        assert told in text
    inspector = Post(id="HRSS_INSP@210103", organ="HRSS_INSP", region="210103", appointment="t")
    assert b"".join(town.hr.files.open(sealed["pdf"]["sha256"], inspector).parts) == pdf


def test_the_same_story_seals_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        with opened(
            tmp_path / name,
            start="2025-03-03T09:00",
            incarnation=lambda _: "0" * 16,
            draw=lambda _: bytes,
        ) as town:
            document = approve(town)
            found.append(give(town, "HRSS_INSP.OFFICER", "SealDocument", document=document))
    assert found[0] == found[1]


def test_a_file_that_somebody_else_made_is_never_sealed(town: Town) -> None:
    document = approve(town)
    officer = Post(id="HRSS_INSP@210103", organ="HRSS_INSP", region="210103", appointment="t")
    forged = town.hr.files.keep([b"%PDF-1.7 forged"], "application/pdf", officer, now=1)
    pdf = {"sha256": forged.sha256, "length": forged.length, "media_type": forged.media_type}
    refused(
        "SealedFilesMissing",
        lambda: give(town, "HRSS_INSP.OFFICER", "SealDocument", document=document, pdf=pdf),
    )


def test_an_unapproved_document_makes_no_files(town: Town) -> None:
    document = draft(town)
    before = set(town.hr.files.store.all())
    refused(
        "DocumentNotApproved",
        lambda: give(town, "HRSS_INSP.OFFICER", "SealDocument", document=document),
    )
    assert set(town.hr.files.store.all()) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"due": "2025-02-30"}, "content.due"),
        ({"orders": []}, "content.orders"),
        ({"facts": ""}, "content.facts"),
        ({"salary": "3000"}, "content.salary"),
        ({"party": None}, "content.party"),
    ],
)
def test_a_content_that_does_not_fit_its_template_is_refused_field_by_field(
    town: Town, change: dict[str, Any], field: str
) -> None:
    content = {name: value for name, value in (ORDER | change).items() if value is not None}
    with pytest.raises(InvalidCommand) as wrong:
        draft(town, content)
    assert [one.field for one in wrong.value.problems] == [field]
    assert bodies(town.hr) == []


def test_a_draft_that_was_changed_on_the_disk_is_not_sealed(town: Town) -> None:
    document = approve(town)
    sha256 = bodies(town.hr)[0]["data"]["content"]["sha256"]
    path = town.hr.files.store.folder / sha256[:2] / sha256[2:4] / sha256
    path.write_text(path.read_text("utf-8").replace("公示收费标准", "缴纳保证金"), "utf-8")
    refused(
        "FileDamaged",
        lambda: give(town, "HRSS_INSP.OFFICER", "SealDocument", document=document),
    )


def example(field: Field, place: int) -> Any:
    """A value of a field that can be found again in what is printed."""
    match field.kind:
        case FieldKind.DAY:
            return f"2025-03-{10 + place:02d}"
        case FieldKind.FEN:
            return 34_200_000
        case FieldKind.COUNT:
            return 9
        case FieldKind.LINES:
            return [f"甲{field.zh}", f"乙{field.zh}"]
        case FieldKind.ROWS:
            return [{name: f"{zh}值" for name, zh in field.columns}]
        case _:
            return f"{field.zh}虚例"


def letter_of(template: Template, content: dict[str, Any]) -> Letter:
    return lay_out(
        template,
        content,
        issuer="沈阳市沈河区人力资源和社会保障局",
        number="沈河人社移字〔2025〕1号",
        issued_on=date(2025, 3, 10),
        digest="a" * 64,
    )


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_filled_field_of_every_template_is_printed(kind: str) -> None:
    template = TEMPLATES[kind]
    content = {one.name: example(one, place) for place, one in enumerate(template.fields)}
    assert content_problems(kind, content) == []
    letter = letter_of(template, content)
    body = docx_of(letter, MADE, record=is_record(template))
    document = Document(io.BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    printed = "\n".join([*(one.text for one in document.paragraphs), *cells])
    for one, value in zip(template.fields, content.values(), strict=True):
        match one.kind:
            case FieldKind.DAY:
                told = [f"2025年3月{int(value[-2:])}日"]
            case FieldKind.FEN:
                told = ["342,000.00元"]
            case FieldKind.LINES:
                told = value
            case FieldKind.ROWS:
                told = list(value[0].values())
            case _:
                told = [str(value)]
        assert all(part in printed for part in told), one.name
    section = document.sections[0]
    margins = (
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(one / Mm(1)) for one in margins if one is not None] == [37, 35, 28, 26]
    assert b"\xe4\xbb\xbf\xe5\xae\x8b_GB2312" in zipfile.ZipFile(io.BytesIO(body)).read(
        "word/styles.xml"
    )
    pdf = pdf_of(letter, MADE, record=is_record(template))
    assert pdf == pdf_of(letter, MADE, record=is_record(template))
    assert body == docx_of(letter, MADE, record=is_record(template))


@settings(max_examples=25)
@given(text=st.text(min_size=1, max_size=200).filter(str.strip))
def test_any_text_is_printed_as_it_is_and_never_read_as_a_template(text: str) -> None:
    """Braces, hashes and backslashes in a value are no fields and no typesetting commands."""
    template = TEMPLATES["RECEIPT"]
    content = {
        "to": "x",
        "of_document": "{outcome}",
        "received_on": "2025-03-10",
        "outcome": "#panic() \\u{1F} {to} $x$ " + "".join(t for t in text if t.isprintable()),
    }
    letter = letter_of(template, content)
    assert letter.paragraphs[0] == "你机关{outcome}于2025年3月10日收到。"
    with contextlib.suppress(CharacterWithoutGlyph):
        assert pdf_of(letter, MADE, record=False)


def test_a_draft_that_no_font_can_print_is_refused_when_it_is_drafted(town: Town) -> None:
    refused("CharacterWithoutGlyph", lambda: draft(town, ORDER | {"facts": "字\U00017000"}))
    assert bodies(town.hr) == []


def fixed_letter() -> Letter:
    return letter_of(
        TEMPLATES["RECEIPT"],
        {"to": "沈阳市公安局沈河分局", "of_document": "沈河人社移字〔2025〕1号"}
        | {"received_on": "2025-03-10", "outcome": "已签收"},
    )


def test_the_locked_font_alone_sets_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with other fonts, or without any, makes the same bytes."""
    assert pdf.has_font()
    made = pdf_of(fixed_letter(), MADE, record=False)
    monkeypatch.setattr(pdf, "_with_the_machines", lambda: pytest.fail("looked for other fonts"))
    assert pdf_of(fixed_letter(), MADE, record=False) == made
    assert b"NotoSerifSC" in made


def test_a_machine_without_the_locked_font_refuses_to_set_a_document(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pdf, "FONT_FOLDER", tmp_path)
    assert not pdf.has_font()
    refusal = refused("ChineseFontMissing", lambda: pdf_of(fixed_letter(), MADE, record=False))
    assert "gateways.web.assets" in refusal.advice("en")
