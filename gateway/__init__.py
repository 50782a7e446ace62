"""The HTTP edge: takes Twilio's webhooks, asks sms_service whether they are genuine, and has ticket_service
store them."""
