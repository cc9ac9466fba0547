"""Applying: what judged records bring about in their department's own database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from gateways.department.ledger import noting
from gateways.department.reacting import intents
from gateways.department.taking_in.verdicts import Taken
from projections import received as received_log
from projections.rows import Rows


def apply_facts(
    connection: Connection,
    department: str,
    taken: Sequence[Taken],
    projections: Sequence[Any],
    *,
    received: int,
) -> None:
    """Received log, live projections and intents of judged records, in their order."""
    if not taken:
        return
    rows = Rows(connection)
    received_log.append(
        rows,
        [
            received_log.entry(
                item.fact,
                topic=item.record.topic,
                partition=item.record.partition,
                offset=item.record.offset,
                partition_sequence=item.partition_sequence,
                received=received,
                confidentiality=type(item.fact.fact).CONFIDENTIALITY._value_,
                body=item.record.value,
            )
            for item in taken
        ],
    )
    facts = [item.fact for item in taken if not item.fact.twin]
    for projection in projections:
        wanted = [fact for fact in facts if fact.type in projection.reads]
        if wanted:
            projection.apply(wanted, rows)
    intents.form(rows, department, facts, now=received)
    rows.flush()
    noting.note(connection, taken, received=received)
