"""First steps: from signing in to the first answer that reached a customer."""
