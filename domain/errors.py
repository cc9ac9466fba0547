"""Refusals: every "no" of the domain is a named rule that carries the values it judged."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """A command was refused by a named rule. The class name is the rule's name.

    `zh` and `en` are the sentences an officer reads, with the values as `{fields}`;
    `next_zh` and `next_en` say what to do next; `source` names the article or default.
    `field` names the command's field at fault where there is one.
    """

    zh: ClassVar[str]
    en: ClassVar[str]
    next_zh: ClassVar[str]
    next_en: ClassVar[str]
    source: ClassVar[str]
    field: ClassVar[str | None] = None
    transient: ClassVar[bool] = False
    """True where the same command may be accepted later without being changed."""

    RULES: ClassVar[dict[str, type[Refusal]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for words in ("zh", "en", "next_zh", "next_en", "source"):
            if not isinstance(getattr(cls, words, None), str):
                raise TypeError(f"the rule {cls.__name__} lacks {words}")
        if cls.__name__ in Refusal.RULES:
            raise TypeError(f"the rule {cls.__name__} is named twice")
        Refusal.RULES[cls.__name__] = cls

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.en.format(**values))

    def __reduce__(self) -> tuple[Any, ...]:
        # A refusal in another process comes back as itself, with its values.
        return _again, (type(self), self.values)

    @property
    def rule(self) -> str:
        """The name of the rule that refused."""
        return type(self).__name__

    def sentence(self, language: str = "zh") -> str:
        """What an officer reads: the refusal, in `zh` or `en`."""
        return (self.zh if language == "zh" else self.en).format(**self.values)

    def advice(self, language: str = "zh") -> str:
        """What to do next, in `zh` or `en`."""
        return (self.next_zh if language == "zh" else self.next_en).format(**self.values)


def _again(rule: type[Refusal], values: dict[str, Any]) -> Refusal:
    return rule(**values)


class HistoryMovedOn(Refusal):
    """The giver decided on a version of the history that is no longer the newest."""

    zh = "您依据的是 {stream} 的第 {seen} 版，现已是第 {actual} 版。"
    en = "you decided on version {seen} of {stream}, which now stands at {actual}."
    next_zh = "请刷新页面，核对新的事实后重新办理。"
    next_en = "look at the new facts, then decide again."
    source = "平台规则（按所见版本作出决定）"
