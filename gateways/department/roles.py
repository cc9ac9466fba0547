"""What a process may do for a department."""

from __future__ import annotations

ROLES = ("gateway", "relay", "intake", "clock", "webhooks", "inbound")
"""The roles a process may have; `gateway` gives commands and serves reads."""
