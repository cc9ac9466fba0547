"""Notes of what was applied, written in the transaction that applied it, in its order.

One row a transaction, whatever it applied: the receipts are made of these, so that they say
what was done and not what should have been.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection

from gateways.department.ledger import ranges
from gateways.department.ledger.tables import APPLIED
from gateways.department.taking_in.verdicts import Taken
from gateways.log.port import TopicPartition


def note(connection: Connection, taken: Sequence[Taken], *, received: int) -> None:
    """Notes records that this transaction applied, each partition's in the order given."""
    sequences: dict[TopicPartition, list[int]] = {}
    hashes: dict[TopicPartition, list[bytes]] = {}
    for item in taken:
        place = (item.record.topic, item.record.partition)
        sequences.setdefault(place, []).append(item.partition_sequence)
        hashes.setdefault(place, []).append(sha256(item.record.value).digest())
    connection.execute(
        APPLIED.insert(),
        {
            "received": received,
            "places": json.dumps(
                [[*place, ranges.runs(held)] for place, held in sequences.items()]
            ),
            "hashes": b"".join(one for held in hashes.values() for one in held),
        },
    )
