"""What any Keva process needs: errors, servers, channels, settings, logs. Names no domain word, imports no service."""
