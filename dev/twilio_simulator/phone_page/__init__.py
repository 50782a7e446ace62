"""A page on which a person is the customer: the phones of whom our numbers text."""
