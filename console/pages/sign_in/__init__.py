"""The pages of whoever has no session yet, and the way out."""
