"""Reading an inbound message: from bytes to a command and a post, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.commands import COMMANDS, Post
from domain.departments import NODES, ORGANS
from gateways.contracts.fields import Place, file_places
from gateways.contracts.inbound import OUTSIDERS, command_of, http_only, message_schema
from gateways.contracts.parsing import BadBody, parse_body
from gateways.contracts.problems import Problem, of_error
from gateways.contracts.validation import reference

Appointed = Callable[[str], Post | None]
"""The post of a name, as an account or a live key of this installation holds it."""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """Why a message is not given: outcome, rule, sentences, and the fields at fault."""

    outcome: str
    rule: str
    zh: str
    en: str
    next_zh: str
    next_en: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as far as it can be read; `wrong` says why it is not given."""

    key: str = ""
    system: str = ""
    command: str = ""
    post_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    wrong: Wrong | None = None

    @property
    def credential(self) -> str:
        """The credential under which its key counts: the system's own, by topic and over HTTP."""
        return f"inbound:{self.system}"


def read_message(body: bytes | None, department: str, mode: str, *, topic: bool = True) -> Message:
    """The message in some bytes. What comes by `topic` carries no person and no whole file."""
    try:
        return of_object(parse_body(body or b""), department, mode, topic=topic)
    except BadBody as error:
        problem = Problem(error.field, error.rule, error.zh, error.en)
        return Message(wrong=invalid(error.rule, (problem,)))


def of_object(
    given: Mapping[str, Any], department: str, mode: str, *, topic: bool = True
) -> Message:
    """The message in a parsed object."""
    found = [one for error in _reference().iter_errors(given) for one in of_error(error)]
    at_fault = {one.field.partition(".")[0] for one in found}
    read = {
        name: given[name]
        for name in ("id", "source", "type", "post")
        if name in given and name not in at_fault
    }
    name = command_of(read.get("type", "")) or ""
    told = Message(
        key=read.get("id", ""),
        system=read.get("source", ""),
        command=name,
        post_id=read.get("post", ""),
        data=given["data"] if "data" in given and "data" not in at_fault else {},
    )
    if found:
        return _with(told, invalid("InvalidMessage", tuple(dict.fromkeys(found))))
    if not name:
        return _with(told, _unknown_command(read["type"]))
    wrong = _wrong_system(told.system, department, mode)
    if wrong is None and topic and http_only(name):
        wrong = _http_only(name)
    if wrong is None and topic:
        carried = tuple(_carried_files(name, told.data))
        wrong = invalid("FileByHttpOnly", carried) if carried else None
    return _with(told, wrong) if wrong else told


def post_of(post_id: str, department: str, appointed: Appointed) -> Post | Wrong:
    """The post that a message names, or why it may not be given as this post."""
    organ = post_id.partition("@")[0].partition(".")[0]
    if organ in ORGANS and ORGANS[organ].node != department:
        return Wrong(
            outcome="REFUSED",
            rule="PostOfOtherDepartment",
            zh=f"岗位{post_id}属于{NODES[ORGANS[organ].node].zh}，不属于{NODES[department].zh}",
            en=f"the post {post_id} is {ORGANS[organ].node}'s, not {department}'s",
            next_zh="请由该部门的系统发送",
            next_en="let that department's own system send it",
            problems=_at("post", "PostOfOtherDepartment", "岗位属于其他部门", "another's post"),
        )
    if organ in OUTSIDERS:
        return Wrong(
            outcome="REFUSED",
            rule="OutsiderActsItself",
            zh=f"{post_id}没有公权力，只能用自己的密钥办理",
            en=f"{post_id} has no public power: it acts by a key of its own",
            next_zh="请用该单位的密钥经 HTTP 办理",
            next_en="give it over HTTP with its own key",
            problems=_at("post", "OutsiderActsItself", "不得代办", "nobody acts for it"),
        )
    return appointed(post_id) or Wrong(
        outcome="REFUSED",
        rule="PostNotAppointed",
        zh=f"岗位{post_id}没有账户或有效密钥",
        en=f"the post {post_id} has neither an account nor a live key here",
        next_zh=f"请运维人员执行：liandong accounts key --post {post_id}",
        next_en=f"let an operator run: liandong accounts key --post {post_id}",
        problems=_at("post", "PostNotAppointed", "岗位未登记", "the post is not known here"),
    )


