"""A link, a password, a session, and out again, over HTTP and gRPC."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import RunningStack
from keva.console.v1 import console_service_pb2
from keva.ticket.v1 import agent_service_pb2, audit_service_pb2
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.kept import Kept
from tests.e2e.console.person import Page
from tests.e2e.console.stranger import PASSWORD, Invite, Stranger, new_link

WRONG = "This e-mail address and this password do not go together."
DEAD = "This link cannot be used"
SESSION, FORM = "keva-session", "keva-form"


async def _deactivate(running: RunningStack, person: Stranger) -> None:
    request = agent_service_pb2.DeactivateAgentRequest(organization_id=ORGANIZATION, agent_id=person.agent.agent_id)
    await running.clients.agents.DeactivateAgent(request, metadata=OPERATOR)


async def _reactivate(running: RunningStack, person: Stranger) -> None:
    request = agent_service_pb2.ReactivateAgentRequest(organization_id=ORGANIZATION, agent_id=person.agent.agent_id)
    await running.clients.agents.ReactivateAgent(request, metadata=OPERATOR)


async def _actions(running: RunningStack, person: Stranger) -> list[str]:
    """What the trail says of somebody's signing in, oldest first: action, and what it was done by."""
    request = audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, page_size=200)
    records = (await running.clients.audit.ListAuditRecords(request, metadata=OPERATOR)).audit_records
    own = [r for r in records if r.subject_id == person.agent.agent_id and r.action.startswith("sign_in.")]
    return [" ".join((r.action, *sorted(r.details.values()))) for r in reversed(own)]


async def test_a_link_leads_to_a_password_and_a_password_leads_in(running: RunningStack, invite: Invite) -> None:
    ann = await invite("ann")

    page = await ann.get(ann.link)
    first = await ann.submit(page, "#welcome", {"password": PASSWORD})
    await ann.sign_out()
    again = await ann.sign_in(target="/me")

    assert (page.status, "Welcome, Ann" in page.text) == (200, True)
    assert (first.status, first.url.startswith("/inbox/")) == (200, True)
    assert (again.status, again.url) == (200, "/me")
    made, *rest = await _actions(running, ann)
    assert made.startswith("sign_in.link_created 20")
    assert rest == [
        *("sign_in.password_set link", "sign_in.succeeded link"),
        *("sign_in.ended", "sign_in.succeeded password"),
    ]


async def test_a_bad_password_does_not_use_the_link_up(invite: Invite) -> None:
    ann = await invite("ann")

    short = await ann.set_password("too short")
    own = await ann.set_password(ann.agent.email)

    assert (short.status, own.status) == (422, 422)
    assert "at least 12 characters" in short.text
    assert (await ann.set_password()).url.startswith("/inbox/")


async def test_a_link_works_once(running: RunningStack, invite: Invite) -> None:
    ann, thief = await invite("ann"), await invite("thief")
    open_before = await thief.get(ann.link)

    await ann.set_password()
    later = await thief.get(ann.link)
    sent = await thief.submit(open_before, "#welcome", {"password": "another good one"})

    assert (later.status, sent.status) == (410, 410)
    assert DEAD in sent.text
    assert (await ann.get("/me")).url == "/me"


async def test_links_that_do_not_work_look_alike(running: RunningStack, invite: Invite, kept: Kept) -> None:
    old, gone, replaced = await invite("old"), await invite("gone"), await invite("replaced")
    await kept.links.update_many({"agent_id": old.agent.agent_id}, {"$set": {"expire_time": datetime.now(UTC)}})
    await _deactivate(running, gone)
    newest = await new_link(running, replaced.agent)

    pages = [await person.get(person.link) for person in (old, gone, replaced)]
    pages += [await old.get("/welcome/" + "x" * 43)]

    assert {page.status for page in pages} == {410}
    assert len({page.html for page in pages}) == 1
    replaced.link = newest.removeprefix(running.stack.console_url)
    assert (await replaced.set_password()).status == 200


