"""Rendering: one Jinja environment, two languages side by side, links that keep the language."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from domain.departments import NODES, ORGANS, ROLES
from domain.facts import CHINA, instant
from domain.referral.crimes import name_of
from domain.violations.ranges import yuan_text
from gateways.http.accounts import Identity
from gateways.web import forms
from gateways.web.labels import label_of, mark_of
from gateways.web.menu import OPEN, menu
from gateways.web.regions import region_name

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=select_autoescape(("html", "svg"), default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}


def moment(value: Any, seconds: bool = True) -> str:
    """An instant in China as people read it; a stamp, an ISO text or a datetime."""
    if value is None or value == "":
        return "—"
    if isinstance(value, int):
        value = instant(value)
    elif isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        local = value.astimezone(CHINA) if value.tzinfo else value
        return local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
    return str(value)


def day(value: Any) -> str:
    """A date as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, int):
        value = instant(value).date()
    if isinstance(value, datetime):
        value = value.astimezone(CHINA).date()
    return value.isoformat() if isinstance(value, date) else str(value)[:10]


def ended_on(value: str) -> str:
    """The day on which something ended: the end of a day, 24:00, is of that day."""
    return day(datetime.fromisoformat(value) - timedelta(microseconds=1))


def pretty(value: Any) -> str:
    """A JSON value, indented, with its Chinese as Chinese."""
    if isinstance(value, bytes | memoryview):
        value = json.loads(bytes(value))
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


ENVIRONMENT.filters.update(
    moment=moment, day=day, ended_on=ended_on, pretty=pretty, yuan=forms.yuan, money=yuan_text
)
ENVIRONMENT.globals.update(row_count=forms.rows_of, person_parts=forms.PERSON_PARTS)


class Words:
    """What a template needs to speak the reader's language and to keep it in every link."""

    def __init__(self, language: str) -> None:
        self.language = language

    def t(self, zh: str, en: str) -> str:
        """The sentence in the reader's language."""
        return zh if self.language == "zh" else en

    def label(self, one: Any) -> str:
        """The label of anything with `zh` and `en`."""
        if isinstance(one, dict):
            return str(one["zh"] if self.language == "zh" else one["en"])
        return str(one.zh if self.language == "zh" else one.en)

    def code(self, code: object, field: str = "") -> str:
        """The label of a code, as it reads in the field that it stands in."""
        return label_of(code, self.language, field)

    def crimes(self, codes: object) -> str:
        """The names and articles of crimes, whose codes are joined by commas; a dash for none."""
        named = [name_of(code, self.language) for code in str(codes or "").split(",") if code]
        return self.t("、", ", ").join(named) or "—"

    def organ(self, organ: str) -> str:
        """An organ's name."""
        return self.label(ORGANS[organ]) if organ in ORGANS else organ

    def node(self, node: str) -> str:
        """A department's name."""
        return self.label(NODES[node]) if node in NODES else node

    def post(self, post: str) -> str:
        """A post's name: organ, role and region, or the rule that acted by itself.

        A regulated firm's post (`AGENCY:<code>`) is told with its code.
        """
        if post.startswith("AUTO:"):
            rule, _, organ = post[5:].partition("@")
            return self.t(f"自动规则 {rule}", f"Automatic rule {rule}") + f" · {self.organ(organ)}"
        office, _, region = post.partition("@")
        organ, _, role = office.partition(".")
        organ, _, firm = organ.partition(":")
        name = self.organ(organ)
        if role in ROLES:
            zh, en = ROLES[role]
            name = self.t(f"{name}{zh}", f"{name}, {en[0].lower()}{en[1:]}")
        return " · ".join(one for one in (name, firm, region and self.region(region)) if one)

    def region(self, region: str) -> str:
        """A territory's name in Chinese where it is known; its code in English."""
        return (region_name(region) or region) if self.language == "zh" else region

    def url(self, path: str, **parameters: Any) -> str:
        """A link that keeps the language and leaves out what is empty."""
        given = {name: value for name, value in parameters.items() if value not in (None, "")}
        if self.language == "en":
            given["lang"] = "en"
        return f"{path}?{urlencode(given)}" if given else path


def page_language(request: Request) -> str:
    """The language of a page: Chinese, unless the address or the cookie says English."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    return "en" if asked == "en" else "zh"


def other_language(request: Request, language: str) -> str:
    """The same page in the other language, with every filter kept."""
    given = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    given.append(("lang", "en" if language == "zh" else "zh"))
    return f"{request.url.path}?{urlencode(given)}"


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    identity: Identity | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page in the reader's language."""
    language = page_language(request)
    words = Words(language)
    sessions = request.app.state.sessions
    visitor = sessions.visitor(request)
    html = ENVIRONMENT.get_template(template).render(
        request=request,
        path=request.url.path,
        language=language,
        t=words.t,
        label=words.label,
        code_label=words.code,
        crime_names=words.crimes,
        code_mark=mark_of,
        organ=words.organ,
        node=words.node,
        post_name=words.post,
        region_name=words.region,
        url=words.url,
        other_language=other_language(request, language),
        identity=identity,
        menu=menu(identity, instant(request.app.state.platform.clock.now()).date())
        if identity
        else OPEN,
        form_token=partial(sessions.form_token, request, visitor),
        data_now=request.app.state.platform.clock.now(),
        simulated=bool(getattr(request.app.state.platform.clock, "simulated", False)),
        **context,
    )
    response = HTMLResponse(
        html,
        status_code=status,
        headers={"Content-Language": "zh-CN" if language == "zh" else "en", "Vary": "Cookie"},
    )
    if sessions.token(request) is None and request.cookies.get("visitor") != visitor:
        sessions.greet(response, visitor)
    if request.query_params.get("lang") in ("zh", "en"):
        response.set_cookie(
            "lang",
            language,
            max_age=365 * 86400,
            httponly=True,
            samesite="strict",
            secure=request.app.state.config.secure_cookies,
        )
    return response
