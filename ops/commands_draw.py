"""`draw verify`: draws again from a published record, offline; no installation is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.draw.verification import Verdict, verify
from ops.output import FAILED, WRONG_USE, Language, as_json, err, out, said

POPULATION_SUFFIX = ".population"


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    draws = typer.Typer(help="Draws of the double-random inspections.", no_args_is_help=True)
    draws.callback()(lambda: None)
    draws.command("verify")(draw_verify)
    app.add_typer(draws, name="draw")


def draw_verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the record of a draw")],
    population: Annotated[
        Path | None,
        typer.Option(help="its population; else FILE with the ending .population"),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Draws again and compares. Exit 0 the same, 1 not the same, 2 a file is missing."""
    lines = population or file.with_suffix(POPULATION_SUFFIX)
    try:
        record = file.read_bytes()
        with lines.open("rb") as opened:
            found = verify(record, opened)
    except OSError as wrong:
        err().print(
            said(
                f"无法读取 {wrong.filename}：{wrong.strerror}。请用 --population 指明名录文件。",
                f"{wrong.filename} cannot be read: {wrong.strerror}. "
                "Name the population with --population.",
            ),
            markup=False,
        )
        raise typer.Exit(WRONG_USE) from None
    if json_:
        as_json(plain(found))
    else:
        _tell(found)
    if not found.good:
        raise typer.Exit(FAILED)


def plain(found: Verdict) -> dict[str, object]:
    """A verdict as JSON says it; the same keys as the second implementation's."""
    return {
        "draw": found.draw,
        "objects": found.objects,
        "drawn": found.drawn,
        "seed": found.seed,
        "complete": found.complete,
        "differences": [
            {"code": one.code, "field": one.field, "line": one.line, "last_line": one.last_line}
            for one in found.differences
        ],
    }


def _tell(found: Verdict) -> None:
    out().print(
        said(
            f"抽取 {found.draw}：名录 {found.objects} 个对象，抽取 {found.drawn} 个",
            f"draw {found.draw}: {found.drawn} drawn from {found.objects} objects",
        ),
        markup=False,
    )
    for one in found.differences:
        out().print(f"✗ {one.sentence(Language.chosen)}", markup=False)
    if found.good:
        out().print(
            said(
                "✓ 承诺与密值相符，种子由名录、方案和两个密值得出，重新抽取的结果完全一致。",
                "✓ The commitments fit the secrets, the seed follows from population, plan and "
                "both secrets, and drawing again gives the same.",
            ),
            markup=False,
        )
        out().print(
            said(
                "请再核对：各部门公布承诺的时间早于揭示，且公布的哈希值与本记录相同。",
                "Compare with what was published: both commitments before any reveal, and the "
                "same hashes.",
            ),
            markup=False,
        )
    elif not found.complete:
        out().print(
            said(
                "结果未能重新抽取：所依据的名录、方案或密值已不相符。",
                "The result could not be drawn again: what it rests on does not agree.",
            ),
            markup=False,
        )
