"""Signing in and out; who is at the page."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.web.rendering import page

router = APIRouter(include_in_schema=False)


class SignInFirst(Exception):
    """The page needs a sign-in; `back` is where to go afterwards."""

    def __init__(self, back: str) -> None:
        self.back = back
        super().__init__(back)


def signed_in(request: Request) -> Identity:
    """Who is signed in; otherwise the sign-in page first."""
    identity: Identity | None = request.app.state.sessions.identity(request)
    if identity is None:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise SignInFirst(back if request.method == "GET" else request.url.path)
    return identity


Signed = Annotated[Identity, Depends(signed_in)]


def check_form(request: Request, token: str) -> None:
    """Refuses a form that did not come from our own page in this session."""
    if not request.app.state.sessions.form_token_is_good(request, token):
        raise problems.ProblemError(
            status=403,
            rule="FormTokenWrong",
            title=problems.Said(zh="页面已过期", en="This page has expired"),
            detail=problems.Said(
                zh="表单不是由本次登录的页面提交的，没有保存任何内容",
                en="The form did not come from a page of this session; nothing was stored",
            ),
            next=problems.Said(
                zh="请返回上一页，刷新后重新提交", en="Go back, reload the page and submit again"
            ),
        )


def own_address(back: str) -> str:
    """A return address on this host; anything else becomes the first page."""
    parts = urlsplit(back)
    inside = back.startswith("/") and not back.startswith(("//", "/\\"))
    return back if inside and not parts.netloc and not parts.scheme else "/"


@router.get("/sign-in")
def show_sign_in(request: Request, back: str = "/") -> Response:
    """The sign-in page."""
    return page(request, "sign_in.html", back=own_address(back), user="", error=None)


@router.post("/sign-in")
def sign_in(
    request: Request,
    user: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=400)] = "",
    back: Annotated[str, Form(max_length=2000)] = "/",
    form_token: Annotated[str, Form(max_length=128)] = "",
) -> Response:
    """Opens a session, or says what is wrong without saying which of the two it is."""
    check_form(request, form_token)
    state = request.app.state
    outcome = state.accounts.sign_in(user.strip(), password, session_s=state.config.session_s)
    if outcome.token is None:
        error: dict[str, Any] = {
            "zh": "用户名或密码不正确",
            "en": "The user name or the password is wrong",
        }
        if outcome.wait_s:
            error = {
                "zh": f"连续输错，请等待 {outcome.wait_s} 秒后再试",
                "en": f"Wrong too often: wait {outcome.wait_s} seconds before trying again",
            }
        return page(
            request,
            "sign_in.html",
            status=429 if outcome.wait_s else 401,
            back=own_address(back),
            user=user,
            error=error,
        )
    response = RedirectResponse(own_address(back), status_code=303)
    state.sessions.begin(response, outcome.token)
    return response


@router.post("/sign-out")
def sign_out(request: Request, form_token: Annotated[str, Form(max_length=128)] = "") -> Response:
    """Ends the session on the server."""
    check_form(request, form_token)
    response = RedirectResponse("/sign-in", status_code=303)
    request.app.state.sessions.end(request, response)
    return response


async def on_sign_in_first(request: Request, error: Exception) -> Response:
    """Sends a page's reader to the sign-in page, and tells a fragment's reader that it ended."""
    assert isinstance(error, SignInFirst)
    address = f"/sign-in?back={quote(error.back)}"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)
