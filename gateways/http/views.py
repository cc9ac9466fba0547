"""The queries that the API and the command line may ask, by reader and name: one explicit table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.departments import NODES
from gateways.http.parameters import date_parameter, stamp_parameter, whole_number
from gateways.http.problems import ProblemError, Said, bad_parameter, not_found
from projections import (
    clocks,
    development_reform,
    human_resources,
    leadership,
    market_supervision,
)


def _text(_name: str, text: str | None) -> str | None:
    return text or None


def _limit(name: str, text: str | None) -> int:
    return whole_number(name, text, 50, least=1)


def _offset(name: str, text: str | None) -> int:
    return whole_number(name, text, 0, most=100_000_000)


def _months(name: str, text: str | None) -> int:
    return whole_number(name, text, 12, least=1, most=120)


Parse = Callable[[str, str | None], Any]


@dataclass(frozen=True, kw_only=True)
class View:
    """One query: its labels, its function, its parameters and which of them must be given."""

    zh: str
    en: str
    query: Callable[..., Any]
    parameters: Mapping[str, Parse]
    required: tuple[str, ...] = ()

    def ask(self, conn: sa.Connection, given: Mapping[str, str]) -> Any:
        """The answer; unknown, missing and wrong parameters are refused by name."""
        for name in given:
            if name not in self.parameters:
                raise bad_parameter(name, "此视图没有这个参数", "this view has no such parameter")
        values = {}
        for name, parse in self.parameters.items():
            if name in self.required and not given.get(name):
                raise bad_parameter(name, "必须填写", "is required")
            if name in given:
                values[name] = parse(name, given[name])
        return self.query(conn, **values)


_PAGE: dict[str, Parse] = {"limit": _limit, "offset": _offset}

VIEWS: dict[str, dict[str, View]] = {
    "human_resources": {
        "licences": View(
            zh="许可",
            en="Licences",
            query=human_resources.licences,
            parameters={"uscc": _text, "region": _text, "state": _text, **_PAGE},
        ),
        "licence": View(
            zh="一户许可",
            en="One licence",
            query=human_resources.licence_of,
            parameters={"uscc": _text, "type": _text, "as_of": stamp_parameter},
            required=("uscc",),
        ),
        "licensed": View(
            zh="某日是否持证",
            en="Whether licensed on a day, as known at a time",
            query=human_resources.licensed,
            parameters={"uscc": _text, "on": date_parameter, "as_known": stamp_parameter},
            required=("uscc", "on"),
        ),
        "directory": View(
            zh="机构名录",
            en="Directory",
            query=human_resources.directory,
            parameters={"region": _text, "search": _text, **_PAGE},
        ),
        "pushes": View(
            zh="收到的推送",
            en="Pushes received",
            query=human_resources.pushes,
            parameters={"uscc": _text, "state": _text},
        ),
    },
    "market_supervision": {
        "pushes": View(
            zh="发出的推送",
            en="Pushes sent",
            query=market_supervision.pushes,
            parameters={"uscc": _text, "region": _text, "state": _text},
        ),
        "registrations": View(
            zh="登记",
            en="Registrations",
            query=market_supervision.registrations,
            parameters={"uscc": _text},
            required=("uscc",),
        ),
        "scope_cleanups": View(
            zh="经营范围清理",
            en="Scope clean-ups",
            query=market_supervision.scope_cleanups,
            parameters={},
        ),
    },
    "development_reform": {
        "credit_records": View(
            zh="信用信息",
            en="Credit records",
            query=development_reform.credit_records,
            parameters={"uscc": _text},
        ),
    },
    "clocks": {
        "clocks": View(
            zh="法定时限",
            en="Clocks",
            query=clocks.clocks,
            parameters={"subject": _text, "matter": _text, "code": _text},
        ),
        "breaches": View(zh="逾期", en="Breaches", query=clocks.breaches, parameters={}),
    },
    "leadership": {
        "figures": View(
            zh="指标",
            en="Figures",
            query=leadership.figures,
            parameters={"as_of": stamp_parameter, "region": _text},
        ),
        "members": View(
            zh="指标所含案件",
            en="The cases behind a figure",
            query=leadership.members,
            parameters={"figure_id": _text, "as_of": stamp_parameter, "region": _text, **_PAGE},
            required=("figure_id",),
        ),
        "by_region": View(
            zh="按地区",
            en="By region",
            query=leadership.by_region,
            parameters={"figure_id": _text, "as_of": stamp_parameter},
            required=("figure_id",),
        ),
        "trend": View(
            zh="趋势",
            en="Trend",
            query=leadership.trend,
            parameters={"figure_id": _text, "months": _months, "as_of": stamp_parameter},
            required=("figure_id",),
        ),
    },
}


def view_of(department: str, reader: str, name: str) -> View:
    """The view, where this department is a reader of it; otherwise a 403 or 404 problem."""
    view = VIEWS.get(reader, {}).get(name)
    if view is None:
        raise not_found(
            Said(zh=f"没有视图“{reader}/{name}”", en=f"There is no view “{reader}/{name}”"),
            rule="UnknownView",
            field_name="view",
        )
    if reader not in NODES[department].projections:
        raise ProblemError(
            status=403,
            rule="NotEntitled",
            title=Said(zh="无权查看", en="Not entitled"),
            detail=Said(
                zh=f"部门“{department}”不是“{reader}”的读者",
                en=f"The department “{department}” is not a reader of “{reader}”",
            ),
            next=Said(
                zh="请使用该读者所在部门的密钥", en="Use a key of the department that reads it"
            ),
            field="reader",
        )
    return view
