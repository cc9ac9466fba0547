"""Forms made from a command's JSON Schema: fields, what was typed, and the data it means.

An input is named by its place: `reason`, `reporter.phone` (a person's part), `signs.MINORS` (one
of several choices), `measures.0.amount_fen` (a field of a row). Amounts are typed and shown in
yuan; commands and facts hold fen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from domain.market.self_checks import QUESTIONS
from gateways.contracts.problems import Problem
from gateways.http.problems import ProblemError
from gateways.web.fields import PERSON_PARTS, Field, fields_of

__all__ = [
    "PERSON_PARTS",
    "Field",
    "blank_rows_gone",
    "data_of",
    "fields_of",
    "first_typed",
    "holds_files",
    "inputs_of",
    "placed",
    "reference_text",
    "row_added",
    "row_removed",
    "rows_changed",
    "rows_of",
    "shown",
    "typed",
    "yuan",
]

ROWS_MAX = 200
_AMOUNT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,2})?")

STARTING_ROWS: dict[str, tuple[dict[str, str], ...]] = {
    "TransferReferral.documents": tuple({"code": f"D{n}"} for n in range(1, 6)),
    "DeclareSelfCheck.answers": tuple({"question": code} for code in QUESTIONS),
}
"""Rows that a fresh form begins with: every document of a referral is there or not applicable.

Every question of a self-check is answered.
"""


def yuan(fen: int) -> str:
    """An amount in yuan with two decimals: 123456 fen are 1234.56."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole}.{rest:02}"


def inputs_of(
    fields: tuple[Field, ...], given: Mapping[str, str], before: str = ""
) -> Iterator[tuple[str, Field]]:
    """The name of every input, with its field; a list of rows has as many as `given` has."""
    for field in fields:
        place = before + field.name
        if field.kind == "person":
            for part, _, _ in PERSON_PARTS:
                yield f"{place}.{part}", field
        elif field.kind == "choices":
            for option in field.options:
                yield f"{place}.{option}", field
        elif field.kind == "rows":
            for row in range(rows_of(place, given)):
                yield from inputs_of(field.inner, given, f"{place}.{row}.")
        else:
            yield place, field


def rows_of(place: str, given: Mapping[str, str]) -> int:
    """How many rows of a list there are among inputs."""
    found = re.compile(rf"{re.escape(place)}\.([0-9]{{1,3}})\.")
    numbers = [int(match[1]) for name in given if (match := found.match(name))]
    return min(max(numbers, default=-1) + 1, ROWS_MAX)