async def test_looking_at_a_link_does_not_use_it_up(invite: Invite) -> None:
    ann = await invite("ann")

    for _ in range(3):
        assert (await ann.get(ann.link)).status == 200

    assert (await ann.set_password()).url.startswith("/inbox/")


async def test_whoever_does_not_get_in_learns_nothing(running: RunningStack, invite: Invite) -> None:
    wrong, gone, without = await invite("wrong"), await invite("gone"), await invite("without")
    for person in (wrong, gone):
        await person.set_password()
        await person.sign_out()
    await _deactivate(running, gone)

    pages = [
        await wrong.sign_in("not her password"),
        await gone.sign_in(),
        await without.sign_in(),
        await without.sign_in(email="nobody@example.com"),
    ]

    assert [page.status for page in pages] == [422] * 4
    assert all(WRONG in page.text for page in pages)
    assert len({re.sub(r'value="[^"]*"', "", page.html) for page in pages}) == 1


async def test_an_address_is_compared_as_agents_are(invite: Invite) -> None:
    ann = await invite("ann")
    await ann.set_password()
    await ann.sign_out()

    assert (await ann.sign_in(email=f"  {ann.agent.email.upper()} ")).status == 200


async def _guesses(person: Stranger, email: str) -> list[Page]:
    """Until one is not looked at. The pause doubles from a second: who is slow gets another guess or two."""
    pages: list[Page] = []
    while len(pages) < 15 and (not pages or pages[-1].status != 429):
        pages.append(await person.sign_in("a wrong password", email))
    return pages


async def test_who_guesses_waits_and_who_was_here_before_gets_in(running: RunningStack, invite: Invite) -> None:
    ann, mallory = await invite("ann"), await invite("mallory")
    await ann.set_password()
    await ann.sign_out()

    guesses = await _guesses(mallory, ann.agent.email)
    unknown = await _guesses(mallory, f"x{ann.agent.email}")

    for pages in (guesses, unknown):
        assert [page.status for page in pages] == [422] * max(8, len(pages) - 1) + [429]
    assert int(guesses[-1].headers["Retry-After"]) >= 1
    assert "Too many attempts" in guesses[-1].text
    assert (await ann.sign_in()).status == 200
    failed = [action for action in await _actions(running, ann) if "failed" in action]
    assert failed == [f"sign_in.failed {number}" for number in (1, 2, 4, 8)]


async def test_a_session_that_somebody_planted_is_not_taken_up(running: RunningStack, invite: Invite) -> None:
    ann = await invite("ann")
    ann.put_cookie(SESSION, "planted-by-mallory")

    await ann.set_password()
    first = ann.cookie(SESSION)
    inside = await ann.get("/me")
    # Signing in again, while signed in, begins another one and ends this one.
    page = await ann.get("/sign-in?next=/me")
    await ann.post("/sign-in", {"csrf": ann.cookie(FORM), "email": ann.agent.email, "password": PASSWORD})
    second = ann.cookie(SESSION)
    ann.put_cookie(SESSION, first)

    assert first not in ("", "planted-by-mallory")
    assert (inside.url, page.url) == ("/me", "/me")
    assert second not in ("", first)
    assert (await ann.get("/me")).url == "/sign-in?next=/me"


async def test_the_cookies_are_out_of_reach(running: RunningStack, invite: Invite) -> None:
    ann = await invite("ann")
    page = await ann.get("/sign-in")
    welcome = await ann.get(ann.link)

    response = await ann.post(
        ann.link, {"csrf": str(welcome.one("[name=csrf]")["value"]), "password": PASSWORD}, allow_redirects=False
    )

    assert "HttpOnly" in page.headers["Set-Cookie"]
    assert "SameSite=Strict" in page.headers["Set-Cookie"]
    for name in (SESSION, "keva-browser"):
        assert any(name in line and "HttpOnly" in line and "SameSite=Lax" in line for line in response.set_cookies)
    # As long as a session can last: KEVA_SESSION_DAYS, which is 14.
    assert any(SESSION in line and f"Max-Age={14 * 24 * 60 * 60};" in line for line in response.set_cookies)


