"""Codes of the reference that no clock of their own measures: another clock or a refusal does."""

from __future__ import annotations

from domain.clocks.words import ClockRule, Debtor

HELD_ELSEWHERE: tuple[ClockRule, ...] = tuple(
    ClockRule(
        code=code,
        zh=zh,
        en=en,
        debtor=Debtor.OFFICE,
        owner=None,
        period=None,
        rolls=False,
        basis=basis,
        mark=mark,
        note=note,
    )
    for code, zh, en, basis, mark, note in (
        (
            "DL-CMP-04",
            "延长调查期限",
            "Extend the investigation",
            "劳动保障监察条例第17条",
            "V",
            "延长DL-CMP-03 / an extension of DL-CMP-03, by 30 working days at most",
        ),
        (
            "DL-CMP-07",
            "劳动监察案件作出处罚决定",
            "Decide the penalty in a labour case",
            "行政处罚法第60条",
            "V",
            "即DL-PEN-03 / the term of DL-PEN-03, beside DL-CMP-03",
        ),
        (
            "DL-PEN-01",
            "及时立案",
            "File the case",
            "行政处罚法第54条（及时）",
            "V",
            "市场监管见DL-LEAD-03，劳动监察见DL-CMP-02 / see DL-LEAD-03 and DL-CMP-02",
        ),
        (
            "DL-REF-01",
            "成立专案组",
            "Form the special team",
            "行政执法机关移送涉嫌犯罪案件的规定第5条（立即）",
            "V",
            "见R07；人数由拒绝规则把关 / R07 measures it, a refusal holds its number",
        ),
        (
            "DL-REF-02",
            "提出书面移送报告",
            "Report in writing",
            "行政执法机关移送涉嫌犯罪案件的规定第5条",
            "V",
            "见R07 / R07 measures it",
        ),
        (
            "DL-REF-05",
            "抄送同级检察机关",
            "Copy to the procuratorate",
            "行政执法与刑事司法衔接意见（未经原文核对）",
            "W",
            "与移送为同一行为 / the same act as the transfer",
        ),
        (
            "DL-REF-08b",
            "经济犯罪案件延长立案审查",
            "Longer review of economic crimes",
            "公安机关办理经济犯罪案件的规定（未经原文核对）",
            "W",
            "依文书延长DL-REF-08 / a documented extension of DL-REF-08",
        ),
        (
            "DL-REF-15",
            "不立案的依法作出行政处理",
            "Deal with it administratively",
            "行政执法机关移送涉嫌犯罪案件的规定第10条",
            "V",
            "见R21，其后案件期限继续计算 / R21, then the rest of the case's own terms",
        ),
        (
            "DL-REF-16",
            "移送应予行政处理的案件",
            "Send back what is no crime",
            "行政执法机关移送涉嫌犯罪案件的规定第13条（及时）",
            "V",
            "法律未定日数 / the law names no number of days",
        ),
    )
)
"""Codes that are listed and never started, with what measures them."""
