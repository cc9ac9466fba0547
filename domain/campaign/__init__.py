"""Campaigns (专项整治行动): launch, duties of each unit, table, boards, evaluation (reference 10)."""
