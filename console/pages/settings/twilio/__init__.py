"""Settings > Integrations > Twilio: a file per thing to do."""
