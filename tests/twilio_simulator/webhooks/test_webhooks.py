"""A customer texts: what reaches the product, how it is signed, and what happens when it fails."""

import base64

import pytest
from twilio.rest import Client

from dev.twilio_simulator.client import SimulatorClient
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN
from tests.twilio_simulator.product import Answer, Product

OTHER = "AC" + "2" * 32


async def test_a_text_arrives_as_twilio_sends_it(simulator: SimulatorClient, product: Product) -> None:
    body = "  Zażółć 🐢 + 50% & more=?\r\n "
    result = await simulator.text(CUSTOMER, NUMBER, body)
    received = await product.next()

    assert result.acknowledged
    assert [(a.status, a.error_code) for a in result.attempts] == [(200, None)]
    assert (received.method, received.target) == ("POST", "/sms")
    assert dict(received.params) == {
        "MessageSid": result.message_sid,
        "SmsSid": result.message_sid,
        "SmsMessageSid": result.message_sid,
        "AccountSid": ACCOUNT,
        "From": CUSTOMER,
        "To": NUMBER,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCity": "TORONTO",
        "FromState": "ON",
        "FromZip": "",
        "FromCountry": "CA",
        "ToCity": "SEATTLE",
        "ToState": "WA",
        "ToZip": "98101",
        "ToCountry": "US",
    }
    assert received.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert received.headers["User-Agent"] == "TwilioProxy/1.1"
    assert received.headers["I-Twilio-Idempotency-Token"]
    assert received.signed_for(product.url, TOKEN)
    assert not received.signed_for(product.url, "another-token")


async def test_parameters_can_be_added_replaced_repeated_and_removed(
    simulator: SimulatorClient, product: Product
) -> None:
    params = {"FromCity": "Seattle", "OptOutType": "STOP", "ToZip": None, "Odd": ["2", "1", "2", ""]}
    await simulator.text(CUSTOMER, NUMBER, "hi", params=params)
    received = await product.next()

    assert received.params["FromCity"] == "Seattle"
    assert received.params["OptOutType"] == "STOP"
    assert "ToZip" not in received.params
    assert received.params.getall("Odd") == ["2", "1", "2", ""]
    assert received.signed_for(product.url, TOKEN)


async def test_get_puts_the_parameters_into_the_signed_url(simulator: SimulatorClient, product: Product) -> None:
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{product.url}/sms?desk=1", sms_method="GET")
    await simulator.text(CUSTOMER, NUMBER, "by GET & more")
    received = await product.next()

    assert received.method == "GET"
    assert received.target.startswith("/sms?desk=1&")
    assert "Body=by+GET+%26+more" in received.target
    assert received.signed_for(product.url, TOKEN)


async def test_a_public_url_is_signed_and_a_local_one_connected_to(
    simulator: SimulatorClient, product: Product
) -> None:
    public = "https://sms.example.com"
    await simulator.put_account(ACCOUNT, TOKEN, public_url_map={public: product.url})
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{public}/api/%2Fsms?a=b%20c#rc=2")
    await simulator.text(CUSTOMER, NUMBER, "hi")
    received = await product.next()

    assert received.target == "/api/%2Fsms?a=b%20c"
    assert received.headers["Host"] == "sms.example.com"
    assert received.signed_for(public, TOKEN)


async def test_credentials_in_the_url_are_offered_only_when_asked_for(
    simulator: SimulatorClient, product: Product
) -> None:
    url = product.url.replace("http://", "http://me:pass%40word@")
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{url}/sms")
    challenge = Answer(401, headers={"WWW-Authenticate": 'Basic realm="sms"', "Content-Type": "text/xml"})
    product.answers["/sms"] = [challenge, Answer()]

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    first, second = product.received
    assert result.acknowledged
    assert "Authorization" not in first.headers
    assert second.headers["Authorization"] == "Basic " + base64.b64encode(b"me:pass@word").decode()
    assert first.signed_for(product.url, TOKEN)


@pytest.mark.parametrize("tamper", ["body", "signature", "no_signature", "url"])
async def test_tampering_breaks_the_signature(simulator: SimulatorClient, product: Product, tamper: str) -> None:
    await simulator.text(CUSTOMER, NUMBER, "hi", tamper=tamper)

    assert not (await product.next()).signed_for(product.url, TOKEN)


async def test_tampering_with_the_account_claims_another_under_our_signature(
    simulator: SimulatorClient, product: Product
) -> None:
    await simulator.put_account(OTHER, "token-2")
    await simulator.text(CUSTOMER, NUMBER, "hi", tamper="account")
    received = await product.next()

    assert received.params["AccountSid"] == OTHER
    assert received.signed_for(product.url, TOKEN)
    assert not received.signed_for(product.url, "token-2")


async def test_copies_carry_one_sid(simulator: SimulatorClient, product: Product) -> None:
    result = await simulator.text(CUSTOMER, NUMBER, "hi", copies=5)

    assert len(result.attempts) == 5
    assert {one.params["MessageSid"] for one in product.received} == {result.message_sid}
    assert len(await simulator.messages()) == 1


async def test_a_known_sid_is_delivered_again(simulator: SimulatorClient, product: Product) -> None:
    sid = "SM" + "a" * 32
    await simulator.text(CUSTOMER, NUMBER, "hi", message_sid=sid)
    again = await simulator.text(CUSTOMER, NUMBER, "hi", message_sid=sid)

    assert again.message_sid == sid
    assert [one.params["MessageSid"] for one in product.received] == [sid, sid]
    [message] = await simulator.messages()
    assert len(message.attempts) == 2


async def test_a_text_that_is_not_delivered_is_only_in_the_log(simulator: SimulatorClient, product: Product) -> None:
    result = await simulator.text(CUSTOMER, NUMBER, "while you were down", deliver=False)

    assert (result.acknowledged, result.attempts) == (None, ())
    assert [message.body for message in await simulator.messages()] == ["while you were down"]
    assert product.received == []


async def test_a_number_without_url_or_with_a_twiml_app_calls_nobody(
    simulator: SimulatorClient, twilio: Client, product: Product
) -> None:
    await simulator.put_number(ACCOUNT, "+12065550101")
    with_app = await simulator.put_number(ACCOUNT, NUMBER)
    await twilio.incoming_phone_numbers(with_app.sid).update_async(sms_application_sid="AP" + "1" * 32)

    for number in ("+12065550101", NUMBER):
        result = await simulator.text(CUSTOMER, number, "hi")
        assert (result.acknowledged, result.attempts) == (False, ())
    assert product.received == []


async def test_a_number_of_two_accounts_needs_the_account(simulator: SimulatorClient, product: Product) -> None:
    await simulator.put_account(OTHER, "token-2")
    await simulator.put_number(OTHER, NUMBER, sms_url=f"{product.url}/other")

    await simulator.text(CUSTOMER, NUMBER, "hi", account_sid=OTHER)
    received = await product.next()

    assert (received.target, received.params["AccountSid"]) == ("/other", OTHER)
    assert received.signed_for(product.url, "token-2")
