"""Executing a draw: when both secrets are out, the seed draws, and the record is kept.

1. The record is made from the frozen file, the plan of the opening and the revealed secrets,
   and from nothing else; whoever executes gets the same bytes.
2. A file that is not the frozen one draws nothing: neither a damaged copy (FileDamaged) nor
   another population.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.draw.commitment import judge_reveal
from domain.draw.facts import DrawExecuted, draw_of
from domain.draw.planning import read_plan
from domain.draw.reading import frozen_of
from domain.draw.record import drawn_from
from domain.draw.selection import ALGORITHM
from domain.draw.state import folded
from domain.errors import Refusal
from domain.lead.halves import both, known
from domain.terms import FileRef, Identifier

JSON = "application/json"


class NotOpenerOfDraw(Refusal):
    """The draw is executed by the department that opened it and keeps the frozen file."""

    zh = "抽取{draw}由{department}开启并执行。"
    en = "The draw {draw} was opened by {department}, which executes it."
    next_zh = "请由开启部门执行；任何人可以用公开的名录和记录复算。"
    next_en = "Let that department execute it; anybody may draw again from what is public."
    source = "平台规则（抽取可复算）"
    field = "draw"


class SecretsStillHidden(Refusal):
    """Not every secret is out."""

    zh = "抽取{draw}尚有密值未揭示：{missing}，不得执行。"
    en = "Secrets of the draw {draw} are not out yet: {missing}."
    next_zh = "请等待揭示；逾期未揭示的由托管方开启。"
    next_en = "Wait for them; the escrow opens what is withheld beyond the term."
    source = "平台规则（先承诺后揭示）"
    field = "draw"
    transient = True


class PopulationChanged(Refusal):
    """The file is not the population that was frozen before the commitments."""

    zh = "名录（哈希{found}）不是抽取{draw}冻结的名录（哈希{frozen}），不得用于抽取。"
    en = "The population (hash {found}) is not what the draw {draw} froze ({frozen})."
    next_zh = "请使用开启抽取时冻结的名录文件。"
    next_en = "Use the file that was frozen when the draw was opened."
    source = "平台规则（抽取可复算）"
    field = "population"


@command(zh="执行抽取", en="Execute a draw", source="鄂人社函〔2022〕97号二（一）")
@dataclass(frozen=True, kw_only=True)
class ExecuteDraw(Command):
    """Draws with the seed of both secrets and keeps the record; `population` to name the file again."""

    draw: Identifier
    population: FileRef | None = None


def _reads(asked: ExecuteDraw) -> tuple[Read, ...]:
    return both(draw_of(asked.draw))


@decides(ExecuteDraw, reads=_reads)
def execute(asked: ExecuteDraw, history: History, context: Context) -> Iterator[Decided]:
    """Draws once, from the frozen population, with the secrets that were committed to."""
    draw = folded(known(history, draw_of(asked.draw)), asked.draw)
    draw.must_run()
    opened = draw.opened.fact
    if draw.opened.department != context.department:
        raise NotOpenerOfDraw(draw=asked.draw, department=draw.opened.department)
    missing = [name for name in opened.departments if name not in draw.revealed]
    if missing or not draw.complete:
        raise SecretsStillHidden(draw=asked.draw, missing="、".join(missing) or "—")
    secrets = {name: bytes.fromhex(one.fact.secret) for name, one in draw.revealed.items()}
    for name, secret in secrets.items():
        judge_reveal(asked.draw, name, secret, draw.committed[name].fact.commitment)
    reference = asked.population or opened.population
    frozen = frozen_of(lambda: context.lines(reference.sha256))
    if frozen.hash != opened.population_hash:
        raise PopulationChanged(
            draw=asked.draw, found=frozen.hash[:12], frozen=opened.population_hash[:12]
        )
    record = drawn_from(
        asked.draw,
        read_plan(opened.plan),
        frozen,
        secrets,
        context.lines(reference.sha256),
    )
    body = record.bytes()
    yield Decided(
        stream=draw_of(asked.draw),
        subject=draw.opened.subject,
        matter=draw.opened.matter,
        region=opened.region,
        keeps=((body, JSON),),
        fact=DrawExecuted(
            draw_id=asked.draw,
            plan_id=opened.plan_id,
            kind=opened.kind,
            region=opened.region,
            algorithm=ALGORITHM,
            seed=record.seed.hex(),
            population_hash=frozen.hash,
            drawn=record.size,
            record=FileRef(sha256=sha256(body).hexdigest(), length=len(body), media_type=JSON),
        ),
    )
