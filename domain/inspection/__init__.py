"""Inspections: items, inspectors, tasks, teams, results and what follows (监督检查)."""
