"""The history as it stands: what was voided is gone, what was replaced reads new (12.4).

1. Nothing is edited: a correction is a fact of its own, of the stream of the fact it corrects.
2. VOID outweighs every replacement of the same fact; of replacements, each field's latest counts.
3. A correction itself is no part of the history that it corrects: nobody folds it.
4. Stream versions stay those of the record: two who correct at once still meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from domain.facts import Recorded
from domain.review.facts import CorrectionKind, FactCorrected
from domain.review.reading import data_of, object_of, read

CORRECTED = FactCorrected.TYPE


def corrections(facts: Iterable[Recorded[Any]]) -> tuple[Recorded[FactCorrected], ...]:
    """The corrections among facts, each once, in the one order that every reader agrees on."""
    found = {one.id: one for one in facts if one.type == CORRECTED}
    return tuple(sorted(found.values(), key=lambda one: one.order))


def voids(event: str, facts: Iterable[Recorded[Any]]) -> bool:
    """Whether a correction among facts voids the fact of this id."""
    return any(
        one.fact.target_event_id == event and one.fact.kind is CorrectionKind.VOID
        for one in facts
        if one.type == CORRECTED
    )


def standing(
    facts: Sequence[Recorded[Any]], also: Iterable[Recorded[Any]] = ()
) -> tuple[Recorded[Any], ...]:
    """Facts as they stand by the corrections among them and those of `also`.

    Whatever the order in which facts and corrections are given, the answer is the same.
    """
    told = corrections((*facts, *also))
    if not told:
        return tuple(facts)
    voided = {one.fact.target_event_id for one in told if one.fact.kind is CorrectionKind.VOID}
    return tuple(
        _as_replaced(one, told) for one in facts if one.type != CORRECTED and one.id not in voided
    )


def _as_replaced(recorded: Recorded[Any], told: Sequence[Recorded[FactCorrected]]) -> Recorded[Any]:
    changes: dict[str, Any] = {}
    for one in told:
        if one.fact.target_event_id == recorded.id and one.fact.replaces_with is not None:
            changes.update(object_of(one.fact.replaces_with))
    if not changes:
        return recorded
    return replace(recorded, fact=read(type(recorded.fact), {**data_of(recorded.fact), **changes}))
