"""Sessions end by themselves, and what is shown of browsers."""

from datetime import UTC, datetime, timedelta

import pytest

from console.sign_in.browsers import browser_of
from console.sign_in.own_pages import own_page
from console.sign_in.session import Session, SessionLimits, id_of
from console.sign_in.sessions import Sessions

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


class Memory:
    """As SessionStore has it."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.noted = 0

    async def add(self, session: Session) -> None:
        self.sessions[session.session_id] = session

    async def get(self, session_id: str) -> Session | None:
        return self.sessions.get(session_id)

    async def of_agent(self, organization_id: str, agent_id: str) -> list[Session]:
        return [s for s in self.sessions.values() if (s.organization_id, s.agent_id) == (organization_id, agent_id)]

    async def note_use(self, session_id: str, last_used_time: datetime, expire_time: datetime) -> None:
        self.noted += 1
        known = self.sessions[session_id]
        values = {**vars(known), "last_used_time": last_used_time, "expire_time": expire_time}
        self.sessions[session_id] = Session(**values)

    async def remove(self, session_id: str) -> None:
        self.sessions.pop(session_id, None)

    async def remove_of_agent(self, organization_id: str, agent_id: str, but: str = "") -> int:
        ended = [s.session_id for s in await self.of_agent(organization_id, agent_id) if s.session_id != but]
        for session_id in ended:
            del self.sessions[session_id]
        return len(ended)


@pytest.mark.parametrize(
    ("pause", "times", "is_there"),
    [
        pytest.param(timedelta(hours=11), 10, True, id="used"),
        pytest.param(timedelta(hours=12), 1, False, id="not used"),
        pytest.param(timedelta(hours=10), 34, False, id="too old, however much it is used"),
    ],
)
async def test_a_session_ends(pause: timedelta, times: int, is_there: bool) -> None:
    now, memory = [NOW], Memory()
    sessions = Sessions(memory, lambda: now[0], SessionLimits())
    secret, _ = await sessions.begin("acme", "agt_1")

    for _ in range(times):
        now[0] += pause
        found = await sessions.find(secret)

    assert (found is not None) is is_there
    assert bool(await sessions.of_agent("acme", "agt_1")) is is_there


async def test_its_use_is_written_once_a_minute() -> None:
    now, memory = [NOW], Memory()
    sessions = Sessions(memory, lambda: now[0])
    secret, session = await sessions.begin("acme", "agt_1")

    for _ in range(120):
        now[0] += timedelta(seconds=1)
        await sessions.find(secret)

    assert memory.noted == 2
    assert secret not in str(memory.sessions)
    assert session.session_id == id_of(secret)
    assert await sessions.find(session.session_id) is None


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("curl/8.1", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_called_what_its_owner_would(user_agent: str, name: str) -> None:
    assert browser_of(user_agent, "").name == name


@pytest.mark.parametrize(
    ("source", "shown"),
    [("203.0.113.77", "203.0.113.…"), ("2001:db8:1:2::/64", "2001:db8:1:…"), ("", "")],
)
def test_a_source_is_shown_without_its_end(source: str, shown: str) -> None:
    assert browser_of("", source).source == shown


@pytest.mark.parametrize("target", ["/t/12?x=1", "/inbox/mine", "/", "/search?q=a%2F%2Fb"])
def test_a_page_of_ours_is_gone_to(target: str) -> None:
    assert own_page(target) == target


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "evil", "", "///evil"),
        *("/\t/evil.example", "\t//evil.example", "/\n/evil", "\\\\evil", "/sign-in?next=/x", "/welcome/abc"),
    ],
)
def test_any_other_is_not(target: str) -> None:
    assert own_page(target) == "/"
