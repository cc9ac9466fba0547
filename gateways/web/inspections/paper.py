"""检查记录表 on paper: what stands on it, and where its code leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request

from gateways.files.rendering.record_sheet import Sheet
from gateways.web.inspections import words
from gateways.web.rendering import Words, moment


def address_of_code(request: Request, task: Mapping[str, Any]) -> str:
    """Where the code on the sheet leads: the published result, and before it the draw."""
    address = f"{request.base_url}published/{quote(task['task_id'])}"
    return f"{address}?draw={quote(task['draw_id'])}" if task["draw_id"] else address


def sheet_of(found: Mapping[str, Any], typed: Mapping[str, str], told: Words) -> Sheet:
    """The sheet of an inspection: the drawn team of this task alone, and the result as recorded."""
    task, team = found["task"], found["team"]
    organs = "、".join(dict.fromkeys(told.organ(one["organ"]) for one in team))
    window = f"{task['window_from'] or ''} – {task['window_to'] or ''}"
    signed = {"yes": "已签字", "no": "未签字，由见证人证明"}.get(typed.get("signed", ""), "")
    witnesses = typed.get("witnesses", "")
    return Sheet(
        title="检查记录表",
        number=task["task_id"],
        kind=told.label(words.KIND[task["kind"]]),
        told="扫码查看公示结果和抽取过程",
        facts=(
            ("被检查单位", task["subject_name"] or "", "统一社会信用代码", task["subject"]),
            ("检查单位", f"{organs}（{told.region(task['region'])}）", "检查期间", window),
            ("任务编号", task["task_id"], "计划编号", task["plan_id"] or "—"),
            (
                "检查日期",
                typed.get("inspected_on", ""),
                "进入时刻",
                typed.get("entered_at", "").replace("T", " "),
            ),
        ),
        address=("住所（经营场所）", found["address"] or ""),
        items=tuple(
            _item(one, typed.get(f"items.{place}.category", ""), typed.get(f"items.{place}.note"))
            for place, one in enumerate(found["items"])
        ),
        findings="；".join(
            f"{one.fact.code} {'；'.join(one.fact.facts)}" for one in found["findings"]
        ),
        team=tuple(
            (one["inspector_id"], told.organ(one["organ"]), one["certificate"]) for one in team
        ),
        signed=signed,
        witnesses=f"见证人签名（{witnesses or '　'}人）",
        printed=moment(found["now"], False),
    )


def _item(one: Mapping[str, Any], code: str, note: str | None) -> tuple[str, str, str, str, str]:
    result = words.CATEGORY[code].zh if code in words.CATEGORY else ""
    return one["zh"], one["content"], one["basis"], result, note or ""
