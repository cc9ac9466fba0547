"""Quarantine: what cannot be applied is set aside, grouped by cause, and dealt with by a post."""
