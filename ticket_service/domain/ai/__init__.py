"""What the AI offers to people, how often it may text, and what it could not answer."""
