"""A department's own system gives commands through a topic, and is answered on another."""
