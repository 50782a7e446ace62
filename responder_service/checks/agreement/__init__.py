"""Whether a sentence of a draft says what its quote says: its figures, times, days, denials, conditions and names."""
