"""Document numbers (文号): 沈河人社移字〔2025〕1号, running through per bureau, kind and year.

A section acts under the name of its bureau, so 人社's sections share one count. A territory
without a short name is numbered by its code.
"""

from __future__ import annotations

from domain.document.files import bureau_of

BUREAUS: dict[str, tuple[str, str]] = {
    "HRSS": ("人社", "人力资源和社会保障局"),
    "SAMR": ("市监", "市场监督管理局"),
    "PSB": ("公", "公安局"),
    "FAO": ("外", "外事办公室"),
    "DRC": ("发改", "发展和改革局"),
    "CAC": ("网信", "网信办公室"),
    "COM": ("商", "商务局"),
    "TWN": ("政", "人民政府"),
    "FIN": ("财", "财政局"),
    "PROC": ("检", "人民检察院"),
    "COURT": ("法", "人民法院"),
    "RECON": ("复", "行政复议机关"),
    "LGO": ("领办", "领导小组办公室"),
}
"""A bureau's word in numbers, and its name."""

TERRITORIES: dict[str, tuple[str, str]] = {
    "210103": ("沈河", "沈阳市沈河区"),
    "210100": ("沈", "沈阳市"),
    "210000": ("辽", "辽宁省"),
    "532301": ("楚市", "楚雄市"),
    "532300": ("楚", "楚雄彝族自治州"),
    "530000": ("云", "云南省"),
    "230719": ("友好", "伊春市友好区"),
    "230700": ("伊", "伊春市"),
    "230000": ("黑", "黑龙江省"),
}
"""A territory's word in numbers, and its name."""


def number_of(organ: str, region: str, word: str, year: int, place: int) -> str:
    """The number of the `place`-th document of its kind in a year."""
    territory = TERRITORIES.get(region, (region, region))[0]
    bureau = BUREAUS.get(bureau_of(organ), (bureau_of(organ),))[0]
    return f"{territory}{bureau}{word}字〔{year}〕{place}号"


def letterhead(organ: str, region: str) -> str:
    """The name under which an organ issues documents; of a territory without one, the bureau's."""
    bureau = BUREAUS[bureau_of(organ)][1]
    territory = TERRITORIES.get(region)
    return f"{territory[1]}{bureau}" if territory else bureau
