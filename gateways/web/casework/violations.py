"""违法行为目录: every code with who finds and decides it, its articles and ranges (reference 5)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.facts import instant
from domain.violations.catalogue import CATALOGUE_VERSION, VIOLATIONS
from domain.violations.ranges import yuan_text
from domain.violations.words import Fine, Scale, Severity, Violation
from gateways.web.casework import words
from gateways.web.casework.acts import absent, acts
from gateways.web.casework.lists import Column, Filter, List, Row, answer, asked
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed

router = APIRouter(include_in_schema=False)

COLUMNS = (
    Column(name="code", zh="代码", en="Code", kind="key", link="/violations/{}"),
    Column(name="name", zh="违法行为", en="Violation"),
    Column(name="severity", zh="严重程度", en="Severity", kind="state", states=words.SEVERITY),
    Column(name="leads", zh="查处机关", en="Decided by"),
    Column(name="articles", zh="处罚依据", en="Articles"),
    Column(name="criminal", zh="涉罪", en="Crime", kind="state", states=words.CRIMINAL),
    Column(name="correct_first", zh="先责令改正", en="Correct first", kind="flag"),
)
FILTERS = (
    Filter(name="q", zh="代码、名称或条款", en="Code, name or article", size=28),
    Filter(
        name="group",
        zh="类别",
        en="Group",
        options=tuple((code, zh, en) for code, (zh, en) in words.GROUPS.items()),
    ),
    Filter(
        name="severity",
        zh="严重程度",
        en="Severity",
        options=tuple(
            (one.value, words.SEVERITY[one].zh, words.SEVERITY[one].en) for one in Severity
        ),
    ),
)


class Found(list[Row]):
    """Rows of the catalogue; it stands in memory and is counted there."""

    def __init__(self, rows: list[Row], count: int) -> None:
        super().__init__(rows)
        self._count = count

    def total(self) -> int:
        """How many rows fit."""
        return self._count


@router.get("/violations")
def violations(request: Request, identity: Signed) -> Response:
    """The catalogue in force today: searched by code, words or article."""
    values = asked(request, FILTERS)
    on = instant(request.app.state.platform.clock.now()).date()
    told = Words(page_language(request))
    fitting = [one for one in VIOLATIONS if one.in_force(on) and _fits(one, values)]

    def rows(_: Connection, limit: int, offset: int) -> Found:
        return Found(
            [_row(one, told, on) for one in fitting[offset : offset + limit]], len(fitting)
        )

    return answer(
        request,
        identity,
        List(
            zh="违法行为目录",
            en="Catalogue of violations",
            columns=COLUMNS,
            rows=rows,
            filters=FILTERS,
            note_zh=f"目录版本 {CATALOGUE_VERSION}；按行为发生日和决定日适用当时有效的条款。",
            note_en=f"Catalogue of {CATALOGUE_VERSION}; the articles of the day of the act and of "
            "the decision apply.",
            territory=False,
        ),
    )


@router.get("/violations/{code}")
def violation(request: Request, code: str, identity: Signed) -> Response:
    """One violation: who may find it, who decides it, what each article allows and when."""
    on = instant(request.app.state.platform.clock.now()).date()
    versions = [one for one in VIOLATIONS if one.code == code]
    if not versions:
        raise absent(
            f"目录中没有代码“{code}”", f"The catalogue has no code “{code}”", "UnknownViolation"
        )
    row = next((one for one in versions if one.in_force(on)), versions[-1])
    told = Words(page_language(request))
    return page(
        request,
        "violation.html",
        identity=identity,
        row=row,
        subjects=words.SUBJECTS,
        group=words.GROUPS.get(row.group, (row.group, row.group)),
        severity=words.SEVERITY[row.severity],
        criminal=words.CRIMINAL[row.criminal],
        rules=[
            {
                "rule": rule,
                "in_force": rule.in_force(on),
                "fines": [fine_words(fine, told) for fine in rule.fines],
            }
            for rule in row.penalties
        ],
        acts=acts(request, identity, ("RecordViolation", "TransferLead"), code=code, codes=code)
        if identity.post.organ in row.finders
        else [],
    )


def _fits(one: Violation, values: dict[str, str | None]) -> bool:
    if values["group"] and one.group != values["group"]:
        return False
    if values["severity"] and one.severity != values["severity"]:
        return False
    if not values["q"]:
        return True
    text = " ".join(
        (one.code, one.zh, one.en, one.source, *one.crimes, *(p.article for p in one.penalties))
    )
    return all(word in text.casefold() for word in values["q"].casefold().split())


def _row(one: Violation, told: Words, on: Any) -> Row:
    return {
        "code": one.code,
        "name": told.label(one),
        "severity": one.severity.value,
        "leads": told.t("、", ", ").join(told.organ(organ) for organ in one.leads),
        "articles": "；".join(dict.fromkeys(rule.article for rule in one.rules(on))),
        "criminal": one.criminal.value,
        "correct_first": one.correct_first,
    }


def fine_words(fine: Fine, told: Words) -> dict[str, str]:
    """A range in words: how much, and under which conditions."""
    if fine.scale is Scale.FIXED:
        amount = _span(yuan_text(fine.least), yuan_text(fine.most), told.t("元", "yuan"), told)
    elif fine.scale is Scale.PER_PERSON:
        unit = told.t("元/人", "yuan a person")
        amount = _span(yuan_text(fine.least), yuan_text(fine.most), unit, told)
    else:
        base = {
            Scale.OF_INCOME: told.t("违法所得", "of the illegal income"),
            Scale.OF_SUM: told.t("涉案金额", "of the sum involved"),
            Scale.OF_TURNOVER: told.t("上一年度营业额", "of last year's turnover"),
        }[fine.scale]
        share = _span(_share(fine.least, told), _share(fine.most, told), "", told)
        amount = told.t(f"{base}的{share}", f"{share} {base}")
    if fine.cap_fen is not None:
        cap = yuan_text(fine.cap_fen)
        amount += told.t(f"，最高 {cap} 元", f", at most {cap} yuan")
    conditions = [
        words_
        for holds, words_ in (
            (fine.income is True, told.t("有违法所得", "with illegal income")),
            (fine.income is False, told.t("无违法所得", "without illegal income")),
            (fine.refused, told.t("拒不改正或者逾期不改正", "after a refusal to correct")),
            (fine.serious is True, told.t("情节严重", "serious")),
            (fine.serious is False, told.t("一般情节", "not serious")),
            (fine.person is True, told.t("自然人", "natural person")),
            (fine.person is False, told.t("单位", "unit")),
            (fine.licensed is True, told.t("持证机构", "licence holder")),
            (fine.licensed is False, told.t("无证机构", "without a licence")),
            (fine.sum_known is True, told.t("金额可以计算", "sum known")),
            (fine.sum_known is False, told.t("金额无法计算", "sum not known")),
            (fine.head, told.t("对主要负责人", "on the principal head")),
            (fine.province, told.t("省级机关作出", "by a provincial organ")),
        )
        if holds
    ]
    return {"amount": amount, "conditions": told.t("，", ", ").join(conditions)}


def _share(percent: int, told: Words) -> str:
    """A percentage as articles say it: 300 is three times."""
    if percent and percent % 100 == 0:
        return told.t(f"{percent // 100}倍", f"{percent // 100} times")
    return f"{percent}%"


def _span(least: str, most: str, unit: str, told: Words) -> str:
    if least == most:
        return f"{most}{unit}" if told.language == "zh" else f"{most} {unit}".strip()
    if least.rstrip("%") == "0":
        return told.t(f"{most}{unit}以下", f"up to {most} {unit}".strip())
    return told.t(f"{least}–{most}{unit}", f"{least} – {most} {unit}".strip())
