"""What the departments decide: pure Python on the standard library.

Nothing here reads a clock, a file, a database or the environment: time, ids and
configuration arrive as arguments, so the same history always decides the same.

The top holds the words (`terms`, `facts`, `commands`, `errors`, `departments`), who may do
what (`powers`), what follows from what (`reactions`), what a region sets (`policy`), and the
aggregates that are one module each. `licence`, `push`, `clocks` and `calendar` are folders;
`law` imports everything.

Docstrings cite the domain reference, `domain/REFERENCE.md`, as "reference 4.3" or by its
marks, [V] [S2] [W] [G] [P]; texts that officers read cite the law or the document itself.
"""
