"""A department at work: commands, relay, intake, intents, clocks and quarantine."""
