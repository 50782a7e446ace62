"""One's own page: name, availability, password and sessions."""
