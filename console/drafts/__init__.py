"""What people have begun to write, kept for them: whatever becomes of a page, a browser or a session."""
