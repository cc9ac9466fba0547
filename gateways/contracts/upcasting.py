"""Old events as the present classes read them, and one fact published in two versions.

Every reader (store, received log, rebuild, decisions) makes its facts by `envelope.recorded` or `fact_of`,
which asks here. Stored bytes are never changed: an old event is read anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from domain.review.facts import FactCorrected
from domain.review.reading import text_of
from domain.versions import SUCCESSIONS, present


def superseded(type_name: str) -> bool:
    """Whether events of a type may read otherwise today than they were written."""
    return bool(SUCCESSIONS) and (type_name in SUCCESSIONS or type_name == FactCorrected.TYPE)


def current(type_name: str, data: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """An event's type and data as the newest known version has them."""
    if type_name == FactCorrected.TYPE and data["target_type"] in SUCCESSIONS:
        return type_name, _correction(data)
    return present(type_name, data)


def _correction(data: Mapping[str, Any]) -> dict[str, Any]:
    """A correction of an older version as one of the newest: what it was, and what differs."""
    before = json.loads(data["target_data"])
    type_name, was = present(data["target_type"], before)
    found = {**data, "target_type": type_name, "target_data": text_of(was)}
    if data.get("replaces_with") is not None:
        _, now = present(data["target_type"], {**before, **json.loads(data["replaces_with"])})
        names = {*was, *now}
        found["replaces_with"] = text_of(
            {name: now.get(name) for name in names if was.get(name) != now.get(name)}
        )
    return found
