"""Trust: the vault of personal values, their references and commitments."""
