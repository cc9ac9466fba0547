"""Release of parked records: tried again in order, as the intake would have applied them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from domain.departments import NODES
from gateways.contracts import canonical
from gateways.department import parking
from gateways.department.database import Database
from gateways.department.desk import Desk
from gateways.department.intake import apply_facts
from gateways.department.judging import Judge
from gateways.department.time import Clock
from gateways.department.verdicts import Parked
from projections.catalogue import PROJECTIONS


@dataclass(frozen=True, slots=True)
class Release:
    """What a release did: records applied, and the one that failed again, if any."""

    applied: int
    failed: int
    why: str = ""


class Quarantine:
    """The parked records of one department."""

    def __init__(self, department: str, database: Database, clock: Clock, mode: str) -> None:
        self._department, self._database, self._clock = department, database, clock
        self._judge = Judge(department, mode)
        self._projections = [PROJECTIONS[name] for name in NODES[department].projections]

    def listing(self) -> list[parking.ParkedRecord]:
        """Every parked record that is not settled."""
        with self._database.reading() as connection:
            return parking.listing(connection)

    def release(self, parked_id: int | None = None) -> Release:
        """Tries parked lines again, each in partition order, until a record fails again.

        A foreign record is no event of ours: it stays on record and is never applied.
        """
        applied = failed = 0
        why = ""
        with self._database.reading() as connection:
            lines = parking.blocked_lines(connection, parked_id)
        for line in lines:
            for row in line:
                problem = self._try(row.parked_id)
                if problem is not None:
                    failed, why = failed + 1, problem
                    break
                applied += 1
        return Release(applied, failed, why)

    def resume_headless(self) -> int:
        """Applies followers that were parked just while their head was being released."""
        with self._database.reading() as connection:
            lines = parking.headless_lines(connection)
        return sum(self.release(parked_id).applied for parked_id in lines)

    def _try(self, parked_id: int) -> str | None:
        """Applies one parked record in a transaction of its own; why it failed, or None."""
        with self._database.writing() as connection:
            row = parking.open_row(connection, parked_id)
            if row is None:
                return None
            record = parking.record_of(row)
            desk = Desk(connection, self._clock.now())
            desk.free(record)
            verdict = self._judge.take(
                record, canonical.decode(record.value), row.partition_sequence, desk
            )
            if isinstance(verdict, Parked):
                parking.block_again(connection, parked_id, verdict.cause, verdict.detail)
                return verdict.detail
            try:
                with connection.begin_nested():
                    apply_facts(
                        connection,
                        self._department,
                        [verdict],
                        self._projections,
                        received=self._clock.now(),
                    )
            except OperationalError:
                raise
            except Exception as error:
                detail = f"{type(error).__name__}: {error}"
                parking.block_again(connection, parked_id, "POISONED", detail)
                return detail
            parking.settle(connection, parked_id, self._clock.now())
        return None
