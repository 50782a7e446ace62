"""What a person hears of, and how; and whether single keys do something."""
