"""A node's process keeps one piece of memory, however many threads it has."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ops.settings import ROOT

THREADS = """
import ctypes, sys, threading
from ops.tuning import as_a_node_starts

if sys.argv[1] == "as a node":
    as_a_node_starts()
met = threading.Barrier(8)

def fill() -> None:
    kept = [bytearray(4096) for _ in range(200)]
    met.wait()

threads = [threading.Thread(target=fill) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
told = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, told)
libc.fflush(told)
"""


def _arenas(how: str) -> int:
    told = subprocess.run(
        [sys.executable, "-c", THREADS, how], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return told.stdout.count("<heap nr=")


@pytest.mark.parametrize(("how", "one"), [("as a node", True), ("as Python starts", False)])
def test_the_threads_of_a_node_share_one_arena_of_the_c_library(how: str, one: bool) -> None:
    assert (_arenas(how) == 1) is one
