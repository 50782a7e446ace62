"""What is done to several tickets at once."""
