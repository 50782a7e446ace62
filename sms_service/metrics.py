"""What this service counts, for Prometheus. No label has a number, an account or a text."""

from prometheus_client import Counter, Gauge

STOPPED_SENDERS = Gauge("keva_stopped_senders", "Numbers and accounts that Twilio refuses to send from now")
MESSAGES_SENT = Counter("keva_messages_sent", "Attempts to send, by what came of them", ["outcome"])
MESSAGES_RECOVERED = Counter("keva_messages_recovered", "Texts whose webhook never came, found in Twilio's log")
MEDIA_FETCHED = Counter("keva_media_fetched", "Attempts to fetch an attachment, by what came of them", ["outcome"])
DELIVERIES_LOOKED_UP = Counter("keva_deliveries_looked_up", "Deliveries that were asked for at Twilio")
TEXTS_NOT_TAKEN_IN = Counter(
    "keva_texts_not_taken_in", "Texts of Twilio's log that cannot be stored, each counted once"
)
NUMBERS_BEHIND = Gauge("keva_numbers_behind", "Subscribed numbers that were not compared with Twilio's log for minutes")
