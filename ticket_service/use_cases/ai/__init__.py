"""What the AI answers, and what it would answer."""
