"""Review and correction: overturned decisions and corrected facts."""
