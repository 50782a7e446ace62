"""Events: audit records as other programs follow them."""
