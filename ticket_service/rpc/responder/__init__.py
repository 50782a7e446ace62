"""What the AI would answer: asked of the responder, and given to people."""
