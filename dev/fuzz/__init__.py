"""Random and mutated requests against a whole Keva: no 500, no hang, no growth, and nothing genuine lost."""
