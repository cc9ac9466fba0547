"""Tables as files: what a spreadsheet makes of a cell is what was in it."""

from __future__ import annotations

import csv
import io

from gateways.web.spreadsheets import spreadsheet


def cells(*row: object) -> list[str]:
    answer = spreadsheet("名录", 1_733_000_000_000_000, ["名称"] * len(row), [row])
    text = bytes(answer.body).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1]


def test_a_formula_stays_text_whatever_sign_begins_it() -> None:
    told = ("=1+1", "+1", "-1", "@A1", "\t=1", "\n=1", "＝1", "－1")
    assert cells(*told) == [f"'{one}" for one in told]
    assert cells("虚例=甲", -5, None, "—") == ["虚例=甲", "-5", "", "—"]


def test_a_code_of_digits_alone_is_not_rounded_to_a_number() -> None:
    codes = ("911000001000013428", "912101036812345E12", "0024", "5 / 30", "1-2")
    assert cells(*codes) == [f"{one}\t" for one in codes]
    plain = ("91210103MAYTX0128N", "210103", "50,000", "2024-12-15", "0")
    assert cells(*plain) == list(plain)
