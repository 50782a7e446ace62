"""The conversation of a ticket, as it is shown."""
