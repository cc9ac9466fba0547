"""Where a record of a draw does not hold: each kind of difference in words, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class File(StrEnum):
    """The file in which a difference stands."""

    RECORD = "record"
    POPULATION = "population"


WORDS: Mapping[str, tuple[File, str, str]] = MappingProxyType(
    {
        "NOT_UTF8": (File.RECORD, "不是UTF-8文本", "is not UTF-8 text"),
        "NOT_JSON": (File.RECORD, "不是JSON", "is not JSON"),
        "NOT_CANONICAL": (
            File.RECORD,
            "不是记录的规范写法",
            "is not in the one form that a record has",
        ),
        "SHAPE_WRONG": (
            File.RECORD,
            "缺少字段、有多余字段或类型不符",
            "is missing, too much or of another type",
        ),
        "FORMAT_UNKNOWN": (
            File.RECORD,
            "不是本程序认识的格式或算法",
            "is no format or algorithm that this program knows",
        ),
        "PLAN_ILL_FORMED": (File.RECORD, "抽查方案不成立", "is a plan that contradicts itself"),
        "PLAN_CHANGED": (
            File.RECORD,
            "抽查方案与生成种子时的方案不是同一个",
            "is not the plan that the seed was made with",
        ),
        "PLAN_HASH_WRONG": (
            File.RECORD,
            "不是该抽查方案的哈希值",
            "is not the hash of the plan",
        ),
        "DRAW_WRONG": (
            File.RECORD,
            "不是两个部门作出承诺的那次抽取",
            "is not the draw that the two departments committed to",
        ),
        "DEPARTMENT_NOT_IN_PLAN": (
            File.RECORD,
            "不是方案中的部门",
            "is not the department of the plan",
        ),
        "COMMITMENT_WRONG": (
            File.RECORD,
            "不是所揭示密值的承诺",
            "is not the commitment to the secret that was revealed",
        ),
        "SECRET_WRONG": (
            File.RECORD,
            "与承诺不符",
            "is not the secret that was committed to",
        ),
        "SEED_WRONG": (
            File.RECORD,
            "不能由密值、名录和方案得出",
            "does not follow from the secrets, the population and the plan",
        ),
        "POPULATION_HASH_WRONG": (
            File.RECORD,
            "不是名录的哈希值",
            "is not the hash of the population",
        ),
        "COUNT_WRONG": (
            File.RECORD,
            "与名录的行数不符",
            "is not the number of lines of the population",
        ),
        "BLOCKS_WRONG": (
            File.RECORD,
            "与名录的分块不符",
            "does not agree with the blocks of the population",
        ),
        "CLASS_WITHOUT_FACTOR": (
            File.RECORD,
            "未规定名录中某一等级的倍数",
            "has no factor for a class that occurs in the population",
        ),
        "STRATUM_WRONG": (
            File.RECORD,
            "与名录和方案得出的分层不符",
            "is not what population and plan make of the strata",
        ),
        "DRAWN_WRONG": (
            File.RECORD,
            "不是重新抽取的结果",
            "is not what drawing again gives",
        ),
        "SIZE_WRONG": (File.RECORD, "不是抽取的总数", "is not the number drawn in all"),
        "LINE_ILL_FORMED": (
            File.POPULATION,
            "不是规范的名录行",
            "is no canonical line of a population",
        ),
        "LINES_OUT_OF_ORDER": (
            File.POPULATION,
            "未按编号排列，或编号重复",
            "is out of order, or repeats an id",
        ),
        "POPULATION_CHANGED": (
            File.POPULATION,
            "与冻结时的名录不同",
            "is not what was frozen",
        ),
    }
)
"""Every kind of difference: its file, and its words in Chinese and English."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place where a draw does not hold.

    `line` and `last_line` count from 1 in the file of `code`; `field` is the path of a value
    in the record, empty for a place that is a line.
    """

    code: str
    field: str = ""
    line: int | None = None
    last_line: int | None = None

    @property
    def file(self) -> File:
        """The file in which it stands."""
        return WORDS[self.code][0]

    def sentence(self, language: str = "zh") -> str:
        """What a person reads: the place, then what is wrong there."""
        _, zh, en = WORDS[self.code]
        chinese = language == "zh"
        lines = ""
        if self.line is not None and self.last_line not in (None, self.line):
            lines = (
                f"第{self.line}至{self.last_line}行之间"
                if chinese
                else f"between lines {self.line} and {self.last_line}"
            )
        elif self.line is not None:
            lines = f"第{self.line}行" if chinese else f"line {self.line}"
        name = {
            File.RECORD: ("记录", "record"),
            File.POPULATION: ("名录", "population"),
        }[self.file][0 if chinese else 1]
        place = " ".join(part for part in (name, lines, self.field) if part)
        return f"{place}：{zh}。" if chinese else f"{place}: {en}."
