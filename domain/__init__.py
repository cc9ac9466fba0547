"""What the departments decide: pure Python on the standard library, one module per aggregate.

Nothing here reads a clock, a file, a database or the environment: time, ids and
configuration arrive as arguments, so the same history always decides the same.
"""
