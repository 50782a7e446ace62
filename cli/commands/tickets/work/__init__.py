"""Commands that put tickets aside, tag them, and change several at once."""
