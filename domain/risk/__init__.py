"""Risk warnings and interviews (风险预警、约谈)."""
