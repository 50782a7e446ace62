"""Settings > Channels: a number is added as the customer's guide says, looked after, and removed."""

import pytest

from dev.local_stack.accounts import connect_account, open_account
from dev.local_stack.desk import Desk, RunningStack, new_account, new_number
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, routing_pb2
from tests.e2e.console.conftest import SignIn

CHANNELS = "/settings/channels"
VIEWER, AGENT = agent_service_pb2.AGENT_ROLE_VIEWER, agent_service_pb2.AGENT_ROLE_AGENT
EVIL = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


async def test_a_number_is_chosen_wired_and_answered(running: RunningStack, sign_in: SignIn) -> None:
    account = new_account()
    await open_account(running.simulator, running.stack, account)
    await connect_account(running.clients, account)
    dana = await sign_in("dana")
    listed = await dana.get(f"{CHANNELS}/new?q={account.phone_number[1:]}")
    offered = listed.one(f'a[href*="account={account.account_sid}"]')
    assert "Texts go to: nowhere" in listed.text

    form = await dana.get(str(offered["href"]))
    rules = {"display_name": "Returns", "create_ticket_on": "any-message", "auto_assign": "available", "wire": "wire"}
    assert form.one("#field-ai_autonomy option[selected]")["value"] == "sure"
    added = await dana.submit(
        form, "#add", {**rules, "default_priority": "urgent", "segments_per_second": "0,5", "ai_autonomy": "off"}
    )

    assert added.status == 200
    assert added.url.startswith(f"{CHANNELS}/chn_")
    assert "Its texts become tickets from now on." in added.one("#toast").text
    assert "here; no text yet" in added.one("#channel-check").text
    wanted = channel_service_pb2.GetChannelRequest(organization_id="default", channel_id=added.url.rpartition("/")[2])
    channel = (await running.clients.channels.GetChannel(wanted)).channel
    assert (channel.display_name, channel.segments_per_second) == ("Returns", 0.5)
    assert channel.create_ticket_on == channel_service_pb2.CREATE_TICKET_ON_ANY_MESSAGE
    assert channel.default_priority == routing_pb2.PRIORITY_URGENT
    assert channel.ai_autonomy == channel_service_pb2.AI_AUTONOMY_OFF
    assert "AI off" in (await dana.get(CHANNELS)).text
    assert channel.auto_assign.kind == routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT

    await running.simulator.text(new_number(), account.phone_number, "hello", account_sid=account.account_sid)
    check = await dana.get(added.url, headers={"HX-Target": "channel-check"})
    assert "last text" in check.text
    assert not check.all("main")
    again = await dana.get(f"{CHANNELS}/new?number={account.phone_number[2:]}")
    assert again.url == added.url


async def test_texts_that_go_elsewhere_are_taken_over_on_purpose_alone(
    running: RunningStack, desk: Desk, sign_in: SignIn
) -> None:
    sid, number = desk.account.account_sid, desk.account.phone_number
    await running.simulator.put_number(sid, number, sms_url="https://elsewhere.example/sms")
    dana = await sign_in("dana")

    page = await dana.get(f"{CHANNELS}/{desk.channel.channel_id}")
    assert "they go to elsewhere.example" in page.one("#channel-check").text
    fixed = await dana.submit(page, "#wire")

    assert fixed.all("#channel-check .finding-good")
    assert not fixed.all("#wire")


async def test_a_number_whose_texts_go_elsewhere_meanwhile_is_left_there(
    running: RunningStack, desk: Desk, sign_in: SignIn
) -> None:
    await running.simulator.put_number(
        desk.account.account_sid, desk.account.phone_number, sms_url="https://elsewhere.example/sms"
    )
    dana = await sign_in("dana")

    refused = await dana.post(f"{CHANNELS}/{desk.channel.channel_id}/wire")

    assert refused.status == 422
    assert "taken over" in refused.one(".notice-wrong").text
    assert "elsewhere.example" in refused.one("#channel-check").text


