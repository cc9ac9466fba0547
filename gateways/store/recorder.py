"""What both of our recorders change in the library's: sequences, and who may write.

Owner-only facts stand in the same table under negative notification ids, so that streams are
whole; readers of notifications never meet them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent

if TYPE_CHECKING:
    _Base = ApplicationRecorder
else:
    _Base = object


class Published(_Base):
    """Mixed in before a recorder of the library: reads published notifications, never writes."""

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Published events from `start` on, in the order of their commits, without gaps."""
        if start is None or start < 1:
            start, inclusive_of_start = 1, True
        return super().select_notifications(  # type: ignore[safe-super]
            start, limit, stop, topics, inclusive_of_start=inclusive_of_start
        )

    def max_notification_id(self) -> int | None:
        """The last published sequence, None where nothing is published."""
        largest = super().max_notification_id()  # type: ignore[safe-super]
        return None if largest is None or largest < 1 else largest

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> NoReturn:
        """Refused: sequence, stamp and bytes are made under the head's lock, by `append`."""
        raise NotImplementedError("events are recorded through the store's append()")

    def create_table(self) -> NoReturn:
        """Refused: tables come from the migrations."""
        raise NotImplementedError("tables are made by `liandong migrate`")
