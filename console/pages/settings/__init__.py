"""What administrators set up: Twilio accounts, and the numbers that Keva answers."""
