"""Sending, and the message log, through Twilio's own client."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import BasicAuth
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from dev.twilio_simulator.client import SimulatorClient

from .conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN
from .product import Product

OTHER = "AC" + "2" * 32
RESOURCE_FIELDS = {
    *("account_sid", "api_version", "body", "date_created", "date_sent", "date_updated", "direction"),
    *("error_code", "error_message", "from", "messaging_service_sid", "num_media", "num_segments", "price"),
    *("price_unit", "sid", "status", "subresource_uris", "to", "uri"),
}


async def test_create_answers_with_a_queued_message(
    simulator: SimulatorClient, http: aiohttp.ClientSession
) -> None:
    form = {"To": CUSTOMER, "From": NUMBER, "Body": "Zażółć"}
    headers = {"Authorization": BasicAuth(ACCOUNT, TOKEN).encode()}
    url = f"{simulator.base_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    async with http.post(url, data=form, headers=headers) as response:
        message = await response.json()

    assert response.status == 201
    assert response.headers["Twilio-Request-Id"].startswith("RQ")
    assert message.keys() == RESOURCE_FIELDS
    assert message["status"] == "queued"
    assert message["date_sent"] is None
    assert message["error_code"] is None
    assert (message["num_segments"], message["num_media"]) == ("1", "0")
    assert (message["from"], message["to"], message["body"]) == (NUMBER, CUSTOMER, "Zażółć")
    assert message["direction"] == "outbound-api"
    assert message["date_created"].endswith("+0000")


async def test_a_message_is_delivered_in_the_end(simulator: SimulatorClient, twilio: Client) -> None:
    created = await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hello")
    await simulator.wait_for_message(created.sid)

    fetched = await twilio.messages(created.sid).fetch_async()

    assert fetched.status == "delivered"
    assert fetched.date_sent is not None


@pytest.mark.parametrize(
    ("form", "code"),
    [
        pytest.param({"From": NUMBER, "Body": "x"}, 21604, id="no To"),
        pytest.param({"To": CUSTOMER, "Body": "x"}, 21603, id="no From"),
        pytest.param({"To": CUSTOMER, "From": NUMBER}, 21602, id="no Body"),
        pytest.param({"To": CUSTOMER, "From": NUMBER, "Body": "x" * 1601}, 21617, id="too long"),
        pytest.param({"To": "banana", "From": NUMBER, "Body": "x"}, 21211, id="To is no number"),
        pytest.param({"To": CUSTOMER, "From": "+12065550199", "Body": "x"}, 21659, id="nobody's From"),
        pytest.param({"To": CUSTOMER, "From": "+13035550100", "Body": "x"}, 21660, id="another's From"),
        pytest.param({"To": CUSTOMER, "From": "+12065550101", "Body": "x"}, 21661, id="From cannot text"),
        pytest.param(
            {"To": CUSTOMER, "From": NUMBER, "Body": "x", "StatusCallback": "http://a_b.example/"},
            21609,
            id="StatusCallback with an underscore",
        ),
        pytest.param(
            {"To": CUSTOMER, "From": NUMBER, "Body": "x", "StatusCallback": "/status"},
            21609,
            id="StatusCallback is no URL",
        ),
        pytest.param({"To": CUSTOMER, "From": NUMBER, "MediaUrl": "nonsense"}, 21620, id="media is no URL"),
        pytest.param({"To": CUSTOMER, "MessagingServiceSid": "MG1", "Body": "x"}, 21705, id="no service"),
        pytest.param({"To": CUSTOMER, "From": "+15005550001", "Body": "x"}, 21212, id="magic From 1"),
        pytest.param({"To": CUSTOMER, "From": "+15005550007", "Body": "x"}, 21606, id="magic From 7"),
        pytest.param({"To": CUSTOMER, "From": "+15005550008", "Body": "x"}, 21611, id="magic From 8"),
        pytest.param({"To": "+15005550001", "From": "+15005550006", "Body": "x"}, 21211, id="magic To 1"),
        pytest.param({"To": "+15005550002", "From": "+15005550006", "Body": "x"}, 21612, id="magic To 2"),
        pytest.param({"To": "+15005550003", "From": "+15005550006", "Body": "x"}, 21408, id="magic To 3"),
        pytest.param({"To": "+15005550004", "From": "+15005550006", "Body": "x"}, 21610, id="magic To 4"),
        pytest.param({"To": "+15005550009", "From": "+15005550006", "Body": "x"}, 21614, id="magic To 9"),
    ],
)
async def test_create_refuses(
    simulator: SimulatorClient, http: aiohttp.ClientSession, form: dict[str, str], code: int
) -> None:
    await simulator.put_number(ACCOUNT, "+12065550101", capabilities=["voice"])
    await simulator.put_account(OTHER, "token-2")
    await simulator.put_number(OTHER, "+13035550100")
    headers = {"Authorization": BasicAuth(ACCOUNT, TOKEN).encode()}
    url = f"{simulator.base_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    async with http.post(url, data=form, headers=headers) as response:
        error = await response.json()

    assert (response.status, error["status"], error["code"]) == (400, 400, code)
    assert error["more_info"].endswith(str(code))
    assert await simulator.messages(direction="outbound-api") == []


async def test_the_magic_sender_needs_no_number(twilio: Client) -> None:
    created = await twilio.messages.create_async(to=CUSTOMER, from_="+15005550006", body="x" * 1600)

    assert created.num_segments == "11"


@pytest.mark.parametrize("stop", ["STOP", " stop\n", "Unsubscribe", "OPTOUT", "revoke"])
async def test_an_opted_out_customer_gets_nothing_until_start(
    simulator: SimulatorClient, twilio: Client, product: Product, stop: str
) -> None:
    await simulator.put_number(ACCOUNT, "+12065550101")
    told = await simulator.text(CUSTOMER, NUMBER, stop)

    with pytest.raises(TwilioRestException) as refused:
        await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hello")
    await twilio.messages.create_async(to=CUSTOMER, from_="+12065550101", body="our other number may")
    await simulator.text(CUSTOMER, NUMBER, "Start")
    await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hello again")

    assert (refused.value.status, refused.value.code) == (400, 21610)
    assert told.acknowledged
    assert [one.params["Body"] for one in product.received] == [stop, "Start"]


async def test_stop_within_a_sentence_stops_nothing(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.text(CUSTOMER, NUMBER, "STOP PLEASE")

    await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hello")


async def test_yes_does_not_undo_stop_on_a_toll_free_number(
    simulator: SimulatorClient, twilio: Client
) -> None:
    await simulator.put_number(ACCOUNT, "+18885550100")
    await simulator.text(CUSTOMER, "+18885550100", "stop")
    await simulator.text(CUSTOMER, "+18885550100", "yes")

    with pytest.raises(TwilioRestException) as refused:
        await twilio.messages.create_async(to=CUSTOMER, from_="+18885550100", body="hello")

    assert refused.value.code == 21610


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


async def test_list_has_both_directions_and_filters_by_number(
    simulator: SimulatorClient, twilio: Client
) -> None:
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


async def test_list_filters_by_date_sent_both_ends_included(
    simulator: SimulatorClient, twilio: Client
) -> None:
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


async def test_a_message_that_has_not_left_has_no_date_to_filter_by(
    simulator: SimulatorClient, twilio: Client
) -> None:
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
    headers = {"Authorization": BasicAuth(ACCOUNT, TOKEN).encode()}
    url = f"{simulator.base_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    async with http.get(url, params=query, headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 20001)
