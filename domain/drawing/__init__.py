"""Random draws (双随机): plans, audit, commitments, escrow, execution."""
