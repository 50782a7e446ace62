"""Twilio's calls to the product: a customer's text, and what became of a message."""
