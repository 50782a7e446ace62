"""Counts that a page need not wait for."""

from collections.abc import AsyncGenerator

import pytest

from console.live.counts import Counts, KnownCounts, Whose
from console.live.happening import Batch, Happening
from console.live.hub import Hubs
from console.live.presence import PresenceBoard
from servicekit.clock import utc_now
from tests.console.live.test_browser import Log, Sightings

_DANA, _OLU = (Whose("org", "support", agent) for agent in ("agt_dana", "agt_olu"))


class Desk:
    """Counts as the services have them; `asked` is how often they were asked. `now` is the clock."""

    def __init__(self, hubs: Hubs) -> None:
        self.hubs = hubs
        self.known = KnownCounts(hubs, lambda: self.now)
        self.now = 1000.0
        self.asked = 0

    async def count(self) -> Counts:
        self.asked += 1
        return {"mine": str(self.asked)}

    async def of(self, whose: Whose = _DANA, may_be_old: bool = False) -> tuple[Counts, bool]:
        return await self.known.of(whose, self.count, may_be_old)

    def happens(self, workspace_id: str = "", number: int = 1) -> None:
        happened = [Happening(f"{workspace_id}{n}", "x", workspace_id, "", 0, "", "", 0) for n in range(number)]
        self.hubs.of("org").ring.add(Batch(tuple(happened), f"token of {workspace_id} {number}"))


@pytest.fixture
async def desk() -> AsyncGenerator[Desk, None]:
    hubs = Hubs(Log(), PresenceBoard(Sightings(), utc_now))
    desk = Desk(hubs)
    # The hub follows events.
    hubs.of("org").ring.add(Batch((), "begin"))
    yield desk
    await hubs.close()


async def test_what_has_not_changed_is_asked_once(desk: Desk) -> None:
    first = await desk.of()
    desk.happens("sales")
    assert await desk.of(may_be_old=True) == first == ({"mine": "1"}, False)
    assert await desk.of(_OLU, may_be_old=True) == ({"mine": "2"}, False)
    assert await desk.of() == ({"mine": "3"}, False)


@pytest.mark.parametrize(("workspace_id", "number"), [("support", 1), ("sales", 200)])
async def test_what_may_have_changed_is_asked_again(desk: Desk, workspace_id: str, number: int) -> None:
    await desk.of()
    desk.happens(workspace_id, number)
    assert await desk.of(may_be_old=True) == ({"mine": "1"}, True)
    assert await desk.of() == ({"mine": "2"}, False)
    assert await desk.of(may_be_old=True) == ({"mine": "2"}, False)


async def test_what_somebody_has_just_done_is_not_waited_for(desk: Desk) -> None:
    await desk.of()
    desk.known.forget("another")
    assert await desk.of(may_be_old=True) == ({"mine": "1"}, False)
    desk.known.forget("org")
    assert await desk.of(may_be_old=True) == ({"mine": "1"}, True)
    assert await desk.of() == ({"mine": "2"}, False)


async def test_nothing_is_taken_for_true_for_long(desk: Desk) -> None:
    await desk.of()
    desk.now += 21
    assert await desk.of(may_be_old=True) == ({"mine": "1"}, True)
    desk.now += 600
    assert await desk.of(may_be_old=True) == ({"mine": "2"}, False)


async def test_while_no_events_are_followed_each_page_asks_again(desk: Desk) -> None:
    desk.hubs.of("org").ring.forget_all()
    await desk.of()
    assert await desk.of(may_be_old=True) == ({"mine": "1"}, True)
