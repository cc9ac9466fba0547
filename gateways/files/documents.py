"""What the edge does for a document before it is decided: its content judged, its files made.

A draft whose content does not fit its template is invalid, field by field. A document is
sealed with the files made from its approved draft: the same draft, number and moment give
the same bytes. Files that somebody else made are never sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec

from domain.commands import Post
from domain.document import state
from domain.document.facts import stream_of
from domain.document.numbering import letterhead
from domain.document.rules import SealedFilesMissing
from domain.document.state import Document, Stage
from domain.document.templates import TEMPLATES, Template
from domain.facts import Recorded, instant
from domain.terms import FileRef
from gateways.contracts.problems import Problem
from gateways.files.keeping import Files
from gateways.files.kinds import DOCX, PDF
from gateways.files.rendering.content import content_problems
from gateways.files.rendering.layout import Letter, is_record, lay_out

History = Callable[[str], tuple[Recorded[Any], ...]]
"""The facts of one of the department's own streams, oldest first."""


class Documents:
    """The documents of one department, as its gateway prepares them."""

    def __init__(self, files: Files, history: History) -> None:
        self._files, self._history = files, history

    def problems(self, name: str, data: Mapping[str, Any], post: Post, now: int) -> list[Problem]:
        """What is wrong with the content of a draft, each under `content.<field>`.

        A draft that could not be printed is refused now, not when it has been approved.
        Raises FileNotKept, FileDamaged, ChineseFontMissing, CharacterWithoutGlyph.
        """
        if name != "DraftDocument" or data["kind"] not in TEMPLATES:
            return []
        try:
            content = self._files.content(data["content"]["sha256"])
        except ValueError:
            content = None
        found = [
            replace(one, field=f"content.{one.field}".rstrip("."))
            for one in content_problems(data["kind"], content)
        ]
        if not found:
            self._must_print(TEMPLATES[data["kind"]], content, post, now)
        return found

    def prepared(self, name: str, data: Mapping[str, Any], post: Post, now: int) -> dict[str, Any]:
        """The data with a draft's content salted, or with the files of a document being sealed.

        What is not approved stays without files, and is refused when it is decided. Raises
        FileOfOtherOrgan for a draft filled with another organ's file, SealedFilesMissing where other files were given than those that are made.
        """
        found = dict(data)
        if name == "DraftDocument" and data["kind"] in TEMPLATES:
            found["content"] = self._files.salted(data["content"], post, now=now)
        if name != "SealDocument":
            return found
        document = state.fold(self._history(stream_of(data["document"])))
        if document is None or document.stage is not Stage.APPROVED:
            return found
        made = self._made(document, post, now)
        for kind, reference in made.items():
            plain = msgspec.to_builtins(reference)
            if found.setdefault(kind, plain) != plain:
                raise SealedFilesMissing(number=document.number)
        return found

    def _made(self, document: Document, post: Post, now: int) -> dict[str, FileRef]:
        # The typesetting libraries take long to load, and most processes never seal.
        from gateways.files.rendering.docx import docx_of
        from gateways.files.rendering.pdf import pdf_of

        moment = instant(now)
        letter = self.letter(document, moment.date())
        record = is_record(TEMPLATES[document.kind])
        # A kept file lies with the organ that drafted the document, whoever seals it.
        keeper = Post(
            id=post.id,
            organ=document.drafted_organ,
            region=document.region,
            appointment=post.appointment,
        )
        made = _whole_second(moment)
        return {
            "docx": self._files.keep([docx_of(letter, made, record=record)], DOCX, keeper, now=now),
            "pdf": self._files.keep([pdf_of(letter, made, record=record)], PDF, keeper, now=now),
        }

    def _must_print(self, template: Template, content: Any, post: Post, now: int) -> None:
        from gateways.files.rendering.pdf import pdf_of

        moment = instant(now)
        letter = lay_out(
            template,
            content,
            issuer=letterhead(post.organ, post.region),
            number="",
            issued_on=moment.date(),
            digest="",
        )
        pdf_of(letter, _whole_second(moment), record=is_record(template))

    def letter(self, document: Document, issued_on: date) -> Letter:
        """A document laid out. Raises FileNotKept, FileDamaged."""
        return lay_out(
            TEMPLATES[document.kind],
            self._files.content(document.content.sha256),
            issuer=letterhead(document.drafted_organ, document.region),
            number=document.number,
            issued_on=issued_on,
            digest=document.content.sha256,
        )


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
