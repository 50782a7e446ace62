"""What one browser is sent, whatever happens to the hub and to what it reads."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from client.failure import Failure, FailureKind
from console.live.browser import BrowserStream, Viewer
from console.live.happening import Batch, Happening
from console.live.hub import Hub
from console.live.preferences import Preferences
from console.live.presence import Presence, PresenceBoard, Sighting
from console.live.sight import Sight

_EXPIRED = Failure(FailureKind.REFUSED, "Too long ago.", reason="RESUME_TOKEN_EXPIRED")


def happening(number: int) -> Happening:
    return Happening(f"aud_{number}", "message.received", "default", "tkt_1", 1, "msg_1", "customer:cus_1", number)


@dataclass
class Log:
    """A Source: what happened, in order; the token of an event is its number."""

    happened: list[Happening] = field(default_factory=list)
    interruptions: deque[Failure] = field(default_factory=deque)
    caught_up: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, *numbers: int) -> None:
        self.tell(*map(happening, numbers))

    def tell(self, *happened: Happening) -> None:
        self.happened += happened
        self.news.set()
        self.news = asyncio.Event()

    async def follow(self, _: str, token: str) -> AsyncGenerator[Batch, None]:
        place = int(token) if token else len(self.happened)
        yield Batch((), str(place))
        while True:
            news = self.news
            if found := self.happened[place:]:
                place += len(found)
                yield Batch(tuple(found), str(place))
            else:
                await news.wait()

    async def catch_up(self, organization_id: str, token: str) -> AsyncGenerator[Batch, None]:
        self.caught_up += 1
        if self.interruptions:
            raise self.interruptions.popleft()
        async with aclosing(self.follow(organization_id, token)) as batches:
            async for batch in batches:
                yield batch


class Sightings:
    """A PresenceStore."""

    def __init__(self) -> None:
        self.all: dict[tuple[str, str], Sighting] = {}

    async def put(self, sighting: Sighting) -> None:
        self.all[sighting.ticket_id, sighting.agent_id] = sighting

    async def remove(self, workspace_id: str, ticket_id: str, agent_id: str) -> None:
        self.all.pop((ticket_id, agent_id), None)

    async def in_workspace(self, workspace_id: str, now: datetime) -> list[Sighting]:
        return [seen for seen in self.all.values() if seen.expire_time > now]

    async def in_organization(self, organization_id: str, now: datetime) -> list[Sighting]:
        return await self.in_workspace("", now)


class Reader:
    """A browser that takes what it is sent."""

    def __init__(self, hub: Hub, log: Log, after: str = "", viewer: Viewer | None = None) -> None:
        self.numbers: list[int] = []
        self.names: list[str] = []
        self.hello: dict[str, object] = {}
        self.token = after
        self.presence: list[dict[str, object]] = []
        self._stream = BrowserStream(hub, log, viewer or a_viewer(), after)

    async def read(self, until: int = 0) -> None:
        """Until the event of that number has come, or the stream ends."""
        async with aclosing(self._stream.frames()) as sent:
            async for chunk in sent:
                for frame in filter(None, chunk.decode().split("\n\n")):
                    self._take(dict(line.split(": ", 1) for line in frame.splitlines()))
                if until and until in self.numbers:
                    return

    def _take(self, fields: dict[str, str]) -> None:
        data = json.loads(fields["data"])
        self.names.append(fields["event"])
        self.token = fields.get("id", self.token)
        if fields["event"] == "hello":
            self.hello = data
        if fields["event"] == "events":
            self.numbers += [event["sequence"] for event in data]
        if fields["event"] == "presence":
            self.presence.append(data)


async def _preferences() -> Preferences:
    return Preferences()


def a_viewer(still_may: bool = True, changed: list[str] | None = None) -> Viewer:
    async def may() -> bool:
        return still_may

    told = changed if changed is not None else []
    return Viewer(
        Sight("agt_1", "default", is_administrator=True), _preferences, may, lambda: told.append("changed"), "a token"
    )


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def board() -> PresenceBoard:
    return PresenceBoard(Sightings(), lambda: datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
async def hub(log: Log, board: PresenceBoard) -> AsyncGenerator[Hub, None]:
    hub = Hub("default", log, board)
    yield hub
    await hub.close()


async def test_a_browser_without_a_place_gets_what_happens_from_now_on(hub: Hub, log: Log) -> None:
    log.add(1, 2)
    reader = Reader(hub, log)
    reading = asyncio.create_task(reader.read(until=4))
    await _until(lambda: reader.names)
    log.add(3, 4)
    await reading

    assert (reader.numbers, reader.token, log.caught_up) == ([3, 4], "4", 0)


async def test_who_comes_back_to_a_hub_that_knows_the_place_reads_from_it(hub: Hub, log: Log) -> None:
    await _begun(hub)
    log.add(1)
    await _has(hub, 1)
    log.add(2, 3)
    await _has(hub, 3)

    reader = Reader(hub, log, after="1")
    await reader.read(until=3)

    assert (reader.numbers, log.caught_up) == ([2, 3], 0)


async def test_who_comes_from_another_replica_reads_what_this_one_missed_then_its_hub(hub: Hub, log: Log) -> None:
    log.add(*range(1, 8))
    await _begun(hub)

    reader = Reader(hub, log, after="3")
    reading = asyncio.create_task(reader.read(until=10))
    await _until(lambda: 7 in reader.numbers)
    log.add(8, 9, 10)
    await reading

    assert (sorted(set(reader.numbers)), log.caught_up) == (list(range(4, 11)), 1)
    assert reader.token == "10"


async def test_catching_up_goes_on_after_interruptions(hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.live.browser._PAUSE_SECONDS", 0)
    log.add(1, 2, 3)
    log.interruptions.extend([Failure(FailureKind.UNREACHABLE, "No answer.")] * 3)
    await _begun(hub)

    reader = Reader(hub, log, after="1")
    await reader.read(until=3)

    assert (reader.numbers, log.caught_up) == ([2, 3], 4)


async def test_tabs_of_the_version_before_learn_at_the_beginning_how_to_tell(hub: Hub, log: Log) -> None:
    async def preferences() -> Preferences:
        return Preferences(sound=False)

    await _begun(hub)
    reader = Reader(hub, log, viewer=replace(a_viewer(still_may=False), preferences=preferences))
    await reader.read()

    assert reader.hello.items() >= {"agent_id": "agt_1", "sound": False, "desktop": True}.items()


async def test_what_is_not_known_any_more_makes_the_page_load_again(hub: Hub, log: Log) -> None:
    log.add(1, 2, 3)
    log.interruptions.append(_EXPIRED)
    await _begun(hub)

    reader = Reader(hub, log, after="1")
    await reader.read()

    assert reader.names == ["hello", "reload"]


async def test_a_browser_that_is_slower_than_the_ring_misses_nothing(
    log: Log, board: PresenceBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.live.hub._MOST_EVENTS", 5)
    hub = Hub("default", log, board)
    await _begun(hub)
    reader = Reader(hub, log, after="0")
    stream = BrowserStream(hub, log, a_viewer(), "0")
    async with aclosing(stream.frames()) as sent:
        await anext(sent)
        for number in range(1, 51):
            log.add(number)
            await _has(hub, number)
        numbers: list[int] = []
        while 50 not in numbers:
            for line in (await anext(sent)).decode().splitlines():
                if line.startswith("data: ["):
                    numbers += [event["sequence"] for event in json.loads(line.removeprefix("data: "))]
    await hub.close()

    assert numbers == list(range(1, 51))
    assert reader.numbers == []


async def test_a_stream_ends_with_the_process(hub: Hub, log: Log) -> None:
    reader = Reader(hub, log)
    reading = asyncio.create_task(reader.read())
    await _until(lambda: reader.names)
    hub.end_streams()

    await reading

    assert reader.names[0] == "hello"


async def test_a_stream_ends_for_whom_it_may_not_go_on(hub: Hub, log: Log) -> None:
    reader = Reader(hub, log, viewer=a_viewer(still_may=False))

    await reader.read()

    assert reader.numbers == []


async def test_it_is_asked_again_at_once_when_the_agent_has_changed(hub: Hub, log: Log) -> None:
    asked: list[str] = []
    changed: list[str] = []

    async def still_may() -> bool:
        asked.append("asked")
        return not changed

    viewer = Viewer(
        Sight("agt_1", "default", is_administrator=True),
        _preferences,
        still_may,
        lambda: changed.append("agt_1"),
        "a token",
    )
    reader = Reader(hub, log, viewer=viewer)
    reading = asyncio.create_task(reader.read())
    await _until(lambda: asked and reader.names)
    log.tell(Happening("aud_1", "agent.updated", "", "", 0, "agt_1", "agent:agt_2", 1))

    await reading

    assert (changed, asked, reader.numbers) == (["agt_1"], ["asked", "asked"], [1])


async def test_who_is_at_a_ticket_comes_at_first_and_when_it_changes(hub: Hub, log: Log, board: PresenceBoard) -> None:
    ann = {"agent_id": "agt_2", "name": "Ann", "writing": False}
    await board.here("default", "default", "tkt_1", Presence("agt_2", "Ann", writing=False))
    await board.here("default", "sales", "tkt_2", Presence("agt_2", "Ann", writing=False))
    reader = Reader(hub, log)
    reading = asyncio.create_task(reader.read())
    await _until(lambda: reader.presence)
    await board.here("default", "default", "tkt_1", Presence("agt_2", "Ann", writing=True))
    await _until(lambda: len(reader.presence) == 2)
    await board.gone("default", "default", "tkt_1", "agt_2")
    await _until(lambda: len(reader.presence) == 3)
    hub.end_streams()
    await reading

    assert reader.presence == [{"tkt_1": [ann]}, {"tkt_1": [{**ann, "writing": True}]}, {"tkt_1": []}]


async def _begun(hub: Hub) -> None:
    hub.expect()
    await _until(lambda: hub.ring.token)


async def _has(hub: Hub, number: int) -> None:
    await _until(lambda: hub.ring.place_behind(f"aud_{number}") is not None)


async def _until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - all runs in this loop
        await asyncio.sleep(0)
