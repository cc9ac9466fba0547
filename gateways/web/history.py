"""A case history made ready for a page once, and kept until the department learns more."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import sqlalchemy as sa

from domain.facts import FACTS
from gateways.contracts.schemas import event_schema
from gateways.http.parameters import plain
from gateways.web.forms import yuan
from gateways.web.labels import field_label, in_yuan, label_of
from projections import audit

KEPT_MAX = 64
LIST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Ready:
    """One history: its facts as the page needs them, and who caused whom by place."""

    facts: tuple[dict[str, Any], ...]
    linked: tuple[str, ...]
    withheld: int
    places: Mapping[str, int]
    effects: Mapping[str, tuple[int, ...]]

    def cause_of(self, place: int) -> int | None:
        """The place of the fact that caused the one at `place`; None where it is not shown."""
        return self.places.get(self.facts[place - 1].get("cause") or "")


class Histories:
    """The histories asked for lately, each for one department, matter, times and position."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Ready | None] = OrderedDict()
        self._lock = Lock()

    def ready(
        self,
        conn: sa.Connection,
        department: str,
        position: int,
        matter: str,
        *,
        as_of: int | None,
        known_to: int | None,
    ) -> Ready | None:
        """The history as this department may see it at its present position; None for no matter."""
        key = (department, position, matter, as_of, known_to)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = audit.history(conn, matter, as_of=as_of, known_to=known_to)
        made = None if found is None else _ready(plain(found))
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return made


def _ready(found: dict[str, Any]) -> Ready:
    facts, effects = [], dict[str, list[int]]()
    for place, fact in enumerate(found["facts"], start=1):
        envelope = json.loads(fact.pop("body"))
        facts.append({**fact, "history": bool(envelope.get("history")), "raw": envelope})
        if fact.get("cause"):
            effects.setdefault(fact["cause"], []).append(place)
    return Ready(
        facts=tuple(facts),
        linked=tuple(found["linked"]),
        withheld=found["withheld"],
        places={fact["event_id"]: place for place, fact in enumerate(facts, start=1)},
        effects={cause: tuple(places) for cause, places in effects.items()},
    )


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One field before and after, in words; `new` where the stream had not said it before."""

    name: str
    label: str
    before: str
    after: str


def changes(fact: Mapping[str, Any], language: str) -> list[Changed]:
    """What a fact changed in its stream: labels from the schema, codes with their labels."""
    known = _labels(fact["type"])
    rows = []
    for name, pair in fact["changed"].items():
        zh, en = known.get(name, (name, name))
        label = zh if language == "zh" else en
        was, now = pair["before"], pair["after"]
        rows += _compared(name, label, was, now, known, language, fact["type"])
    return rows


def _compared(
    name: str,
    label: str,
    before: Any,
    after: Any,
    known: Mapping[str, Any],
    language: str,
    owner: str,
) -> list[Changed]:
    if isinstance(after, dict) and not _is_person(after):
        was = before if isinstance(before, dict) else {}
        rows = []
        for inner, value in after.items():
            if was.get(inner) == value:
                continue
            zh, en = known.get(f"{name}.{inner}", (inner, inner))
            words = f"{label} · {zh if language == 'zh' else en}"
            place = f"{name}.{inner}"
            rows += _compared(place, words, was.get(inner), value, known, language, owner)
        return rows
    return [
        Changed(
            name=name,
            label=label,
            before=said(before, language, name, owner),
            after=said(after, language, name, owner),
        )
    ]


def said(value: Any, language: str, field: str = "", owner: str = "") -> str:
    """A field's value in words: codes by their label, yes and no, lists, amounts in yuan."""
    zh = language == "zh"
    if value is None or value in ("", [], {}):
        return "—"
    if value is True:
        return "是" if zh else "yes"
    if value is False:
        return "否" if zh else "no"
    if isinstance(value, dict):
        if _is_person(value):
            return "（个人信息，加密保存）" if zh else "(personal, sealed)"
        return "，".join(said(one, language, inner, owner) for inner, one in value.items())
    if isinstance(value, list):
        shown = ("；" if zh else "; ").join(
            said(one, language, field, owner) for one in value[:LIST_SHOWN]
        )
        more = len(value) - LIST_SHOWN
        if more > 0:
            shown += f" …（共 {len(value)} 项）" if zh else f" … ({len(value)} in all)"
        return shown
    text = str(value)
    field = field.rpartition(".")[2]
    if isinstance(value, int) and field.endswith("_fen"):
        return f"{yuan(value)} 元" if zh else f"{yuan(value)} yuan"
    labelled = label_of(text, language, field, owner)
    if labelled != text:
        return labelled
    if len(text) >= 19 and text[4:5] == "-" and text[10:11] == "T":
        return text[:19].replace("T", " ")
    return text


def _is_person(value: Mapping[str, Any]) -> bool:
    return "commitment" in value


@lru_cache(maxsize=256)
def _labels(type_name: str) -> dict[str, tuple[str, str]]:
    """The labels of a type's fields, inner ones as `outer.inner`; Chinese, English."""
    declared = FACTS.get(type_name)
    if declared is None:
        return {}
    found: dict[str, tuple[str, str]] = {}

    def walk(schema: Mapping[str, Any], before: str) -> None:
        for name, part in schema.get("properties", {}).items():
            one = dict(part)
            for real in part.get("anyOf", ()):
                if real.get("type") != "null":
                    one = {**real, **part}
            zh, en = field_label(name, one, type_name)
            if name.endswith("_fen"):
                zh, en = in_yuan(zh), in_yuan(en)
            found[before + name] = (zh, en)
            walk(one, f"{before}{name}.")

    walk(event_schema(declared), "")
    return found
