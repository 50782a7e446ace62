"""Sending, through Twilio's own client: what is accepted, what is refused."""

import aiohttp
import pytest
from aiohttp import encode_basic_auth
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from dev.twilio_simulator.client import SimulatorClient
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN
from tests.twilio_simulator.product import Product

OTHER = "AC" + "2" * 32
RESOURCE_FIELDS = {
    *("account_sid", "api_version", "body", "date_created", "date_sent", "date_updated", "direction"),
    *("error_code", "error_message", "from", "messaging_service_sid", "num_media", "num_segments", "price"),
    *("price_unit", "sid", "status", "subresource_uris", "to", "uri"),
}


async def test_create_answers_with_a_queued_message(simulator: SimulatorClient, http: aiohttp.ClientSession) -> None:
    form = {"To": CUSTOMER, "From": NUMBER, "Body": "Zażółć"}
    headers = {"Authorization": encode_basic_auth(ACCOUNT, TOKEN)}
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
        pytest.param({"To": "banana", "From": NUMBER, "Body": "x"}, 21211, id="To is not a number"),
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
    headers = {"Authorization": encode_basic_auth(ACCOUNT, TOKEN)}
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


async def test_numbers_of_one_messaging_service_share_what_a_customer_said(
    simulator: SimulatorClient, twilio: Client
) -> None:
    other, apart = "+12065550101", "+12065550102"
    for number in (other, apart):
        await simulator.put_number(ACCOUNT, number)
    await simulator.put_service(ACCOUNT, "MG" + "5" * 32, [NUMBER, other], use_inbound_webhook_on_number=True)
    await simulator.text(CUSTOMER, NUMBER, "STOP")

    with pytest.raises(TwilioRestException) as refused:
        await twilio.messages.create_async(to=CUSTOMER, from_=other, body="hello")
    await twilio.messages.create_async(to=CUSTOMER, from_=apart, body="hello")
    await simulator.text(CUSTOMER, other, "START")
    await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hello again")

    assert refused.value.code == 21610


async def test_stop_within_a_sentence_stops_nothing(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.text(CUSTOMER, NUMBER, "STOP PLEASE")

    await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hello")


async def test_yes_does_not_undo_stop_on_a_toll_free_number(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.put_number(ACCOUNT, "+18885550100")
    await simulator.text(CUSTOMER, "+18885550100", "stop")
    await simulator.text(CUSTOMER, "+18885550100", "yes")

    with pytest.raises(TwilioRestException) as refused:
        await twilio.messages.create_async(to=CUSTOMER, from_="+18885550100", body="hello")

    assert refused.value.code == 21610
