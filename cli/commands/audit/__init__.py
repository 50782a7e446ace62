"""`keva audit`: a file per command."""
