"""How many tickets each view of an inbox has, as was told last: a page need not wait for what has not changed, nor for
what may come a moment later."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from console.live.hub import Hubs
from console.live.ring import Place

Counts = Mapping[str, str]
# Events tell of changes; this is for those that none tells of.
_SECONDS = 20.0
# Older counts do not help until the true ones come.
_OLDEST_SECONDS = 600.0
_MOST = 10_000
_MOST_EVENTS = 200


@dataclass(frozen=True)
class Whose:
    """Counts are of a workspace, as an agent sees it."""

    organization_id: str
    workspace_id: str
    agent_id: str


@dataclass(frozen=True)
class _Known:
    counts: Counts
    place: Place
    time: float


class KnownCounts:
    """Of all agents who are at this process."""

    def __init__(self, hubs: Hubs, monotonic: Callable[[], float]) -> None:
        self._hubs = hubs
        self._monotonic = monotonic
        self._known: dict[Whose, _Known] = {}

    async def of(self, whose: Whose, ask: Callable[[], Awaitable[Counts]], may_be_old: bool) -> tuple[Counts, bool]:
        """The counts, and whether the page has to ask again once it is shown. `ask` is asked when there are none, or
        when they may not be old. Raises what `ask` raises."""
        known = self._known.get(whose)
        if known is not None and may_be_old and self._age(known) < _OLDEST_SECONDS:
            return known.counts, not self._is_true(whose, known)
        ring = self._hubs.of(whose.organization_id).ring
        # Before it asks: what happens meanwhile counts as not known.
        place, time, is_followed = ring.end, self._monotonic(), bool(ring.token)
        counts = await ask()
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[whose] = _Known(counts, place, time if is_followed else time - _SECONDS)
        return counts, False

    def forget(self, organization_id: str) -> None:
        """Somebody has just changed something here; its event is on its way. The counts are old at once."""
        for whose, known in self._known.items():
            if whose.organization_id == organization_id:
                self._known[whose] = _Known(known.counts, known.place, min(known.time, self._monotonic() - _SECONDS))

    def _is_true(self, whose: Whose, known: _Known) -> bool:
        ring = self._hubs.of(whose.organization_id).ring
        if self._age(known) >= _SECONDS or not ring.token:
            return False
        happened = ring.after(known.place, _MOST_EVENTS)
        return (
            happened is not None
            and len(happened) < _MOST_EVENTS
            and not any(one.workspace_id == whose.workspace_id for one in happened)
        )

    def _age(self, known: _Known) -> float:
        return self._monotonic() - known.time
