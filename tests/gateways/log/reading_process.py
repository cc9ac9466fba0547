"""A process that reads a topic as one of a group and prints what it reads.

`python -m tests.gateways.log.reading_process KIND ADDRESS GROUP TOPIC`
"""

from __future__ import annotations

import sys

from tests.gateways.log.conftest import Opener
from tests.gateways.log.reading import from_start


def main(kind: str, address: str, group: str, topic: str) -> None:
    """Reads until it is ended."""
    reader = Opener(kind, address, "").open().reader(group, [topic], from_start)
    while True:
        for it in reader.poll(limit=100, timeout_s=0.5):
            print(it.partition, it.offset, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:5])
