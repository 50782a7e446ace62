"""HTTP as any Keva process serves it: an edge that bears strangers, and probes and metrics beside it."""
