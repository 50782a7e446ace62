"""Replays the attack of a stranger who sends a few compressed bodies that become large."""