async def test_rules_are_changed_and_put_back(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    page = await dana.get(f"{CHANNELS}/{desk.channel.channel_id}")

    saved = await dana.submit(page, "#rules", {"display_name": "Sales line", "default_priority": "low"})
    assert "Sales line" in saved.one("h1").text
    assert saved.one("#field-default_priority option[selected]")["value"] == "low"
    undone = await dana.submit(saved, "#toast form")

    assert undone.one("#field-display_name")["value"] == desk.channel.display_name
    assert undone.one("#field-default_priority option[selected]")["value"] == "high"


async def test_what_somebody_else_changed_meanwhile_stays(desk: Desk, sign_in: SignIn) -> None:
    dana, eli = await sign_in("dana"), await sign_in("eli")
    path = f"{CHANNELS}/{desk.channel.channel_id}"
    opened = await dana.get(path)

    await eli.submit(await eli.get(path), "#rules", {"default_priority": "urgent"})
    saved = await dana.submit(opened, "#rules", {"display_name": "Sales line"})
    await eli.submit(await eli.get(path), "#rules", {"ai_autonomy": "off"})
    undone = await dana.submit(saved, "#toast form")

    assert saved.one("#field-default_priority option[selected]")["value"] == "urgent"
    assert undone.one("#field-display_name")["value"] == desk.channel.display_name
    assert undone.one("#field-default_priority option[selected]")["value"] == "urgent"
    assert undone.one("#field-ai_autonomy option[selected]")["value"] == "off"


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    page = await dana.get(f"{CHANNELS}/{desk.channel.channel_id}")
    typed = {"display_name": "Kept", "segments_per_second": "fast", "auto_assign": "agent:agt_nobody"}

    wrong = await dana.submit(page, "#rules", typed)
    assert wrong.status == 422
    assert "Write a number" in wrong.one("#error-segments_per_second").text
    assert wrong.one("#field-display_name")["value"] == "Kept"
    refused = await dana.submit(wrong, "#rules", {"segments_per_second": "2000"})
    assert refused.all("#error-segments_per_second")
    nobody = await dana.submit(refused, "#rules", {"segments_per_second": ""})

    assert nobody.status == 422
    assert nobody.all("#error-auto_assign")


async def test_a_number_that_nobody_has_is_said_beside_its_field(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    unknown = await dana.get(f"{CHANNELS}/new", params={"number": new_number()})
    nonsense = await dana.get(f"{CHANNELS}/new", params={"number": EVIL})

    assert (unknown.status, nonsense.status) == (422, 422)
    # Other tests may have left accounts that Twilio refuses: then it cannot be known.
    assert " has +1555" in unknown.one("#error-number").text
    assert "not a possible phone number" in nonsense.one("#error-number").text
    assert not nonsense.all("img")


async def test_removing_asks_first(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    path = f"{CHANNELS}/{desk.channel.channel_id}"

    asked = await dana.get(f"{path}/remove")
    removed = await dana.submit(asked, "#remove")

    assert removed.url == CHANNELS
    assert (await dana.get(path)).status == 404


async def test_names_are_never_markup(running: RunningStack, sign_in: SignIn) -> None:
    desk = await running.open_desk(display_name=EVIL[:100])
    dana = await sign_in("dana")
    path = f"{CHANNELS}/{desk.channel.channel_id}"

    pages = [await dana.get(each) for each in (CHANNELS, path, f"{path}/remove")]

    assert all(page.status == 200 and "<img" in page.text and not page.all("img") for page in pages)


@pytest.mark.parametrize("role", [VIEWER, AGENT])
async def test_only_administrators_come_in(
    desk: Desk, sign_in: SignIn, role: agent_service_pb2.AgentRole.ValueType
) -> None:
    vera = await sign_in("vera", role)
    path = f"{CHANNELS}/{desk.channel.channel_id}"
    rules = {"display_name": "x", "workspace_id": "default", "create_ticket_on": "new-thread"}
    rules |= {"default_priority": "low", "auto_assign": "nobody", "ai_autonomy": "sure"}
    number = {"account_sid": desk.account.account_sid, "phone_number": desk.account.phone_number}

    shown = [await vera.get(each) for each in (CHANNELS, f"{CHANNELS}/new", path, f"{path}/remove")]
    sent = [
        await vera.post(f"{CHANNELS}/new", {**rules, **number}),
        await vera.post(path, rules),
        await vera.post(f"{path}/wire"),
        await vera.post(f"{path}/remove"),
    ]

    assert [page.status for page in (*shown, *sent)] == [403] * 8
