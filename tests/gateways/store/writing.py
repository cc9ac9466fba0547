"""A process that writes to a store from many threads and says what was acknowledged.

`python -m tests.gateways.store.writing TARGET SCHEMA NAME THREADS COMMANDS`; each acknowledged
command id is a line on stdout.
"""

from __future__ import annotations

import sys
import threading

from gateways.store.port import Accepted
from tests.gateways.store.appends import command
from tests.gateways.store.conftest import Place


def main(target: str, schema: str, name: str, threads: str, commands: str) -> None:
    store = Place(target, schema or None).open()
    say = threading.Lock()

    def write(thread: int) -> None:
        for number in range(int(commands)):
            one = f"{name}-{thread}-{number}"
            outcome = store.append(
                command(one, f"s/{one}", events=1 + number % 3, partition=number % 6)
            )
            assert isinstance(outcome, Accepted), outcome
            with say:
                sys.stdout.write(one + "\n")
                sys.stdout.flush()

    workers = [threading.Thread(target=write, args=(each,)) for each in range(int(threads))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
