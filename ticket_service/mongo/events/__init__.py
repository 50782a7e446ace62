"""How what happens is followed: change streams on the audit records."""
