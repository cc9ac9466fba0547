"""Reactions of plans and draws (reference 6.2).

The escrow checks deposits and a draw without good deposits ends, both by themselves: nothing
is weighed there. Audit, commitment and reveal are acts of officers, each with its clock.
"""

from __future__ import annotations

from typing import Any

from domain.reactions.words import Kind, Rule, Seen, always, subject

_DRAFTED, _OPENED = "draw.plan_drafted.v1", "draw.opened.v1"
_COMMITTED, _CHECKED = "draw.committed.v1", "draw.deposit_checked.v1"
_SOURCE = "平台规则（先承诺后揭示）"


def _draw(seen: Seen) -> dict[str, Any]:
    return {"draw": seen.fact.draw_id}


def _target(seen: Seen) -> str:
    return str(seen.fact.draw_id)


def _bad(seen: Seen) -> bool:
    return not seen.fact.good


def _complete(seen: Seen) -> bool:
    return bool(seen.fact.complete)


DRAWS: tuple[Rule, ...] = (
    Rule(
        id="PLAN-AUDIT",
        kind=Kind.DUTY,
        owner_organ="SAMR",
        when=(_DRAFTED,),
        given=always,
        command_name="AuditPlan",
        command=lambda seen: {"plan": seen.fact.plan_id},
        target=subject,
        clock="PLAN-AUDIT",
        zh="收到抽查计划的，及时审核抽查任务",
        en="A drafted plan is audited",
        source="鄂人社函〔2022〕97号二（一）；平台规则（默认3个工作日，可配置）",
    ),
    *(
        Rule(
            id=code,
            kind=Kind.DUTY,
            owner_organ=organ,
            when=(_OPENED,),
            given=always,
            command_name="CommitToDraw",
            command=_draw,
            target=_target,
            clock=code,
            zh="抽取开启的，在时限内提交密值承诺",
            en="Each department commits to an opened draw",
            source=_SOURCE,
        )
        for code, organ in (("DRAW-COMMIT", "HRSS"), ("DRAW-COMMIT-SAMR", "SAMR"))
    ),
    Rule(
        id="ESCROW-CHECK",
        kind=Kind.AUTOMATIC,
        owner_organ="PROC",
        when=(_COMMITTED,),
        given=always,
        command_name="CheckDeposit",
        command=_draw,
        target=_target,
        clock=None,
        zh="两部门均已承诺的，托管方核验两份托管密值",
        en="The escrow checks both deposits once both departments have committed",
        source="平台规则（密值托管）",
    ),
    *(
        Rule(
            id=code,
            kind=Kind.AUTOMATIC,
            owner_organ=organ,
            when=(_CHECKED,),
            given=_bad,
            command_name="VoidDraw",
            command=_draw,
            target=_target,
            clock=None,
            zh="托管密值与承诺不符的，由开启部门作废抽取",
            en="A bad deposit voids the draw in the department that opened it",
            source=_SOURCE,
        )
        for code, organ in (("DRAW-BAD", "HRSS"), ("DRAW-BAD-SAMR", "SAMR"))
    ),
    *(
        Rule(
            id=code,
            kind=Kind.DUTY,
            owner_organ=organ,
            when=(_CHECKED,),
            given=_complete,
            command_name="RevealForDraw",
            command=_draw,
            target=_target,
            clock="DRAW-REVEAL",
            zh="托管密值核验一致的，在时限内揭示密值",
            en="Each department reveals once both deposits are good",
            source=_SOURCE,
        )
        for code, organ in (("DRAW-REVEAL", "HRSS"), ("DRAW-REVEAL-SAMR", "SAMR"))
    ),
)
"""The reactions of plans and draws."""
