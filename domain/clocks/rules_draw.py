"""The clocks of plans and draws: audit, commitment, reveal, the escrow's turn, execution.

1. Every draw names the instants until which its departments commit and reveal; the terms end
   at these instants, whatever their length.
2. Who does not commit in time is late, and the draw is voided. Who does not reveal in time is
   late, and the escrow reveals in his place. It waits for nobody's word then: a department that
   has gone silent would otherwise stop the draw.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.calendar.deadlines import Period, Unit
from domain.clocks.conditions import OFFICE, PARTY, WD
from domain.clocks.words import (
    ClockRule,
    Debtor,
    Ending,
    Seen,
    Start,
    Stop,
    field,
    owner_of_ground,
)
from domain.draw.facts import (
    DepositChecked,
    DrawCommitted,
    DrawExecuted,
    DrawOpened,
    DrawRevealed,
    DrawVoided,
    PlanAudited,
    PlanDrafted,
    RevealSource,
)

DAY = Period(24, Unit.HR)

_DRAW, _PLAN, _WHO = field("draw_id"), field("plan_id"), field("department")
_BASIS = "平台规则（先承诺后揭示，默认24小时，开启抽取时写明）"


def _ends(name: str) -> Callable[[Seen], datetime]:
    """The start of 24 hours that end at the instant which the fact names."""

    def start(seen: Seen) -> datetime:
        until: datetime = getattr(seen.fact, name)
        return until - timedelta(hours=DAY.n)

    return start


def _all_good(seen: Seen) -> bool:
    return seen.fact.reveal_by is not None


def _complete(seen: Seen) -> bool:
    return bool(seen.fact.complete)


def _revealed(seen: Seen) -> Ending:
    """The escrow's turn ends a department's term, and does not meet it."""
    own = seen.fact.source is RevealSource.DEPARTMENT
    return Ending.FULFILLED if own else Ending.MOOT


def _hr(seen: Seen) -> str:
    return str(seen.organ) if seen.department == "hr" else "HRSS"


def _draw(seen: Seen) -> dict[str, str]:
    return {"draw": seen.fact.draw_id}


def _withheld(seen: Seen) -> dict[str, str]:
    return {"draw": seen.fact.draw_id, "department": seen.fact.department}


VOIDED = Stop(type=DrawVoided.TYPE, key=_DRAW, ending=Ending.MOOT)

DRAW_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="PLAN-AUDIT",
        zh="审核抽查任务",
        en="Audit an inspection plan",
        debtor=OFFICE,
        owner="SAMR",
        period=WD(3),
        setting="plan_audit_working_days",
        basis="鄂人社函〔2022〕97号二（一）（及时审核抽查任务）；平台规则（默认3个工作日，可配置）",
        mark="P",
        started_by=(Start(type=PlanDrafted.TYPE, key=_PLAN),),
        stopped_by=(Stop(type=PlanAudited.TYPE, key=_PLAN),),
        on_elapse="breach",
        commands=("AuditPlan",),
    ),
    *(
        ClockRule(
            code=code,
            zh="提交密值承诺",
            en="Commit to a secret",
            debtor=OFFICE,
            owner=None,
            period=DAY,
            rolls=False,
            basis=_BASIS,
            mark="P",
            started_by=(
                Start(
                    type=DrawOpened.TYPE,
                    key=_DRAW,
                    item=lambda _, who=department: who,  # type: ignore[misc]
                    on=_ends("commit_by"),
                    owner=owner,
                ),
            ),
            stopped_by=(
                Stop(type=DrawCommitted.TYPE, key=_DRAW, item=_WHO),
                VOIDED,
            ),
            on_elapse="breach",
            commands=("CommitToDraw",),
        )
        for code, department, owner in (
            ("DRAW-COMMIT", "hr", _hr),
            ("DRAW-COMMIT-SAMR", "samr", lambda _: "SAMR"),
        )
    ),
    ClockRule(
        code="DRAW-VOID",
        zh="承诺时限届满未齐备的抽取作废",
        en="Void a draw without both deposits",
        debtor=PARTY,
        owner=None,
        period=DAY,
        rolls=False,
        basis=_BASIS,
        mark="P",
        started_by=(Start(type=DrawOpened.TYPE, key=_DRAW, on=_ends("commit_by"), data=_draw),),
        stopped_by=(Stop(type=DepositChecked.TYPE, key=_DRAW, when=_complete), VOIDED),
        on_elapse="VoidDraw",
    ),
    ClockRule(
        code="DRAW-REVEAL",
        zh="揭示密值",
        en="Reveal the secret",
        debtor=OFFICE,
        owner=None,
        period=DAY,
        rolls=False,
        basis=_BASIS,
        mark="P",
        started_by=(
            Start(
                type=DepositChecked.TYPE,
                key=_DRAW,
                item=_WHO,
                when=_all_good,
                on=_ends("reveal_by"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
        ),
        grounds=(Stop(type=DrawCommitted.TYPE, key=_DRAW, item=_WHO),),
        stopped_by=(
            Stop(type=DrawRevealed.TYPE, key=_DRAW, item=_WHO, ending=_revealed),
            VOIDED,
        ),
        on_elapse="breach",
        commands=("RevealForDraw",),
    ),
    ClockRule(
        code="DRAW-ESCROW",
        zh="开启逾期未揭示的托管密值",
        en="Open a withheld deposit",
        debtor=Debtor.OUTSIDE,
        owner="PROC",
        period=DAY,
        rolls=False,
        basis="平台规则（密值托管，默认24小时，开启抽取时写明）",
        mark="P",
        started_by=(
            Start(
                type=DepositChecked.TYPE,
                key=_DRAW,
                item=_WHO,
                when=_all_good,
                on=_ends("reveal_by"),
                data=_withheld,
            ),
        ),
        stopped_by=(
            Stop(type=DrawRevealed.TYPE, key=_DRAW, item=_WHO),
            VOIDED,
        ),
        on_elapse="OpenDeposit",
        awaits=False,
    ),
    ClockRule(
        code="DRAW-EXECUTE",
        zh="执行抽取",
        en="Execute the draw",
        debtor=OFFICE,
        owner=None,
        period=Period(48, Unit.HR),
        rolls=False,
        basis="平台规则（揭示截止后24小时内执行抽取）",
        mark="P",
        started_by=(
            Start(
                type=DepositChecked.TYPE,
                key=_DRAW,
                when=_complete,
                on=_ends("reveal_by"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
        ),
        grounds=(Stop(type=DrawOpened.TYPE, key=_DRAW),),
        stopped_by=(Stop(type=DrawExecuted.TYPE, key=_DRAW), VOIDED),
        on_elapse="breach",
        commands=("ExecuteDraw",),
    ),
)
"""Terms of plans and draws."""
