"""What each reader sees: one module per reader, its tables, apply and queries together."""
