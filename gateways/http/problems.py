"""Problem documents (RFC 9457): every refusal of the edge, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from domain.errors import Refusal
from gateways.contracts.problems import Problem
from gateways.http.problems_of_rules import status_of

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(kw_only=True)
class ProblemError(Exception):
    """A request that ends in a problem document. `next` says what to do about it."""

    status: int
    rule: str
    title: Said
    detail: Said
    next: Said
    field: str | None = None
    values: Mapping[str, Any] = default(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = default(default_factory=dict)

    @property
    def by_field(self) -> tuple[Problem, ...]:
        """What is wrong, field by field; a refusal that names its field is one of it."""
        if self.problems or not self.field:
            return self.problems
        return (Problem(field=self.field, rule=self.rule, zh=self.detail.zh, en=self.detail.en),)

    def body(self, language: str, instance: str) -> dict[str, Any]:
        """The document: title and detail in the asked language, and always in both."""
        zh = language == "zh"
        document: dict[str, Any] = {
            "type": f"urn:liandong:rule:{self.rule}",
            "title": self.title.zh if zh else self.title.en,
            "status": self.status,
            "detail": self.detail.zh if zh else self.detail.en,
            "instance": instance,
            "rule": self.rule,
            "next": self.next.zh if zh else self.next.en,
            "title_zh": self.title.zh,
            "title_en": self.title.en,
            "detail_zh": self.detail.zh,
            "detail_en": self.detail.en,
            "next_zh": self.next.zh,
            "next_en": self.next.en,
        }
        if self.field is not None:
            document["field"] = self.field
        if self.values:
            document["values"] = {name: _plain(value) for name, value in self.values.items()}
        if self.problems:
            document["problems"] = [
                {"field": one.field, "rule": one.rule, "zh": one.zh, "en": one.en}
                for one in self.problems
            ]
        return document


def language_of(request: Request) -> str:
    """`zh` unless the request's `lang`, cookie or Accept-Language prefers English."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    if asked in ("zh", "en"):
        return asked
    best, language = 0.0, "zh"
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        name = tag.lower()[:2]
        if name in ("zh", "en") and quality > best:
            best, language = quality, name
    return language


def answer(request: Request, problem: ProblemError) -> Response:
    """The problem as a response."""
    language = language_of(request)
    return JSONResponse(
        problem.body(language, request.url.path),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={
            "Content-Language": "zh-CN" if language == "zh" else "en",
            "Vary": "Accept-Language",
            **problem.headers,
        },
    )


def of_refusal(refusal: Refusal) -> ProblemError:
    """A refusal by a named rule of the domain."""
    status = status_of(type(refusal))
    return ProblemError(
        status=status,
        rule=refusal.rule,
        title=_TITLES.get(status, _TITLES[422]),
        detail=Said(zh=refusal.sentence("zh"), en=refusal.sentence("en")),
        next=Said(zh=refusal.advice("zh"), en=refusal.advice("en")),
        field=refusal.field,
        values={**refusal.values, "source": refusal.source},
        headers={"Retry-After": "5"} if refusal.transient else {},
    )


_TITLES = {
    403: Said(zh="没有这项职权", en="Not within the powers of this post"),
    404: Said(zh="对象不存在", en="The subject does not exist"),
    409: Said(zh="与当前状态冲突", en="In conflict with the present state"),
    422: Said(zh="依规则不予办理", en="Refused by a rule"),
}


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | bool) or value is None:
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)


def invalid(problems: tuple[Problem, ...]) -> ProblemError:
    """The body does not fit the command's schema."""
    first = problems[0]
    return ProblemError(
        status=422,
        rule="InvalidCommand",
        title=Said(zh="填写的内容不符合要求", en="The content does not fit the schema"),
        detail=Said(
            zh="；".join(one.zh for one in problems),
            en="; ".join(one.en for one in problems),
        ),
        next=Said(
            zh="请按各字段的提示改正后重新提交", en="Correct the named fields and send it again"
        ),
        field=first.field,
        problems=problems,
    )


def malformed(rule: str, detail: Said, *, field_name: str | None = None) -> ProblemError:
    """The body is not one JSON object."""
    return ProblemError(
        status=400,
        rule=rule,
        title=Said(zh="无法读取请求内容", en="The body cannot be read"),
        detail=detail,
        next=Said(
            zh="请发送 UTF-8 编码的一个 JSON 对象，不含重复键和小数",
            en="Send one JSON object in UTF-8, without repeated keys or fractions",
        ),
        field=field_name,
    )


def missing_key() -> ProblemError:
    """The request names no idempotency key."""
    return ProblemError(
        status=400,
        rule="IdempotencyKeyRequired",
        title=Said(zh="缺少幂等键", en="The idempotency key is missing"),
        detail=Said(
            zh="请求头 Idempotency-Key 应为 1 至 120 个可见字符",
            en="The header Idempotency-Key must hold 1 to 120 visible characters",
        ),
        next=Said(
            zh="为每次办理生成一个新的键；重发时使用原来的键",
            en="Make a new key for each act; send the same key when you send again",
        ),
        field="Idempotency-Key",
    )


def key_reused(key: str) -> ProblemError:
    """The key was used with another body."""
    return ProblemError(
        status=409,
        rule="KeyReused",
        title=Said(zh="幂等键已被使用", en="The idempotency key was used before"),
        detail=Said(
            zh=f"幂等键“{key}”已用于内容不同的另一次办理",
            en=f"The key “{key}” was used with another body",
        ),
        next=Said(
            zh="若是新的办理，请使用新的键；若是重发，请发送与原来完全相同的内容",
            en="Use a new key for a new act; to send again, send the same body",
        ),
        field="Idempotency-Key",
        values={"key": key},
    )


