"""Daily administration of the market: annual reports, self-checks, guidance, associations."""
