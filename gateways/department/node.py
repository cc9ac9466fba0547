"""A department at work: its gateway, relay, intake, intents, clocks and quarantine together.

Each part takes one step at a time and knows nothing of threads; `workers` runs them side
by side, and a scenario runs them in turn.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, and_, func, select

from domain import protected
from domain.commands import Post
from domain.departments import NODES
from domain.document.access import Ground
from gateways.department.database import Database
from gateways.department.deciding.answers import Given
from gateways.department.deciding.command_ids import scope_of
from gateways.department.deciding.commands import CommandGateway
from gateways.department.ledger.keeping import Ledger
from gateways.department.ledger.saying import Receipts
from gateways.department.ledger.timing import KEPT_DAYS
from gateways.department.publishing.comparing import fence
from gateways.department.publishing.control import closed_through
from gateways.department.publishing.fetching_back import known_command
from gateways.department.publishing.marks import Marks
from gateways.department.publishing.relay import Relay
from gateways.department.quarantine.releasing import Quarantine
from gateways.department.quarantine.treatment import Treatment
from gateways.department.reacting.clock import Clocks
from gateways.department.reacting.intents import Intents, rule_post
from gateways.department.taking_in.intake import Intake
from gateways.department.time import Clock
from gateways.files.keeping import Files, Opened
from gateways.files.opening import Reading
from gateways.files.store import FileStore
from gateways.inbound.door import Inbound
from gateways.log.port import Log
from gateways.store.port import EventStore
from gateways.trust.vault import Orphan, Vault, VaultError, scrub
from gateways.webhooks.addresses import Network
from gateways.webhooks.deliveries import Deliveries
from gateways.webhooks.subscriptions import Subscriptions
from projections.received import RECEIVED

_log = structlog.get_logger("liandong.department")

ORPHAN_AGE_US = 600_000_000
"""No command is decided for longer than this: what is then not recorded will not be."""

POSITION_EVENTS_MAX = 100_000
"""Events of one position: more than any command makes, few enough to count."""


class BadPosition(ValueError):
    """A position that is not `<department>:<first>-<last>`, in this order and not too far apart."""


class Department:
    """One department of the platform, with everything it owns."""

    def __init__(
        self,
        department: str,
        *,
        store: EventStore,
        log: Log,
        database: Database,
        vault: Vault,
        files: FileStore,
        clock: Clock,
        draw: Callable[[int], bytes],
        holder: str,
        mode: str,
        shared: bool = True,
        networks: Sequence[Network] = (),
        alive: Callable[[str], bool] = lambda _account: True,
        appointed: Callable[[str], Post | None] = lambda _post: None,
        receipts_kept_days: int = KEPT_DAYS,
    ) -> None:
        self.id = department
        self.node = NODES[department]
        self.store, self.log, self.database = store, log, database
        self.vault, self.clock, self.mode = vault, clock, mode
        self.files = Files(files, database, draw)
        self.gateway = CommandGateway(
            department, store, database, vault, self.files, clock, draw, mode
        )
        self.give, self.foresee = self.gateway.give, self.gateway.foresee
        """A command to this department, and the facts that it would bring about now."""
        self._files_read = Reading(department, self.files, database, self._record_opening)
        store.guarded_by(partial(fence, store, log))
        self.marks = Marks(department, mode, log, database)
        self.receipts = Receipts(department, database, store, clock, holder)
        self.ledger = Ledger(
            department,
            database,
            store,
            self.gateway,
            clock,
            holder,
            kept_days=receipts_kept_days,
        )
        self.relay = Relay(store, log, clock, holder, self.marks, self.receipts)
        self.intake = Intake(department, log, database, clock, mode, shared=shared)
        self.intents = Intents(department, self.gateway, database, clock)
        self.clocks = Clocks(department, self.gateway, database, clock)
        self.quarantine = Quarantine(department, database, clock, mode)
        self.treatment = Treatment(
            department, store, database, self.gateway, clock, self.quarantine
        )
        self.networks = tuple(networks)
        self.webhooks = Subscriptions(department, database, vault.webhook_wrapping, time.time)
        self.deliveries = Deliveries(
            self.webhooks, log, store, holder, networks=networks, alive=alive
        )
        self.inbound = Inbound(
            department, self.gateway, store, log, database, clock, mode, appointed, shared=shared
        )
        self._scrub_due = False

    def given_before(self, key: str, credential: str) -> bool:
        """Whether a command was recorded here under a key."""
        scope = scope_of(self.id, credential, key)
        found = self.store.find_command(scope) or known_command(self.store, scope)
        return found is not None

    def row_key(self, content: bytes) -> str:
        """The key of a row of a file: its content under the department's own secret."""
        return self.vault.digest(content)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent read of this department's projections."""
        with self.database.reading() as connection:
            yield connection

    def applied(self, position: str) -> bool:
        """Whether the events of a position have been applied here.

        Raises BadPosition for another form. True for an empty position. A position of a
        department whose topics this one may not read is never reached.
        """
        if not position:
            return True
        department, first, last = _read_position(position)
        with self.database.reading() as connection:
            count = connection.execute(
                select(func.count())
                .select_from(RECEIVED)
                .where(
                    and_(
                        RECEIVED.c.department == department,
                        RECEIVED.c.sequence >= first,
                        RECEIVED.c.sequence <= last,
                    )
                )
            ).scalar_one()
        return int(count) == last - first + 1

    def closed_through(self) -> int:
        """The stamp up to which this department has everything it is entitled to."""
        writers = frozenset(
            node
            for node in NODES
            if any(
                topic.startswith(f"labour.{node}.") and not topic.endswith(".control")
                for topic in self.intake.topics
            )
        )
        with self.database.reading() as connection:
            return closed_through(connection, writers)

    def person(self, reference: str, purpose: str, post: Post, *, key: str) -> dict[str, Any]:
        """A protected value, after the fact that it is read was recorded (G8)."""
        self.give("ReadProtectedValue", {"person": reference, "purpose": purpose}, post, key=key)
        with self.database.reading() as connection:
            return self.vault.open(connection, reference)

    def open_file(self, sha256: str, post: Post) -> Opened:
        """A kept file for a post that may read it, of any department; on record first (G8).

        Raises as `Reading.open` does.
        """
        return self._files_read.open(sha256, post)

    def _record_opening(self, sha256: str, keeper: str, reader: Post, ground: Ground) -> None:
        data = {
            "file": sha256,
            "opened_by": reader.id,
            "about": ground.about,
            "matter": ground.matter,
            "purpose": ground.zh,
        }
        post = rule_post("G8", keeper, reader.region)
        self.give("OpenFile", data, post, key=uuid.uuid4().hex, credential="files")

    def erase(self, reference: str, reason: str, post: Post, *, key: str) -> Given:
        """Destroys a person's value, salt and key; the fact of it is recorded first.

        A second erasure is refused (PersonAlreadyErased), but still destroys what a crash
        after the first fact has left.
        """
        try:
            return self.give("ErasePerson", {"person": reference, "reason": reason}, post, key=key)
        finally:
            self._destroy_if_erased(reference)

    def sweep(self) -> int:
        """Destroys what was sealed for commands that were never recorded; how many values."""
        before = self.clock.now() - ORPHAN_AGE_US
        with self.database.reading() as connection:
            if not self.vault.orphans(connection, before):
                return 0
        with self.database.writing() as connection:
            swept = self.vault.sweep(connection, before=before, used=self._names)
        self._scrub_due = self._scrub_due or bool(swept)
        return len(swept)

    def tidy(self) -> int:
        """Removes files that killed processes left half kept; how many."""
        return self.files.sweep(ORPHAN_AGE_US / 1_000_000)

    def scrub(self) -> bool:
        """Overwrites what the database still holds of erased values; False where it is due again.

        A long read holds the old pages for a while: the value is erased all the same, and
        the workers scrub again.
        """
        if self._scrub_due:
            try:
                scrub(self.database.engine)
                self._scrub_due = False
            except VaultError as held:
                _log.warning("scrub again", department=self.id, detail=str(held))
        return not self._scrub_due

    def _destroy_if_erased(self, reference: str) -> None:
        history = self.store.stream(protected.stream_of(reference))
        if any(event.type == protected.PersonErased.TYPE for event in history):
            with self.database.writing() as connection:
                self.vault.erase(connection, reference)
            self._scrub_due = True
            self.scrub()

    def _names(self, orphan: Orphan) -> bool:
        """Whether the command that a value was sealed for is recorded and names it."""
        scope = orphan.scope
        found = scope and (self.store.find_command(scope) or known_command(self.store, scope))
        for event in found[1].events if found else ():
            after = self.store.private_after if event.topic is None else self.store.after
            if any(
                orphan.commitment.encode() in stored.body
                for stored in after(event.sequence - 1, limit=1)
            ):
                return True
        return False

    def stop(self) -> None:
        """Gives leases back and releases the log, the store and the database."""
        with ExitStack() as rest:
            # The last first; what fails in an outage keeps nothing else from being released.
            for part in (self.database, self.store):
                rest.callback(part.close)
            for role in (
                self.relay,
                self.intake,
                self.ledger,
                self.receipts,
                self.inbound,
                self.deliveries,
            ):
                rest.callback(role.stop)


def _read_position(position: str) -> tuple[str, int, int]:
    department, _, span = position.partition(":")
    first, _, last = span.partition("-")
    last = last or first
    if department not in NODES or not first.isdecimal() or not last.isdecimal():
        raise BadPosition(position)
    if not 0 <= int(last) - int(first) < POSITION_EVENTS_MAX:
        raise BadPosition(position)
    return department, int(first), int(last)
