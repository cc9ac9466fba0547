"""The names of territories by the national codes of divisions (GB/T 2260), as python-stdnum lists them."""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum import numdb

_COUNTY_LEVEL = re.compile(r"[0-9]{6}")
_YEARS = re.compile(r"\[[^\]]*\]")
_UNNAMED = ("市辖区", "县", "省直辖县级行政单位", "自治区直辖县级行政单位")
"""What the list calls a level that has no name of its own."""


@lru_cache(maxsize=8192)
def region_name(code: str) -> str | None:
    """沈阳市沈河区 for 210103: the prefecture with the county, or the province where none lies between.

    None for what is no code of a province, prefecture or county. Of a code that was given again,
    the latest name.
    """
    if not _COUNTY_LEVEL.fullmatch(code):
        return None
    province, prefecture = _listed(f"{code[:2]}0000"), _listed(f"{code[:4]}00")
    if code.endswith("0000"):
        return province
    above = province if prefecture in _UNNAMED else prefecture
    if code.endswith("00"):
        return above
    county = _listed(code)
    return county and f"{above or ''}{county}"


def _listed(code: str) -> str | None:
    """What the list has for this very code; its entries are `[1983-2013]东陵区,[2014-]浑南区`."""
    found = numdb.get("cn/loc").info(code)
    names = found[1][1].get("county", "") if len(found) == 2 else ""
    return _YEARS.sub("", names).split(",")[-1] or None
