"""Deciding: a command is checked, decided on what stands on record, and recorded once."""
