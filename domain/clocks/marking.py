"""Which marks a fact leaves on clocks, a correction's marks among them.

A start carries its term with the region's number, so that its end never depends on later
configuration. A correction leaves its marks at the keys of the fact it corrects: it does not
matter which of both comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from domain.calendar.deadlines import fixed
from domain.clocks.marks import ClockEnd, ClockStart, last_day
from domain.clocks.table import CHANGES, CORRECTED, STARTS, STOPS, TYPES
from domain.clocks.words import ClockRule, Ending, Pause, Policy, always, in_every_region
from domain.facts import FACTS, Recorded
from domain.review.reading import object_of, read


def _in_force(rule: ClockRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def starts(recorded: Recorded[Any], policy: Policy, *, correction: str = "") -> list[ClockStart]:
    """The clocks that a fact starts, by the region's configuration.

    The dates follow with `due_with`; a start whose grounds are missing gives no clock.
    `correction` names the fact by which this one reads as it does.
    """
    found: list[ClockStart] = []
    if recorded.history:
        return found
    policy_version = str(policy.get("policy_version", ""))
    for rule, start in STARTS.get(recorded.type, ()):
        if start.when is not always and not start.when(recorded):
            continue
        if start.where is not in_every_region and not start.where(policy):
            continue
        on = start.on(recorded)
        if not _in_force(rule, last_day(on)):
            continue
        period = start.period or rule.period_for(policy)
        until = None
        if start.until is not None:
            until = start.until(recorded, policy)
            if until is None:
                continue
        found.append(
            ClockStart(
                rule.code,
                start.key(recorded),
                "" if start.item is None else start.item(recorded),
                recorded.id,
                recorded.stamp,
                recorded.department,
                recorded.sequence,
                on,
                None if until is not None else period,
                until,
                rule.rolls,
                recorded.subject,
                recorded.matter,
                recorded.region if start.region is None else start.region(recorded),
                (rule.owner or recorded.organ) if start.owner is None else start.owner(recorded),
                {} if start.data is None else start.data(recorded),
                rule.rule_version,
                policy_version,
                correction,
            )
        )
    return found


def ends(recorded: Recorded[Any], *, correction: str = "") -> list[ClockEnd]:
    """The marks other than starts that a fact leaves: stops, grounds, pauses, extensions, acts."""
    found: list[ClockEnd] = []
    for kind, rule, stop in STOPS.get(recorded.type, ()):
        if stop.when is not always and not stop.when(recorded):
            continue
        ending, at = stop.ending, recorded.stamp
        if not isinstance(ending, Ending):
            ending = ending(recorded)
        if stop.on is not None:
            at = min(at, fixed(stop.on(recorded)).at)
        ground = kind == "GROUND"
        keys = stop.key(recorded)
        for key in (keys,) if isinstance(keys, str) else keys:
            found.append(
                ClockEnd(
                    rule.code,
                    key,
                    kind,
                    None if stop.item is None else stop.item(recorded),
                    recorded.id,
                    recorded.stamp,
                    recorded.department,
                    recorded.sequence,
                    at,
                    ending,
                    organ=recorded.organ if ground else "",
                    region=recorded.region if ground else "",
                    correction=correction,
                )
            )
    if recorded.type in CHANGES:
        found += _alterations(recorded, correction)
    return found


def _alterations(recorded: Recorded[Any], correction: str) -> list[ClockEnd]:
    """The marks of a fact that lengthens or suspends terms, or lets them run on."""
    found: list[ClockEnd] = []
    for kind, rule, change in CHANGES[recorded.type]:
        if not change.when(recorded):
            continue
        by, on = 0, None
        if isinstance(change, Pause):
            on = change.on(recorded)
        else:
            by = (change.by if isinstance(change.by, int) else change.by(recorded)) or 0
            if not by:
                continue
        keys = change.key(recorded)
        for key in (keys,) if isinstance(keys, str) else keys:
            found.append(
                ClockEnd(
                    rule.code,
                    key,
                    kind,
                    None if change.item is None else change.item(recorded),
                    recorded.id,
                    recorded.stamp,
                    recorded.department,
                    recorded.sequence,
                    recorded.stamp,
                    by=by,
                    on=on,
                    correction=correction,
                )
            )
    return found


def stops(recorded: Recorded[Any]) -> list[ClockEnd]:
    """The stops alone: (code, key, item) of the clocks that a fact ends."""
    return [mark for mark in ends(recorded) if mark.kind == "STOP"]


def marks_of(
    recorded: Recorded[Any], policy_for: Callable[[str, date], Policy]
) -> tuple[list[ClockStart], list[ClockEnd]]:
    """Every mark that a fact leaves, by the configuration of its region and day."""
    begun: list[ClockStart] = []
    if recorded.type in STARTS:
        begun = starts(recorded, policy_for(recorded.region, recorded.recorded_on))
    others = ends(recorded)
    if recorded.type == CORRECTED:
        more_begun, more = corrected(recorded, policy_for)
        begun, others = begun + more_begun, others + more
    return begun, others


def corrected(
    recorded: Recorded[Any], policy_for: Callable[[str, date], Policy]
) -> tuple[list[ClockStart], list[ClockEnd]]:
    """The marks of a correction: the old ones count no longer, and those of the new reading.

    They lie at the keys of the corrected fact, so that it does not matter which comes first.
    """
    said = recorded.fact
    if said.target_type not in TYPES:
        return [], []
    data = object_of(said.target_data)
    target = _target(recorded, read(FACTS[said.target_type], data))
    policy = policy_for(target.region, target.recorded_on)
    begun, others = starts(target, policy), ends(target)
    reading = ""
    new_begun: list[ClockStart] = []
    new_others: list[ClockEnd] = []
    if said.kind.value == "REPLACE" and said.replaces_with is not None:
        reading = recorded.id
        anew = {**data, **object_of(said.replaces_with)}
        now = replace(target, fact=read(FACTS[said.target_type], anew))
        new_begun = starts(now, policy, correction=reading)
        new_others = ends(now, correction=reading)
    keys = {(one.code, one.key) for one in (*begun, *new_begun)}
    keys |= {(one.code, one.key) for one in (*others, *new_others)}
    voids = [
        ClockEnd(
            kind="VOID",
            code=code,
            key=key,
            item=None,
            event=recorded.id,
            stamp=recorded.stamp,
            department=recorded.department,
            sequence=recorded.sequence,
            at=recorded.stamp,
            target=target.id,
            correction=reading or recorded.id,
        )
        for code, key in sorted(keys)
    ]
    return new_begun, [*new_others, *voids]


def _target(recorded: Recorded[Any], fact: Any) -> Recorded[Any]:
    """The corrected fact on record again, as far as the correction says how it stood there."""
    said = recorded.fact
    return replace(
        recorded,
        fact=fact,
        id=said.target_event_id,
        type=said.target_type,
        stamp=said.target_stamp or recorded.stamp,
        sequence=said.target_sequence or recorded.sequence,
        effective=said.target_effective or recorded.effective,
    )
