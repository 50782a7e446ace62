"""HTTP servers that any Keva process may run: probes and metrics."""
