"""The message log, through Twilio's own client."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import encode_basic_auth
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from dev.twilio_simulator.client import SimulatorClient
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN

OTHER = "AC" + "2" * 32


async def test_list_pages_to_the_end_newest_first(simulator: SimulatorClient, twilio: Client) -> None:
    sent = [(await simulator.text(CUSTOMER, NUMBER, str(n), deliver=False)).message_sid for n in range(25)]

    pages = [await twilio.messages.page_async(page_size=10)]
    while (following := await pages[-1].next_page_async()) is not None:
        pages.append(following)

    listed = [[message.sid for message in page] for page in pages]
    assert [len(sids) for sids in listed] == [10, 10, 5]
    assert [sid for sids in listed for sid in sids] == sent[::-1]


async def test_a_page_is_not_shifted_by_a_text_that_arrives_meanwhile(
    simulator: SimulatorClient, twilio: Client
) -> None:
    sent = [(await simulator.text(CUSTOMER, NUMBER, str(n), deliver=False)).message_sid for n in range(4)]
    first = await twilio.messages.page_async(page_size=2)
    await simulator.text(CUSTOMER, NUMBER, "meanwhile", deliver=False)

    second = await first.next_page_async()

    assert second is not None
    assert [message.sid for message in second] == [sent[1], sent[0]]


async def test_list_has_both_directions_and_filters_by_number(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.text(CUSTOMER, NUMBER, "in", deliver=False)
    await simulator.text("+12125550123", NUMBER, "somebody else", deliver=False)
    await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="out")

    everything = await twilio.messages.list_async()
    inbound = await twilio.messages.list_async(to=NUMBER, from_=CUSTOMER)
    outbound = await twilio.messages.list_async(to=CUSTOMER)

    assert {m.direction for m in everything} == {"inbound", "outbound-api"}
    assert len(everything) == 3
    assert [m.body for m in inbound] == ["in"]
    assert [m.body for m in outbound] == ["out"]


async def test_list_filters_by_date_sent_both_ends_included(simulator: SimulatorClient, twilio: Client) -> None:
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    for day in range(-1, 2):
        moment = (noon + timedelta(days=day)).isoformat()
        await simulator.text(CUSTOMER, NUMBER, f"{day:+d}", deliver=False, sent_at=moment)

    async def bodies(**filters: object) -> list[str]:
        return [message.body for message in await twilio.messages.list_async(**filters)]

    assert await bodies(date_sent=noon.date()) == ["+0"]
    assert await bodies(date_sent_after=noon) == ["+1", "+0"]
    assert await bodies(date_sent_after=noon + timedelta(seconds=1)) == ["+1"]
    assert await bodies(date_sent_before=noon) == ["+0", "-1"]
    assert await bodies(date_sent_after=noon - timedelta(days=1), date_sent_before=noon) == ["+0", "-1"]


async def test_a_message_that_has_not_left_has_no_date_to_filter_by(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.outcome(CUSTOMER, "failed", 30006)
    created = await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="never sent")
    failed = await simulator.wait_for_message(created.sid)

    assert failed.date_sent is None
    assert await twilio.messages.list_async(date_sent_after=datetime(2020, 1, 1, tzinfo=UTC)) == []


async def test_one_account_does_not_see_anothers_messages(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.put_account(OTHER, "token-2")
    await simulator.put_number(OTHER, "+13035550100")
    secret = await simulator.text(CUSTOMER, "+13035550100", "for account 2", deliver=False)

    with pytest.raises(TwilioRestException) as refused:
        await twilio.messages(secret.message_sid).fetch_async()

    assert (refused.value.status, refused.value.code) == (404, 20404)
    assert await twilio.messages.list_async() == []


async def test_redact_and_delete(simulator: SimulatorClient, twilio: Client) -> None:
    sid = (await simulator.text(CUSTOMER, NUMBER, "my card number is", deliver=False)).message_sid

    redacted = await twilio.messages(sid).update_async(body="")
    assert redacted.body == ""

    assert await twilio.messages(sid).delete_async()
    with pytest.raises(TwilioRestException) as gone:
        await twilio.messages(sid).fetch_async()
    assert gone.value.code == 20404


@pytest.mark.parametrize("query", [{"PageSize": "0"}, {"PageToken": "x"}, {"DateSent>": "yesterday"}])
async def test_list_refuses_nonsense(
    simulator: SimulatorClient, http: aiohttp.ClientSession, query: dict[str, str]
) -> None:
    headers = {"Authorization": encode_basic_auth(ACCOUNT, TOKEN)}
    url = f"{simulator.base_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    async with http.get(url, params=query, headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 20001)


async def _lines(simulator: SimulatorClient, http: aiohttp.ClientSession) -> list[Any]:
    """What stands in the log, as it is written."""
    url = f"{simulator.base_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    async with http.get(url, headers={"Authorization": encode_basic_auth(ACCOUNT, TOKEN)}) as answer:
        lines: list[Any] = (await answer.json())["messages"]
    return lines


async def test_poisoned_lines_stand_beside_the_others(simulator: SimulatorClient, http: aiohttp.ClientSession) -> None:
    text = await simulator.text(CUSTOMER, NUMBER, "hello", deliver=False)
    await simulator.fault("list_messages", "poison", times=1)

    poisoned, healthy = await _lines(simulator, http), await _lines(simulator, http)

    assert [line["sid"] for line in healthy] == [text.message_sid]
    assert poisoned[-1:] == healthy
    assert None in poisoned


async def test_text_may_be_cut_inside_its_last_character(
    simulator: SimulatorClient, http: aiohttp.ClientSession
) -> None:
    await simulator.text(CUSTOMER, NUMBER, "hi 😀", deliver=False, cut=True)

    (line,) = await _lines(simulator, http)

    assert line["body"] == "hi \ud83d"
