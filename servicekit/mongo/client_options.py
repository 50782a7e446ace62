"""How every service's MongoDB client is opened: writes on a majority's journals, and bounded waits."""

from typing import Any

# Whoever asks has given up by then, and a connection that hangs must not hold up for longer those that wait behind it.
WRITE_TIMEOUT_MS = 3000
# A webhook is answered within 3 s: whoever finds no primary says so in time for a second try, and for its callers to
# pass that on in place of a deadline of their own.
CLIENT_OPTIONS: dict[str, Any] = {
    "serverSelectionTimeoutMS": 1000,
    "connectTimeoutMS": 1500,
    "socketTimeoutMS": 4000,
    "waitQueueTimeoutMS": 1000,
    "w": "majority",
    "journal": True,
    "wTimeoutMS": WRITE_TIMEOUT_MS,
    "tz_aware": True,
    # What somebody else has written may be anything: a time or a text that Python does not have must not hide all that
    # stands beside it.
    "datetime_conversion": "DATETIME_CLAMP",
    "unicode_decode_error_handler": "replace",
    "retryWrites": True,
    "appname": "keva",
}
