"""`keva numbers`: a file per command."""
