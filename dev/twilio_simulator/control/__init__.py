"""What Twilio does not have: an API by which tests and the local stack play customers and order faults."""
