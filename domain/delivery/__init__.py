"""Delivery as facts: what did not arrive, what was set aside, and who dealt with it."""
