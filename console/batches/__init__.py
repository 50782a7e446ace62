"""What was done to several tickets at once, so that it can be taken back."""
