"""Statutory clocks: one table of rules, and where each clock stands (reference 0.3, 3.5, 14.3).

`words` says what a rule is made of, `conditions` when one applies; the modules `rules...` hold
the rules by their part of the law and `table` joins them. `marking` says which `marks` a fact
leaves; `reckoning` folds them into clocks.
"""