@pytest.mark.parametrize("path", ["/sign-in", "/welcome/"])
async def test_nobody_is_signed_in_by_another_sites_form(invite: Invite, path: str) -> None:
    """Whoever gets somebody to work in an account of the attacker's reads what they write."""
    mallory, ann = await invite("mallory"), await invite("ann")
    await mallory.set_password()
    fields = {"email": mallory.agent.email, "password": PASSWORD}
    target = ann.link if path == "/welcome/" else path
    token = str((await ann.get(target)).one("[name=csrf]")["value"])

    answers = [
        await ann.post(target, {**fields, "csrf": ""}),
        await ann.post(target, {**fields, "csrf": mallory.cookie(FORM)}),
        await ann.post(target, {**fields, "csrf": "ü"}),
        await ann.post(target, {**fields, "csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}),
        await ann.post(target, {**fields, "csrf": token}, headers={"Sec-Fetch-Site": "same-site"}),
        await ann.post(target, {**fields, "csrf": token}, headers={"Origin": "https://evil.example"}),
        await ann.post(target, {**fields, "csrf": token}, headers={"Origin": "null"}),
    ]

    assert [page.status for page in answers] == [409] * 7
    assert ann.cookie(SESSION) == ""


@pytest.mark.parametrize("target", ["//evil.example", "/%5Cevil.example", "https://evil.example/", "/%09/evil"])
async def test_nobody_is_led_away(invite: Invite, target: str) -> None:
    ann = await invite("ann")
    await ann.set_password()
    already_in = await ann.get(f"/sign-in?next={target}")
    await ann.sign_out()

    signed_in = await ann.sign_in(target=target)

    assert already_in.url.startswith("/inbox/")
    assert signed_in.url.startswith("/inbox/")


async def test_who_works_for_several_organizations_says_for_which(running: RunningStack, invite: Invite) -> None:
    here = await invite("ann")
    there = await invite("ann", organization_id="globex", email=here.agent.email)
    other = await invite("ann", organization_id="initech", email=here.agent.email)
    await here.set_password()
    await there.set_password()
    await other.set_password("another password")
    for person in (here, there, other):
        await person.sign_out()

    alone = await other.sign_in("another password")
    choice = await there.sign_in()
    buttons = {str(b.get_text()): str(b["value"]) for b in choice.all("#choice button")}
    [secret] = [value for words, value in buttons.items() if words.startswith("globex")]
    inside = await there.submit(choice, "#choice", {"choice": secret})
    await there.sign_out()
    twice = await there.submit(choice, "#choice", {"choice": secret})

    assert "initech" not in choice.text
    assert alone.url != "/sign-in"
    assert len(buttons) == 2
    assert inside.url.startswith("/inbox/")
    assert twice.status == 422
    assert "That took too long" in twice.text


async def _change_password(_: RunningStack, ann: Stranger) -> None:
    await ann.submit(await ann.get("/me"), "#password", {"old": PASSWORD, "new": "another good one"})


async def _set_password_by_link(_: RunningStack, ann: Stranger) -> None:
    await ann.set_password("another good one")


async def _end_sessions(running: RunningStack, ann: Stranger) -> None:
    request = console_service_pb2.EndSessionsRequest(organization_id=ORGANIZATION, agent_id=ann.agent.agent_id)
    await running.clients.console.EndSessions(request, metadata=OPERATOR)


async def _make_link(running: RunningStack, ann: Stranger) -> None:
    await new_link(running, ann.agent)


@pytest.mark.parametrize("end", [_change_password, _set_password_by_link, _end_sessions, _make_link])
async def test_a_choice_is_over_when_all_else_is(
    running: RunningStack, invite: Invite, end: Callable[[RunningStack, Stranger], Awaitable[None]]
) -> None:
    """Whoever has the old password, and has not said yet for which organization."""
    ann, phone = await invite("ann"), await invite("phone")
    there = await invite("ann", organization_id="globex", email=ann.agent.email)
    await ann.set_password()
    await there.set_password()
    ann.link = (await new_link(running, ann.agent)).removeprefix(running.stack.console_url)
    choice = await phone.sign_in(email=ann.agent.email)
    [secret] = [str(b["value"]) for b in choice.all("#choice button") if not b.get_text().startswith("globex")]

    await end(running, ann)
    late = await phone.submit(choice, "#choice", {"choice": secret})

    assert (late.status, phone.cookie(SESSION)) == (422, "")
    assert "That took too long" in late.text


async def test_what_an_operator_ends_has_ended(running: RunningStack, invite: Invite) -> None:
    ann = await invite("ann")
    await ann.set_password()
    request = console_service_pb2.EndSessionsRequest(organization_id=ORGANIZATION, agent_id=ann.agent.agent_id)
    elsewhere = console_service_pb2.EndSessionsRequest(organization_id="globex", agent_id=ann.agent.agent_id)

    of_others = await running.clients.console.EndSessions(elsewhere, metadata=OPERATOR)
    still_in = await ann.get("/me")
    ended = await running.clients.console.EndSessions(request, metadata=OPERATOR)
    out = await ann.get("/me")

    assert (of_others.ended_sessions, still_in.url) == (0, "/me")
    assert (ended.ended_sessions, out.url) == (1, "/sign-in?next=/me")
    assert "sign_in.sessions_ended 1" in await _actions(running, ann)


async def test_whoever_is_deactivated_is_out_and_stays_out(running: RunningStack, invite: Invite) -> None:
    ann = await invite("ann")
    await ann.set_password()

    await _deactivate(running, ann)
    async with asyncio.timeout(60):
        # What was allowed is remembered for two seconds.
        while True:
            if (await ann.get("/me")).url != "/me":
                break
    await _reactivate(running, ann)

    assert (await ann.get("/me")).url == "/sign-in?next=/me"
    assert (await ann.sign_in()).status == 200


async def test_a_page_that_was_open_too_long_leads_back_to_itself(sign_in: SignIn, invite: Invite) -> None:
    ann = await invite("ann")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://desk.example/t/12?view=mine"}

    answer = await ann.get("/inbox/mine", headers=headers)

    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=%2Ft%2F12%3Fview%3Dmine")


EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7 * 7 }}"]


