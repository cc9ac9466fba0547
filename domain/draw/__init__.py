"""The draw of the double-random inspections: nobody steers it, everybody can check it.

In the order of its steps: `population` freezes the objects with their hash, `plan` and
`strata` say how many of which stratum, `commitment` makes the seed of two departments'
secrets, `selection` draws, `record` writes the draw down, `verification` checks it.
"""
