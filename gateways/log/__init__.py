"""The shared log: one interface over Kafka and over an embedded append-only SQLite log."""
