"""What the AI would answer: drafts from the knowledge base or a model, checked before they go; or a hand-off."""
