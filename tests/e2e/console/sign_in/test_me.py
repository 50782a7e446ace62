"""One's own page: name, availability, password, and where one is signed in."""

import uuid
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.kept import Kept
from tests.e2e.console.stranger import PASSWORD, Invite

VIEWER = agent_service_pb2.AGENT_ROLE_VIEWER
NEW = "staple another horse"


async def test_a_name_is_changed_and_changed_back(sign_in: SignIn) -> None:
    dana = await sign_in("dana", VIEWER)

    saved = await dana.submit(await dana.get("/me"), "#name", {"name": "Dana D."})
    undone = await dana.submit(saved, "#toast form")
    empty = await dana.submit(undone, "#name", {"name": " "})

    assert (saved.one("h1").text, undone.one("h1").text) == ("Dana D.", "Dana")
    assert (empty.status, "Type a name." in empty.text) == (422, True)


async def test_a_name_that_cannot_be_saved_says_why(running: RunningStack, sign_in: SignIn) -> None:
    organization_id = f"org-{uuid.uuid4().hex[:8]}"
    dana = await sign_in("dana", organization_id=organization_id, workspaces=())
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(running.stack.database_uri("ticket_service"))
    page = await dana.get("/me")
    # Nothing can be recorded of this organization any more, and so nothing be done.
    counters, end = client["keva_tickets"]["counters"], {"_id": f"audit:{organization_id}"}
    [good] = await counters.find(end).to_list(1)
    await counters.update_one(end, {"$set": {"value": "no number"}})

    refused = await dana.submit(page, "#name", {"name": "Dana D."})

    await counters.replace_one(end, good)
    client.close()
    assert (refused.status, refused.one("h1").text) == (422, "Dana")
    assert refused.one("#name [role=alert]").text.startswith("Internal error")
    assert refused.one("#field-name")["value"] == "Dana D."


async def test_who_works_says_whether_they_take_new_work(sign_in: SignIn) -> None:
    ann, vic = await sign_in("ann", agent_service_pb2.AGENT_ROLE_AGENT), await sign_in("vic", VIEWER)

    page = await ann.get("/me")
    there = await ann.post("/me/availability", {"availability": "available"})
    away = await ann.post("/me/availability", {"availability": "away"})

    assert "Take new work" in page.text
    assert "Take no new work" in there.text
    assert "Take new work" in away.text
    assert (await vic.get("/me")).all("#availability") == []
    assert (await vic.post("/me/availability", {"availability": "available"})).status == 403


async def test_another_password_ends_all_other_sessions(running: RunningStack, invite: Invite, kept: Kept) -> None:
    ann = await invite("ann")
    laptop = ann
    await laptop.set_password()
    phone = await invite("phone")
    phone_in = await phone.sign_in(email=ann.agent.email)

    page = await laptop.get("/me")
    wrong = await laptop.submit(page, "#password", {"old": "not this one at all", "new": NEW})
    short = await laptop.submit(page, "#password", {"old": PASSWORD, "new": "short"})
    changed = await laptop.submit(page, "#password", {"old": PASSWORD, "new": NEW})

    assert phone_in.status == 200
    assert (wrong.status, "not your current password" in wrong.text) == (422, True)
    assert (short.status, "at least 12" in short.text) == (422, True)
    assert (changed.status, changed.url) == (200, "/me")
    assert (await phone.get("/me")).url == "/sign-in?next=/me"
    assert (await phone.sign_in(email=ann.agent.email)).status == 422
    assert (await phone.sign_in(NEW, email=ann.agent.email)).status == 200
    everything = await kept.everything()
    assert not [secret for secret in (PASSWORD, NEW, laptop.cookie("keva-session")) if secret in everything]


async def test_guesses_of_ones_own_password_are_limited_too(invite: Invite) -> None:
    """Whoever finds an open laptop."""
    ann = await invite("ann")
    await ann.set_password()
    page = await ann.get("/me")
    statuses: list[int] = []

    # The pause doubles from a second: who is slow gets another guess or two.
    while 429 not in statuses and len(statuses) < 15:
        statuses.append((await ann.submit(page, "#password", {"old": "a wrong guess of it", "new": NEW})).status)

    assert statuses == [422] * max(8, len(statuses) - 1) + [429]


async def test_sessions_are_listed_and_ended_one_by_one(invite: Invite) -> None:
    ann, phone, bob = await invite("ann"), await invite("phone"), await invite("bob")
    await ann.set_password()
    await bob.set_password()
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Version/18.1 <script>alert(1)</script> Safari/604.1"
    page = await phone.get("/sign-in")
    fields = {"csrf": str(page.one("[name=csrf]")["value"]), "email": ann.agent.email, "password": PASSWORD}
    await phone.post("/sign-in", fields, headers={"User-Agent": agent})

    listed = await ann.get("/me")
    [session] = [str(button["value"]) for button in listed.all("[name=session]")]
    await bob.post("/me/sessions/end", {"csrf": _token(await bob.get("/me")), "session": session})
    still_in = await phone.get("/me")
    ended = await ann.post("/me/sessions/end", {"csrf": _token(listed), "session": session})

    assert "Safari on iPhone" in listed.text
    assert "a private network" in listed.text
    assert "<script>alert" not in listed.html
    assert still_in.url == "/me"
    assert ended.all("[name=session]") == []
    assert (await phone.get("/me")).url == "/sign-in?next=/me"


def _token(page: object) -> str:
    return str(page.all("[name=csrf]")[0]["value"])  # type: ignore[attr-defined]


async def test_whoever_signs_out_is_out(invite: Invite, kept: Kept) -> None:
    ann = await invite("ann")
    await ann.set_password()

    page = await ann.sign_out()

    assert (page.url, ann.cookie("keva-session")) == ("/sign-in", "")
    assert await kept.sessions.count_documents({"agent_id": ann.agent.agent_id}) == 0
    assert (await ann.get("/inbox/mine")).url == "/sign-in?next=/inbox/mine"
