"""What customers asked and the AI could not answer: in groups, and as Markdown for the articles."""
