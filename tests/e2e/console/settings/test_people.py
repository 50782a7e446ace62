"""Settings > People: invited, changed, let go and brought back, by administrators alone."""

import pytest

from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2, audit_service_pb2
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.stranger import PASSWORD, Invite

PEOPLE = "/settings/people"
EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7 * 7 }}"]
AGENT, VIEWER = agent_service_pb2.AGENT_ROLE_AGENT, agent_service_pb2.AGENT_ROLE_VIEWER


async def test_somebody_is_invited_and_comes_in(sign_in: SignIn, invite: Invite) -> None:
    dana, bob = await sign_in("dana"), await invite("bob")
    email = f"new-{bob.agent.email}"

    form = await dana.get(f"{PEOPLE}/new")
    shown = await dana.submit(form, "#invite", {"email": email, "name": "Newt", "workspaces": ["default"]})
    again = await dana.submit(form, "#invite", {"email": email, "name": "Newt", "workspaces": ["default"]})
    bob.link = "/welcome/" + again.one("#sign-in-link").text.partition("/welcome/")[2]
    inside = await bob.set_password()

    assert (shown.status, "A link for Newt" in shown.text) == (200, True)
    # The same form again makes nobody a second time; the newer link counts.
    assert again.one("#sign-in-link").text != shown.one("#sign-in-link").text
    assert inside.url.startswith("/inbox/")
    assert (await bob.get("/me")).one("h1").text == "Newt"
    listed = await dana.get(PEOPLE)
    assert listed.text.count(email) == 1
    assert "/welcome/" not in listed.html


async def test_a_form_that_is_wrong_says_where(sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    form = await dana.get(f"{PEOPLE}/new")

    nothing = await dana.submit(form, "#invite", {"email": "", "role": "king", "workspaces": []})
    nonsense = await dana.submit(form, "#invite", {"email": "nonsense", "workspaces": ["default"]})
    taken = await dana.submit(form, "#invite", {"email": dana.agent.email, "workspaces": ["default"]})

    assert [page.status for page in (nothing, nonsense, taken)] == [422] * 3
    assert nothing.one("#error-email").text == "Type an e-mail address."
    assert nothing.one("#error-role").text == "Choose a role."
    assert "not an e-mail address" in nonsense.one("#error-email").text
    assert taken.one("#field-email")["value"] == dana.agent.email
    assert taken.all("#error-email")


async def test_somebody_is_changed_let_go_and_brought_back(sign_in: SignIn, invite: Invite) -> None:
    dana, bob = await sign_in("dana"), await invite("bob")
    await bob.set_password()
    path = f"{PEOPLE}/{bob.agent.agent_id}"

    page = await dana.get(path)
    await dana.submit(page, "#person", {"name": "Bobby", "role": "viewer", "workspaces": ["default"]})
    as_viewer = await dana.get(path)
    asked = await dana.get(f"{path}/deactivate")
    gone = await dana.submit(asked, "#deactivate")
    out = await bob.get("/me")
    back = await dana.submit(await dana.get(path), "#reactivate")

    assert as_viewer.one("h1").text == "Bobby"
    assert as_viewer.one("#field-role option[selected]")["value"] == "viewer"
    assert "signed out everywhere" in asked.text
    assert "Deactivated. What they wrote stays." in gone.text
    assert out.url == "/sign-in?next=/me"
    assert "Back again" in back.text
    assert (await bob.sign_in()).status == 200


async def test_what_is_emptied_is_changed_or_asked_for(sign_in: SignIn) -> None:
    dana, ann = await sign_in("dana"), await sign_in("ann")
    path = f"{PEOPLE}/{ann.agent.agent_id}"
    page = await dana.get(path)

    nameless = await dana.submit(page, "#person", {"name": " ", "workspaces": ["default"]})
    endless = await dana.submit(page, "#person", {"name": "x" * 500, "workspaces": ["default"]})
    saved = await dana.submit(page, "#person", {"workspaces": []})

    now = await dana.get(path)
    assert (nameless.status, nameless.one("#error-name").text) == (422, "Type a name.")
    assert (endless.status, "is longer than" in endless.one("#error-name").text) == (422, True)
    assert "Saved." in saved.text
    assert (now.one("h1").text, now.all("[name=workspaces][checked]")) == ("Ann", [])
    assert (await ann.get("/inbox/all")).status == 200


async def test_a_form_that_got_half_way_can_be_sent_again(sign_in: SignIn, invite: Invite) -> None:
    """The agent was made, and the answer never seen: the link failed, or the line."""
    dana, bob = await sign_in("dana"), await invite("bob")
    emails = [f"{each}-{bob.agent.email}" for each in ("first", "second")]
    form = await dana.get(f"{PEOPLE}/new")
    await dana.submit(form, "#invite", {"email": emails[0], "name": "First", "workspaces": ["default"]})

    refused = await dana.submit(form, "#invite", {"email": emails[1], "name": "Newt", "workspaces": ["default"]})
    again = await dana.submit(refused, "#invite", {"workspaces": ["default"]})

    assert (refused.status, refused.one("#field-email")["value"]) == (422, emails[1])
    assert "has added somebody already" in refused.one("#error-email").text
    assert (again.status, "A link for Newt" in again.text) == (200, True)
    assert [(await dana.get(PEOPLE)).text.count(email) for email in emails] == [1, 1]


async def test_who_never_set_a_password_is_not_said_to_have_one(sign_in: SignIn, invite: Invite) -> None:
    dana, bob = await sign_in("dana"), await invite("bob")
    path = f"{PEOPLE}/{bob.agent.agent_id}"
    await dana.submit(await dana.get(f"{path}/deactivate"), "#deactivate")

    back = await dana.submit(await dana.get(path), "#reactivate")

    assert "Back again. Make a new link: they have no password yet." in back.one("#toast").text
    assert back.url == path
    assert (await dana.submit(back, "#link")).all("#sign-in-link")


async def test_what_somebody_else_changed_meanwhile_stays(sign_in: SignIn, invite: Invite) -> None:
    dana, eli, bob = await sign_in("dana"), await sign_in("eli"), await invite("bob")
    path = f"{PEOPLE}/{bob.agent.agent_id}"
    opened = await dana.get(path)

    await eli.submit(await eli.get(path), "#person", {"role": "viewer"})
    wrong = await dana.submit(opened, "#person", {"email": "nonsense", "name": "Bobby"})
    await dana.submit(wrong, "#person", {"email": bob.agent.email, "role": "agent"})

    now = await eli.get(path)
    assert wrong.status == 422
    assert now.one("h1").text == "Bobby"
    assert now.one("#field-role option[selected]")["value"] == "viewer"


async def test_a_new_link_sets_another_password(running: RunningStack, sign_in: SignIn, invite: Invite) -> None:
    dana, bob = await sign_in("dana"), await invite("bob")
    await bob.set_password()

    page = await dana.get(f"{PEOPLE}/{bob.agent.agent_id}")
    bob.link = "/welcome/" + (await dana.submit(page, "#link")).one("#sign-in-link").text.partition("/welcome/")[2]
    await bob.set_password("quite another one")
    await bob.sign_out()

    assert (await bob.sign_in()).status == 422
    assert (await bob.sign_in("quite another one")).status == 200
    records = await running.clients.audit.ListAuditRecords(
        audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, action="sign_in.link_created"),
        metadata=OPERATOR,
    )
    assert dana.agent.agent_id in [r.actor.id for r in records.audit_records if r.subject_id == bob.agent.agent_id]


