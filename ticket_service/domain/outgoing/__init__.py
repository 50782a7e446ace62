"""The rules of first texts."""
