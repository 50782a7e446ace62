"""Reports: what happened, counted by day. Counted from the audit trail alone, which holds no text."""
