"""What may be done next with a thing, as links to the forms with what is known filled in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from fastapi import Request

from domain.commands import COMMANDS
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.web.inbox import commands_allowed
from gateways.web.rendering import Words, page_language


def allowed(request: Request, identity: Identity, names: Iterable[str]) -> list[str]:
    """Those of the commands that the post may give today."""
    held = commands_allowed(identity.post.organ, request.app.state.platform.clock.now())
    return [name for name in names if name in held]


def may(request: Request, identity: Identity, name: str) -> bool:
    """Whether the post may give a command today."""
    return bool(allowed(request, identity, (name,)))


def acts(
    request: Request, identity: Identity, names: Iterable[str], /, **known: Any
) -> list[dict[str, str]]:
    """Buttons for the commands that the post may give, each form with the fields it has of these."""
    words = Words(page_language(request))
    buttons = []
    for name in allowed(request, identity, dict.fromkeys(names)):
        command = COMMANDS[name]
        fields = {one.name for one in dataclasses.fields(command)}
        given = {key: value for key, value in known.items() if key in fields and value}
        buttons.append(
            {
                "name": name,
                "zh": command.ZH,
                "en": command.EN,
                "href": words.url(f"/cmd/{name}", **given),
            }
        )
    return buttons


def absent(zh: str, en: str, rule: str) -> problems.ProblemError:
    """Nothing that this post may see stands under the address."""
    return problems.not_found(problems.Said(zh=zh, en=en), rule=rule)
