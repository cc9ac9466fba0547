"""Days that count: the State Council's notices, working days, terms and dates (reference 0.3)."""
