"""What the tables of powers are made of."""

from __future__ import annotations

from datetime import date

Row = tuple[str, tuple[str, ...], str, date]
"""A command, the organs that may give it, on what basis, since when."""
