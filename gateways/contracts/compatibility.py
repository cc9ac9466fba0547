"""What a change of the contracts breaks, told to those who read and to those who call.

The rule of the log: within a version only optional fields are added. Judged from both sides:
a reader with the older schema meets new events, and a reader with the newer schema meets old
events, for the log is kept for ever. So a reader is broken by what is narrower and by what is
wider. Who gives commands is broken only by what is narrower.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Schema = Mapping[str, Any]

LEVELS = {"PUBLIC": 0, "INTERNAL": 1, "REPORTER_SECRET": 2, "CRIMINAL": 2}
"""How narrow the circle of each confidentiality is; two of one level shut each other out."""

WORDS = ("title", "x-zh")
IGNORED = frozenset(
    {"$schema", "$id", "description", "examples", "x-source", "x-long", "x-organs", "x-family"}
    | {"x-automatic", "x-irreversible", "x-confidentiality", "x-audience", *WORDS}
)
LOWER = {"minLength": "最短长度", "minimum": "最小值", "minItems": "最少项数"}
UPPER = {"maxLength": "最大长度", "maximum": "最大值", "maxItems": "最多项数"}
WALKED = frozenset(
    {"type", "properties", "required", "items", "enum", "const", "pattern", "format"}
    | {"default", "additionalProperties", *LOWER, *UPPER}
)


class Side(StrEnum):
    """Who is told: a reader of events, or who gives commands."""

    READER = "READER"
    CALLER = "CALLER"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one contract: where, what, whether it breaks somebody, and why.

    `contract` is an event type, a command, a topic or another schema; `field` is empty for a
    change of the whole.
    """

    contract: str
    field: str
    kind: str
    breaks: bool
    zh: str
    en: str


@dataclass(frozen=True)
class Contracts:
    """The contracts of one state: schemas by file name, topics by name.

    `topics` is None where the state is older than the document that tells of topics.
    """

    schemas: Mapping[str, Schema]
    topics: Mapping[str, Mapping[str, Any]] | None


def changes(old: Contracts, new: Contracts) -> list[Change]:
    """Every change from one state to another, breaking ones first within each contract."""
    found: list[Change] = []
    for name in sorted({*old.schemas, *new.schemas}):
        found += _schema_changes(name, old.schemas.get(name), new.schemas)
    if old.topics is not None and new.topics is not None:
        for name in sorted({*old.topics, *new.topics}):
            found += _topic_changes(name, old.topics.get(name), new.topics.get(name))
    return sorted(found, key=lambda one: (one.contract, not one.breaks, one.field))


def contract_name(file: str) -> str:
    """The name of the contract that a file holds: `events/x.v1.json` is `x.v1`."""
    return file.rpartition("/")[2].removesuffix(".json")


def _schema_changes(
    file: str, old: Schema | None, schemas: Mapping[str, Schema]
) -> Iterator[Change]:
    name, new = contract_name(file), schemas.get(file)
    calls = file.startswith(("commands/", "inbound/inbound.message."))
    side = Side.CALLER if calls else Side.READER
    if new is None:
        yield _gone(file, name, side, schemas)
    elif old is None:
        yield _come(file, name, side, schemas)
    else:
        yield from _Walk(name, side).whole(old, new)


def _gone(file: str, name: str, side: Side, schemas: Mapping[str, Schema]) -> Change:
    if side is Side.CALLER:
        zh, en = "命令已删除，调用方会被拒绝", "the command is gone: callers are refused"
        return Change(name, "", "COMMAND_REMOVED", True, zh, en)
    later = [one for one in _versions(file, schemas) if one != name]
    zh = "已删除：已发布的契约永不终止，日志中的旧事件将无人能读"
    en = "it is gone: a published contract never ends, and old events on the log become unreadable"
    if later:
        zh = f"被 {'、'.join(later)} 取代而未并行保留：旧版本的读者收不到新事件"
        en = f"{', '.join(later)} took its place and it was not kept beside: its readers see no new events"
    return Change(name, "", "REMOVED", True, zh, en)