@pytest.mark.parametrize("evil", EVIL)
async def test_what_is_typed_comes_back_as_text(invite: Invite, evil: str) -> None:
    ann = await invite("ann")

    form = await ann.get("/sign-in", params={"next": f"/t/{evil}"})
    page = await ann.submit(form, "#sign-in", {"email": evil, "password": evil})

    assert (page.status, page.one("#field-email")["value"]) == (422, evil)
    for each in (form, page):
        assert each.all("script:not([src])") == each.all("[onerror]") == []
    assert page.one("#field-password")["value"] == ""


async def test_no_secret_is_in_a_log_or_in_the_database(
    running: RunningStack, invite: Invite, kept: Kept, logs: Path
) -> None:
    ann = await invite("ann")
    await ann.set_password("a password that is secret")
    await ann.sign_out()
    await ann.sign_in("a wrong one that is secret")
    await ann.sign_in("a password that is secret")
    secrets = ["that is secret", ann.link.rpartition("/")[2], ann.cookie(SESSION), ann.cookie("keva-browser")]

    written = "".join(file.read_text() for file in sorted(logs.glob("*.log"))) + await kept.everything()

    assert all(secrets)
    assert [secret for secret in secrets if secret in written] == []
    assert ann.agent.email not in await kept.everything()


async def test_a_form_of_a_session_that_has_ended_says_what_to_do(invite: Invite) -> None:
    ann = await invite("ann")

    answer = await ann.post("/t/12/reply", {"text": "what I typed"})

    assert answer.status == 401
    assert "Go back and copy what you typed" in answer.text
    assert answer.one("main a")["href"] == "/sign-in"
