"""The object register (检查对象名录库), folded from registrations, licences, filings and places.

A firm stands in it from its registration, a place without a code from the day somebody
registered it. Its class and its tags say what a plan may stratify by; nothing else of it leaves
the register. `classes` holds the last word of each department under each scheme.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from domain.draw.classes import ObjectClass, Said, class_of, newest
from domain.draw.classing import ObjectClassed
from domain.filing import BusinessFilingRecorded
from domain.inspection.cycles import CYCLED_LICENCES, full_due, is_full
from domain.inspection.facts import (
    InspectionResultRecorded,
    ListEntryChanged,
    PlaceRegistered,
)
from domain.licence.facts import (
    HR_LICENCES,
    LicenceAnnulled,
    LicenceChanged,
    LicenceDeregistered,
    LicenceGranted,
    LicenceRevoked,
)
from domain.push.scope_matching import MAPPINGS
from domain.risk.facts import Level, RiskWarningRaised
from projections.steps import Step, Steps
from projections.subject_life import CHANGED, REGISTERED, SUBJECT_FIELDS, fold_subject

PLACE, WARNED, FILED = PlaceRegistered.TYPE, RiskWarningRaised.TYPE, BusinessFilingRecorded.TYPE
CLASSED = ObjectClassed.TYPE
INSPECTED, LISTED = InspectionResultRecorded.TYPE, ListEntryChanged.TYPE
GRANTED, LICENCE_CHANGED = LicenceGranted.TYPE, LicenceChanged.TYPE
REVOKED = LicenceRevoked.TYPE
ENDED = (LicenceAnnulled.TYPE, LicenceDeregistered.TYPE)

OBJECT_FIELDS: dict[str, tuple[str, ...]] = {
    **SUBJECT_FIELDS,
    GRANTED: ("licence_id", "type", "mode", "online", "valid_from", "valid_to"),
    LICENCE_CHANGED: ("licence_id", "change", "valid_to"),
    LicenceAnnulled.TYPE: ("licence_id",),
    REVOKED: ("licence_id", "effective_on"),
    LicenceDeregistered.TYPE: ("licence_id",),
    FILED: ("kind",),
    WARNED: ("level",),
    PLACE: ("kind", "name", "address", "region"),
    INSPECTED: ("kind", "category", "inspected_on"),
    CLASSED: ("grade_scheme", "grade", "tags", "since", "valid_until", "basis"),
    LISTED: ("action",),
}
"""The facts that bear on one object, by its code or id, and the fields its steps keep."""

EIGHT_EVER = tuple(
    sorted({one.text for mapping in MAPPINGS for one in mapping.phrases if one.drawn})
)
"""The drawn phrases of every version: a scope with none of them is in no population."""

KEY_LEVELS = (Level.ORANGE.value, Level.RED.value)
NO_END = "9999-12-31"
_LEVELS = tuple(level.value for level in Level)


def object_of(fact: Any) -> str:
    """The object on which a fact bears."""
    body = fact.fact
    return str(body.uscc if hasattr(body, "uscc") else body.subject_id)


def fold_object(steps: Steps) -> dict[str, Any]:
    """The object after these steps.

    `licences` holds those in force, `type@from@to@ONLINE+COMMITMENT` joined by commas: whether
    one counts is a question of the day. `level` is the highest warning raised, `list_state` the
    state of its entry in the abnormal list.
    """
    found = fold_subject([step for step in steps if step.type in (REGISTERED, CHANGED)] or steps)
    found.update(
        address=None,
        place=False,
        phrased=False,
        filed=False,
        level=None,
        list_state=None,
        inspections=0,
        inspected_on=None,
        category=None,
        moved=steps[-1].stamp,
    )
    filed_on: str | None = None
    full_on: str | None = None
    licences: dict[str, dict[str, Any]] = {}
    for step in steps:
        data = step.data
        if step.type == PLACE:
            found.update(data, place=True, matter=step.matter)
        elif step.type == FILED:
            if data["kind"] in ("FIL_HRS", "ENDING"):
                found["filed"] = data["kind"] == "FIL_HRS"
                filed_on = step.effective if found["filed"] else None
        elif step.type == WARNED:
            raised = (found["level"], data["level"])
            found["level"] = max((one for one in raised if one), key=_LEVELS.index)
        elif step.type == INSPECTED:
            found["inspections"] += 1
            if found["inspected_on"] is None or data["inspected_on"] >= found["inspected_on"]:
                found.update(inspected_on=data["inspected_on"], category=data["category"])
            if is_full(data["kind"], data["category"]):
                full_on = max(full_on or "", data["inspected_on"])
        elif step.type == CLASSED:
            continue
        elif step.type == LISTED:
            found["list_state"] = data["action"]
        elif step.type not in (REGISTERED, CHANGED):
            _licence(licences, step)
    if found["scope"]:
        found["phrased"] = any(words in found["scope"] for words in EIGHT_EVER)
    held = [one for one in licences.values() if not one["suspended"]]
    found["licences"] = ",".join(_held(one) for one in held)
    said = said_in(steps)
    found["classes"] = ",".join(_said(one) for one in newest(said, date.max)) or None
    found.update(_cycle(found["region"], held, filed_on, full_on, said))
    return found


def said_in(steps: Steps) -> tuple[Said, ...]:
    """What the steps of an object say of its class (domain.draw.classing.said_in)."""
    return tuple(
        Said(
            keeper=step.department,
            scheme=step.data["grade_scheme"] or "",
            grade=step.data["grade"],
            tags=tuple(step.data["tags"]),
            since=date.fromisoformat(step.data["since"]),
            until=_day(step.data["valid_until"]),
        )
        for step in steps
        if step.type == CLASSED
    )


def _said(one: Said) -> str:
    until = one.until.isoformat() if one.until else ""
    parts = (one.keeper, one.scheme, one.grade or "", "+".join(one.tags))
    return "@".join((*parts, one.since.isoformat(), until))


@lru_cache(maxsize=65_536)
def classed_on(classes: str | None, day: str) -> ObjectClass:
    """What an object is like by its `classes` on a day (ISO), today or later."""
    said = []
    for one in (classes or "").split(","):
        if one:
            keeper, scheme, grade, tags, since, until = one.split("@")
            said.append(
                Said(
                    keeper=keeper,
                    scheme=scheme,
                    grade=grade or None,
                    tags=tuple(tags.split("+")) if tags else (),
                    since=date.fromisoformat(since),
                    until=_day(until),
                )
            )
    return class_of(said, date.fromisoformat(day))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _cycle(
    region: str,
    held: list[dict[str, Any]],
    filed_on: str | None,
    full_on: str | None,
    said: tuple[Said, ...],
) -> dict[str, str | None]:
    """When the next full inspection is due, of whom the cycle takes in (domain.inspection.cycles)."""
    of_cycle = [one for one in held if one["type"] in CYCLED_LICENCES]
    begun = [one["valid_from"] for one in of_cycle] + ([filed_on] if filed_on else [])
    if not begun:
        return {"full_on": full_on, "full_due": None, "cycled_until": None}
    since = date.fromisoformat(max(full_on or "", min(begun)))
    until = NO_END if filed_on else max(one["valid_to"] or NO_END for one in of_cycle)
    due = full_due(since, said, region)
    return {"full_on": full_on, "full_due": due.isoformat(), "cycled_until": until}


def _licence(licences: dict[str, dict[str, Any]], step: Step) -> None:
    data = step.data
    held = licences.get(data["licence_id"])
    if step.type == GRANTED:
        licences[data["licence_id"]] = {**data, "suspended": False}
    elif held is None:
        return
    elif step.type in ENDED:
        del licences[data["licence_id"]]
    elif step.type == REVOKED:
        last = date.fromisoformat(data["effective_on"]).toordinal() - 1
        held["valid_to"] = min(held["valid_to"] or NO_END, date.fromordinal(last).isoformat())
    elif data["change"] == "RENEWED":
        held["valid_to"] = data["valid_to"]
    elif data["change"] in ("SUSPENDED", "RESUMED"):
        held["suspended"] = data["change"] == "SUSPENDED"


def _held(licence: dict[str, Any]) -> str:
    marks = [
        name
        for name, holds in (
            ("ONLINE", licence["online"]),
            ("COMMITMENT", licence["mode"] == "COMMITMENT"),
        )
        if holds
    ]
    until = licence["valid_to"] or NO_END
    return f"{licence['type']}@{licence['valid_from']}@{until}@{'+'.join(marks)}"


def held_on(licences: str | None, day: str) -> dict[str, frozenset[str]]:
    """The licences in force on a day (ISO), each type with its marks ONLINE and COMMITMENT."""
    held: dict[str, frozenset[str]] = {}
    for one in (licences or "").split(","):
        if one:
            kind, since, until, marks = one.split("@")
            if since <= day <= until:
                held[kind] = held.get(kind, frozenset()) | frozenset(filter(None, marks.split("+")))
    return held


def tags_of(
    held: dict[str, frozenset[str]],
    *,
    filed: bool,
    level: str | None,
    place: bool,
    listed: bool,
    classed: ObjectClass,
) -> tuple[str, ...]:
    """What a plan may stratify an object by, as the register has it and as officers tagged it.

    许可, 备案, 网络招聘, 告知承诺, 重点监管 (by a warning, or by a grade C or D: R15), 异常名录.
    """
    marks = frozenset[str]().union(*held.values()) if held else frozenset[str]()
    of_register = tuple(
        name
        for name, holds in (
            ("LICENSED", not held.keys().isdisjoint(HR_LICENCES)),
            ("UNLICENSED", not held and not filed),
            ("DISPATCH", "LIC_DISPATCH" in held),
            ("FILED", filed),
            ("ONLINE", "ONLINE" in marks),
            ("COMMITMENT", "COMMITMENT" in marks),
            ("KEY", level in KEY_LEVELS or classed.key),
            ("ABNORMAL", listed),
            ("PLACE", place),
        )
        if holds
    )
    return (*of_register, *sorted(classed.tags))
