"""`keva tickets`: a file per command."""
