"""Many threads read one store at once, more of them than it keeps connections for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from gateways.store.port import EventStore
from tests.gateways.store.appends import command

READERS = 24


def test_threads_that_read_at_the_same_moment_all_get_an_answer(store: EventStore) -> None:
    store.append(command("one", "s/one"))
    start = threading.Barrier(READERS)

    def read(_: int) -> set[int]:
        start.wait()
        return {len(store.after(0, limit=10)) for _ in range(20)}

    with ThreadPoolExecutor(READERS) as pool:
        assert list(pool.map(read, range(READERS))) == [{1}] * READERS