def typed(fields: tuple[Field, ...], form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by input name, so that a refused form keeps it."""
    return {name: form.get(name, "") for name, _ in inputs_of(fields, form)}


def row_added(place: str, given: Mapping[str, str]) -> dict[str, str]:
    """The inputs with one blank row more."""
    return {**given, f"{place}.{rows_of(place, given)}.": ""}


def row_removed(place: str, row: int, given: Mapping[str, str]) -> dict[str, str]:
    """The inputs without one row; the rows after it move up."""
    found: dict[str, str] = {}
    for name, value in given.items():
        match = re.match(rf"{re.escape(place)}\.([0-9]{{1,3}})\.(.*)", name)
        if match is None:
            found[name] = value
        elif int(match[1]) != row:
            number = int(match[1]) - (int(match[1]) > row)
            found[f"{place}.{number}.{match[2]}"] = value
    return found


def rows_changed(form: Mapping[str, str]) -> dict[str, str] | None:
    """The inputs with a row more or less where a button asked for it; else None."""
    if form.get("add"):
        return row_added(form["add"], form)
    place, _, row = form.get("remove", "").rpartition(".")
    return row_removed(place, int(row), form) if place and row.isdecimal() else None


def blank_rows_gone(fields: tuple[Field, ...], given: Mapping[str, str]) -> dict[str, str]:
    """The inputs without rows in which nothing stands: what is sent has none either."""
    found = dict(given)
    for field in fields:
        if field.kind == "rows":
            for row in reversed(range(rows_of(field.name, found))):
                before = f"{field.name}.{row}."
                if not any(value.strip() for name, value in found.items() if _in(name, before)):
                    found = row_removed(field.name, row, found)
    return found


def _in(name: str, before: str) -> bool:
    return name.startswith(before)


def shown(fields: tuple[Field, ...], data: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Data as the inputs show it: the inverse of `data_of`."""
    found: dict[str, str] = {}
    for field in fields:
        value = data.get(field.name)
        if value is not None:
            found |= _as_inputs(field, before + field.name, value)
    return found


def _as_inputs(field: Field, place: str, value: Any) -> dict[str, str]:
    if field.kind == "rows":
        rows = enumerate({"file": one} if field.files else one for one in value)
        return {
            k: v for n, row in rows for k, v in shown(field.inner, row, f"{place}.{n}.").items()
        }
    if field.kind == "choices":
        return {f"{place}.{one}": "true" for one in value if one in field.options}
    if field.kind == "person":
        return {f"{place}.{part}": str(text) for part, text in value.items()}
    if field.kind == "file":
        return {place: reference_text(value["sha256"], value["length"], value["media_type"])}
    if field.kind == "money":
        return {place: yuan(int(value))}
    if field.kind == "list":
        return {place: "\n".join(str(one) for one in value)}
    if field.kind == "boolean":
        return {place: "true" if value is True else ""}
    return {place: str(value)}


def first_typed(
    fields: tuple[Field, ...], asked: Mapping[str, str], owner: str = ""
) -> dict[str, str]:
    """What a fresh form shows: the address's values, else the schema's defaults.

    An address names data as the command takes them (amounts in fen, lists by lines).
    """
    found = shown(fields, {one.name: one.default for one in fields if one.default is not None})
    for field in fields:
        text = asked.get(field.name)
        if text is not None:
            found |= _from_address(field, text)
        if field.kind == "rows":
            starting = STARTING_ROWS.get(f"{owner}.{field.name}", ())
            rows = {k: v for k, v in asked.items() if k.startswith(f"{field.name}.")}
            found |= rows or shown((field,), {field.name: starting})
            if field.required and not rows_of(field.name, found):
                found = row_added(field.name, found)
    found |= {
        name: asked[name] for name, _ in inputs_of(fields, found) if "." in name and name in asked
    }
    return {name: found.get(name, "") for name, _ in inputs_of(fields, found)}


def _from_address(field: Field, text: str) -> dict[str, str]:
    if field.kind == "money" and re.fullmatch(r"-?[0-9]{1,15}", text):
        return _as_inputs(field, field.name, int(text))
    if field.kind == "choices":
        return _as_inputs(field, field.name, text.split())
    if field.kind in ("rows", "person"):
        return {}
    return {field.name: text}


def data_of(
    fields: tuple[Field, ...], form: Mapping[str, str], before: str = ""
) -> tuple[dict[str, Any], list[Problem]]:
    """The command's data as typed, and what cannot be read; empty optional fields are left out."""
    data: dict[str, Any] = {}
    wrong: list[Problem] = []
    for field in fields:
        place = before + field.name
        value, problems = _value(field, place, form)
        wrong += problems
        if value is not None:
            data[field.name] = value
        elif field.required and not problems:
            wrong.append(_wrong(place, f"请填写{field.zh}", f"Enter: {field.en}", rule="required"))
    return data, wrong


def holds_files(fields: tuple[Field, ...]) -> bool:
    """Whether a form carries files, in its rows too."""
    return any(field.kind == "file" or holds_files(field.inner) for field in fields)


def placed(
    problem: ProblemError | None,
    fields: tuple[Field, ...],
    given: Mapping[str, str],
    inside: str = "",
) -> tuple[dict[str, Problem], list[Problem]]:
    """What is wrong by the place of the form that it belongs to, and what belongs to none.

    `inside` is where the form's data stand within the command's.
    """
    by_place: dict[str, Problem] = {}
    loose: list[Problem] = []
    if problem is None:
        return by_place, loose
    for one in problem.by_field:
        place = _place(one.field.removeprefix(inside), fields, given)
        if place is not None:
            by_place.setdefault(place, one)
        elif problem.problems:
            loose.append(one)  # a refusal by itself stands above the form anyway
    return by_place, loose


def _place(said: str, fields: tuple[Field, ...], given: Mapping[str, str]) -> str | None:
    """The input that a problem names, else the field around it; None outside the form."""
    steps = re.sub(r"[/\[]", ".", said).replace("]", "").split(".")
    kinds = {field.name: field.kind for field in fields}
    if steps[0] not in kinds:
        return None
    place = ".".join(steps[: 3 if kinds[steps[0]] == "rows" else 2])
    return place if place in given and kinds[steps[0]] != "choices" else steps[0]


def reference_text(sha256: str, length: int, media_type: str) -> str:
    """A kept file as a form shows and sends it again."""
    return f"{sha256} {length} {media_type}"


Read = tuple[Any, list[Problem]]


def _value(field: Field, place: str, form: Mapping[str, str]) -> Read:
    if field.kind == "person":
        parts = {part: form.get(f"{place}.{part}", "").strip() for part, _, _ in PERSON_PARTS}
        return {part: value for part, value in parts.items() if value} or None, []
    if field.kind == "choices":
        chosen = [one for one in field.options if form.get(f"{place}.{one}") == "true"]
        return chosen or None, []
    if field.kind == "rows":
        return _rows(field, place, form)
    text = form.get(place, "").replace("\r\n", "\n").strip()
    if field.kind == "boolean":
        return text == "true", []
    if not text:
        return None, []
    if field.kind == "file":
        return _reference(place, text)
    if field.kind == "money":
        return _fen(field, place, text)
    if field.kind == "list":
        return [line.strip() for line in text.split("\n") if line.strip()], []
    if field.kind == "number":
        if re.fullmatch(r"-?[0-9]{1,15}", text) is None:
            return None, [_wrong(place, f"{field.zh}应为整数", f"{field.en}: a whole number")]
        return int(text), []
    return text, []


def _rows(field: Field, place: str, form: Mapping[str, str]) -> Read:
    rows: list[Any] = []
    wrong: list[Problem] = []
    asked = {one.name for one in field.inner if one.required}
    for row in range(rows_of(place, form)):
        before = f"{place}.{row}."
        if any(value.strip() for name, value in form.items() if name.startswith(before)):
            data, problems = data_of(field.inner, form, before)
            said = {k: v for k, v in data.items() if v is not False or k in asked}
            rows.append(said.get("file") if field.files else said)
            wrong += problems
    return rows or None, wrong


def _fen(field: Field, place: str, text: str) -> Read:
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        return None, [
            _wrong(
                place,
                f"{field.zh}应以元为单位，最多两位小数，例如 50000.00",
                f"{field.en}: yuan with at most two decimals, for example 50000.00",
            )
        ]
    fen = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    return (-fen if match[1] else fen), []


def _reference(place: str, text: str) -> Read:
    parts = text.split()
    if len(parts) != 3 or not parts[1].isdecimal():
        return None, [_wrong(place, "请选择文件", "choose a file")]
    return {"sha256": parts[0], "length": int(parts[1]), "media_type": parts[2]}, []


def _wrong(place: str, zh: str, en: str, *, rule: str = "type") -> Problem:
    return Problem(field=place, rule=rule, zh=zh, en=en)
