"""What can be asked for, one file each."""
