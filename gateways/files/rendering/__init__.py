"""Rendering: a template and its content as a letter in official layout, as DOCX and as PDF."""
