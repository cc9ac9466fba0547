"""The pages, put together: routers, static files and error pages."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.staticfiles import StaticFiles

from gateways.http.outsiders import officials_only
from gateways.http.problems import ProblemError
from gateways.web import (
    acts,
    campaigns,
    cases,
    casework,
    catalog,
    documents,
    exchange,
    inbox,
    inspections,
    live,
    operations,
    overview,
    public,
    quarantine,
    signing,
)
from gateways.web.history import Histories
from gateways.web.rendering import STATIC, page

NOT_PAGES = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json")

OFFICES = (overview, cases, casework, exchange, operations, quarantine)
"""Pages of an office's own records; a firm's post does not read them."""


class CachedStatic(StaticFiles):
    """Static files: kept for an hour by the browser, then asked for again by their hash."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """The file, with a time to keep it."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def mount(app: FastAPI) -> None:
    """Adds every page to the application."""
    app.state.histories = Histories()
    app.mount("/static", CachedStatic(directory=STATIC), name="static")
    for module in (
        signing,
        inbox,
        overview,
        cases,
        casework,
        inspections,
        campaigns,
        documents,
        exchange,
        operations,
        quarantine,
        acts,
        public,
        catalog,
        live,
    ):
        kept = [Depends(officials_only)] if module in OFFICES else []
        app.include_router(module.router, dependencies=kept)
    app.add_exception_handler(signing.SignInFirst, signing.on_sign_in_first)


def wants_page(request: Request) -> bool:
    """Whether a person is reading, so that an error is a page and not a document."""
    return not request.url.path.startswith(NOT_PAGES)


def error_page(request: Request, problem: ProblemError) -> Response:
    """An error as a page, in the reader's language with the other one below it."""
    identity = request.app.state.sessions.identity(request)
    response = page(
        request, "error.html", status=problem.status, identity=identity, problem=problem
    )
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response
