"""Keeping and opening files: the store on disk, and the register of who keeps what.

A file is entered under the organ and region of the post that brought it, and opened by that
organ only (domain.document.files). A command carries a file as the reference of one that is
kept, or its content itself: {"content": {...}} as JSON, or {"base64": ..., "media_type": ...}.

A content is kept with a random nonce beside it: its published hash commits to every word, and
nobody who guesses the words can tell by the hash that the guess is right.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, select

from domain.commands import Post
from domain.document.files import (
    FileKindNotTaken,
    FileMisdescribed,
    FileNotKept,
    FileOfOtherOrgan,
    may_open,
)
from domain.protected import keeper_of
from domain.terms import FileRef
from gateways.contracts import canonical
from gateways.department.database import Database
from gateways.files.kinds import KINDS, fits
from gateways.files.store import FileStore
from gateways.store.inserting import insert_into

METADATA = MetaData()
"""The register's table, in the department's database."""

FILES = Table(
    "files_kept",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("organ", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("kept_at", BigInteger, nullable=False),
    Column("post", Text, nullable=False),
)

JSON = "application/json"
NONCE_BYTES = 16
SALTED = frozenset({"content", "nonce"})
"""What a content's file holds: what was filled in, and its nonce as hexadecimal digits."""
FILE_BYTES_MAX = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One keeping of a file: what it is, and the organ and territory with which it lies."""

    sha256: str
    organ: str
    region: str
    media_type: str
    length: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that a post may read: its reference, and its bytes in parts."""

    reference: FileRef
    parts: Iterator[bytes]


