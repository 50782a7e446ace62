"""What to do, in the commands and options of `keva`."""
