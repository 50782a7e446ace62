"""Snoozing, tags, changes of many tickets at once, business hours, and who gets which ticket."""
