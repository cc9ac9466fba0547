"""The event store: head row, gap-free sequences, stamps, command ids and group commit."""
