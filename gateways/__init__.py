"""Every edge of the system: departments at work, stores, logs, HTTP, pages, trust."""
