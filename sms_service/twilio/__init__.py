"""Everything that knows Twilio's wire: its API, its errors, its signature, its webhooks."""
