"""Opening a kept file for a post: whether it may, the fact that it does, and then the bytes.

The keeping organ and its bureau open their files; whoever a file was sent to or served on opens
it too, by the facts that this department has (domain.document.access). Every opening is on
record before the first byte goes out (G8).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from domain.commands import Post
from domain.departments import NODES
from domain.document import access
from domain.document.access import FileKeptElsewhere, Ground
from domain.document.files import FileNotKept, may_open
from domain.document.naming import files_of
from domain.facts import Recorded
from domain.review.standing import corrections, standing
from gateways.contracts.envelope import fact_of
from gateways.department.database import Database
from gateways.files.keeping import Files, Opened, Row
from projections import received
from projections.documents import naming

Record = Callable[[str, str, Post, Ground], None]
"""Puts an opening on record: the file, the organ that keeps it, the reader, and why."""


class Reading:
    """The files of one department as posts open them, of its own organs and of others."""

    def __init__(self, department: str, files: Files, database: Database, record: Record) -> None:
        self.department = department
        self._files, self._database, self._record = files, database, record

    def open(self, sha256: str, post: Post) -> Opened:
        """A file for a post that may read it, found unchanged; its opening is on record.

        Raises FileNotKept, FileKeptElsewhere, FileDamaged, and the rules of `access.opened_by`.
        """
        rows = self._files.rows(sha256)
        with self._database.reading() as connection:
            named = self._naming(connection, sha256)
            if not rows:
                raise self._missing(sha256, named)
            row, ground = self._ground(connection, sha256, post, rows, named)
        opened = self._files.whole(row)
        self._record(sha256, row.organ, post, ground)
        return opened

    def _ground(
        self,
        connection: Connection,
        sha256: str,
        post: Post,
        rows: list[Row],
        named: tuple[Recorded[Any], ...],
    ) -> tuple[Row, Ground]:
        own = [one for one in named if one.department == self.department]
        for row in rows:
            if may_open(post.organ, post.region, row.organ, row.region):
                return row, access.own_ground(sha256, own)
        sent = tuple(
            one for one in own if any(access.may_send(one, row.organ, row.region) for row in rows)
        )
        facts = {
            stream: self._standing(received.of_stream(connection, stream, fact_of))
            for stream in access.streams_about(sent)
        }
        return rows[0], access.opened_by(sha256, post, sent, facts, self.department)

    def _naming(self, connection: Connection, sha256: str) -> tuple[Recorded[Any], ...]:
        """The facts of any department that name a file now, as they stand."""
        streams = {
            received.of_event(connection, event, fact_of).stream
            for event in naming(connection, sha256)
        }
        return tuple(
            one
            for stream in sorted(streams)
            for one in self._standing(received.of_stream(connection, stream, fact_of))
            if sha256 in files_of(one.fact)
        )

    def _missing(self, sha256: str, named: tuple[Recorded[Any], ...]) -> Exception:
        for one in named:
            if one.department != self.department:
                return FileKeptElsewhere(
                    file=sha256, department=one.department, department_zh=NODES[one.department].zh
                )
        return FileNotKept(file=sha256)

    @staticmethod
    def _standing(facts: tuple[Recorded[Any], ...]) -> tuple[Recorded[Any], ...]:
        return standing(facts, corrections(facts))
