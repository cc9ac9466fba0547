"""The figures of double-random inspections: tasks late, results by category, publication in time.

Kinds of inspection are never mixed (reference 6.1): results are those of 双随机 alone; the others
are counted by their kind. Draws whose secret was withheld are counted too: withholding is seen.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.facts import end_of
from domain.inspection.facts import InspectionKind
from projections import inspection_life as life
from projections.leadership.words import Counted, Definition, Span, Theme, named
from projections.steps import Step, Steps

_CATEGORIES = {
    "NO_PROBLEM": ("未发现问题", "no problem"),
    "BUSINESS_NOT_FOUND": ("未发现开展涉及的经营活动", "business not found"),
    "INFO_NOT_DISCLOSED": ("未按规定公示应当公示的信息", "information not disclosed"),
    "ANNUAL_REPORT_NOT_DISCLOSED": ("未按规定公示年度报告", "annual report not disclosed"),
    "CORRECTION_ORDERED": ("发现问题已责令改正", "correction ordered"),
    "UNREACHABLE": ("通过登记住所无法联系", "unreachable"),
    "INFO_FALSE": ("公示信息弄虚作假", "false information"),
    "UNCOOPERATIVE": ("不配合检查情节严重", "uncooperative"),
    "PENDING_FOLLOW_UP": ("发现问题待后续处理", "pending follow-up"),
}
_KINDS = {
    "TARGETED": ("针对性检查", "targeted"),
    "DAILY": ("日常监督检查", "daily"),
    "WRITTEN_REVIEW": ("书面审查", "written review"),
    "KEY": ("重点监管", "key supervision"),
    "COMMITMENT_CHECK": ("告知承诺核查", "commitment check"),
    "ONLINE_PATROL": ("线上巡查", "online patrol"),
    "FAIR_PATROL": ("招聘现场巡查", "fair patrol"),
    "COVERT": ("明察暗访", "covert"),
    "PREFECTURE_SPOT": ("州级专项抽查", "prefecture spot check"),
}

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "inspections_open",
        "在办检查任务",
        "Inspections to be made",
        "已下派或批准、尚未录入检查结果的检查任务数。",
        "Inspections sent down or approved whose result is not recorded yet.",
        Theme.INSPECTIONS,
    ),
    Definition(
        "inspections_late",
        "逾期检查任务",
        "Inspections late",
        "检查期间已过、尚未录入检查结果的检查任务数。",
        "Inspections whose window has passed without a recorded result.",
        Theme.INSPECTIONS,
        telling=True,
    ),
    *named(
        "results:",
        _CATEGORIES,
        ("双随机结果：", "Double-random results: "),
        "双随机检查结果为“{zh}”的户次（以更正后为准）。",
        "Double-random inspections with the result {code}, as corrected.",
        Theme.INSPECTIONS,
    ),
    *named(
        "inspected:",
        _KINDS,
        ("其他检查：", "Other inspections: "),
        "已录入结果的“{zh}”户次（不计入双随机）。",
        "Recorded inspections of the kind {code}, not counted as double-random.",
        Theme.INSPECTIONS,
    ),
    Definition(
        "results_published_on_time",
        "按时公示结果",
        "Results published on time",
        "双随机结果在检查结束（有问题的，处理完毕）之日起20个工作日内公示的户次（累计）。",
        "Double-random results published within 20 working days of the inspection, or of the "
        "problem being dealt with; cumulative.",
        Theme.INSPECTIONS,
    ),
    Definition(
        "results_published_late",
        "逾期公示结果",
        "Results published late",
        "双随机结果超过上述期限公示的户次（累计）。",
        "Double-random results published after that term; cumulative.",
        Theme.INSPECTIONS,
    ),
    Definition(
        "draws_executed",
        "完成抽取",
        "Draws executed",
        "完成的抽取次数（累计）。",
        "Draws that were executed; cumulative.",
        Theme.INSPECTIONS,
    ),
    Definition(
        "secrets_withheld",
        "逾期未揭示密值",
        "Secrets withheld",
        "部门逾期未揭示、由检察机关托管开启密值的抽取次数（累计）。",
        "Draws in which the escrow opened a secret that its department withheld; cumulative.",
        Theme.INSPECTIONS,
    ),
)
"""What each figure counts, in the order in which it is shown."""

TASK_FIELDS = {
    name: fields
    for name, fields in life.TASK_FIELDS.items()
    if name in (life.SENT, life.ORDERED_INSPECTION, life.RESULT, life.PUBLISHED)
    or name in (life.VERIFIED_ADDRESS, life.ORDERED, life.CORRECTED_OR_NOT)
}


def task_spans(steps: Steps) -> list[Span]:
    """An inspection until its result, late from the end of its window; the result and publication."""
    begun = next((s for s in steps if s.type in (life.SENT, life.ORDERED_INSPECTION)), None)
    made = next((step for step in steps if step.type == life.RESULT), None)
    spans: list[Span] = []
    done = None if made is None else made.stamp
    if begun is not None and (done is None or begun.stamp < done):
        over = end_of(date.fromisoformat(begun.data["window_to"])) + 1
        spans.append(("inspections_open", begun.stamp, done))
        if done is None or over < done:
            spans.append(("inspections_late", max(over, begun.stamp), done))
    if made is None:
        return spans
    if made.data["kind"] != InspectionKind.DOUBLE_RANDOM.value:
        return [*spans, (f"inspected:{made.data['kind']}", made.stamp, None)]
    spans.append((f"results:{made.data['category']}", made.stamp, None))
    published = next((step for step in steps if step.type == life.PUBLISHED), None)
    if published is not None:
        spans.append((_in_time(steps, published), published.stamp, None))
    return spans


def _in_time(steps: Steps, published: Step) -> str:
    task: dict[str, Any] = life.fold_task([one for one in steps if one.order <= published.order])
    due = task["publish_due"]
    late = due is not None and published.data["published_on"] > due
    return "results_published_late" if late else "results_published_on_time"


def draw_spans(steps: Steps) -> list[Span]:
    """A draw once it was executed, and once the escrow had to open a secret."""
    spans: list[Span] = []
    executed = next((step for step in steps if step.type == life.EXECUTED), None)
    if executed is not None:
        spans.append(("draws_executed", executed.stamp, None))
    opened = next(
        (s for s in steps if s.type == life.REVEALED and s.data["source"] == "ESCROW"), None
    )
    if opened is not None:
        spans.append(("secrets_withheld", opened.stamp, None))
    return spans


COUNTED: tuple[Counted, ...] = (
    Counted("inspection", life.task_of, TASK_FIELDS, task_spans, life.SENT),
    Counted(
        "draw",
        life.draw_of,
        {life.OPENED: (), life.EXECUTED: (), life.REVEALED: ("source",)},
        draw_spans,
        life.OPENED,
    ),
)
"""Every kind of member of these figures and what it counts in."""
