"""Valid, obviously fictional unified social credit codes for generated firms."""

from __future__ import annotations

from domain.terms import ALPHABET, organisation_code_check_character, uscc_check_character


def uscc(number: int, region: str = "210103") -> str:
    """The code of firm `number` (0 to 29,790): characters 9-13 are MAYTX, both checks right."""
    serial = "".join(ALPHABET[number // 31**place % 31] for place in (2, 1, 0))
    organisation = f"MAYTX{serial}"
    first_17 = f"91{region}{organisation}{organisation_code_check_character(organisation)}"
    return first_17 + uscc_check_character(first_17)
