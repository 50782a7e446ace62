"""`keva twilio`: a file per command."""
