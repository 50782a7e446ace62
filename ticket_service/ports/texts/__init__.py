"""Texts that are kept for re-use."""
