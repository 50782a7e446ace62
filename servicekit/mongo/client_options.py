"""How every service's MongoDB client is opened: writes on a majority's journals, and bounded waits."""

from typing import Any

WRITE_TIMEOUT_MS = 5000
# A webhook is answered within 3 s, so nothing here may wait longer than callers do.
CLIENT_OPTIONS: dict[str, Any] = {
    "serverSelectionTimeoutMS": 1500,
    "connectTimeoutMS": 1500,
    "socketTimeoutMS": 10_000,
    "waitQueueTimeoutMS": 1500,
    "w": "majority",
    "journal": True,
    "wTimeoutMS": WRITE_TIMEOUT_MS,
    "tz_aware": True,
    "retryWrites": True,
    "appname": "keva",
}
