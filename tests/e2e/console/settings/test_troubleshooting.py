"""Settings > Troubleshooting: the four questions of the customer's guide, and what Keva finds."""

import asyncio

import pytest

from console.pages.settings.troubleshooting import PATH, QUESTIONS
from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, message_pb2
from tests.e2e.console.conftest import SignIn

VIEWER, AGENT = agent_service_pb2.AGENT_ROLE_VIEWER, agent_service_pb2.AGENT_ROLE_AGENT


async def test_the_questions_are_those_of_the_guide(sign_in: SignIn) -> None:
    page = await (await sign_in("dana")).get(PATH)

    words = [strong.text for strong in page.all(".settings-page .settings-link strong")]
    assert words == ["Webhook not receiving", "Signature failing", "Replies not sending", "Duplicate tickets"]
    assert not page.all("#answer")


async def test_texts_that_go_elsewhere_are_found_with_the_way_to_the_number(
    running: RunningStack, desk: Desk, sign_in: SignIn
) -> None:
    sid, number = desk.account.account_sid, desk.account.phone_number
    await running.simulator.put_number(sid, number, sms_url="https://elsewhere.example/sms")
    dana = await sign_in("dana")

    page = await dana.get(f"{PATH}?check=texts")

    # Other numbers of the same stack may go nowhere too; each is one of the links, up to twenty.
    assert "do not come to Keva" in page.one("#answer").text
    await desk.close()


async def test_a_refused_signature_is_explained_on_the_page_of_its_account(desk: Desk, sign_in: SignIn) -> None:
    assert (await desk.post({}, signature="bm90IHR3aWxpbw==")).status == 403
    dana = await sign_in("dana")

    # It is written down after the answer.
    async with asyncio.timeout(60):
        while True:
            page = await dana.get(f"/settings/integrations/twilio/{desk.account.account_sid}")
            if "Last refused signature" in page.one("#twilio-health").text:
                break
            await asyncio.sleep(0.05)
    answer = await dana.get(f"{PATH}?check=signatures")

    assert "its signature fits no Auth Token" in page.one("#twilio-health").text
    assert f"Webhooks of {desk.account.account_sid}" in answer.one("#answer").text
    assert answer.all(f'#answer a[href$="{desk.account.account_sid}"]')

    await desk.text("hello")
    accepted = await dana.get(f"/settings/integrations/twilio/{desk.account.account_sid}")
    again = await dana.get(f"{PATH}?check=signatures")
    assert "Last webhook of a text:" in accepted.one("#twilio-health").text
    assert f"Webhooks of {desk.account.account_sid}" not in again.one("#answer").text


async def test_replies_that_failed_are_counted(desk: Desk, sign_in: SignIn) -> None:
    await desk.text("hello")
    await desk.simulator.outcome(desk.customer, "undelivered", 30005)
    await desk.until_delivery(await desk.reply(await desk.ticket(), "Hello"), message_pb2.DELIVERY_STATE_FAILED)

    page = await (await sign_in("dana")).get(f"{PATH}?check=replies")

    assert "a reply that could not be delivered" in page.one("#answer").text


async def test_a_rule_that_makes_more_tickets_is_named(running: RunningStack, sign_in: SignIn) -> None:
    desk = await running.open_desk(create_ticket_on=channel_service_pb2.CREATE_TICKET_ON_ANY_MESSAGE)

    page = await (await sign_in("dana")).get(f"{PATH}?check=duplicates")

    assert "Create Ticket On is Any message" in page.one("#answer").text
    assert page.all(f'#answer a[href="/settings/channels/{desk.channel.channel_id}"]')
    await desk.close()


@pytest.mark.parametrize("role", [VIEWER, AGENT])
async def test_only_administrators_come_in(sign_in: SignIn, role: agent_service_pb2.AgentRole.ValueType) -> None:
    vera = await sign_in("vera", role)

    assert [(await vera.get(f"{PATH}?check={key}")).status for key in ("", *QUESTIONS)] == [403] * 5
