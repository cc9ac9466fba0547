"""Cases and administrative penalties (案件与行政处罚), from filing to closing."""
