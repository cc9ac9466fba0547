"""Why a rebuild, a comparison or a cutover is not done: each a sentence with what to do."""

from __future__ import annotations


class NotDone(Exception):
    """What was asked for is not done; nothing has changed. `zh` and `en` say why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class UnknownProjection(NotDone):
    """The department keeps no projection of this name."""

    def __init__(self, department: str, name: str, known: str) -> None:
        super().__init__(
            f"{department} 没有投影 {name}；其投影为：{known}",
            f"{department} keeps no projection {name}; it keeps {known}",
        )


class BuiltByAnother(NotDone):
    """Somebody else builds this projection now."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(
            f"{name} 正由 {holder} 重建：请等待其完成，或结束该进程后再试",
            f"{holder} rebuilds {name} now: wait until it is done, or end that process",
        )


class CutOverByAnother(NotDone):
    """Somebody else puts tables in place now, or has just done so."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(
            f"{name} 刚由 {holder} 切换或回退：请先查看现状（liandong projections list）",
            f"{holder} has just swapped the tables of {name}: look at how it stands now first"
            " (liandong projections list)",
        )


class NothingBuilt(NotDone):
    """There are no rebuilt tables; `last` tells who put the last ones in place."""

    def __init__(self, name: str, last: str) -> None:
        told_zh = f"（上一次切换：{last}）" if last else ""
        told_en = f" (last cutover: {last})" if last else ""
        super().__init__(
            f"{name} 没有重建好的表{told_zh}：请先运行 liandong projections rebuild {name}",
            f"nothing of {name} is rebuilt{told_en}: run liandong projections rebuild {name} first",
        )


class NotCaughtUp(NotDone):
    """The rebuilt tables do not hold every fact yet."""

    def __init__(self, name: str, left: int) -> None:
        super().__init__(
            f"{name} 的重建尚未跟上，还差 {left} 个事实："
            f"请再运行 liandong projections rebuild {name}",
            f"the rebuilt {name} is {left} facts behind: "
            f"run liandong projections rebuild {name} again",
        )


class NotLookedAt(NotDone):
    """Nobody has seen what the cutover would change."""

    def __init__(self, name: str, digest: str | None) -> None:
        super().__init__(
            f"尚未核对 {name} 将发生的变化：请先运行 liandong projections diff {name}，"
            "再以其摘要 --diff 或以 --yes 切换" + (f"（最近一次摘要 {digest}）" if digest else ""),
            f"what the cutover of {name} changes was not looked at: run liandong projections diff"
            f" {name}, then give its digest with --diff, or --yes"
            + (f" (the last digest is {digest})" if digest else ""),
        )


class OtherVersion(NotDone):
    """The rebuilt tables are of another version than this program's."""

    def __init__(self, name: str, built: int, version: int) -> None:
        super().__init__(
            f"{name} 重建的是第 {built} 版，本程序为第 {version} 版：请重新运行 rebuild",
            f"version {built} of {name} was rebuilt, this program has version {version}:"
            " run rebuild again",
        )


class NothingKept(NotDone):
    """There are no earlier tables to go back to."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} 没有保留切换前的表，无法回退",
            f"no tables from before a cutover of {name} are kept: there is nothing to go back to",
        )


class OtherLayout(NotDone):
    """The kept tables have other columns than this program writes."""

    def __init__(self, name: str, table: str) -> None:
        super().__init__(
            f"{name} 保留的表 {table} 与本程序的列不同：请用当时的程序回退",
            f"the kept table {table} of {name} has other columns than this program writes:"
            " go back with the program that made it",
        )


class ReadersHoldOn(NotDone):
    """Long reads keep the old tables; nothing was changed."""

    def __init__(self, name: str, pids: str) -> None:
        super().__init__(
            f"有长时间的读取占用 {name} 的表（进程 {pids}）：请稍后再试",
            f"long reads hold the tables of {name} (processes {pids}): try again later",
        )


class FactNotApplied(NotDone):
    """A fact cannot be applied: the projection has a defect."""

    def __init__(self, name: str, event: str, type_name: str, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        super().__init__(
            f"{name} 无法应用事实 {event}（{type_name}）：{told}；修正程序后再运行 rebuild 即可继续",
            f"{name} cannot apply the fact {event} ({type_name}): {told};"
            " mend the program and run rebuild again, it goes on from there",
        )


class Interfered(Exception):
    """Another process moved this rebuild on meanwhile; what was done here is undone."""
