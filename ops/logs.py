"""Structured logs: event, matter and department ids, never a personal field.

A log line is written for operators who may not see personal data, so a processor takes out
any field whose name says that it is personal and any text that looks like a Chinese
identity or mobile number, wherever it stands in the line.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

WITHHELD = "[withheld]"
PERSONAL = frozenset(
    {
        "name",
        "person_name",
        "legal_representative",
        "contact",
        "identity_number",
        "id_number",
        "phone",
        "mobile",
        "email",
        "address",
        "complainant",
        "reporter",
        "worker",
        "statement",
        "value",
        "password",
        "secret",
        "api_key",
        "token",
        "cookie",
        "authorization",
        "data",
        "body",
        "content",
        "base64",
    }
)
"""Field names that never reach a log line; the last four are whole commands, events and files."""

_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])")


def withhold_personal(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Takes personal fields and numbers out of a log line, at any depth."""
    return {name: _clean(name, value) for name, value in line.items()}


def _clean(name: str, value: Any) -> Any:
    if name.lower() in PERSONAL:
        return WITHHELD
    if isinstance(value, Mapping):
        return {str(key): _clean(str(key), part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", part) for part in value]
    if isinstance(value, str):
        return _NUMBERS.sub(WITHHELD, value)
    if isinstance(value, BaseException):
        return _NUMBERS.sub(WITHHELD, f"{type(value).__name__}: {value}")
    return value


def configure(level: str = "info", form: str = "auto") -> None:
    """Sends all logs, those of libraries too, to stderr as JSON or as coloured lines."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                withhold_personal,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("kafka", "uvicorn.access", "httpx", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # The Kafka client warns of each large answer that it decodes, and of SCRAM without TLS on
    # each connection; of the latter `doctor` tells once.
    for noisier in ("kafka.net.selector", "kafka.net.sasl.scram"):
        logging.getLogger(noisier).setLevel(logging.ERROR)
