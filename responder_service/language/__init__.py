"""Words as they are compared, and which language a text is in."""
