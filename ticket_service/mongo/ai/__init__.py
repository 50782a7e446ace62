"""What the AI has sent, and what it could not answer, on MongoDB."""
