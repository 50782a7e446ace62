"""Many pages of the console that are open while texts come."""
