"""检查记录表 as PDF on A4: numbered pages, and a code that leads where the public may read."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import segno

from gateways.files.rendering.record_sheet import Sheet, code_of, pdf_of

MADE = datetime(2022, 6, 17, 2, tzinfo=UTC)
ADDRESS = "https://example.test/published/TSK-1?draw=DRW-1"
ITEM = (
    "未经许可从事职业中介活动",
    "是否依法取得许可证",
    "人力资源市场暂行条例第18条",
    "未发现问题",
    "",
)
SHEET = Sheet(
    title="检查记录表",
    number="TSK-1",
    kind="双随机、一公开",
    told="扫码查看公示结果和抽取过程",
    facts=(("被检查单位", "武汉虚例汉聘人力资源有限公司", "统一社会信用代码", "91420100MAYTX09M2B"),),
    address=("住所（经营场所）", ""),
    items=(ITEM,),
    findings="",
    team=(("INS-1", "劳动保障监察机构", "42010000101"), ("INS-2", "市场监督管理部门", "42010000203")),
    signed="",
    witnesses="见证人签名（　人）",
    printed="2022-06-17 10:00",
)  # fmt: skip


def pages(content: bytes) -> int:
    """How many pages a PDF says that it has."""
    found = re.search(rb"/Type/Pages/Count (\d+)", content)
    assert found is not None
    return int(found[1])


def test_a_short_sheet_is_one_page_of_a4_and_a_long_one_several() -> None:
    short = pdf_of(SHEET, ADDRESS, MADE)
    long = pdf_of(replace(SHEET, items=(ITEM,) * 25), ADDRESS, MADE)

    assert short.startswith(b"%PDF-")
    assert pdf_of(SHEET, ADDRESS, MADE) == short
    assert pages(short) == 1
    assert pages(long) == 2
    assert re.search(rb"/MediaBox ?\[0 0 595\.\d+ 841\.\d+\]", long) is not None


def test_the_code_is_of_its_address_and_scales() -> None:
    out = io.BytesIO()
    segno.make_qr(ADDRESS, error="m").save(out, kind="svg", border=2, light="white", omitsize=True)
    drawn = re.findall(r'd="([^"]+)"', out.getvalue().decode())

    assert re.findall(r'd="([^"]+)"', code_of(ADDRESS)) == drawn
    assert "viewBox" in code_of(ADDRESS)
    assert code_of(ADDRESS) != code_of(ADDRESS + "2")
