"""Measures Keva beside the least that could take a webhook: `make bench`. docs/performance.md says how to read it."""
