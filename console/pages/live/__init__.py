"""What keeps pages up to date: a stream for each browser, and who is at which ticket."""
