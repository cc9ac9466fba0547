"""Statutory clocks: one table of rules, and where each clock stands (reference 0.3, 3.5, 14.3).

`words` says what a rule is made of, `conditions` when one applies, `rules` and
`rules_ending` are the table, `marks` are what a fact leaves, `reckoning` folds them.
"""
