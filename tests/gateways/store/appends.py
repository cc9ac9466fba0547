"""Commands for the tests of the store."""

from __future__ import annotations

from gateways.store.port import Append, Draft

NOW = 1_732_000_000_000_000
TOPIC = "labour.hr.licensing"
TYPE = "licence.granted.v1"


def command(
    name: str,
    stream: str = "licence/91210103MAYTX0128N:LIC_HRS",
    expected: int = 0,
    *,
    events: int = 1,
    topic: str | None = TOPIC,
    partition: int = 0,
    scope: str | None = None,
    digest: str = "digest",
    now: int = NOW,
    cause: int = 0,
    note: str = "沈阳虚例北辰职介服务有限公司",
) -> Append:
    """A command of `events` drafts on one stream."""
    return Append(
        command_id=name,
        scope=scope or f"hr|local|{name}",
        body_digest=digest,
        command_name="GrantLicence",
        expected={stream: expected},
        drafts=[
            Draft(
                stream,
                TYPE,
                topic,
                partition,
                "91210103MAYTX0128N",
                {"specversion": "1.0", "id": f"{name}/{index}", "data": {"note": note}},
            )
            for index in range(events)
        ],
        now=now,
        cause_stamp=cause,
    )
