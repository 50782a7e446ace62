"""What is asked of what the AI has sent, and of what it could not answer."""
