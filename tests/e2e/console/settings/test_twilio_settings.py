"""Settings > Integrations > Twilio: accounts are connected, get other Auth Tokens, and are let go."""

import secrets

import pytest

from dev.local_stack.accounts import open_account
from dev.local_stack.desk import Desk, RunningStack, new_account
from keva.ticket.v1 import agent_service_pb2
from tests.e2e.console.conftest import SignIn

TWILIO = "/settings/integrations/twilio"
VIEWER, AGENT = agent_service_pb2.AGENT_ROLE_VIEWER, agent_service_pb2.AGENT_ROLE_AGENT


async def test_a_wrong_token_is_said_beside_its_field_and_the_right_one_connects(
    running: RunningStack, sign_in: SignIn
) -> None:
    account = new_account()
    await open_account(running.simulator, running.stack, account)
    dana = await sign_in("dana")
    form = await dana.get(f"{TWILIO}/connect")

    wrong = await dana.submit(form, "#connect", {"account_sid": account.account_sid, "auth_token": "f" * 32})

    assert wrong.status == 422
    assert "Twilio did not take this token" in wrong.one("#error-auth_token").text
    assert wrong.one("#field-account_sid")["value"] == account.account_sid
    assert "f" * 32 not in wrong.html

    right = await dana.submit(wrong, "#connect", {"auth_token": f" {account.auth_token}\n"})

    assert (right.status, right.url) == (200, f"{TWILIO}/{account.account_sid}")
    assert "Twilio lets Keva in" in right.one("#twilio-health").text
    assert f"Connected {account.account_sid}" in right.one("#toast").text
    assert account.auth_token not in right.html
    assert "https://sms.keva.example/api/webhooks/twilio" in right.one("#webhook-url").text


async def test_a_token_in_the_wrong_field_is_not_shown(sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    page = await dana.post(f"{TWILIO}/connect", {"account_sid": "0123456789abcdef", "auth_token": "x"})

    assert page.status == 422
    assert "AC and 32 hexadecimal digits" in page.one("#error-account_sid").text
    assert "0123456789abcdef" not in page.html


async def test_a_token_is_changed_step_by_step(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    path = f"{TWILIO}/{desk.account.account_sid}"
    secondary = await desk.simulator.create_secondary_token(desk.account.account_sid)
    page = await dana.get(path)

    begun = await dana.submit(page, "#rotate", {"new_auth_token": secondary})
    assert f"the new one in {secondary[-4:]}" in begun.text
    assert secondary not in begun.html
    too_early = await dana.submit(begun, "#promote")
    assert too_early.status == 422
    assert "in Twilio's console first" in too_early.text

    await desk.simulator.promote_secondary_token(desk.account.account_sid)
    done = await dana.submit(too_early, "#promote")
    assert f"The one in use ends in {secondary[-4:]} ." in done.text
    assert (await desk.text("still here")).acknowledged


async def test_a_rotation_to_a_token_that_twilio_refuses_changes_nothing(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    page = await dana.get(f"{TWILIO}/{desk.account.account_sid}")

    refused = await dana.submit(page, "#rotate", {"new_auth_token": "e" * 32})

    assert refused.status == 422
    assert "Twilio refuses" in refused.one("#error-new_auth_token").text
    assert refused.all("#rotate")


async def test_who_begins_a_rotation_second_hears_of_the_first(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    path = f"{TWILIO}/{desk.account.account_sid}"
    secondary = await desk.simulator.create_secondary_token(desk.account.account_sid)
    page = await dana.get(path)

    await dana.submit(page, "#rotate", {"new_auth_token": secondary})
    second = await dana.submit(page, "#rotate", {"new_auth_token": "e" * 32})

    assert second.status == 422
    assert second.one(".notice-wrong[role=alert]").text.strip()
    assert f"the new one in {secondary[-4:]}" in second.text


async def test_shared_keys_are_added_listed_and_removed(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    path = f"{TWILIO}/{desk.account.account_sid}"
    key = {"shared_key_id": "webhooks_sharedkey_1", "secret": secrets.token_hex(32)}

    added = await dana.submit(await dana.get(path), "#shared-key", key)
    assert "webhooks_sharedkey_1 HMAC_SHA256" in added.text
    assert key["secret"] not in added.html
    twice = await dana.submit(added, "#shared-key", {**key, "secret": "another"})
    assert twice.status == 422
    assert twice.one("#error-shared_key_id")

    asked = await dana.get(f"{path}/shared-keys/webhooks_sharedkey_1/remove")
    removed = await dana.submit(asked, "#remove-key")
    assert not removed.all("table")


async def test_disconnecting_asks_and_then_says_what_is_missing(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    path = f"{TWILIO}/{desk.account.account_sid}"

    asked = await dana.get(f"{path}/disconnect")
    assert "Texts to its 1 number are refused" in asked.text
    gone = await dana.submit(asked, "#disconnect", {})

    assert gone.url == TWILIO
    assert (await dana.get(path)).status == 404
    channel = await dana.get(f"/settings/channels/{desk.channel.channel_id}")
    assert channel.all(f'#channel-check a[href$="account_sid={desk.account.account_sid}"]')


@pytest.mark.parametrize("role", [VIEWER, AGENT])
async def test_only_administrators_come_in(
    desk: Desk, sign_in: SignIn, role: agent_service_pb2.AgentRole.ValueType
) -> None:
    vera = await sign_in("vera", role)
    path = f"{TWILIO}/{desk.account.account_sid}"
    key = f"{path}/shared-keys/k/remove"

    shown = [await vera.get(each) for each in (TWILIO, f"{TWILIO}/connect", path, f"{path}/disconnect", key)]
    sent = [
        await vera.post(f"{TWILIO}/connect", {"account_sid": desk.account.account_sid, "auth_token": "e" * 32}),
        await vera.post(f"{path}/rotate", {"step": "add", "new_auth_token": "e" * 32}),
        await vera.post(f"{path}/shared-keys", {"shared_key_id": "k", "secret": "s"}),
        await vera.post(key),
        await vera.post(f"{path}/disconnect"),
    ]

    assert [page.status for page in (*shown, *sent)] == [403] * 10
    home = await vera.get("/settings")
    assert not home.all(f'a[href^="{TWILIO}"]')
    assert "Administrators set up numbers" in home.text


async def test_what_colleagues_name_an_account_is_never_markup(running: RunningStack, sign_in: SignIn) -> None:
    account = new_account()
    await open_account(running.simulator, running.stack, account)
    evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    await running.simulator.put_account(account.account_sid, account.auth_token, friendly_name=evil)
    dana = await sign_in("dana")

    page = await dana.post(f"{TWILIO}/connect", {"account_sid": account.account_sid, "auth_token": account.auth_token})
    pages = [page, await dana.get(TWILIO), await dana.get(f"{page.url}/disconnect")]

    assert all(evil in each.text or evil.replace("  ", " ") in each.text for each in pages)
    assert all(not each.all("img") and "<script>alert" not in each.html for each in pages)
    wrong = await dana.post(f"{TWILIO}/connect", {"account_sid": f"AC{evil}", "auth_token": "x"})
    assert wrong.status == 422
    assert not wrong.all("img")
