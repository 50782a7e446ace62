"""All traffic with Twilio: webhook verification, sending, delivery records, accounts and their numbers."""
