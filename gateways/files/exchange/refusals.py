"""Why a file as a whole is not taken; what is wrong with one row is told by its cell instead."""

from __future__ import annotations

from domain.errors import Refusal

_RULE = "平台规则（省级平台文件交换）"


class TableUnreadable(Refusal):
    """The bytes are no workbook and no CSV."""

    zh = "文件无法作为表格读取：{why}。"
    en = "the file cannot be read as a table: {why_en}."
    next_zh = "请用表格软件打开，另存为 XLSX 或 CSV（UTF-8、GB18030）后重试。"
    next_en = "Open it in a spreadsheet, save it as XLSX or CSV (UTF-8, GB18030), and try again."
    source = _RULE
    field = "file"


class TableHeadingsMissing(Refusal):
    """No sheet has the columns that the layout needs."""

    zh = "文件前十行中没有含以下列的表头：{missing}。"
    en = "no heading row with these columns stands in the first ten rows: {missing}."
    next_zh = "请核对所选的表式，或按表头“{expected}”整理文件。"
    next_en = "Check the chosen layout, or give the file these headings: {expected}."
    source = _RULE
    field = "file"


class TableColumnTwice(Refusal):
    """Two columns of a sheet mean the same."""

    zh = "工作表“{sheet}”中“{heading}”列出现两次。"
    en = "the column {heading} stands twice in the sheet {sheet}."
    next_zh = "请删除多余的列。"
    next_en = "Remove one of them."
    source = _RULE
    field = "file"


class LayoutOnlyOut(Refusal):
    """Results are exported, not imported: they are recorded by the team that inspected."""

    zh = "“{layout}”只能导出和核对，不能导入。"
    en = "{layout} is exported and reconciled, never imported."
    next_zh = "检查结果由检查组录入；其他表式请重新选择。"
    next_en = "The team records its results; choose another layout."
    source = "人力资源市场暂行条例第34、35条"
    field = "layout"
