"""The words for the codes and fields that forms and pages show, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateways.web.codes import CODES, IN_FIELD
from gateways.web.field_names import FIELDS, GENERIC, IN_OWNER

__all__ = ["CODES", "FIELDS", "field_label", "in_yuan", "label_of", "mark_of", "state_of"]

GOOD = frozenset(
    {
        "GRANTED",
        "IN_FORCE",
        "PASSED",
        "FULFILLED",
        "DISPOSED",
        "CORRECTED",
        "RECORDED",
        "SEALED",
        "SERVED",
        "PERFORMED",
        "RECEIPTED",
        "HANDED_OVER",
        "PUBLISHED",
    }
)
BAD = frozenset(
    {
        "ANNULLED",
        "REVOKED",
        "DEREGISTERED",
        "FAILED",
        "MISSED",
        "FULFILLED_LATE",
        "NOT_CORRECTED",
        "NOT_FILED",
        "NOT_APPROVED",
        "SUPERVISION_REJECTED",
        "RED",
    }
)
WAITING = frozenset(
    {
        "SUSPENDED",
        "SUSPENDED_PENDING_CRIMINAL",
        "PAUSED",
        "EXPIRED",
        "PENDING",
        "RETURNED_FOR_COMPLETION",
        "PUSHED",
        "RETURNED",
        "INCOMPLETE",
        "SENT_BACK",
        "ORANGE",
        "YELLOW",
    }
)


def label_of(code: object, language: str, field: str = "", owner: str = "") -> str:
    """The label of a code, or the code itself where it has none.

    `field` is the field it stands in and `owner` the fact or command of that field.
    """
    text = str(code)
    places = (f"{owner}.{field}.{text}", f"{field}.{text}")
    found = next((IN_FIELD[one] for one in places if one in IN_FIELD), CODES.get(text))
    if found is None:
        return "—" if code is None else text
    return found[0] if language == "zh" else found[1]


def state_of(kind: str, code: object, language: str) -> str:
    """The label of a state of a kind: `CaseState`, `LeadState`, `ReferralStage`, `ComplaintState`."""
    return label_of(code, language, kind)


def field_label(name: str, part: Mapping[str, Any], owner: str = "") -> tuple[str, str]:
    """A field's label, Chinese and English: its schema's, unless that names only a kind."""
    place = f"{owner}.{name}"
    if place in IN_OWNER:
        return IN_OWNER[place]
    title = str(part.get("title") or "")
    if name in FIELDS and (not title or title in GENERIC):
        return FIELDS[name]
    return str(part.get("x-zh") or name), title or name


def in_yuan(words: str) -> str:
    """A label that names fen, as people read and type the amount: in yuan."""
    return words.replace("（分", "（元").replace("in fen", "in yuan")


def mark_of(code: object) -> str:
    """How a state is marked; the words say it too, never the colour alone."""
    text = str(code)
    if text in GOOD:
        return "good"
    if text in BAD:
        return "bad"
    return "warn" if text in WAITING else "plain"
