"""A department's own system, by somebody else: it reads topics and writes its receipts itself.

Only what the contract says, with `json` and `hashlib`: nothing of ours makes its records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from gateways.log.port import Log, OutRecord
from tests.gateways.department.town import Town


class ForeignSystem:
    """A reader of one partition that keeps what it applied, in its order."""

    def __init__(self, town: Town, name: str, topic: str, partition: int) -> None:
        self.town, self.name, self.topic, self.partition = town, name, topic, partition
        self.said = 0
        self._count = 0

    @property
    def log(self) -> Log:
        """The log, as any client reads it."""
        return self.town.log

    def values(self) -> list[bytes]:
        """Every record of the partition, as it stands on the log."""
        found = self.log.read({(self.topic, self.partition): 0}, limit=1000, bytes_max=10_000_000)
        return [record.value for record in found]

    def take_in(self, taken: Sequence[bytes] | None = None, **told: Any) -> None:
        """Applies these values (all new ones where none are named) and says so in a receipt."""
        values = self.values()
        fresh = values[self.said :] if taken is None else list(taken)
        whole = hashlib.sha256()
        for value in fresh:
            whole.update(hashlib.sha256(value).digest())
        first, last = self.said + 1, len(values)
        entry = {
            "from": str(first),
            "to": str(last),
            "applied": [f"{first}-{last}"],
            "digest": whole.hexdigest(),
            "delivered": str(last),
            "acted": str(last),
            "deliveredat": self._now(),
            "appliedat": self._now(),
            "actedat": self._now(),
        } | told
        self.said = int(entry["to"])
        self.say({self.topic: {str(self.partition): entry}})

    def say(self, topics: dict[str, Any]) -> None:
        """Writes one control record; without topics a sign of life."""
        self._count += 1
        body = {
            "specversion": "1.0",
            "id": f"{self.name}-own-{self._count}",
            "source": f"/labour/{self.name}/simulated/own",
            "type": "control.receipt.v1",
            "subject": self.name,
            "time": self._now(),
            "data": {"said": self._now(), "topics": topics},
        }
        writer = self.log.writer(f"{self.name}-own")
        value = json.dumps(body).encode()
        writer.append([OutRecord(f"labour.{self.name}.control", 0, self.name.encode(), value)])
        writer.close()

    def _now(self) -> str:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.town.clock.now())
        return moment.astimezone(timezone(timedelta(hours=8))).isoformat(timespec="microseconds")
