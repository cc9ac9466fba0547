"""Contracts: canonical bytes, the envelope, and the schemas generated from the event classes."""
