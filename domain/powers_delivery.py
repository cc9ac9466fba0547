"""Powers over what the shared log could not deliver: rows of the table of powers.

A row is (command, organs, basis, since). Each organ acts on what its own department set aside;
which of its posts may discard is a rule of the decision.
"""

from __future__ import annotations

from datetime import date

from domain.matter import ANY

_SINCE = date(1994, 7, 1)

DELIVERY_POWERS: tuple[tuple[str, tuple[str, ...], str, date], ...] = tuple(
    (name, ANY, "平台规则（隔离处理）", _SINCE)
    for name in (
        "OpenParkedGroup",
        "SettleParked",
        "ReleaseParked",
        "FixParked",
        "DiscardParked",
    )
)
"""Powers over parked records: the department itself opens and settles, its posts decide."""
