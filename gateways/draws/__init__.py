"""Draws from millions of objects: populations in files, read by several processes."""
