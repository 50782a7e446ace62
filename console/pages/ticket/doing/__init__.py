"""What is done with a ticket. Whatever can be taken back is not asked about, but has an Undo."""
