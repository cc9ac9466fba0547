"""Reacting: what facts and clocks bring about without an officer, each once."""
