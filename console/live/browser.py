"""What one browser is sent: from its own place on, whichever process it was connected to before."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass

from client.failure import Failure
from console.live import frames
from console.live.happening import Batch, Happening
from console.live.hub import Hub
from console.live.notices import notice_of
from console.live.preferences import Preferences
from console.live.ring import Place
from console.live.sight import Sight
from console.live.source import Source

# At least so often something is sent, so that proxies keep the connection, and browsers see that it is there.
_BEAT_SECONDS = 15.0
# How often it is looked whether the session has ended, or the agent may see something else now.
_CHECK_SECONDS = 5.0
# How much goes out at once.
_MOST_AT_ONCE = 500
# What is read ahead for a browser that catches up: more waits at ticket_service.
_BATCHES_AHEAD = 4
_PAUSE_SECONDS = 1.0
_NOT_KNOWN_ANY_MORE = frozenset({"RESUME_TOKEN_EXPIRED", "RESUME_TOKEN_INVALID"})


@dataclass(frozen=True)
class Viewer:
    """Who is at the browser. `still_may` says whether they may go on as they began; `changed` is called when an event
    has just said that they may do something else now, so that it asks again. `form_token` is the session's, masked: the
    page may have been made for a session that has ended since."""

    sight: Sight
    preferences: Callable[[], Awaitable[Preferences]]
    still_may: Callable[[], Awaitable[bool]]
    changed: Callable[[], None]
    form_token: str


class BrowserStream:
    """One browser's stream. It follows the hub; what the hub does not know any more, or not yet, it reads itself, until
    it comes to an event that the hub knows."""

    def __init__(self, hub: Hub, source: Source, viewer: Viewer, after: str) -> None:
        """`after` is the newest token that the browser has; empty: from now on."""
        self._hub = hub
        self._source = source
        self._viewer = viewer
        self._token = after
        self._continues = bool(after)
        self._greeted = False
        self._place: Place | None = None
        self._wake = asyncio.Event()
        self._ahead: asyncio.Queue[Batch | None] = asyncio.Queue(_BATCHES_AHEAD)
        self._catching_up: asyncio.Task[None] | None = None
        self._presence = 0
        self._over = False
        self._check_at = 0.0

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """What to send, for ever: until the process or the session ends, or the agent may see something else."""
        with self._hub.following() as self._wake:
            try:
                said = time.monotonic()
                while not self._over and not self._hub.ending:
                    self._wake.clear()
                    if found := b"".join(await self._news()):
                        yield found
                        said = time.monotonic()
                    elif time.monotonic() - said >= _BEAT_SECONDS:
                        yield frames.beat(self._token)
                        said = time.monotonic()
                    await self._check()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), _CHECK_SECONDS)
            finally:
                await self._stop_catching_up()

    async def _hello(self) -> list[bytes]:
        """Once it is known where it begins: what happens from then on comes, and what was before the page asks for."""
        if not self._token:
            self._begin_now()
        if not self._token:
            return []
        self._greeted = True
        self._wake.set()
        wanted = await self._viewer.preferences()
        content = {
            "continued": self._continues,
            "agent_id": self._viewer.sight.agent_id,
            "form_token": self._viewer.form_token,
            # Each notice says so, too. Tabs that were open before an upgrade look here alone.
            "sound": wanted.sound,
            "desktop": wanted.desktop,
        }
        return [frames.hello(self._token, content)]

    def _begin_now(self) -> None:
        """Once the hub, which may have just begun, says from where on."""
        if self._hub.ring.token:
            self._token, self._place = self._hub.ring.token, self._hub.ring.end

    async def _check(self) -> None:
        if time.monotonic() >= self._check_at:
            self._check_at = time.monotonic() + _CHECK_SECONDS
            self._over = self._over or not await self._viewer.still_may()

    async def _news(self) -> list[bytes]:
        if not self._greeted:
            return await self._hello()
        return [*await self._happened(), *self._who_is_where()]

    def _who_is_where(self) -> list[bytes]:
        changes, seen = self._hub.presence, self._presence
        if changes.version == seen:
            return []
        self._presence = changes.version
        people = changes.since(seen, self._viewer.sight.workspace_id)
        shown = {ticket_id: [asdict(one) for one in those] for ticket_id, those in people.items()}
        return [frames.presence(shown)] if shown else []

    async def _happened(self) -> list[bytes]:
        if self._place is None:
            self._place = self._hub.ring.place_of_token(self._token)
        if self._place is not None:
            found = self._hub.ring.after(self._place, _MOST_AT_ONCE)
            if found is not None:
                await self._stop_catching_up()
                return await self._from_hub(self._place, found)
            self._place = None
        return await self._caught_up()

    async def _from_hub(self, place: Place, found: tuple[Happening, ...]) -> list[bytes]:
        self._place = place + len(found)
        token = self._hub.ring.token_at(self._place)
        if token:
            self._token = token
        else:
            # There is more: at once.
            self._wake.set()
        return await self._shown(found, token)

    async def _caught_up(self) -> list[bytes]:
        if self._catching_up is None:
            self._catching_up = asyncio.create_task(self._read_ahead(self._token))
        if self._ahead.empty():
            return []
        batch = self._ahead.get_nowait()
        if batch is None:
            self._over = True
            return [frames.reload()]
        self._token = batch.token
        self._place = self._place_in_hub(batch)
        self._wake.set()
        return await self._shown(batch.happened, batch.token)

    def _place_in_hub(self, batch: Batch) -> Place | None:
        if batch.happened:
            return self._hub.ring.place_behind(batch.happened[-1].event_id)
        return self._hub.ring.place_of_token(batch.token)

    async def _read_ahead(self, token: str) -> None:
        """From the browser's place on, through interruptions, until it is cancelled."""
        while True:
            try:
                async with aclosing(self._source.catch_up(self._hub.organization_id, token)) as batches:
                    async for batch in batches:
                        await self._ahead.put(batch)
                        token = batch.token
                        self._wake.set()
            except Failure as failure:
                if failure.reason in _NOT_KNOWN_ANY_MORE:
                    await self._ahead.put(None)
                    self._wake.set()
                    return
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _stop_catching_up(self) -> None:
        task, self._catching_up = self._catching_up, None
        if task is not None:
            self._ahead = asyncio.Queue(_BATCHES_AHEAD)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _shown(self, happened: Iterable[Happening], token: str) -> list[bytes]:
        sight = self._viewer.sight
        seen = [one for one in happened if sight.sees(one)]
        if any(map(sight.is_about_oneself, seen)):
            self._viewer.changed()
            self._check_at = 0.0
        if not seen:
            return []
        wanted = await self._viewer.preferences()
        return [frames.events(((one, notice_of(one, sight.agent_id, wanted)) for one in seen), token)]
