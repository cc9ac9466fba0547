"""Scenario files: YAML read with its line numbers, so that an error names file, line, step and field.

A scenario is data that a clerk could write (format: `schemas/scenario.v1.json`). Dates and
times stay text until a rule gives them a meaning; `true`, `false`, `null` and whole numbers
are the only plain words that are not text, so `on`, `yes` and `2024-11-25` mean themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

import domain.law  # noqa: F401 -- completes the table of commands
from domain.commands import COMMANDS
from domain.departments import ORGANS, ROLES
from domain.errors import Refusal
from domain.facts import CHINA, end_of, stamp_of
from domain.terms import is_uscc
from ops.settings import ROOT

SIZE_MAX = 1_000_000
KINDS = ("view", "clock", "breaches", "query", "form")
Place = tuple[str | int, ...]


class BadScenario(Exception):
    """A scenario file is wrong: `zh` and `en` name file, line, step and field."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command of the story: when, by whom, what, and whether it must be refused."""

    number: int
    line: int
    at: int
    organ: str
    role: str
    region: str
    command: str
    data: Mapping[str, Any]
    name: str | None
    refused: str | None


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """One statement that must be true; `raw` is as the file says it."""

    number: int
    line: int
    kind: str
    raw: Mapping[str, Any]

    @property
    def at(self) -> int | None:
        """The stamp the statement is about; None for the end."""
        text = self.raw.get("at")
        return None if text is None else moment(text)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A story: its place and time, its organisations, its steps and what must be true."""

    name: str
    title: str
    file: str
    region: str
    start: int
    end: int
    salt: str | None
    organisations: Mapping[str, Mapping[str, str]]
    given: tuple[Step, ...]
    steps: tuple[Step, ...]
    expectations: tuple[Expectation, ...]


@dataclass
class _Lines:
    """Where each part of the document stands."""

    at: dict[Place, int] = field(default_factory=dict)

    def of(self, place: Place) -> int:
        while place not in self.at and place:
            place = place[:-1]
        return self.at.get(place, 1)


def moment(text: str) -> int:
    """The stamp of a scenario's time: +08:00; a bare date means its end."""
    if len(text) == 10:
        return end_of(date.fromisoformat(text))
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def load(path: Path) -> Scenario:
    """Reads and checks a scenario file. Raises BadScenario."""
    try:
        content = path.read_bytes()
    except OSError as error:
        why = error.strerror
        raise BadScenario(f"{path}：无法读取（{why}）", f"{path}: cannot be read ({why})") from None
    if len(content) > SIZE_MAX:
        raise BadScenario(
            f"{path}：超过 {SIZE_MAX:,} 字节", f"{path}: larger than {SIZE_MAX:,} bytes"
        )
    return parse(content.decode("utf-8", errors="replace"), str(path))


def parse(text: str, file: str) -> Scenario:
    """Checks the text of a scenario against the schema and the tables of commands and organs."""
    document, lines = _read(text, file)
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        raise _bad(file, lines, tuple(error.absolute_path), *_reason(error))
    organisations = document.get("organisations", {})
    for short, organisation in organisations.items():
        if not is_uscc(organisation["uscc"]):
            place: Place = ("organisations", short, "uscc")
            code = organisation["uscc"]
            raise _bad(
                file, lines, place, f"{code} 校验码有误", f"{code} has a wrong check character"
            )
    start = _when(document["calendar"]["from"] + "T00:00", file, lines, ("calendar", "from"))
    end = _when(document["calendar"]["to"], file, lines, ("calendar", "to"))
    if end <= start:
        raise _bad(file, lines, ("calendar", "to"), "不得早于 from", "must not be before `from`")
    names: set[str] = set()
    given = tuple(_steps("given", document, file, lines, (0, start), names))
    steps = tuple(_steps("steps", document, file, lines, (start, end), names))
    expectations = tuple(_expectations(document, file, lines, end))
    return Scenario(
        name=document["scenario"],
        title=document.get("title", document["scenario"]),
        file=file,
        region=document["region"],
        start=start,
        end=end,
        salt=document.get("salt"),
        organisations=organisations,
        given=given,
        steps=steps,
        expectations=expectations,
    )


def _steps(
    part: str,
    document: dict[str, Any],
    file: str,
    lines: _Lines,
    span: tuple[int, int],
    names: set[str],
) -> Iterator[Step]:
    """The steps of `given` or `steps`, each within its span of stamps, no name used twice."""
    previous, end = span
    for place, raw in enumerate(document.get(part, [])):
        here: Place = (part, place)
        at = _when(raw["at"], file, lines, (*here, "at"))
        if at < previous:
            raise _bad(
                file, lines, (*here, "at"), "早于前一步", "is earlier than the step before it"
            )
        if at >= end:
            late = ("晚于日历的终点", "is after the calendar's end")
            told = late if part == "steps" else ("落在日历之内", "lies in the calendar")
            raise _bad(file, lines, (*here, "at"), *told)
        previous = at
        who, _, region = raw["by"].partition("@")
        organ, _, role = who.partition(".")
        if organ not in ORGANS:
            raise _bad(file, lines, (*here, "by"), f"{organ} 不是机关", f"{organ} is not an organ")
        if role and role not in ROLES:
            raise _bad(file, lines, (*here, "by"), f"{role} 不是角色", f"{role} is not a role")
        command = COMMANDS.get(raw["do"])
        if command is None:
            raise _bad(
                file, lines, (*here, "do"), f"{raw['do']} 不是命令", f"{raw['do']} is not a command"
            )
        rule = raw.get("refused")
        if rule is not None and rule not in Refusal.RULES:
            raise _bad(file, lines, (*here, "refused"), f"{rule} 不是规则", f"{rule} is not a rule")
        name = raw.get("as")
        if name in names:
            raise _bad(file, lines, (*here, "as"), f"{name} 用了两次", f"{name} is used twice")
        if name is not None:
            names.add(name)
        yield Step(
            number=place + 1,
            line=lines.of(here),
            at=at,
            organ=organ,
            role=role,
            region=region or document["region"],
            command=raw["do"],
            data=raw.get("with", {}),
            name=name,
            refused=rule,
        )


