"""The people of the support staff."""
