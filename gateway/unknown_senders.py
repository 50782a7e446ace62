"""Says that senders cannot be told apart: then forgers have no budget, and no limit of connections of their own. The
usual cause is a proxy that nobody has named, and nothing else shows it."""

import time
from collections.abc import Callable, Sequence

import structlog
from aiohttp import web

from gateway.metrics import UNKNOWN_SENDERS
from servicekit.http.sources import Sources

_SECONDS_BETWEEN_LINES = 3600.0
# How long it is told after the last such webhook.
_TOLD_SECONDS = 24 * 3600.0
_MOST_ADDRESSES = 5
_log = structlog.get_logger(__name__)


class UnknownSenders:
    """Remembers through which proxies webhooks of unknown senders came. `clock` in seconds."""

    def __init__(self, sources: Sources, clock: Callable[[], float] = time.monotonic) -> None:
        self._sources = sources
        self._clock = clock
        self._seen: dict[str, float] = {}
        self._next_line = float("-inf")

    def note(self, request: web.Request) -> None:
        """Counts a webhook whose sender is not known, if a proxy is why."""
        forwarded_for = request.headers.getall("X-Forwarded-For", [])
        proxy = self._sources.unnamed_proxy(request.remote or "", forwarded_for)
        if not proxy:
            return
        UNKNOWN_SENDERS.inc()
        now = self._clock()
        if proxy in self._seen or len(self._seen) < _MOST_ADDRESSES:
            self._seen[proxy] = now
        if now >= self._next_line:
            self._next_line = now + _SECONDS_BETWEEN_LINES
            _log.warning("senders cannot be told apart", proxy=proxy, setting="KEVA_TRUSTED_PROXIES")

    def notes(self) -> Sequence[str]:
        """What `keva doctor` says."""
        now = self._clock()
        self._seen = {proxy: seen for proxy, seen in self._seen.items() if now - seen < _TOLD_SECONDS}
        if not self._seen:
            return ()
        proxies = ", ".join(self._seen)
        return (
            f"webhooks come through {proxies}: who sends them cannot be told, and forgers have no limit of their own; "
            "name that proxy in KEVA_TRUSTED_PROXIES, and let it send X-Forwarded-For",
        )
