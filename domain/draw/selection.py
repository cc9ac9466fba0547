"""`sha256-ticket-v1`: who is drawn, exactly.

The rules (reference 6.2: an auditor replays the draw and gets the same ids):

1. Each object of a stratum gets one ticket: SHA-256 over `liandong:draw-ticket:v1` LF, the 32
   bytes of the seed, the stratum's key in UTF-8, LF, and the object's id in UTF-8.
2. A ticket is read as a number of 256 bits, highest byte first. The sample of n objects is
   the n smallest tickets, in their order; equal tickets, which nobody has ever seen, are
   ordered by the bytes of the id.
3. So the order in which objects are looked at does not matter; a sample of n is the beginning
   of a sample of n + 1; and who is drawn in one stratum does not depend on another.

Why it is fair: with a seed that nobody could foresee, SHA-256 gives every object an
independent, evenly spread number, so every set of n objects is as likely as every other.
No number is reduced to a range, so no remainder favours anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

ALGORITHM = "sha256-ticket-v1"
_TICKET = b"liandong:draw-ticket:v1\n"
_SPARE = 1024

Ticket = tuple[bytes, bytes]
"""A ticket and the id that holds it, in UTF-8."""


def ticket(seed: bytes, stratum: str, id_: str) -> bytes:
    """The ticket of one object: 32 bytes."""
    return sha256(_TICKET + seed + f"{stratum}\n{id_}".encode()).digest()


class Sample:
    """The n smallest tickets of one stratum, found while its objects pass by in any order.

    Holds at most 2n + 1024 tickets at a time.
    """

    __slots__ = ("_held", "_limit", "_most", "_start", "size")

    def __init__(self, seed: bytes, stratum: str, size: int) -> None:
        if len(seed) != 32:
            raise ValueError("a seed has 32 bytes")
        self.size = size
        self._start = sha256(_TICKET + seed + f"{stratum}\n".encode())
        self._held: list[Ticket] = []
        self._most = 2 * size + _SPARE
        self._limit = b"\xff" * 33

    def offer(self, id_: bytes) -> None:
        """Lets one object draw its ticket."""
        drawing = self._start.copy()
        drawing.update(id_)
        drawn = drawing.digest()
        if drawn <= self._limit:
            self._held.append((drawn, id_))
            if len(self._held) > self._most:
                self._cut()

    def join(self, others: Iterable[Ticket]) -> None:
        """Takes in what another process found in its part of the same stratum."""
        self._held.extend(others)
        self._cut()

    def tickets(self) -> list[Ticket]:
        """The smallest tickets so far, in their order."""
        self._cut()
        return list(self._held)

    def drawn(self) -> tuple[str, ...]:
        """The ids that are drawn, in the order of their tickets."""
        return tuple(id_.decode() for _, id_ in self.tickets())

    def _cut(self) -> None:
        self._held.sort()
        del self._held[self.size :]
        if self.size and len(self._held) == self.size:
            self._limit = self._held[-1][0]
        elif not self.size:
            self._limit = b""


def draw(seed: bytes, stratum: str, ids: Iterable[str], size: int) -> tuple[str, ...]:
    """The sample of one stratum, in the order of its tickets."""
    sample = Sample(seed, stratum, size)
    for id_ in ids:
        sample.offer(id_.encode())
    return sample.drawn()