def _expectations(
    document: dict[str, Any], file: str, lines: _Lines, end: int
) -> Iterator[Expectation]:
    for place, raw in enumerate(document.get("expect", [])):
        here: Place = ("expect", place)
        kind = next(kind for kind in KINDS if kind in raw)
        for name in ("at", "as_known", "as_of"):
            if name in raw and _when(raw[name], file, lines, (*here, name)) > end:
                raise _bad(
                    file, lines, (*here, name), "晚于日历的终点", "is after the calendar's end"
                )
        yield Expectation(number=place + 1, line=lines.of(here), kind=kind, raw=raw)


def _when(text: str, file: str, lines: _Lines, place: Place) -> int:
    try:
        return moment(text)
    except ValueError:
        zh, en = f"{text} 不是日历中的日期或时间", f"{text} is not a day or time of the calendar"
        raise _bad(file, lines, place, zh, en) from None


def _read(text: str, file: str) -> tuple[Any, _Lines]:
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            if isinstance(event, yaml.AliasEvent):
                at = 1 if event.start_mark is None else event.start_mark.line + 1
                raise BadScenario(
                    f"{file}，第 {at} 行：不使用别名（*）",
                    f"{file}, line {at}: aliases (*) are not used",
                )
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (f"，第 {mark.line + 1} 行", f", line {mark.line + 1}") if mark else ("", "")
        raise BadScenario(
            f"{file}{line[0]}：不是 YAML（{error.problem}）",
            f"{file}{line[1]}: not YAML ({error.problem})",
        ) from None
    except yaml.YAMLError as error:
        raise BadScenario(f"{file}：不是 YAML（{error}）", f"{file}: not YAML ({error})") from None
    lines = _Lines()
    return (None if node is None else _value(node, (), lines, file)), lines


def _value(node: yaml.Node, place: Place, lines: _Lines, file: str) -> Any:
    lines.at[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _bad(file, lines, place, "键必须是词", "a key must be a word")
            name = str(key.value)
            if name in result:
                lines.at[(*place, name)] = key.start_mark.line + 1
                raise _bad(file, lines, (*place, name), "出现两次", "stands twice")
            result[name] = _value(value, (*place, name), lines, file)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(value, (*place, number), lines, file) for number, value in enumerate(node.value)
        ]
    return _scalar(str(node.value), plain=getattr(node, "style", None) is None)


def _scalar(text: str, *, plain: bool) -> Any:
    if not plain:
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    if re.fullmatch(r"-?(?:0|[1-9][0-9]{0,15})", text):
        return int(text)
    return text


_PARTS = {"steps": ("步骤", "step"), "given": ("前情", "given"), "expect": ("期望", "expectation")}


def _bad(file: str, lines: _Lines, place: Place, zh: str, en: str) -> BadScenario:
    parts, line = list(place), lines.of(place)
    where_zh, where_en = f"{file}，第 {line} 行", f"{file}, line {line}"
    if len(parts) > 1 and parts[0] in _PARTS:
        part, number = _PARTS[str(parts[0])], int(parts[1]) + 1
        where_zh, where_en = f"{where_zh}，{part[0]} {number}", f"{where_en}, {part[1]} {number}"
        parts = parts[2:]
    if parts:
        name = ".".join(map(str, parts))
        where_zh, where_en = f"{where_zh}，字段 {name}", f"{where_en}, field {name}"
    return BadScenario(f"{where_zh}：{zh}", f"{where_en}: {en}")


def _reason(error: ValidationError) -> tuple[str, str]:
    rule: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    match error.validator:
        case "oneOf":
            return (
                f"必须是 {'、'.join(KINDS)} 之一，各有其字段",
                f"must be one of the kinds {', '.join(KINDS)}, each with its own fields",
            )
        case "required":
            missing = [name for name in rule if name not in instance]
            return f"缺少 {'、'.join(missing)}", f"lacks {', '.join(missing)}"
        case "additionalProperties":
            unknown = sorted(set(instance) - set(schema.get("properties", {})))
            return f"不应有 {'、'.join(unknown)}", f"does not know {', '.join(unknown)}"
        case "pattern":
            return f"{instance!r} 不合格式 {rule}", f"{instance!r} does not have the form {rule}"
        case _:
            return f"不合格式：{error.message}", error.message


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((ROOT / "schemas" / "scenario.v1.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)
