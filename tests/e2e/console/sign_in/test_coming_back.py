"""Whoever was deactivated and is brought back signs in again, however short that was, and whoever did it."""

import asyncio
from collections.abc import Awaitable, Callable

from console.mongo.database import Database
from console.sign_in.sessions import Sessions
from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import agent_service_pb2
from servicekit.clock import utc_now
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.kept import Kept
from tests.e2e.console.person import Page, Person
from tests.e2e.console.stranger import Invite, new_link
from tests.e2e.console.streams import listening

AGENT = agent_service_pb2.AGENT_ROLE_AGENT
OUT = "/sign-in?next=/me"


async def _gone_and_back(running: RunningStack, person: Person) -> None:
    """As `keva agents deactivate` and `reactivate` do: the console is not asked."""
    named = {"organization_id": ORGANIZATION, "agent_id": person.agent.agent_id}
    agents = running.clients.agents
    await agents.DeactivateAgent(agent_service_pb2.DeactivateAgentRequest(**named), metadata=OPERATOR)
    await agents.ReactivateAgent(agent_service_pb2.ReactivateAgentRequest(**named), metadata=OPERATOR)


async def _until(url: str, load: Callable[[], Awaitable[Page]]) -> None:
    """What was allowed is remembered for two seconds."""
    async with asyncio.timeout(60):
        while (await load()).url != url:  # noqa: ASYNC110 - the console says nothing
            await asyncio.sleep(0.1)


async def test_sessions_and_links_of_before_have_ended(running: RunningStack, invite: Invite, kept: Kept) -> None:
    ann, bob = await invite("ann"), await invite("bob")
    await ann.set_password()

    await _gone_and_back(running, ann)
    await _gone_and_back(running, bob)
    await _until(OUT, lambda: ann.get("/me"))
    ann.link = (await new_link(running, ann.agent)).removeprefix(running.stack.console_url)

    assert "This link cannot be used" in (await bob.get(bob.link)).text
    assert (await ann.set_password("quite another one")).status == 200
    assert (await ann.get("/me")).url == "/me"
    assert await kept.sessions.count_documents({"agent_id": ann.agent.agent_id}) == 1


async def test_a_browser_that_nobody_uses_is_not_listed(running: RunningStack, invite: Invite, kept: Kept) -> None:
    ann = await invite("ann")
    await ann.set_password()
    ann.forget_cookies()

    await _gone_and_back(running, ann)
    await _until("/inbox/mine", ann.sign_in)
    again = await ann.get("/me")

    assert again.url == "/me"
    assert await kept.sessions.count_documents({"agent_id": ann.agent.agent_id}) == 1


async def test_a_stream_ends_and_a_draft_stays_theirs(running: RunningStack, desk: Desk, sign_in: SignIn) -> None:
    otto, eli = await sign_in("otto", AGENT), await sign_in("eli", AGENT)
    await desk.text("hello")
    ticket = await desk.ticket()
    await otto.post(f"/t/{ticket.number}/draft", {"kind": "reply", "text": "half a sentence"})
    async with listening(otto) as stream:
        await _gone_and_back(running, otto)
        await stream.until(lambda: stream.is_over)
        async with otto.stream("/live/check", {}, headers={"HX-Request": "true"}) as response:
            assert response.status == 401

    # Signed in again, as the same agent.
    otto.put_cookie("keva-session", await _new_session(running, otto))

    assert "half a sentence" in (await otto.get(f"/t/{ticket.number}")).one("textarea[name=text]").text
    assert "half a sentence" not in (await eli.get(f"/t/{ticket.number}")).html


async def _new_session(running: RunningStack, person: Person) -> str:
    database = Database(running.stack.database_uri("console"), "keva_console")
    secret, _ = await Sessions(database.sessions, utc_now).begin(ORGANIZATION, person.agent.agent_id)
    database.close()
    return secret
