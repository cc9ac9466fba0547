"""Whoever decides on a history that has moved on since is told so, and decides again."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import HistoryMovedOn
from ops.posts import default_post
from ops.settings import Settings
from ops.wiring import house

FIRM = "91210103MAYTX0128N"
STREAM = f"organisation/{FIRM}"


def test_a_decision_on_an_old_version_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, departments=("samr",))
    post = default_post("SAMR", "210103")
    change = {"organisation": FIRM, "change": "SCOPE", "after": "软件开发"}
    with house(settings, create=True) as one:
        samr = one.platform.departments["samr"]
        samr.give(
            "RegisterOrganisation",
            {"organisation": FIRM, "name": "沈阳虚例北辰职介服务有限公司", "scope": "职业中介活动"},
            post,
            key="register",
        )
        stands = samr.store.stream(STREAM)[-1].stream_version
        with pytest.raises(HistoryMovedOn) as refused:
            samr.give("ChangeRegistration", change, post, key="late", expected={STREAM: stands - 1})
        assert refused.value.values == {"stream": STREAM, "seen": stands - 1, "actual": stands}
        assert samr.store.head().sequence == stands
        samr.give("ChangeRegistration", change, post, key="now", expected={STREAM: stands})
        assert samr.store.stream(STREAM)[-1].stream_version > stands
