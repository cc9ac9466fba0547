"""What 发展改革 sees: the credit records pushed to its platform, by subject, with withdrawals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    MetaData,
    Table,
    Text,
    and_,
    or_,
    select,
)

from domain.credit_record import CreditRecordPushed, CreditRecordReceived
from projections.answers import Answer, answer, narrow
from projections.reader import reader_of
from projections.steps import Entity, Steps, steps_columns
from projections.subject_life import SUBJECT_FIELDS, fold_subject, subject_columns

METADATA = MetaData()

SUBJECTS = Table(
    "drc_subjects",
    METADATA,
    *subject_columns(),
    *steps_columns(),
)

RECORDS = Table(
    "drc_records",
    METADATA,
    Column("push_event", Text, primary_key=True),
    Column("record_id", Text),
    Column("uscc", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("kind", Text),
    Column("record", Text),
    Column("about", Text),
    Column("concerns", Text),
    Column("pushed_on", Text),
    Column("pushed", BigInteger),
    Column("receipted", BigInteger),
    Column("outcome", Text),
    *steps_columns(),
    Index("drc_records_uscc", "uscc", "pushed"),
    Index("drc_records_record", "record_id"),
)


def _record(steps: Steps) -> dict[str, Any]:
    row: dict[str, Any] = {
        "uscc": steps[0].subject,
        "region": steps[0].region,
        "matter": steps[0].matter,
        "record_id": None,
        "kind": None,
        "record": None,
        "about": None,
        "concerns": None,
        "pushed_on": None,
        "pushed": None,
        "receipted": None,
        "outcome": None,
    }
    for step in steps:
        row.update(step.data)
        if step.type == CreditRecordPushed.TYPE:
            row.update(region=step.region, matter=step.matter, pushed=step.stamp)
        else:
            row["receipted"] = step.stamp
    return row


ENTITIES = (
    Entity(SUBJECTS, lambda f: str(f.fact.uscc), SUBJECT_FIELDS, fold_subject),
    Entity(
        RECORDS,
        lambda f: f.id if f.type == CreditRecordPushed.TYPE else str(f.fact.push_event),
        {
            CreditRecordPushed.TYPE: (
                "record_id",
                "kind",
                "record",
                "about",
                "concerns",
                "pushed_on",
            ),
            CreditRecordReceived.TYPE: ("record_id", "record", "outcome"),
        },
        _record,
    ),
)


PROJECTION = reader_of("development_reform", 2, METADATA, ENTITIES)


def credit_records(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Pushes to the credit platform with what became of each, latest first.

    `outcome` is RECORDED, WITHDRAWN (a withdrawal carried out) or None (not yet received);
    `withdrawn` tells of a record that a later push took back.
    """
    later = RECORDS.alias("later")
    withdrawn = (
        select(later.c.push_event)
        .where(
            later.c.uscc == RECORDS.c.uscc,
            RECORDS.c.kind == "PUSH",
            or_(
                later.c.record_id == RECORDS.c.record_id,
                and_(later.c.concerns == RECORDS.c.concerns, later.c.record == RECORDS.c.record),
            ),
            later.c.kind == "WITHDRAW",
            later.c.outcome == "WITHDRAWN",
            ~later.c.voided,
        )
        .exists()
    )
    query = (
        select(RECORDS, SUBJECTS.c.name, withdrawn.label("withdrawn"))
        .outerjoin(SUBJECTS, SUBJECTS.c.uscc == RECORDS.c.uscc)
        .order_by(RECORDS.c.pushed.desc(), RECORDS.c.push_event)
    )
    query = narrow(query, RECORDS, uscc=uscc, region=region)
    return [
        answer(row, ("pushed", "receipted")) | {"withdrawn": bool(row["withdrawn"])}
        for row in conn.execute(query.limit(limit).offset(offset)).mappings()
    ]
