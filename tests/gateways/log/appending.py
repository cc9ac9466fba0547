"""A process that appends numbered records and prints each number once it is acknowledged.

`python -m tests.gateways.log.appending KIND ADDRESS TOPIC KEY COUNT`
"""

from __future__ import annotations

import sys

from gateways.log.port import LogUnavailable
from tests.gateways.log.conftest import Opener
from tests.gateways.log.reading import record

AT_ONCE = 10


def main(kind: str, address: str, topic: str, key: str, count: str) -> None:
    """Appends `count` records of one key, sending again what was not acknowledged."""
    log = Opener(kind, address, "").open()
    writer = log.writer(key)
    print("ready", flush=True)
    number = 0
    while number < int(count):
        try:
            writer.append([record(topic, key, it) for it in range(number, number + AT_ONCE)])
        except LogUnavailable:
            continue
        number += AT_ONCE
        print(number, flush=True)
    log.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
