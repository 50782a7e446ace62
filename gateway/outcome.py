"""One log line per webhook that was looked at: the answer and its reason. Never a text, a query or a whole number."""

import re
import time
from dataclasses import dataclass

import structlog
from aiohttp import web

from gateway.metrics import SIGNATURE_FAILURES, WEBHOOKS
from servicekit.errors import OVERLOADED

WEBHOOK_PATH = "/api/webhooks/twilio"
FALLBACK_PATH = "/api/webhooks/twilio/fallback"
STATUS_PATH = "/api/webhooks/twilio/status"

_KINDS = {WEBHOOK_PATH: "inbound", FALLBACK_PATH: "fallback", STATUS_PATH: "status"}
_SECONDS_BETWEEN_LINES = 1.0
_STORE = "_STORE_UNAVAILABLE"
_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}\Z")
_log = structlog.get_logger(__name__)


@dataclass
class Outcome:
    """What a handler found out about its webhook, for the log."""

    message_sid: str = ""
    account_sid: str = ""
    duplicate: bool = False


OUTCOME = web.RequestKey("outcome", Outcome)


def webhook_kind(path: str) -> str | None:
    """`inbound`, `fallback` or `status`, or None when `path` is not a webhook's."""
    return _KINDS.get(path)


def store_unavailable(peer: str) -> str:
    """The reason of whoever gets no answer because the database of the service `peer` gives none."""
    return peer.removesuffix("_service").upper() + _STORE


def sid_or_nothing(text: str) -> str:
    """`text` if it has the form of a Twilio SID: anything else a stranger may have written is not logged."""
    return text if _SID.match(text) else ""


class _NotLetIn:
    """Webhooks that were refused because too many came: a line a second says how many, since a line for each would take
    the time in which others are answered."""

    def __init__(self) -> None:
        self._count = 0
        self._next_line = 0.0

    def add(self) -> None:
        self._count += 1
        now = time.monotonic()
        if now >= self._next_line:
            _log.warning("webhooks not let in", reason=OVERLOADED, count=self._count)
            self._count, self._next_line = 0, now + _SECONDS_BETWEEN_LINES


_not_let_in = _NotLetIn()


def log_not_let_in(kind: str) -> None:
    """Counts a webhook that was answered 503 before anything was looked at."""
    WEBHOOKS.labels(kind, "503").inc()
    _not_let_in.add()


def log_outcome(request: web.Request, status: int, reason: str, seconds: float) -> None:
    """Writes the line: a warning when we could not do our part."""
    outcome = request.get(OUTCOME)
    WEBHOOKS.labels(webhook_kind(request.path), str(status)).inc()
    if outcome is None and reason == OVERLOADED:
        _not_let_in.add()
        return
    outcome = outcome or Outcome()
    if status == 403:
        SIGNATURE_FAILURES.inc()
    write = _log.warning if status >= 500 else _log.info
    write(
        "webhook answered",
        kind=webhook_kind(request.path),
        status=status,
        reason=reason,
        message_sid=outcome.message_sid,
        account_sid=outcome.account_sid,
        duplicate=outcome.duplicate,
        milliseconds=round(seconds * 1000),
        **_database(reason),
    )


def _database(reason: str) -> dict[str, str]:
    """Whose database it is that does not answer, where that is the reason."""
    whose = reason.removesuffix(_STORE)
    return {"database_of": f"{whose.lower()}_service"} if whose != reason else {}
