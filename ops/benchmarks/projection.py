"""How fast facts become rows, beside a raw COPY of the very same rows: prints ratios.

    python -m ops.benchmarks.projection postgresql://user@host/database [events]

In a schema of its own, which it drops: ten facts for each firm, from registration to the
receipt of its credit record, in transactions of 1,000 with received log and live readers.
The raw side COPYs the rows that came out, in the same number of transactions. Target: at
least 0.4 for applying, 15,000 events/s for the whole intake's share.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, select, text

from domain import law
from domain.credit_record import (
    CreditRecordPushed,
    CreditRecordReceived,
    PushKind,
    ReceiptOutcome,
    RecordKind,
)
from domain.departments import NODES
from domain.facts import Fact, Recorded, instant
from domain.licence.facts import LicenceApplied, LicenceGranted, LicenceType, Mode
from domain.organisation import RegistrantNotified, SubjectKind, SubjectRegistered
from domain.push.scope_push import (
    BusinessScopePushed,
    LicensingGuidanceIssued,
    PushClaimed,
    PushDisposed,
    PushOutcome,
)
from projections import received
from projections.catalogue import PROJECTIONS
from projections.reader import Projection
from projections.rows import Rows

BATCH = 1_000
BODY = b"x" * 620
START = 1_750_000_000_000_000
STEP_US = 1_000_000


def firm_facts(n: int) -> Iterator[tuple[str, str, Fact]]:
    """(department, stream, fact) of one firm's way to its licence."""
    uscc, day = f"9121010{n:011d}", date(2025, 6, 16)
    kind, needs = LicenceType.LIC_HRS, ("LIC_HRS",)
    registration = f"organisation/{uscc}"
    yield (
        "samr",
        registration,
        SubjectRegistered(
            uscc=uscc,
            name=f"沈阳虚例{n}号职介服务有限公司",
            kind=SubjectKind.ENTERPRISE,
            scope="职业中介活动",
            region="210103",
            registered_on=day,
        ),
    )
    yield (
        "samr",
        registration,
        RegistrantNotified(uscc=uscc, approvals=needs, mapping_version="2025.1"),
    )
    yield (
        "samr",
        f"scope_push/{uscc}",
        BusinessScopePushed(
            push_id=f"P-{n}",
            uscc=uscc,
            name=f"沈阳虚例{n}号职介服务有限公司",
            scope="职业中介活动",
            phrases=("K4",),
            classes=("LICENCE",),
            excluded=(),
            needs=needs,
            in_draw_population=True,
            mapping_version="2025.1",
            to_region="210103",
            registration_event=f"E-{n}-0",
        ),
    )
    claims, licence = f"push_claim/{uscc}", f"licence/{uscc}:LIC_HRS"
    yield "hr", claims, PushClaimed(push_id=f"P-{n}", uscc=uscc, needs=needs)
    yield (
        "hr",
        claims,
        LicensingGuidanceIssued(
            push_id=f"P-{n}", uscc=uscc, needs=needs, where="窗口", how="持营业执照"
        ),
    )
    yield (
        "hr",
        licence,
        LicenceApplied(
            application_id=f"A-{n}",
            uscc=uscc,
            type=kind,
            mode=Mode.COMMITMENT,
            scope="职业中介活动",
            applied_on=day,
        ),
    )
    yield (
        "hr",
        licence,
        LicenceGranted(
            licence_id=f"L-{n}",
            application_id=f"A-{n}",
            uscc=uscc,
            type=kind,
            mode=Mode.COMMITMENT,
            scope="职业中介活动",
            region="210103",
            valid_from=day,
            valid_to=date(2030, 6, 15),
        ),
    )
    yield "hr", claims, PushDisposed(push_id=f"P-{n}", uscc=uscc, outcome=PushOutcome.LICENSED)
    yield (
        "hr",
        f"credit_record/{uscc}",
        CreditRecordPushed(
            record_id=f"CR-{n}",
            uscc=uscc,
            kind=PushKind.PUSH,
            record=RecordKind.LICENCE_GRANTED,
            about=f"E-{n}-6",
            concerns=f"L-{n}",
            pushed_on=day,
        ),
    )
    yield (
        "drc",
        f"credit_file/{uscc}",
        CreditRecordReceived(
            record_id=f"CR-{n}",
            uscc=uscc,
            record=RecordKind.LICENCE_GRANTED,
            outcome=ReceiptOutcome.RECORDED,
            push_event=f"E-{n}-8",
        ),
    )


