"""Twilio credentials, encrypted: the only place where an Auth Token is kept."""
