"""Rendering: a template and its content as a letter in official layout, as DOCX and as PDF."""

from pathlib import Path

FONT_FOLDER = Path(__file__).parent / "fonts"
"""Where the locked font of the documents lies; `gateways.web.assets` puts it there."""