def _come(file: str, name: str, side: Side, schemas: Mapping[str, Schema]) -> Change:
    beside = [one for one in _versions(file, schemas) if one != name]
    if side is Side.READER and beside:
        zh = f"新版本，与 {'、'.join(beside)} 并行发布"
        en = f"a new version, published beside {', '.join(beside)}"
        return Change(name, "", "VERSION_ADDED", False, zh, en)
    return Change(name, "", "ADDED", False, "新增", "new")


def _versions(file: str, schemas: Mapping[str, Schema]) -> list[str]:
    """The contracts that are versions of the one in this file, by name."""
    stem = file.removesuffix(".json").rpartition(".v")[0]
    return sorted(
        contract_name(one)
        for one in schemas
        if stem and one.removesuffix(".json").rpartition(".v")[0] == stem
    )


def _topic_changes(
    name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Iterator[Change]:
    def change(kind: str, breaks: bool, zh: str, en: str) -> Change:
        return Change(name, "", kind, breaks, zh, en)

    if old is None:
        yield change("TOPIC_ADDED", False, "新增主题", "a new topic")
        return
    if new is None:
        zh, en = "主题已删除，读者再也读不到", "the topic is gone: its readers read nothing more"
        yield change("TOPIC_REMOVED", True, zh, en)
        return
    if old["partitions"] != new["partitions"]:
        counts = f"{old['partitions']} → {new['partitions']}"
        zh = f"分区数 {counts}：同一主体会落到另一分区，顺序不再有保证"
        en = f"partitions {counts}: a subject moves to another partition, and its order is lost"
        yield change("PARTITIONS_CHANGED", True, zh, en)
    if old["writer"] != new["writer"]:
        zh = f"发布部门 {old['writer']} → {new['writer']}：每个主题只有一个发布者"
        en = f"writer {old['writer']} → {new['writer']}: a topic has one writer"
        yield change("WRITER_CHANGED", True, zh, en)
    if old["settings"] != new["settings"]:
        zh, en = "保存设置改变：记录须永久保存", "settings changed: records are kept for ever"
        yield change("SETTINGS_CHANGED", True, zh, en)
    for type_name in sorted({*old["keys"], *new["keys"]}):
        before, after = old["keys"].get(type_name), new["keys"].get(type_name)
        if before is None:
            zh, en = f"新增事件 {type_name}", f"now carries {type_name}"
            yield change("TYPE_ADDED", False, zh, en)
        elif after is None:
            zh = f"不再发布 {type_name}：该主题的读者不再收到"
            en = f"no longer carries {type_name}: the topic's readers miss it"
            yield change("TYPE_REMOVED", True, zh, en)
        elif before != after:
            zh = f"{type_name} 的键 {before} → {after}：分区和顺序随之改变"
            en = f"key of {type_name} {before} → {after}: partition and order change with it"
            yield change("KEY_CHANGED", True, zh, en)
    for reader in sorted({*old["readers"], *new["readers"]}):
        if reader not in new["readers"]:
            zh, en = f"{reader} 失去读取权限", f"{reader} is no longer entitled to read it"
            yield change("READER_REMOVED", True, zh, en)
        elif reader not in old["readers"]:
            zh, en = f"{reader} 获得读取权限", f"{reader} is now entitled to read it"
            yield change("READER_ADDED", False, zh, en)


class _Walk:
    """Compares two schemas of one contract, field by field."""

    def __init__(self, contract: str, side: Side) -> None:
        self._contract, self._side = contract, side

    def whole(self, old: Schema, new: Schema) -> Iterator[Change]:
        """The changes of a whole contract: who may see it, then its fields."""
        before, after = old.get("x-confidentiality"), new.get("x-confidentiality")
        if before != after and before and after:
            lowered = LEVELS.get(after, 9) < LEVELS.get(before, 9)
            zh, en = f"密级 {before} → {after}", f"confidentiality {before} → {after}"
            if not lowered:
                zh += "：此前可以阅读的人不得再阅读"
                en += ": some who could read it no longer may"
            kind = "CONFIDENTIALITY_LOWERED" if lowered else "CONFIDENTIALITY_RAISED"
            yield self._change("", kind, not lowered, zh, en)
        before, after = old.get("x-audience"), new.get("x-audience")
        if before != after and before and after:
            shut = after == "OWNER_ONLY"
            zh, en = f"公开范围 {before} → {after}", f"audience {before} → {after}"
            yield self._change("", "AUDIENCE_CHANGED", shut, zh, en)
        yield from self._value(old, new, "")

    def _value(self, old: Schema, new: Schema, field: str) -> Iterator[Change]:
        if old.get("type") != new.get("type"):
            kinds = f"{old.get('type')} → {new.get('type')}"
            zh, en = f"类型 {kinds}：旧值与新值互不可读", f"type {kinds}: neither reads the other"
            yield self._change(field, "TYPE_CHANGED", True, zh, en)
            return
        if any(old.get(word) != new.get(word) for word in WORDS) and field:
            zh = f"名称“{old.get('x-zh')}”→“{new.get('x-zh')}”：请确认含义和单位未变"
            en = f"label “{old.get('title')}” → “{new.get('title')}”: make sure that meaning and unit are the same"
            yield self._change(field, "WORDS_CHANGED", False, zh, en)
        yield from self._codes(old, new, field)
        yield from self._limits(old, new, field)
        if old.get("type") == "object":
            yield from self._fields(old, new, field)
        for name in ("items", "additionalProperties"):
            if isinstance(old.get(name), Mapping) and isinstance(new.get(name), Mapping):
                yield from self._value(old[name], new[name], f"{field}[]")
            elif old.get(name) != new.get(name):
                yield self._unjudged(field, name)
        for name in sorted({*old, *new} - WALKED - IGNORED):
            if old.get(name) != new.get(name):
                yield self._unjudged(field, name)

    def _fields(self, old: Schema, new: Schema, field: str) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in (*before, *(one for one in after if one not in before)):
            path = f"{field}.{name}" if field else name
            if name not in after:
                zh, en = (
                    "字段已删除：读它的人再也得不到",
                    "field removed: who reads it gets nothing",
                )
                if self._side is Side.CALLER:
                    zh, en = (
                        "字段已删除：仍填写它的会被拒绝",
                        "field removed: who still gives it is refused",
                    )
                yield self._change(path, "FIELD_REMOVED", True, zh, en)
            elif name not in before and name in needs:
                zh = "新增必填字段：日志中的旧事件没有它"
                en = "a required field added: old events on the log lack it"
                if self._side is Side.CALLER:
                    zh, en = (
                        "新增必填字段：不填的会被拒绝",
                        "a required field added: who lacks it is refused",
                    )
                yield self._change(path, "REQUIRED_FIELD_ADDED", True, zh, en)
            elif name not in before:
                zh, en = "新增可选字段：读者忽略即可", "an optional field added: readers ignore it"
                yield self._change(path, "OPTIONAL_FIELD_ADDED", False, zh, en)
            else:
                if name in needs - needed:
                    zh, en = (
                        "改为必填：没有它的旧值不再被接受",
                        "made required: older values without it are refused",
                    )
                    yield self._change(path, "MADE_REQUIRED", True, zh, en)
                elif name in needed - needs:
                    breaks = self._side is Side.READER
                    zh, en = "改为可选", "made optional"
                    if breaks:
                        zh, en = (
                            f"{zh}：依赖它的读者会遇到空缺",
                            f"{en}: a reader that relies on it meets a gap",
                        )
                    yield self._change(path, "MADE_OPTIONAL", breaks, zh, en)
                yield from self._value(before[name], after[name], path)

    def _codes(self, old: Schema, new: Schema, field: str) -> Iterator[Change]:
        before, after = old.get("enum"), new.get("enum")
        if before is not None and after is not None:
            for code in (one for one in before if one not in after):
                zh = f"代码 {code} 已删除：带有它的旧值不再被接受"
                en = f"code {code} removed: older values that have it are refused"
                yield self._change(field, "CODE_REMOVED", True, zh, en)
            for code in (one for one in after if one not in before):
                yield self._wider(field, "CODE_ADDED", f"新增代码 {code}", f"code {code} added")
        elif before != after:
            yield self._bounded(field, "CODES", "代码表", "list of codes", before, after)
        for name, zh, en in (
            ("const", "固定值", "fixed value"),
            ("format", "格式", "format"),
            ("default", "缺省值", "default"),
        ):
            if old.get(name) != new.get(name):
                values = f"{old.get(name)} → {new.get(name)}"
                kind = f"{name.upper()}_CHANGED"
                yield self._change(field, kind, True, f"{zh} {values}", f"{en} {values}")

    def _limits(self, old: Schema, new: Schema, field: str) -> Iterator[Change]:
        before, after = old.get("pattern"), new.get("pattern")
        if before is not None and after is not None and before != after:
            zh = f"模式 {before} → {after}：此前合格的值可能不再被接受"
            en = f"pattern {before} → {after}: values that fitted may be refused"
            yield self._change(field, "PATTERN_CHANGED", True, zh, en)
        elif before != after:
            yield self._bounded(field, "PATTERN", "模式", "pattern", before, after)
        for names, narrower in ((LOWER, _above), (UPPER, _below)):
            for name, zh in names.items():
                was, now = old.get(name), new.get(name)
                if was == now:
                    continue
                if narrower(now, was):
                    yield self._narrower(field, "LIMIT_NARROWED", *_values(zh, name, was, now))
                else:
                    yield self._wider(field, "LIMIT_WIDENED", *_values(zh, name, was, now))

    def _bounded(self, field: str, kind: str, zh: str, en: str, before: Any, after: Any) -> Change:
        """A rule that came (narrower) or went (wider)."""
        if after is not None:
            return self._narrower(
                field, f"{kind}_NARROWED", f"新增{zh} {after}", f"{en} {after} added"
            )
        return self._wider(field, f"{kind}_WIDENED", f"取消{zh} {before}", f"{en} {before} dropped")

    def _narrower(self, field: str, kind: str, zh: str, en: str) -> Change:
        zh, en = f"{zh}：此前合格的值可能不再被接受", f"{en}: values that fitted may be refused"
        return self._change(field, kind, True, zh, en)

    def _wider(self, field: str, kind: str, zh: str, en: str) -> Change:
        breaks = self._side is Side.READER
        if breaks:
            zh = f"{zh}：按旧契约校验的读者会拒收"
            en = f"{en}: a reader that validates with the older schema refuses it"
        return self._change(field, kind, breaks, zh, en)

    def _unjudged(self, field: str, name: str) -> Change:
        zh = f"“{name}”改变，无法判断其影响，按不兼容处理"
        en = f"“{name}” changed; what it does cannot be judged, so it counts as breaking"
        return self._change(field, "OTHER_CHANGED", True, zh, en)

    def _change(self, field: str, kind: str, breaks: bool, zh: str, en: str) -> Change:
        return Change(self._contract, field, kind, breaks, zh, en)


def _above(now: int | None, was: int | None) -> bool:
    """Whether a lower limit is narrower than it was."""
    return now is not None and (was is None or now > was)


def _below(now: int | None, was: int | None) -> bool:
    """Whether an upper limit is narrower than it was."""
    return now is not None and (was is None or now < was)


def _values(zh: str, name: str, was: Any, now: Any) -> tuple[str, str]:
    def told(value: Any, none: str) -> Any:
        return none if value is None else value

    return (
        f"{zh} {told(was, '无')} → {told(now, '无')}",
        f"{name} {told(was, 'none')} → {told(now, 'none')}",
    )
