"""Complaints and reports (投诉、举报): receipt and decision."""
