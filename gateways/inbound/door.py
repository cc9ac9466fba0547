"""The door for a department's own system: messages in, commands given, answers out.

Theory of operation. A message is a command given by a post: it meets the same schema, powers,
decision and transaction as any other. The key of the command derives from the message's
source and id, so that a message decided twice is one act. What a crash can come between is
kept in the department's database:

1. Before a message is decided, one whose key nobody has used is claimed by its place. After a
   crash the claim tells that this very message brought the act about.
2. Answers and positions move in one transaction, positions by compare-and-set: each message is
   answered once, and a reader that was overtaken answers nothing.
3. Answers leave from there, in order, until the log has acknowledged them. Sent twice they are
   the same bytes under the same id.

A message that is wrong or refused is answered and holds up nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from domain.departments import answers_topic, inbound_topic
from domain.errors import Refusal
from gateways.contracts import canonical
from gateways.contracts.problems import Problem
from gateways.department.database import Database
from gateways.department.deciding.answers import Given, InvalidCommand, KeyReused, TooBusy
from gateways.department.deciding.command_ids import scope_of
from gateways.department.deciding.commands import CommandGateway
from gateways.department.taking_in.positions import Overtaken
from gateways.department.time import Clock
from gateways.inbound import answers
from gateways.inbound.reading import (
    Appointed,
    Message,
    Wrong,
    invalid,
    key_reused,
    post_of,
    read_message,
)
from gateways.inbound.tables import ANSWERS, CLAIMS, COUNTS, POSITIONS
from gateways.log.kept_writer import KeptWriter
from gateways.log.port import Log, LogReader, LogRecord, LogUnavailable, OutRecord, TopicPartition
from gateways.store.inserting import insert_into
from gateways.store.port import EnvelopeTooLarge, EventStore, StoreUnavailable

BATCH = 100
SENT_AT_ONCE = 1000
OUTAGES = (TooBusy, StoreUnavailable, LogUnavailable)

_log = structlog.get_logger("liandong.inbound")


class Inbound:
    """Hears one department's own system."""

    def __init__(
        self,
        department: str,
        gateway: CommandGateway,
        store: EventStore,
        log: Log,
        database: Database,
        clock: Clock,
        mode: str,
        appointed: Appointed,
        *,
        shared: bool,
    ) -> None:
        self.department, self.mode = department, mode
        self.topic, self.answers = inbound_topic(department), answers_topic(department)
        self._gateway, self._store, self._log = gateway, store, log
        self._database, self._clock, self._appointed = database, clock, appointed
        self._shared = shared
        self._remembered: dict[int, int] = {}
        self._reader: LogReader | None = None
        self._writer = KeptWriter(log, f"{department}-answers")
        self._read: list[LogRecord] = []
        self._unsent = True

    def step(self, *, limit: int = BATCH, timeout_s: float = 0.0) -> int:
        """Decides and answers up to `limit` messages; how many were read.

        Raises LogUnavailable, StoreUnavailable or TooBusy: what was read is decided by a later
        step, what was decided is answered by a later step.
        """
        if self._reader is None:
            self._reader = self._log.reader(
                f"labour.{self.department}.inbound",
                [self.topic.name],
                self._load,
                shared=self._shared,
            )
        if not self._read:
            self._read = self._reader.poll(limit=limit, timeout_s=timeout_s)
        read = len(self._read)
        if self._read:
            self._take(self._read)
            self._read = []
        if self._unsent:
            self._send()
        return read

    def wake(self) -> None:
        """Makes a waiting step return."""
        if self._reader is not None:
            self._reader.wake()

    def stop(self) -> None:
        """Leaves the log; positions stay as they were committed, answers wait to be sent."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._writer.close()
        self._read, self._unsent = [], True
        self._remembered.clear()

    def positions(self, connection: Connection) -> dict[TopicPartition, int]:
        """The next offset of each partition of the inbound topic, as committed."""
        return {
            (self.topic.name, row.partition): row.next_offset
            for row in connection.execute(select(POSITIONS))
        }

    def counts(self, connection: Connection) -> dict[str, int]:
        """How many messages had each outcome."""
        return {row.outcome: row.messages for row in connection.execute(select(COUNTS))}

    def unsent(self, connection: Connection) -> int:
        """How many answers the log has not acknowledged yet."""
        return connection.execute(select(func.count()).select_from(ANSWERS)).scalar_one()

    def decide(self, message: Message) -> Given | Wrong:
        """Gives a message's command, or says why not."""
        if message.wrong is not None:
            return message.wrong
        post = post_of(message.post_id, self.department, self._appointed)
        if isinstance(post, Wrong):
            return post
        if self.given_by_another(message):
            return key_reused(message.key)
        try:
            return self._gateway.give(
                message.command,
                message.data,
                post,
                key=message.key,
                credential=message.credential,
            )
        except Refusal as refusal:
            return answers.of_refusal(refusal)
        except InvalidCommand as error:
            return invalid("InvalidCommand", tuple(_in_data(one) for one in error.problems))
        except KeyReused:
            return key_reused(message.key)
        except EnvelopeTooLarge as error:
            told = f"事件超过256 KiB，请缩短内容或改用附件（{error}）"
            return invalid("EventTooLarge", (Problem("data", "EventTooLarge", told, str(error)),))

    def given_by_another(self, message: Message) -> bool:
        """Whether the act under this key was another post's."""
        found = self._store.find_command(self._scope(message))
        if found is None or not found[1].events:
            return False
        first = found[1].events[0]
        after = self._store.private_after if first.topic is None else self._store.after
        (stored,) = after(first.sequence - 1, limit=1)
        return bool(canonical.decode(stored.body)["post"] != message.post_id)

    def _load(self, partitions: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]:
        wanted = [partition for _, partition in partitions]
        with self._database.writing() as connection:
            known = {
                row.partition: row.next_offset for row in connection.execute(select(POSITIONS))
            }
            missing = [partition for partition in wanted if partition not in known]
            if missing:
                connection.execute(
                    insert_into(connection, POSITIONS).on_conflict_do_nothing(),
                    [{"partition": one, "next_offset": 0} for one in missing],
                )
        for partition in wanted:
            self._remembered[partition] = known.get(partition, 0)
        # Whoever read them before may have left answers unsent.
        self._unsent = True
        return {(self.topic.name, one): self._remembered[one] for one in wanted}

    def _take(self, records: Sequence[LogRecord]) -> None:
        """Decides messages and commits their answers, together as long as no key comes twice."""
        waiting = [
            (record, read_message(record.value, self.department, self.mode)) for record in records
        ]
        while waiting:
            together = _until_a_key_comes_again(waiting)
            waiting = waiting[len(together) :]
            together = [one for one in together if self._holds(one[0])]
            first = self._claim(together)
            told = {
                (record.partition, record.offset): self._answer(
                    message, first=(record.partition, record.offset) in first
                )
                for record, message in together
            }
            while together:
                try:
                    self._commit([record for record, _ in together], told)
                    break
                except Overtaken as overtaken:
                    self._remembered.pop(overtaken.partition[1], None)
                    if self._reader is not None:
                        self._reader.drop(overtaken.partition)
                    together = [one for one in together if self._holds(one[0])]

    def _holds(self, record: LogRecord) -> bool:
        """Whether a record is of a partition that is read here, and not decided yet."""
        position = self._remembered.get(record.partition)
        return position is not None and record.offset >= position

    def _claim(self, messages: Sequence[tuple[LogRecord, Message]]) -> set[tuple[int, int]]:
        """The places whose message is the first with its key; known again after a crash."""
        unused = {
            (record.partition, record.offset)
            for record, message in messages
            if message.wrong is None and self._store.find_command(self._scope(message)) is None
        }
        with self._database.writing() as connection:
            claimed = {(row.partition, row.offset) for row in connection.execute(select(CLAIMS))}
            if unused - claimed:
                connection.execute(
                    insert_into(connection, CLAIMS).on_conflict_do_nothing(),
                    [
                        {"partition": partition, "offset": at}
                        for partition, at in sorted(unused - claimed)
                    ],
                )
        return claimed | unused

    def _scope(self, message: Message) -> str:
        return scope_of(self.department, message.credential, message.key)

    def _answer(self, message: Message, *, first: bool) -> dict[str, Any]:
        try:
            decided = self.decide(message)
        except OUTAGES:
            raise
        except (OperationalError, InterfaceError) as error:
            raise StoreUnavailable(str(error.orig)) from error
        except Exception:
            _log.exception("message not decided", department=self.department, id=message.key)
            decided = answers.fault()
        if isinstance(decided, Wrong):
            return answers.not_given(message, decided)
        return answers.accepted(message, decided, first=first)

    def _commit(
        self,
        records: Sequence[LogRecord],
        told: Mapping[tuple[int, int], Mapping[str, Any]],
    ) -> None:
        """Answers, counts and positions in one transaction."""
        reached = {record.partition: record.offset + 1 for record in records}
        head, now = self._store.head(), self._clock.now()
        with self._database.writing() as connection:
            for partition, next_offset in sorted(reached.items()):
                known = self._remembered[partition]
                moved = connection.execute(
                    update(POSITIONS)
                    .where(
                        and_(POSITIONS.c.partition == partition, POSITIONS.c.next_offset == known)
                    )
                    .values(next_offset=next_offset)
                )
                if moved.rowcount != 1:
                    raise Overtaken((self.topic.name, partition))
                connection.execute(
                    delete(CLAIMS).where(
                        and_(CLAIMS.c.partition == partition, CLAIMS.c.offset < next_offset)
                    )
                )
            counts: dict[str, int] = {}
            for record in records:
                outcome = str(told[record.partition, record.offset]["outcome"])
                counts[outcome] = counts.get(outcome, 0) + 1
            _count(connection, counts)
            connection.execute(
                insert(ANSWERS),
                [
                    {
                        "partition": record.partition,
                        "key": record.key or b"",
                        "body": answers.answer_body(
                            told[record.partition, record.offset],
                            record,
                            self.department,
                            head,
                            now,
                        ),
                    }
                    for record in records
                ],
            )
        self._remembered.update(reached)
        self._unsent = True

    def _send(self) -> None:
        """Sends the answers that wait, of the partitions that are this reader's, in their order."""
        assert self._reader is not None
        mine = {partition for _, partition in self._reader.assigned()}
        if not mine:
            return
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(
                    select(ANSWERS)
                    .where(ANSWERS.c.partition.in_(sorted(mine)))
                    .order_by(ANSWERS.c.answer_id)
                    .limit(SENT_AT_ONCE)
                ).all()
            if not rows:
                break
            self._writer.append(
                [
                    OutRecord(self.answers.name, row.partition, bytes(row.key), bytes(row.body))
                    for row in rows
                ]
            )
            with self._database.writing() as connection:
                connection.execute(
                    delete(ANSWERS).where(ANSWERS.c.answer_id.in_([row.answer_id for row in rows]))
                )
        self._unsent = False


def _until_a_key_comes_again(
    messages: Sequence[tuple[LogRecord, Message]],
) -> list[tuple[LogRecord, Message]]:
    """The messages before the first whose key one of them has."""
    keys: set[tuple[str, str]] = set()
    for number, (_, message) in enumerate(messages):
        if message.wrong is None:
            if (message.system, message.key) in keys:
                return list(messages[:number])
            keys.add((message.system, message.key))
    return list(messages)


def _count(connection: Connection, counts: Mapping[str, int]) -> None:
    for outcome, messages in sorted(counts.items()):
        connection.execute(
            insert_into(connection, COUNTS)
            .values(outcome=outcome, messages=messages)
            .on_conflict_do_update(
                index_elements=[COUNTS.c.outcome],
                set_={"messages": COUNTS.c.messages + messages},
            )
        )


def _in_data(problem: Problem) -> Problem:
    return Problem(f"data.{problem.field}".rstrip("."), problem.rule, problem.zh, problem.en)