def unauthenticated() -> ProblemError:
    """Nobody we know is asking."""
    return ProblemError(
        status=401,
        rule="SignInRequired",
        title=Said(zh="需要身份凭证", en="Credentials are needed"),
        detail=Said(
            zh="请求头 X-API-Key 缺失、无效或已被撤销",
            en="The header X-API-Key is missing, unknown or revoked",
        ),
        next=Said(
            zh="请向管理员申请绑定到岗位的 API 密钥",
            en="Ask the administrator for an API key bound to your post",
        ),
        field="X-API-Key",
        headers={"WWW-Authenticate": 'ApiKey realm="liandong"'},
    )


def not_here(department: str) -> ProblemError:
    """The post's department does not run in this process."""
    return ProblemError(
        status=503,
        rule="DepartmentNotHere",
        title=Said(zh="本节点不承载该部门", en="This node does not run that department"),
        detail=Said(
            zh=f"部门“{department}”不在本进程中运行",
            en=f"The department “{department}” does not run in this process",
        ),
        next=Said(zh="请访问该部门自己的节点", en="Use the node on which that department runs"),
        values={"department": department},
        headers={"Retry-After": "60"},
    )


def unavailable() -> ProblemError:
    """The store cannot be reached, or cannot write."""
    return ProblemError(
        status=503,
        rule="StoreUnavailable",
        title=Said(zh="事件库暂不可用", en="The event store cannot be reached"),
        detail=Said(
            zh="数据库无法连接或磁盘已满，本次办理没有保存任何内容",
            en="The database cannot be reached or the disk is full; nothing was stored",
        ),
        next=Said(
            zh="请稍后用同一个幂等键重发；若持续出现请联系运维人员",
            en="Send again later with the same idempotency key; call the operators if it persists",
        ),
        headers={"Retry-After": "5"},
    )


def disk_full() -> ProblemError:
    """A file could not be written: the disk has no room for it."""
    return ProblemError(
        status=507,
        rule="DiskFull",
        title=Said(zh="磁盘已满", en="The disk is full"),
        detail=Said(
            zh="文件无法保存，本次办理没有保存任何内容",
            en="The file cannot be kept; nothing was stored",
        ),
        next=Said(
            zh="请联系运维人员清理空间，再用同一个幂等键重发",
            en="Have the operators free some space, then send again with the same idempotency key",
        ),
    )


def busy() -> ProblemError:
    """The history kept changing while the command was decided."""
    return ProblemError(
        status=503,
        rule="TooBusy",
        title=Said(zh="该对象正被频繁办理", en="This subject is being changed by others"),
        detail=Said(
            zh="办理期间该对象的记录不断变化，本次没有保存任何内容",
            en="Its history kept changing while this was decided; nothing was stored",
        ),
        next=Said(zh="请用同一个幂等键重发", en="Send again with the same idempotency key"),
        headers={"Retry-After": "1"},
    )


def not_found(what: Said, *, rule: str = "NotFound", field_name: str | None = None) -> ProblemError:
    """There is nothing at this address, or nothing that this department may see."""
    return ProblemError(
        status=404,
        rule=rule,
        title=Said(zh="没有找到", en="Not found"),
        detail=what,
        next=Said(zh="请核对地址或编号", en="Check the address or the number"),
        field=field_name,
    )


def forbidden(what: Said, *, rule: str = "NotEntitled") -> ProblemError:
    """The department is not entitled to what is asked for."""
    return ProblemError(
        status=403,
        rule=rule,
        title=Said(zh="无权查看", en="Not entitled"),
        detail=what,
        next=Said(
            zh="请使用有权部门的岗位账号", en="Use an account of a department that is entitled"
        ),
    )


def bad_parameter(name: str, zh: str, en: str) -> ProblemError:
    """A parameter of the address cannot be read."""
    return ProblemError(
        status=400,
        rule="BadParameter",
        title=Said(zh="参数有误", en="A parameter is wrong"),
        detail=Said(zh=f"{name}：{zh}", en=f"{name}: {en}"),
        next=Said(zh="请改正该参数", en="Correct this parameter"),
        field=name,
    )


def not_reached(position: str, wait_s: float) -> ProblemError:
    """The department had not applied a position in the time the caller would wait."""
    return ProblemError(
        status=504,
        rule="PositionNotReached",
        title=Said(zh="数据尚未更新到所要求的位置", en="The position has not been reached"),
        detail=Said(
            zh=f"等待 {wait_s:g} 秒后，读取数据仍未包含 {position}",
            en=f"After {wait_s:g} s the views do not yet contain {position}",
        ),
        next=Said(
            zh="请稍后重试，或去掉 wait_for 读取现有数据",
            en="Try again later, or leave wait_for out to read what is there",
        ),
        field="wait_for",
        values={"position": position},
        headers={"Retry-After": "2"},
    )


def event_too_large(how: str) -> ProblemError:
    """What the command would record is over the limit of an event."""
    return ProblemError(
        status=422,
        rule="EventTooLarge",
        title=_TITLES[422],
        detail=Said(zh=f"事件超过256 KiB（{how}）", en=how),
        next=Said(
            zh="请缩短内容或改用附件",
            en="Shorten what it holds, or keep it as a file and name that",
        ),
    )


def too_large(limit: int) -> ProblemError:
    """The body is over the limit; it was not read to its end."""
    return ProblemError(
        status=413,
        rule="BodyTooLarge",
        title=Said(zh="内容过大", en="The body is too large"),
        detail=Said(zh=f"请求内容超过 {limit} 字节", en=f"The body is over {limit} bytes"),
        next=Said(
            zh="文件请存入文件库，命令中只写摘要",
            en="Put files into the document store and send their digest",
        ),
        values={"bytes_max": limit},
    )
