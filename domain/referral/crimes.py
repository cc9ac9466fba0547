"""Crimes that a referral may name (罪名): code, article of the criminal law, usual name.

The articles are those that the violation catalogue points to (reference 5); a code is
`XF-` and the number of the article, `XF-253-1` for 刑法第253条之一.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Crime:
    """One crime: its article and its usual name."""

    code: str
    article: str
    zh: str
    en: str


CRIMES: dict[str, Crime] = {
    one.code: one
    for one in (
        Crime("XF-222", "刑法第222条", "虚假广告罪", "False advertising"),
        Crime("XF-224", "刑法第224条", "合同诈骗罪", "Contract fraud"),
        Crime("XF-225", "刑法第225条", "非法经营罪", "Unlawful business"),
        Crime("XF-238", "刑法第238条", "非法拘禁罪", "Unlawful detention"),
        Crime("XF-244", "刑法第244条", "强迫劳动罪", "Forced labour"),
        Crime("XF-244-1", "刑法第244条之一", "雇用童工从事危重劳动罪", "Dangerous child labour"),
        Crime("XF-253-1", "刑法第253条之一", "侵犯公民个人信息罪", "Infringing personal data"),
        Crime("XF-266", "刑法第266条", "诈骗罪", "Fraud"),
        Crime("XF-276-1", "刑法第276条之一", "拒不支付劳动报酬罪", "Refusing to pay wages"),
        Crime(
            "XF-280",
            "刑法第280条",
            "伪造、变造、买卖国家机关公文、证件、印章罪",
            "Forging official documents",
        ),
        Crime(
            "XF-280-1",
            "刑法第280条之一",
            "使用虚假身份证件、盗用身份证件罪",
            "Using false identity documents",
        ),
        Crime("XF-287-1", "刑法第287条之一", "非法利用信息网络罪", "Unlawful use of networks"),
        Crime("XF-303", "刑法第303条", "赌博罪、开设赌场罪", "Gambling"),
        Crime("XF-318", "刑法第318条", "组织他人偷越国（边）境罪", "Organising illegal exit"),
        Crime("XF-319", "刑法第319条", "骗取出境证件罪", "Obtaining exit papers by fraud"),
        Crime("XF-320", "刑法第320条", "提供伪造、变造的出入境证件罪", "Supplying forged papers"),
        Crime("XF-321", "刑法第321条", "运送他人偷越国（边）境罪", "Transporting illegal migrants"),
        Crime("XF-322", "刑法第322条", "偷越国（边）境罪", "Illegal exit or entry"),
        Crime("XF-358", "刑法第358条", "组织卖淫罪、强迫卖淫罪", "Organising prostitution"),
    )
}


def name_of(code: str, language: str) -> str:
    """The crime of a code with its article; the code itself where the table has none."""
    crime = CRIMES.get(code)
    if crime is None:
        return code
    return f"{crime.zh}（{crime.article}）" if language == "zh" else f"{crime.en} ({crime.article})"