class Files:
    """The files of one department: kept by posts, opened by posts."""

    def __init__(self, store: FileStore, database: Database, draw: Callable[[int], bytes]) -> None:
        self.store, self._database, self._draw = store, database, draw

    def keep(
        self,
        chunks: Iterable[bytes],
        media_type: str,
        post: Post,
        *,
        now: int,
        bytes_max: int = FILE_BYTES_MAX,
    ) -> FileRef:
        """Keeps a file for a post's organ; the same file again is entered once.

        Raises FileKindNotTaken, FileTooLarge.
        """
        media_type = media_type.partition(";")[0].strip().lower()
        if media_type not in KINDS:
            raise _not_taken(media_type)
        kept = self.store.keep(_fitting(chunks, media_type), bytes_max=bytes_max)
        reference = FileRef(sha256=kept.sha256, length=kept.length, media_type=media_type)
        self._enter(reference, post, now)
        return reference

    def keep_json(self, content: Mapping[str, Any], post: Post, *, now: int) -> FileRef:
        """Keeps a content with a nonce of its own, as canonical bytes: never twice the same."""
        salted = {"content": dict(content), "nonce": self._draw(NONCE_BYTES).hex()}
        return self.keep([canonical.encode(salted)], JSON, post, now=now)

    def salted(self, reference: Mapping[str, Any], post: Post, *, now: int) -> dict[str, Any]:
        """The reference of a content that is kept with a nonce; of a bare one, a salted copy's.

        Raises FileOfOtherOrgan for a content that the post may not open.
        """
        rows = self.rows(reference["sha256"])
        if not any(may_open(post.organ, post.region, row.organ, row.region) for row in rows):
            raise FileOfOtherOrgan(file=reference["sha256"], organ=post.organ)
        found = canonical.decode(self.store.read(reference["sha256"]))
        if isinstance(found, dict) and found.keys() == SALTED:
            return dict(reference)
        return plain_reference(self.keep_json(found, post, now=now))

    def taken(self, given: Mapping[str, Any], post: Post, *, now: int) -> dict[str, Any]:
        """The reference of what a command carries: of kept bytes, or of a file kept before.

        Raises FileNotKept, FileDamaged, FileMisdescribed, FileKindNotTaken, FileTooLarge.
        """
        if "content" in given:
            reference = self.keep_json(given["content"], post, now=now)
        elif "base64" in given:
            try:
                body = base64.b64decode(given["base64"], validate=True)
            except binascii.Error:
                raise _not_taken("base64") from None
            reference = self.keep([body], str(given["media_type"]), post, now=now)
        else:
            reference = FileRef(
                sha256=given["sha256"], length=given["length"], media_type=given["media_type"]
            )
            self._must_be_kept(reference)
        return plain_reference(reference)

    def open(self, sha256: str, post: Post) -> Opened:
        """A file for a post that may read it, found unchanged.

        Raises FileNotKept, FileOfOtherOrgan, FileDamaged.
        """
        rows = self.rows(sha256)
        if not rows:
            raise FileNotKept(file=sha256)
        for row in rows:
            if may_open(post.organ, post.region, row.organ, row.region):
                return self.whole(row)
        raise FileOfOtherOrgan(file=sha256, organ=post.organ)

    def whole(self, row: Row) -> Opened:
        """A kept file, found unchanged. Raises FileNotKept, FileDamaged."""
        reference = FileRef(sha256=row.sha256, length=row.length, media_type=row.media_type)
        return Opened(reference, self.store.chunks(row.sha256))

    def content(self, sha256: str) -> Any:
        """The JSON content of a file that the department itself needs, without its nonce.

        Raises FileNotKept, FileDamaged.
        """
        found = canonical.decode(self.store.read(sha256))
        salted = isinstance(found, dict) and found.keys() == SALTED
        return found["content"] if salted else found

    def entered(self) -> list[str]:
        """The digests of all files that some organ keeps, in order."""
        with self._database.reading() as connection:
            found = select(FILES.c.sha256).distinct().order_by(FILES.c.sha256)
            return list(connection.execute(found).scalars())

    def sweep(self, age_s: float) -> int:
        """Removes what killed processes left behind more than `age_s` ago; how many files."""
        return self.store.sweep(frozenset(self.entered()), age_s=age_s)

    def _enter(self, reference: FileRef, post: Post, now: int) -> None:
        with self._database.writing() as connection:
            connection.execute(
                insert_into(connection, FILES)
                .values(
                    sha256=reference.sha256,
                    organ=keeper_of(post),
                    region=post.region,
                    media_type=reference.media_type,
                    length=reference.length,
                    kept_at=now,
                    post=post.id,
                )
                .on_conflict_do_nothing()
            )

    def _must_be_kept(self, reference: FileRef) -> None:
        rows = self.rows(reference.sha256)
        if not rows:
            raise FileNotKept(file=reference.sha256)
        length = self.store.verify(reference.sha256)
        if length != reference.length:
            raise FileMisdescribed(
                file=reference.sha256,
                what="长度",
                what_en="length",
                actual=length,
                stated=reference.length,
            )
        kinds = sorted({row.media_type for row in rows})
        if reference.media_type not in kinds:
            raise FileMisdescribed(
                file=reference.sha256,
                what="类型",
                what_en="media type",
                actual="、".join(kinds),
                stated=reference.media_type,
            )

    def rows(self, sha256: str) -> list[Row]:
        """Who keeps a file here, the first keeper first; none where nobody does."""
        query = (
            select(
                FILES.c.sha256, FILES.c.organ, FILES.c.region, FILES.c.media_type, FILES.c.length
            )
            .where(FILES.c.sha256 == sha256)
            .order_by(FILES.c.kept_at, FILES.c.organ, FILES.c.region)
        )
        with self._database.reading() as connection:
            return [Row(*row) for row in connection.execute(query)]


def _fitting(chunks: Iterable[bytes], media_type: str) -> Iterator[bytes]:
    """The chunks as they are, unless the first one is not of the kind."""
    first = True
    for chunk in chunks:
        if first and chunk:
            if not fits(chunk[:64], media_type):
                raise _not_taken(media_type)
            first = False
        yield chunk


def plain_reference(reference: FileRef) -> dict[str, Any]:
    """A reference as a command takes it."""
    return {
        "sha256": reference.sha256,
        "length": reference.length,
        "media_type": reference.media_type,
    }


def _not_taken(media_type: str) -> FileKindNotTaken:
    return FileKindNotTaken(media_type=media_type, taken="、".join(sorted(KINDS)))
