"""Which tokens an account has, remembered for a moment: every webhook asks."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from servicekit.errors import KevaError, Unavailable
from sms_service import errors
from sms_service.domain.credential import Credential
from sms_service.ports.credentials import CredentialKeeper

_FRESH_SECONDS = 30.0
_UNKNOWN_SECONDS = 5.0
# How old an entry may be that serves while credentials_service is down.
_STALE_SECONDS = 600.0
# A wrong signature asks again at most this often per account: a rotated token works at once, a flood costs nothing.
_RECHECK_SECONDS = 2.0
# How long it may take until every replica knows of a change: until then a signature may be checked with what was read
# before the change.
TAKEN_UP_SECONDS = 2.2
# How long nobody asks again a credentials_service that did not answer.
_PAUSE_SECONDS = 2.0
# Of accounts that are connected, and of those that are not: whoever invents accounts pushes out other inventions alone.
_MOST_CONNECTED = 10_000
_MOST_UNKNOWN = 10_000


@dataclass(frozen=True)
class _Entry:
    credential: Credential | None
    read_at: float

    def age(self, now: float) -> float:
        return now - self.read_at


class CredentialsCache:
    """Looks accounts up. One look-up per account at a time."""

    def __init__(self, keeper: CredentialKeeper, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._keeper = keeper
        self._monotonic = monotonic
        self._connected: OrderedDict[str, _Entry] = OrderedDict()
        self._unknown: OrderedDict[str, _Entry] = OrderedDict()
        self._reading: dict[str, asyncio.Task[_Entry]] = {}
        self._rechecked_at: dict[str, float] = {}
        self._failure = errors.credentials_service_unavailable()
        self._failed_at = float("-inf")

    async def find(self, account_sid: str, seconds: float | None = None) -> Credential | None:
        """The account's credential, or None when it is not connected. Raises Unavailable
        CREDENTIALS_SERVICE_UNAVAILABLE or CREDENTIALS_STORE_UNAVAILABLE when that is not known (within `seconds`, if
        given; then it may be known later), and KevaError when it cannot be decrypted."""
        entry, now = self._known(account_sid), self._monotonic()
        lifetime = _FRESH_SECONDS if entry and entry.credential else _UNKNOWN_SECONDS
        if entry is not None and entry.age(now) < lifetime:
            return entry.credential
        old = entry.credential if entry is not None and entry.age(now) <= _STALE_SECONDS else None
        if self._peer_is_down():
            # Those who wait for it share their call with webhooks of accounts that are known.
            if old is None:
                raise self._why()
            return old
        try:
            async with asyncio.timeout(seconds):
                return (await self._read(account_sid)).credential
        except (Unavailable, TimeoutError) as error:
            if old is None:
                raise error if isinstance(error, Unavailable) else self._why() from None
            return old

    async def find_newer(self, account_sid: str, than: Credential, seconds: float | None = None) -> Credential | None:
        """The account's credential read again, when what is known may be out of date; None when it is the same. Raises
        Unavailable when that is not known within `seconds`, if given."""
        entry, now = self._known(account_sid), self._monotonic()
        if entry is not None and entry.credential not in (None, than):
            return entry.credential
        if self._peer_is_down():
            return None
        # Whoever comes while somebody else asks has the same answer.
        if account_sid not in self._reading:
            if now - self._rechecked_at.get(account_sid, float("-inf")) < _RECHECK_SECONDS:
                return None
            self._rechecked_at[account_sid] = now
        try:
            async with asyncio.timeout(seconds):
                credential = (await self._read(account_sid)).credential
        except TimeoutError:
            raise self._why() from None
        except KevaError:
            return None
        return None if credential == than else credential

    async def require(self, organization_id: str, account_sid: str) -> Credential:
        """The organization's account. Raises NotFound TWILIO_ACCOUNT_NOT_FOUND, Unavailable."""
        credential = await self.find(account_sid)
        if credential is None or credential.organization_id != organization_id:
            raise errors.account_not_found(account_sid)
        return credential

    def forget(self, account_sid: str) -> None:
        """The account has changed."""
        self._drop(account_sid)
        self._reading.pop(account_sid, None)

    def _known(self, account_sid: str) -> _Entry | None:
        return self._connected.get(account_sid) or self._unknown.get(account_sid)

    def _drop(self, account_sid: str) -> None:
        self._connected.pop(account_sid, None)
        self._unknown.pop(account_sid, None)

    def _keep(self, account_sid: str, entry: _Entry) -> None:
        self._drop(account_sid)
        kept, most = (self._connected, _MOST_CONNECTED) if entry.credential else (self._unknown, _MOST_UNKNOWN)
        kept[account_sid] = entry
        if len(kept) > most:
            forgotten, _ = kept.popitem(last=False)
            self._rechecked_at.pop(forgotten, None)

    async def _read(self, account_sid: str) -> _Entry:
        reading = self._reading.get(account_sid)
        if reading is None:
            reading = self._reading[account_sid] = asyncio.create_task(self._fetch(account_sid))
            reading.add_done_callback(lambda task: self._finished(account_sid, task))
        return await asyncio.shield(reading)

    async def _fetch(self, account_sid: str) -> _Entry:
        read_at = self._monotonic()
        return _Entry(await self._keeper.access(account_sid), read_at)

    def _peer_is_down(self) -> bool:
        return self._monotonic() - self._failed_at < _PAUSE_SECONDS

    def _note(self, error: BaseException | None) -> None:
        if isinstance(error, Unavailable):
            self._failed_at, self._failure = self._monotonic(), error
        else:
            self._failed_at, self._failure = float("-inf"), errors.credentials_service_unavailable()

    def _why(self) -> Unavailable:
        """Why nothing is known, as it was when somebody asked last."""
        return Unavailable(self._failure.reason, self._failure.message)

    def _finished(self, account_sid: str, task: "asyncio.Task[_Entry]") -> None:
        failed = task.cancelled() or task.exception() is not None
        if not task.cancelled():
            self._note(task.exception())
        # After `forget` somebody else may be reading, and what this one read is old.
        if self._reading.get(account_sid) is not task:
            return
        del self._reading[account_sid]
        if failed:
            return
        self._keep(account_sid, task.result())
