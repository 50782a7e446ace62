"""Chaos: a whole Keva under load while its processes are killed and Twilio misbehaves, reconciled at the end."""
