"""`schemas check --against` and `schemas release`: what a change breaks, and what is bound."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from domain.facts import CHINA, FACTS
from gateways.contracts import generate, released
from gateways.contracts.compatibility import Change, changes
from gateways.contracts.succession import Lack, lacking, way
from ops.output import FAILED, WRONG_USE, as_json, err, out, said

ADDED = ("ADDED", "TOPIC_ADDED")
"""Kinds of change that are counted and not listed: nobody reads them yet."""


def check(reference: str, *, json_: bool) -> None:
    """Prints what the present changes against another state. Exit 1 where it breaks a release.

    Exit 1 too where a new version of a fact lacks what makes it follow the older one.
    """
    try:
        mark = released.current_mark()
        bound = released.bound(mark)
        if reference == "released":
            found = [*released.against_mark(mark), *released.lost_samples(mark)]
        else:
            files = released.state_files(reference)
            found = changes(released.contracts_of(files), released.present())
            bound |= released.bound(released.mark_of(files.get(released.MARK)))
    except released.NoSuchState as error:
        err().print(
            said(
                f"{error}：不是契约文件夹、压缩包或提交",
                f"{error}: no folder, tarball or commit with contracts",
            ),
            markup=False,
        )
        raise typer.Exit(WRONG_USE) from error
    broken = [one for one in found if one.breaks and one.contract in bound]
    lacks = lacking(bound)
    if json_:
        as_json(
            [{**asdict(one), "released": one.contract in bound} for one in found]
            + [_row(one, one.contract in bound) for one in lacks]
        )
    else:
        for one in found:
            if one.kind not in ADDED:
                out().print(_line(one, one.contract in bound), markup=False)
        added = sum(one.kind in ADDED for one in found)
        if added:
            out().print(
                said(f"✓ 新增 {added} 份契约或主题", f"✓ {added} new contracts or topics"),
                markup=False,
            )
        for lack in lacks:
            out().print(f"✗ {lack.contract}: {said(lack.zh, lack.en)}", markup=False)
        out().print(_summary(found, broken, bound), markup=False)
        _tell_the_way([one for one in found if one.breaks])
    if broken or lacks:
        raise typer.Exit(FAILED)


def _tell_the_way(broken: list[Change]) -> None:
    """Says how the first event that is broken is changed rightly; the others go the same way."""
    events = [one.contract for one in broken if one.contract in FACTS]
    if events:
        out().print(said("破坏性的修改应当这样作：", "A breaking change is made like this:"))
        for place, (zh, en) in enumerate(way(events[0]), start=1):
            out().print(f"  {place}. {said(zh, en)}", markup=False)


def _row(lack: Lack, bound: bool) -> dict[str, object]:
    return {
        "contract": lack.contract,
        "field": "",
        "kind": "SUCCESSION_LACKING",
        "breaks": True,
        "zh": lack.zh,
        "en": lack.en,
        "released": bound,
    }


def release(
    name: Annotated[str, typer.Argument(metavar="RELEASE", help="its name, such as 1.0.0")],
) -> None:
    """Marks the present contracts as released: from now on a breaking change fails the check.

    Writes schemas/released.json. Exit 1 where the contracts drift from the classes or break
    an earlier release.
    """
    mark, new = released.current_mark(), released.present()
    drift = generate.check()
    broken = [
        one
        for one in (*released.against_mark(mark, new), *released.lost_samples(mark))
        if one.breaks
    ]
    lacks = lacking(released.bound(mark))
    for lack in lacks:
        err().print(f"✗ {lack.contract}: {said(lack.zh, lack.en)}", markup=False)
    for difference in drift:
        err().print(f"✗ {difference}", markup=False)
    for one in broken:
        err().print(_line(one, True), markup=False)
    if drift or broken or lacks:
        raise typer.Exit(FAILED)
    on = datetime.now(CHINA).date().isoformat()
    try:
        made = released.released_with(mark, name, on, new, released.sample_digests())
    except ValueError as error:
        err().print(said(f"{name} 已经发布过", f"{name} was released before"), markup=False)
        raise typer.Exit(WRONG_USE) from error
    released.write_mark(made)
    out().print(
        said(
            f"{name}：{len(made['schemas'])} 份契约、{len(made['topics'])} 个主题已发布；"
            "请提交 schemas/released.json",
            f"{name}: {len(made['schemas'])} contracts and {len(made['topics'])} topics are "
            "released; commit schemas/released.json",
        ),
        markup=False,
    )


def _line(one: Change, bound: bool) -> str:
    place = f"{one.contract} · {one.field}" if one.field else one.contract
    mark = ("✗" if bound else "▲") if one.breaks else "✓"
    told = said("，未发布", " (not released)") if one.breaks and not bound else ""
    return f"{mark} {place}: {said(one.zh, one.en)}{told}"


def _summary(found: list[Change], broken: list[Change], bound: frozenset[str]) -> str:
    if not bound:
        return said(
            f"{len(found)} 处改变；尚未发布任何契约（liandong schemas release 标记发布）",
            f"{len(found)} changes; nothing is released yet (liandong schemas release marks it)",
        )
    if broken:
        return said(
            f"{len(broken)} 处改变破坏已发布的契约：请发布新版本并保留旧版本",
            f"{len(broken)} changes break what was released: publish a new version beside the old",
        )
    return said(
        f"{len(found)} 处改变，已发布的契约都不受影响",
        f"{len(found)} changes, none of which breaks what was released",
    )