async def test_a_lost_laptop_is_signed_out(sign_in: SignIn, invite: Invite) -> None:
    dana, bob = await sign_in("dana"), await invite("bob")
    await bob.set_password()

    page = await dana.submit(await dana.get(f"{PEOPLE}/{bob.agent.agent_id}"), "#sign-out")

    assert "Signed out everywhere." in page.text
    assert (await bob.get("/me")).url == "/sign-in?next=/me"


def _pages(agent_id: str) -> list[tuple[str, str]]:
    path = f"{PEOPLE}/{agent_id}"
    posts = [f"{PEOPLE}/new", path, *(f"{path}/{verb}" for verb in ("link", "sign-out", "deactivate", "reactivate"))]
    gets = [PEOPLE, f"{PEOPLE}/new", path, f"{path}/deactivate"]
    return [("GET", page) for page in gets] + [("POST", page) for page in posts]


@pytest.mark.parametrize("role", [AGENT, VIEWER])
async def test_only_administrators_come_here(
    sign_in: SignIn, invite: Invite, role: agent_service_pb2.AgentRole.ValueType
) -> None:
    vic, bob = await sign_in("vic", role), await invite("bob")
    await bob.set_password()
    fields = {"email": "x@example.com", "role": "administrator"}

    for agent_id in (bob.agent.agent_id, vic.agent.agent_id):
        for verb, page in _pages(agent_id):
            answer = await (vic.get(page) if verb == "GET" else vic.post(page, fields))
            assert (page, answer.status) == (page, 403)
            assert "/welcome/" not in answer.html
    assert PEOPLE not in (await vic.get("/settings")).html
    assert (await bob.get("/me")).url == "/me"


async def test_people_of_another_organization_are_not_there(sign_in: SignIn, invite: Invite) -> None:
    dana = await sign_in("dana")
    theirs = await invite("theirs", organization_id="globex")
    await theirs.set_password()

    for verb, page in _pages(theirs.agent.agent_id):
        if page.startswith(f"{PEOPLE}/agt_"):
            fields = {"email": "x@example.com", "role": "administrator"}
            answer = await (dana.get(page) if verb == "GET" else dana.post(page, fields))
            assert (page, answer.status) == (page, 404)
    assert theirs.agent.email not in (await dana.get(PEOPLE)).text
    assert (await theirs.get("/me")).url == "/me"


@pytest.mark.parametrize("evil", EVIL)
async def test_what_people_are_called_does_nothing(sign_in: SignIn, invite: Invite, evil: str) -> None:
    dana, bob = await sign_in("dana"), await invite("bob")
    path = f"{PEOPLE}/{bob.agent.agent_id}"
    form = await dana.get(path)
    await dana.submit(form, "#person", {"name": evil, "workspaces": ["default"]})
    await bob.set_password(PASSWORD)

    pages = [await dana.get(page) for page in (PEOPLE, path, f"{path}/deactivate")] + [await bob.get("/me")]

    for page in pages:
        assert evil in page.text
        assert page.all("script:not([src])") == []
        assert page.all("[onerror]") == []
        assert [a for a in page.all("a[href]") if str(a["href"]).startswith("javascript")] == []
