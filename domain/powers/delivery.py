"""Powers over what the shared log could not deliver: rows of the table of powers.

Each organ acts on what its own department set aside;
which of its posts may discard is a rule of the decision.
"""

from __future__ import annotations

from domain.departments import PUBLIC
from domain.powers.rows import Row
from domain.statutes import SINCE_REGISTRATION_LAW

DELIVERY_POWERS: tuple[Row, ...] = tuple(
    (name, PUBLIC, "平台规则（隔离处理）", SINCE_REGISTRATION_LAW)
    for name in (
        "OpenParkedGroup",
        "SettleParked",
        "ReleaseParked",
        "FixParked",
        "DiscardParked",
    )
)
"""Powers over parked records: the department itself opens and settles, its posts decide."""
