"""`keva workspaces`: a file per command."""
