"""Corrections of facts on record, as their owner publishes them."""

from __future__ import annotations

import json
from typing import Any

from domain.facts import Recorded
from domain.review.facts import CorrectionKind, FactCorrected
from gateways.contracts.envelope import to_data
from tests.projections.facts import Log


def correct(log: Log, fact: Recorded[Any], at: str, **anew: Any) -> Recorded[Any]:
    """Voids a fact, or replaces the fields that are given."""
    return log.record(
        fact.department,
        fact.organ,
        fact.stream,
        FactCorrected(
            target_event_id=fact.id,
            target_type=fact.type,
            kind=CorrectionKind.REPLACE if anew else CorrectionKind.VOID,
            target_data=json.dumps(to_data(fact.fact), ensure_ascii=False),
            replaces_with=json.dumps(anew, ensure_ascii=False) if anew else None,
            reason="登记有误",
        ),
        at,
        subject=fact.subject,
        matter=fact.matter,
        region=fact.region,
        family=type(fact.fact).FAMILY,
    )
