"""Settings > Channels: a file per thing to do."""
