"""The rules, pure: the standard library only, no clock, no I/O."""
