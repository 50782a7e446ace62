"""What this service counts, for Prometheus. No label has a number, an account or a text."""

from prometheus_client import Counter, Gauge

EVENT_WATCHERS = Gauge("keva_event_watchers", "Streams of events that are followed now")
EVENTS_SENT = Counter("keva_events_sent", "Events that were given to those who follow them, page by page or live")
EVENT_LAG = Gauge(
    "keva_event_lag_seconds", "Seconds between the commit of the newest event and its arrival here, by this clock"
)
EVENT_CATCH_UPS = Counter(
    "keva_event_catch_ups", "Times that somebody who follows events was too far behind for what all share"
)
REPLIES_FAILED = Counter(
    "keva_replies_failed",
    "Replies that ended FAILED, by where they were before (QUEUED and SCHEDULED never left) and by why: an error's "
    "reason, or Twilio's code",
    ["before", "reason"],
)
AI_CHANNEL_LIMITS_REACHED = Counter(
    "keva_ai_channel_limits_reached", "Times that the AI had sent as many replies from a number as it may on one day"
)
