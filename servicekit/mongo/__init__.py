"""MongoDB as every service with a database uses it: transactions, and what ends the abandoned ones."""
