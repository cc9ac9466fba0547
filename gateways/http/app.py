"""The web application: API, pages, health and metrics, put together for one platform."""

from __future__ import annotations

import errno

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect

from gateways.department.platform import Platform
from gateways.http import api, feed, files, health, inbound, problems, webhooks
from gateways.http.accounts import Accounts
from gateways.http.config import WebConfig
from gateways.http.edge import HEADERS, BodyLimit, Measured, NoNulls, SecurityHeaders
from gateways.http.feed_events import Streams
from gateways.http.feed_source import FeedSource
from gateways.http.sessions import Sessions
from gateways.store.port import StoreUnavailable
from gateways.web import pages

log = structlog.get_logger("http")

FORM_BYTES = 100_000
CLIENT_GONE = 499
"""What a form adds to the file in it."""


def create_app(platform: Platform, accounts: Accounts, config: WebConfig) -> FastAPI:
    """The application over a platform that runs in this process.

    The interactive documentation of the framework is off: it loads from elsewhere. The
    OpenAPI document is at /openapi.json.
    """
    app = FastAPI(
        title="联动 Liandong",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.platform = platform
    app.state.accounts = accounts
    app.state.config = config
    app.state.sessions = Sessions(accounts, config)
    app.state.feeds = feed.Feeds(source=FeedSource(platform.log), streams=Streams())
    app.include_router(api.router)
    app.include_router(feed.router)
    app.include_router(inbound.router)
    app.include_router(webhooks.router)
    app.include_router(files.router)
    health.mount(app)
    pages.mount(app)
    _errors(app)
    app.add_middleware(Measured)
    app.add_middleware(
        BodyLimit,
        bytes_max=config.body_bytes_max,
        file_bytes_max=config.file_bytes_max + FORM_BYTES,
        file_paths=(files.UPLOADS, "/cmd/", "/inspections/", "/exchange"),
    )
    app.add_middleware(NoNulls)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(config.hosts))
    app.add_middleware(SecurityHeaders)
    return app


def _errors(app: FastAPI) -> None:
    def respond(request: Request, problem: problems.ProblemError) -> Response:
        if pages.wants_page(request):
            return pages.error_page(request, problem)
        return problems.answer(request, problem)

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, problems.ProblemError)
        return respond(request, error)

    async def on_unavailable(request: Request, error: Exception) -> Response:
        log.error("store_unavailable", path=request.url.path, error=type(error).__name__)
        return respond(request, problems.unavailable())

    async def on_gone(_request: Request, _error: Exception) -> Response:
        # Nothing was done, and nobody reads the answer: it is no fault of ours.
        return Response(status_code=CLIENT_GONE)

    async def on_wrong_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        name = str(first["loc"][-1])
        return respond(request, problems.bad_parameter(name, "无法读取", "cannot be read"))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        problem = problems.not_found(
            problems.Said(
                zh=f"没有地址“{request.url.path}”", en=f"There is no address “{request.url.path}”"
            )
        )
        if error.status_code != 404:
            problem.status, problem.rule = error.status_code, "NotAllowedHere"
            problem.title = problems.Said(zh="不支持这种请求", en="This request is not supported")
            problem.detail = problems.Said(
                zh=f"此地址不接受 {request.method}",
                en=f"This address does not take {request.method}",
            )
            problem.headers = dict(error.headers or {})
        return respond(request, problem)

    async def on_system_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, OSError)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return await on_fault(request, error)
        log.error("disk_full", path=request.url.path)
        return respond(request, problems.disk_full())

    async def on_fault(request: Request, error: Exception) -> Response:
        log.error("fault", path=request.url.path, exc_info=error)
        response = respond(
            request,
            problems.ProblemError(
                status=500,
                rule="Fault",
                title=problems.Said(zh="系统出现错误", en="The system is at fault"),
                detail=problems.Said(
                    zh="错误已记入日志；如刚才在办理业务，用同一个幂等键重发不会重复办理",
                    en="It is in the log; sending again with the same idempotency key is safe",
                ),
                next=problems.Said(zh="请联系运维人员", en="Call the operators"),
            ),
        )
        for name, value in HEADERS:
            response.headers[name.decode()] = value.decode()
        return response

    app.add_exception_handler(problems.ProblemError, on_problem)
    app.add_exception_handler(StoreUnavailable, on_unavailable)
    app.add_exception_handler(DBAPIError, on_unavailable)
    app.add_exception_handler(ClientDisconnect, on_gone)
    app.add_exception_handler(RequestValidationError, on_wrong_request)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(OSError, on_system_error)
    app.add_exception_handler(Exception, on_fault)
