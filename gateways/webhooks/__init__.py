"""Webhooks: topics of the shared log pushed to a department's own HTTP endpoint, signed."""
