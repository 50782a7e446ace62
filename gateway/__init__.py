"""The HTTP edge: takes Twilio's webhooks and translates them into gRPC calls. Holds no secret and no state."""
