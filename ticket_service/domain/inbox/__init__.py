"""The inbox: which tickets are listed in which order, what a list shows of each, and who has read it."""