def recorded(count: int) -> list[Recorded[Any]]:
    """So many facts on record, firm after firm; one firm's ten facts follow each other."""
    facts: list[Recorded[Any]] = []
    sequences: dict[str, int] = {}
    for n in range(count // 10):
        versions: dict[str, int] = {}
        for place, (department, stream, fact) in enumerate(firm_facts(n)):
            sequence = sequences[department] = sequences.get(department, 0) + 1
            version = versions[stream] = versions.get(stream, 0) + 1
            stamp = START + len(facts) * STEP_US
            facts.append(
                Recorded(
                    fact=fact,
                    id=f"E-{n}-{place}",
                    type=fact.TYPE,
                    stream=stream,
                    stream_version=version,
                    department=department,
                    sequence=sequence,
                    stamp=stamp,
                    subject=f"9121010{n:011d}",
                    region="210103",
                    matter=f"M-{n}",
                    organ=law.FACTS[fact.TYPE].ORGANS[0],
                    post="HRSS_MKT@210103",
                    command=f"C-{n}-{place}",
                    command_name="Benchmark",
                    cause=None,
                    occurred=instant(stamp),
                    effective=date(2025, 6, 16),
                )
            )
    return facts


def batches(facts: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The facts in transactions of BATCH."""
    for start in range(0, len(facts), BATCH):
        yield facts[start : start + BATCH]


def apply_all(engine: Engine, facts: list[Recorded[Any]], readers: Sequence[Projection]) -> float:
    """Seconds to take the facts in: received log and these readers."""
    began = time.perf_counter()
    for batch in batches(facts):
        with engine.begin() as connection:
            rows = Rows(connection)
            received.append(
                rows,
                [
                    received.entry(
                        fact,
                        topic=f"labour.{fact.department}.{fact.fact.FAMILY}",
                        partition=0,
                        partition_sequence=fact.sequence,
                        offset=fact.sequence,
                        received=fact.stamp,
                        confidentiality=fact.fact.CONFIDENTIALITY.value,
                        body=BODY,
                    )
                    for fact in batch
                ],
            )
            for reader in readers:
                reads = reader.reads
                reader.apply([fact for fact in batch if fact.type in reads], rows)
            rows.flush()
    return time.perf_counter() - began


def copy_all(engine: Engine, tables: Sequence[Table], transactions: int) -> tuple[float, int]:
    """Seconds to COPY the rows that stand in these tables into them anew, and how many rows."""
    with engine.connect() as connection:
        stored = {table: [tuple(r) for r in connection.execute(select(table))] for table in tables}
    with engine.begin() as connection:
        for table in tables:
            connection.execute(table.delete())
    began = time.perf_counter()
    for part in range(transactions):
        with engine.begin() as connection:
            rows = Rows(connection)
            for table, whole in stored.items():
                size = -(-len(whole) // transactions)
                rows.append_all(table, whole[part * size : (part + 1) * size])
            rows.flush()
    return time.perf_counter() - began, sum(map(len, stored.values()))


def measure(url: str, count: int, say: Callable[[str], None]) -> dict[str, float]:
    """Runs every node that has readers; returns the ratio of each."""
    schema = f"bench_{uuid.uuid4().hex[:12]}"
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"),
        connect_args={"options": f"-csearch_path={schema}"},
    )
    facts, ratios = recorded(count), {}
    try:
        for node in ("hr", "samr", "drc", "lgo"):
            readers = [PROJECTIONS[name] for name in NODES[node].projections]
            tables = [
                table
                for metadata in (received.METADATA, *(reader.metadata for reader in readers))
                for table in metadata.sorted_tables
            ]
            with engine.begin() as connection:
                _create(connection, schema, tables)
            seconds = apply_all(engine, facts, readers)
            raw, rows = copy_all(engine, tables, -(-len(facts) // BATCH))
            ratios[node] = raw / seconds
            say(
                f"{node}: {len(facts) / seconds:,.0f} events/s, {rows / seconds:,.0f} rows/s; "
                f"raw COPY {rows / raw:,.0f} rows/s; ratio {ratios[node]:.2f}"
            )
    finally:
        with engine.begin() as connection:
            connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
        engine.dispose()
    return ratios


def _create(connection: Connection, schema: str, tables: Sequence[Table]) -> None:
    connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
    connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    for table in tables:
        table.create(connection)


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20_000, print)
