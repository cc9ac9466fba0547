"""Openings of files: facts for the keeping department alone, never published (G8).

The keeping department records by itself who opens a file and why, before a byte goes out. The
reader may be a post of another department, so the fact names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.departments import PUBLIC
from domain.facts import Audience, Confidentiality, Fact, fact
from domain.terms import Digest, Identifier, PostId, Reason, Term

OpenedBy = Annotated[PostId, Term(zh="查阅岗位", en="Opened by")]
Matter = Annotated[Identifier | None, Term(zh="案件", en="Matter")]


@fact(
    "access.file_opened.v1",
    family="access",
    organs=PUBLIC,
    zh="查阅文件",
    en="File opened",
    source="平台规则（文件查阅留痕）",
    confidentiality=Confidentiality.REPORTER_SECRET,
    audience=Audience.OWNER_ONLY,
)
@dataclass(frozen=True, kw_only=True)
class FileOpened(Fact):
    """A post opened a kept file for a purpose; recorded before the bytes were handed out.

    `about` is what was sent with it or rests on it: a referral, lead, request, case, document.
    """

    file: Digest
    opened_by: OpenedBy
    about: Identifier | None = None
    purpose: Reason


@command(
    zh="查阅文件",
    en="Open a file",
    source="平台规则（文件查阅留痕）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class OpenFile(Command):
    """Records that a post opens a file; given by the department that keeps it, with every reading."""

    file: Digest
    opened_by: OpenedBy
    about: Identifier | None = None
    matter: Matter = None
    purpose: Reason


def stream_of(file: str) -> str:
    """The owner's own stream of the openings of one file."""
    return f"file_access/{file}"


@decides(OpenFile, reads=lambda asked: (Own(stream=stream_of(asked.file), latest=True),))
def open_file(asked: OpenFile, _history: History, _context: Context) -> Iterator[Decided]:
    """Records who opens a file and why."""
    yield Decided(
        stream=stream_of(asked.file),
        subject=asked.file,
        matter=asked.matter or asked.file,
        fact=FileOpened(
            file=asked.file,
            opened_by=asked.opened_by,
            about=asked.about,
            purpose=asked.purpose,
        ),
    )
