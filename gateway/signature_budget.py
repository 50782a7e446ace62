"""How many wrong signatures a source, and an account, may bring before they are refused without being checked.

An account must not be locked out by somebody who writes its SID on forged webhooks, and Twilio's addresses change and
are shared by all of its customers. So a genuine webhook earns its source a good record for that account, which no
failure takes away; and an account that has had any gets one try from each source.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sized
from typing import Generic, Literal, TypeVar

from gateway import limits

Clock = Callable[[], float]
Exhausted = Literal["source", "account"]
Key = TypeVar("Key")
Value = TypeVar("Value")


class _Recent(Generic[Key, Value]):
    """The values of the keys that were set last, at most `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        return self._values.get(key)

    def set(self, key: Key, value: Value) -> None:
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def discard(self, key: Key) -> None:
        self._values.pop(key, None)


class _Buckets(Generic[Key]):
    """A token bucket per key. A full one is not kept."""

    def __init__(self, size: float, per_second: float, most: int, clock: Clock) -> None:
        self._size = size
        self._per_second = per_second
        self._clock = clock
        # What is left, and when that was.
        self._left: _Recent[Key, tuple[float, float]] = _Recent(most)

    def __len__(self) -> int:
        return len(self._left)

    def left(self, key: Key) -> float:
        known = self._left.get(key)
        if known is None:
            return self._size
        left, then = known
        return min(left + (self._clock() - then) * self._per_second, self._size)

    def take(self, key: Key) -> None:
        self._left.set(key, (max(self.left(key) - 1, 0), self._clock()))

    def fill(self, key: Key) -> None:
        self._left.discard(key)


class SignatureBudget:
    """Remembers failures and good records. Its memory is bounded, and failures push no good record out of it."""

    def __init__(self, clock: Clock = time.monotonic, most: int = limits.MAX_REMEMBERED) -> None:
        self._clock = clock
        per_source = limits.SOURCE_FAILURES, limits.SOURCE_FAILURES_PER_SECOND
        per_account = limits.ACCOUNT_FAILURES, limits.ACCOUNT_FAILURES_PER_SECOND
        self._sources: _Buckets[str] = _Buckets(*per_source, most, clock)
        self._accounts: _Buckets[str] = _Buckets(*per_account, most, clock)
        self._tries: _Buckets[tuple[str, str]] = _Buckets(1, limits.SOURCE_FAILURES_PER_SECOND, most, clock)
        self._good_pairs: _Recent[tuple[str, str], float] = _Recent(most)
        self._good_accounts: _Recent[str, float] = _Recent(most)

    def __len__(self) -> int:
        remembered: tuple[Sized, ...] = (self._sources, self._accounts, self._tries)
        return sum(map(len, (*remembered, self._good_pairs, self._good_accounts)))

    def exhausted(self, source: str | None, account_sid: str) -> Exhausted | None:
        """Whose budget forbids to check a webhook from `source` that claims to be of `account_sid`; None: nobody's. A
        source that may be anybody (None) is never refused: that would hit the genuine ones as well."""
        if source is None or self._is_good(self._good_pairs.get((source, account_sid))):
            return None
        if self._is_good(self._good_accounts.get(account_sid)) and self._tries.left((source, account_sid)) >= 1:
            return None
        if self._sources.left(source) < 1:
            return "source"
        # Whose first try it is may be Twilio: its addresses change.
        untried = self._sources.left(source) >= limits.SOURCE_FAILURES
        return None if untried or self._accounts.left(account_sid) >= 1 else "account"

    def succeeded(self, source: str | None, account_sid: str) -> None:
        """A signature was right."""
        self._good_accounts.set(account_sid, self._clock())
        self._accounts.fill(account_sid)
        if source is not None:
            self._good_pairs.set((source, account_sid), self._clock())

    def failed(self, source: str | None, account_sid: str) -> None:
        """A signature was wrong, or the account is not connected."""
        if source is not None:
            self._sources.take(source)
            self._accounts.take(account_sid)
            self._tries.take((source, account_sid))

    def _is_good(self, since: float | None) -> bool:
        return since is not None and self._clock() - since < limits.GOOD_RECORD_SECONDS
