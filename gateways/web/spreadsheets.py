"""Tables as files that a spreadsheet opens: CSV in UTF-8 with its mark, lines ended as Excel's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from fastapi.responses import Response

from gateways.web.rendering import moment

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a cell."""


def spreadsheet(
    name: str, now: int, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> Response:
    """A table with its heads, to be kept as `name-day.csv`; None is an empty cell."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(heads)
    for row in rows:
        table.writerow([_safe(one) for one in row])
    file = quote(f"{name}-{moment(now)[:10]}.csv")
    return Response(
        out.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{file}",
            "Cache-Control": "no-store",
        },
    )


def _safe(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
