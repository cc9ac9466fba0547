"""The statistics form of a prefecture: 10 counties and 20,000 agencies, counted as of a moment.

The reader is filled with invented facts as an intake fills it. Measured is one form of the
prefecture from the reader's rows; the floor is reading and decoding the same rows alone.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, select

from domain.directory import DirectoryPublished
from domain.facts import CHINA, Fact, Recorded, end_of, stamp_of
from domain.finding import ViolationFound
from domain.inspection.facts import (
    Category,
    InspectionKind,
    InspectionResultRecorded,
    ItemResult,
    Member,
)
from domain.licence.facts import LicenceGranted, LicenceType, Mode
from domain.market.facts import (
    AnnualReportSubmitted,
    Answer,
    EmployerGuidanceGiven,
    EnteredBy,
    SelfCheckDeclared,
)
from domain.statistics.counting import Window
from domain.statistics.form import CODES
from domain.violations.catalogue import Severity
from ops.benchmarks.figures import Figure
from projections import statistics
from projections.rows import Rows
from projections.statistics import Form, tables
from projections.steps import read

AGENCIES, COUNTIES = 20_000, 10
SECONDS_MOST, FLOORS_MOST = 2.0, 20.0
PREFECTURE = "532300"
STARTS, AS_OF = date(2021, 3, 1), date(2021, 9, 23)
BATCH = 5_000
RUNS = 3

_WINDOW = Window(
    campaign="CMP-BENCH",
    starts=STARTS,
    units=tuple(f"5323{place:02d}" for place in range(1, COUNTIES + 1)),
)


def measure(agencies: int = AGENCIES) -> list[Figure]:
    """Seconds of one form of the prefecture, and how many times the reading of its rows."""
    with tempfile.TemporaryDirectory(prefix="liandong-form-") as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'reader.sqlite'}")
        try:
            _fill(engine, agencies)
            counting = partial(_counted, engine)
            floor = min(_timed(partial(_read_alone, engine)) for _ in range(RUNS))
            seconds = min(_timed(counting) for _ in range(RUNS))
            form = counting()
        finally:
            engine.dispose()
    held = form.values[0]
    assert held.distinct == agencies
    what = f"{COUNTIES} counties, {agencies:,} agencies"
    return [
        Figure(
            "statistics",
            f"{what}: one form",
            seconds * 1000,
            "ms",
            SECONDS_MOST * 1000,
            most=True,
            note=f"{held.hr}/{held.disp}, row 12 {form.values[11].distinct}",
        ),
        Figure(
            "statistics",
            f"{what}: times reading its rows",
            seconds / floor,
            "ratio",
            FLOORS_MOST,
            most=True,
            note=f"floor {floor * 1000:,.0f} ms",
        ),
    ]


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _counted(engine: Engine) -> Form:
    with engine.connect() as connection:
        return statistics.table(connection, _WINDOW, PREFECTURE, end_of(AS_OF))


def _read_alone(engine: Engine) -> int:
    with engine.connect() as connection:
        found = connection.execute(select(tables.ORGANISATIONS.c.steps)).scalars()
        return sum(len(read(text)) for text in found)


def _fill(engine: Engine, agencies: int) -> None:
    statistics.METADATA.create_all(engine)
    batch: list[Recorded[Any]] = []
    for one in _facts(agencies):
        batch.append(one)
        if len(batch) == BATCH:
            _apply(engine, batch)
            batch = []
    _apply(engine, batch)


def _apply(engine: Engine, batch: list[Recorded[Any]]) -> None:
    with engine.begin() as connection:
        rows = Rows(connection)
        statistics.PROJECTION.apply(batch, rows)
        rows.flush()


def _facts(agencies: int) -> Iterator[Recorded[Any]]:
    """Licences, reports, declarations, and for some an inspection with what it found."""
    sequence = 0

    def told(fact: Fact, subject: str, region: str, day: date) -> Recorded[Any]:
        nonlocal sequence
        sequence += 1
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)
        return Recorded(
            fact=fact,
            id=f"e-{sequence}",
            type=fact.TYPE,
            stream=f"bench/{subject}",
            stream_version=1,
            department="hr",
            sequence=sequence,
            stamp=stamp_of(moment.astimezone(UTC)) + sequence,
            subject=subject,
            region=region,
            matter="M-BENCH",
            organ="HRSS_MKT",
            post=f"HRSS_MKT@{region}",
            command="c",
            command_name="Bench",
            cause=None,
            occurred=moment,
            effective=day,
        )

    codes = sorted(CODES)
    for number in range(agencies):
        uscc, region = f"9153{number:014d}", _WINDOW.units[number % COUNTIES]
        tell = partial(told, subject=uscc, region=region)
        kinds = (LicenceType.LIC_HRS, LicenceType.LIC_DISPATCH)[: 1 + (number % 5 == 0)]
        for kind in kinds:
            yield tell(_licence(uscc, kind, region), day=date(2021, 1, 4))
        day = STARTS + timedelta(days=number % 180)
        yield tell(_report(uscc, day), day=day)
        yield tell(_declaration(uscc, day, rebate=number % 50 == 0), day=day)
        if number % 4 == 0:
            yield tell(_result(uscc, region, day), day=day)
        if number % 8 == 0:
            yield tell(_finding(uscc, codes[number // 8 % len(codes)], day), day=day)
    for place, region in enumerate(_WINDOW.units):
        day = date(2021, 8, 23)
        guidance = EmployerGuidanceGiven(
            guidance_id=f"GD-{place}", employer_name="虚例企业", on=day, about="依法用工"
        )
        yield told(guidance, region, region, day)
        directory = DirectoryPublished(
            snapshot_id=f"D-{place}",
            region=region,
            entries_hash="0" * 64,
            entries=agencies // COUNTIES,
            published_on=day,
        )
        yield told(directory, region, region, day)


def _licence(uscc: str, kind: LicenceType, region: str) -> Fact:
    return LicenceGranted(
        licence_id=f"L-{uscc}-{kind.value}",
        application_id=f"A-{uscc}",
        uscc=uscc,
        type=kind,
        mode=Mode.GENERAL,
        scope="职业中介活动",
        region=region,
        valid_from=date(2021, 1, 4),
        valid_to=date(2026, 1, 3),
    )


def _report(uscc: str, day: date) -> Fact:
    return AnnualReportSubmitted(
        report_id=f"AR-{uscc}",
        uscc=uscc,
        year=_WINDOW.year,
        submitted_on=day,
        disclosed_on=day,
        entered_by=EnteredBy.IMPORT,
    )


def _declaration(uscc: str, day: date, *, rebate: bool) -> Fact:
    return SelfCheckDeclared(
        check_id=f"SC-{uscc}",
        campaign_id=_WINDOW.campaign,
        uscc=uscc,
        form="S1",
        answers=(Answer(question="Q1", found=rebate),),
        rebate_present=rebate,
        declared_on=day,
        entered_by=EnteredBy.IMPORT,
    )


def _result(uscc: str, region: str, day: date) -> Fact:
    return InspectionResultRecorded(
        task_id=f"TSK-{uscc}",
        kind=InspectionKind.DOUBLE_RANDOM,
        subject_id=uscc,
        region=region,
        category=Category.NO_PROBLEM,
        items=(ItemResult(item="I-1", category=Category.NO_PROBLEM),),
        inspected_on=day,
        team=(Member(inspector_id="I-1", organ="HRSS_MKT", certificate="云E0001"),),
    )


def _finding(uscc: str, code: str, day: date) -> Fact:
    return ViolationFound(
        finding_id=f"V-{uscc}",
        code=code,
        severity=Severity.MINOR,
        subject_id=uscc,
        about=f"TSK-{uscc}",
        facts=("事实",),
        act_from=day,
    )
