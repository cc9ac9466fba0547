"""Reading a request's body: one JSON object, or a problem that says why it is none."""

from __future__ import annotations

from typing import Any

from gateways.contracts.parsing import BadBody, parse_body
from gateways.http.problems import ProblemError, Said, malformed


def read_object(body: bytes, content_type: str, limit: int) -> dict[str, Any]:
    """The JSON object in a body. Refuses another media type and all that parsing refuses."""
    if content_type.partition(";")[0].strip().lower() not in ("application/json", ""):
        raise ProblemError(
            status=415,
            rule="UnsupportedMediaType",
            title=Said(zh="不支持的媒体类型", en="Unsupported media type"),
            detail=Said(zh=f"收到的是“{content_type}”", en=f"The content type is “{content_type}”"),
            next=Said(zh="请发送 application/json", en="Send application/json"),
            field="Content-Type",
        )
    try:
        return parse_body(body, limit)
    except BadBody as error:
        raise malformed(
            error.rule, Said(zh=error.zh, en=error.en), field_name=error.field or None
        ) from error
