"""Sessions and form tokens: the signed cookie, who it belongs to, and CSRF."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from gateways.http.accounts import Identity

if TYPE_CHECKING:
    from gateways.http.accounts import Accounts
    from gateways.http.config import WebConfig

SESSION_COOKIE = "session"
VISITOR_COOKIE = "visitor"


class Sessions:
    """Reads and writes the session cookie: signed, expiring, and ended on the server."""

    def __init__(self, accounts: Accounts, config: WebConfig) -> None:
        self.accounts, self.config = accounts, config
        self._signer = URLSafeTimedSerializer(config.secret, salt="session")

    def identity(self, request: Request) -> Identity | None:
        """Who is signed in; None for nobody, an expired cookie or an ended session."""
        token = self.token(request)
        return self.accounts.of_session(token) if token else None

    def token(self, request: Request) -> str | None:
        """The session token in a cookie whose signature is good and not too old."""
        cookie = request.cookies.get(SESSION_COOKIE)
        if not cookie:
            return None
        try:
            value = self._signer.loads(cookie, max_age=self.config.session_s)
        except BadSignature:
            return None
        return value if isinstance(value, str) else None

    def begin(self, response: Response, token: str) -> None:
        """Sets the session cookie."""
        self._set(response, SESSION_COOKIE, self._signer.dumps(token), self.config.session_s)

    def end(self, request: Request, response: Response) -> None:
        """Ends the session on the server and takes the cookie away."""
        token = self.token(request)
        if token:
            self.accounts.sign_out(token)
        response.delete_cookie(SESSION_COOKIE, path="/")

    def visitor(self, request: Request) -> str:
        """A random name for a browser that is not signed in, so that its forms have a token."""
        known = request.cookies.get(VISITOR_COOKIE, "")
        return known if 20 <= len(known) <= 64 else secrets.token_urlsafe(24)

    def greet(self, response: Response, visitor: str) -> None:
        """Sets the visitor cookie."""
        self._set(response, VISITOR_COOKIE, visitor, self.config.session_s)

    def form_token(self, request: Request, visitor: str | None = None) -> str:
        """The CSRF token of this session or visitor: every form must carry it."""
        bound = self.token(request) or visitor or request.cookies.get(VISITOR_COOKIE, "")
        key = self.config.secret.encode()
        return hmac.new(key, b"form:" + bound.encode(), sha256).hexdigest()

    def form_token_is_good(self, request: Request, given: str) -> bool:
        """Whether a form came from our own page in the same session."""
        bound = self.token(request) or request.cookies.get(VISITOR_COOKIE, "")
        wanted, shown = self.form_token(request), given.encode(errors="replace")
        return bool(bound) and hmac.compare_digest(wanted.encode(), shown)

    def _set(self, response: Response, name: str, value: str, max_age: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            path="/",
            secure=self.config.secure_cookies,
            httponly=True,
            samesite="strict",
        )
