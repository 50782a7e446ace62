"""Twilio's REST API: what it accepts, what it answers, what it refuses."""
