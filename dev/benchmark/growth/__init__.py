"""How Keva is with many tickets: they are written straight into the database, as it writes them itself."""
