"""One fact in several versions: while an older one still goes out, both are recorded together.

They stand in one transaction, side by side in the stream and in the partition, the newest last,
under one fact id. Both name the versions that went out, so that a reader needs nothing else to
know which of them it applies, whichever it meets first.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

from domain.facts import FACTS, Fact
from domain.versions import going_out, number, versions_text
from gateways.contracts.envelope import schema_name
from gateways.store.port import Draft


def in_its_versions(draft: Draft, fact: Fact, on: date) -> tuple[Draft, ...]:
    """The drafts of a fact on a day: itself, after those of its older versions that still go out."""
    older = going_out(fact, draft.envelope["data"], on)
    if not older:
        return (draft,)
    fact_id = draft.envelope["id"]
    shared = {
        "factid": fact_id,
        "factversions": versions_text((fact.TYPE, *(type_name for type_name, _ in older))),
    }
    made = [
        replace(
            draft,
            type=type_name,
            envelope={
                **draft.envelope,
                **shared,
                "id": str(uuid.uuid5(uuid.UUID(fact_id), f"v{number(type_name)}")),
                "type": type_name,
                "dataschema": schema_name(type_name),
                "confidentiality": FACTS[type_name].CONFIDENTIALITY.value,
                "data": data,
            },
        )
        for type_name, data in older
    ]
    return (*made, replace(draft, envelope={**draft.envelope, **shared}))
