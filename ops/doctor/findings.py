"""What the doctor tells: one finding for each thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["good", "note", "wrong", "unreachable"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; `mend` says what to do where it is not good."""

    state: State
    what: str
    mend: str = ""