def key_reused(key: str) -> Wrong:
    """The key was used before for another act."""
    return Wrong(
        outcome="REFUSED",
        rule="KeyReused",
        zh=f"请求编号“{key}”已用于内容或岗位不同的另一次办理",
        en=f"the id “{key}” was used with another body or by another post",
        next_zh="若是新的办理，请使用新的编号；若是重发，请发送与原来完全相同的内容",
        next_en="use a new id for a new act; to send again, send the same message",
        problems=_at("id", "KeyReused", "编号已被使用", "the id was used before"),
    )


def invalid(rule: str, problems: tuple[Problem, ...]) -> Wrong:
    """A message that does not fit its contract, field by field."""
    return Wrong(
        outcome="INVALID",
        rule=rule,
        zh="；".join(one.zh for one in problems[:5]),
        en="; ".join(one.en for one in problems[:5]),
        next_zh="请更正后用同一编号重发",
        next_en="put it right and send it again under the same id",
        problems=problems,
    )


def _reference() -> Any:
    return reference(message_schema())


def _with(message: Message, wrong: Wrong) -> Message:
    return Message(
        key=message.key,
        system=message.system,
        command=message.command,
        post_id=message.post_id,
        data=message.data,
        wrong=wrong,
    )


def _at(name: str, rule: str, zh: str, en: str) -> tuple[Problem, ...]:
    return (Problem(name, rule, zh, en),)


def _unknown_command(type_name: str) -> Wrong:
    name = type_name.rpartition(".")[2]
    if name in COMMANDS:
        zh, en = f"“{name}”由规则或时限自动作出", f"{name} is given by a rule or a clock"
        return invalid("AutomaticOnly", _at("type", "AutomaticOnly", zh, en))
    zh, en = f"没有名为“{name}”的命令", f"there is no command “{name}”"
    return invalid("UnknownCommand", _at("type", "UnknownCommand", zh, en))


def _wrong_system(source: str, department: str, mode: str) -> Wrong | None:
    _, _, owner, written_as, _ = source.split("/")
    if owner != department:
        zh = f"来源部门为{NODES[owner].zh}，此处只收{NODES[department].zh}的请求"
        en = f"the source is {owner}'s; only {department}'s own system is heard here"
        return invalid("OtherDepartment", _at("source", "OtherDepartment", zh, en))
    if written_as != mode:
        zh, en = "真实与模拟不得混用", f"{written_as} among {mode}: the two never mix"
        return invalid("OtherMode", _at("source", "OtherMode", zh, en))
    return None


def _http_only(name: str) -> Wrong:
    zh = f"“{COMMANDS[name].ZH}”含个人信息，主题会永久保存明文，因此只经 HTTP 办理"
    en = f"{name} is about a person, and a topic keeps what it holds in clear for ever"
    return Wrong(
        outcome="REFUSED",
        rule="PersonalByHttpOnly",
        zh=zh,
        en=en,
        next_zh="请以同一请求 POST /api/v1/inbound",
        next_en="POST the same message to /api/v1/inbound",
        problems=_at("type", "PersonalByHttpOnly", zh, en),
    )


def _carried_files(name: str, data: Mapping[str, Any]) -> Iterator[Problem]:
    for place in file_places(name):
        for path in _whole_files(data, place, ("data",)):
            yield Problem(
                ".".join(path),
                "FileByHttpOnly",
                "主题不收文件内容：请先经 HTTP 保存，再填写其引用",
                "a topic takes no whole file: keep it over HTTP and name its reference",
            )


def _whole_files(value: Any, place: Place, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not place:
        if isinstance(value, Mapping) and ("content" in value or "base64" in value):
            yield path
    elif place[0] == "*":
        for number, item in enumerate(value if isinstance(value, list) else ()):
            yield from _whole_files(item, place[1:], (*path, str(number)))
    elif isinstance(value, Mapping) and place[0] in value:
        yield from _whole_files(value[place[0]], place[1:], (*path, place[0]))
