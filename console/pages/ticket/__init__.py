"""A ticket: its conversation, what is answered, and what is done with it."""
