"""Status callbacks: what the product hears of its messages, and what goes wrong on the way."""

import pytest
from twilio.rest import Client

from dev.twilio_simulator.client import LoggedMessage, SimulatorClient
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN
from tests.twilio_simulator.product import Answer, Product

PATH = "/status"


async def send(twilio: Client, product: Product, suffix: str = "?message=msg_1&x=%2F") -> str:
    created = await twilio.messages.create_async(
        to=CUSTOMER, from_=NUMBER, body="hello", status_callback=product.url + PATH + suffix
    )
    return str(created.sid)


def told(product: Product) -> list[str]:
    return [one.params["MessageStatus"] for one in product.at(PATH)]


async def test_a_delivered_message_is_told_as_sent_and_delivered(
    simulator: SimulatorClient, twilio: Client, product: Product
) -> None:
    sid = await send(twilio, product)
    message = await simulator.wait_for_message(sid)
    sent, delivered = product.at(PATH)

    assert message.status == "delivered"
    assert [c.message_status for c in message.callbacks] == ["sent", "delivered"]
    assert [a.status for c in message.callbacks for a in c.attempts] == [200, 200]
    assert dict(sent.params) == {
        "ApiVersion": "2010-04-01",
        "AccountSid": ACCOUNT,
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": "sent",
        "SmsStatus": "sent",
        "From": NUMBER,
        "To": CUSTOMER,
    }
    assert sent.target == delivered.target == "/status?message=msg_1&x=%2F"
    assert len(delivered.params["RawDlrDoneDate"]) == 10
    assert sent.signed_for(product.url, TOKEN)
    assert delivered.signed_for(product.url, TOKEN)


@pytest.mark.parametrize(
    ("status", "error_code", "statuses", "told_code"),
    [
        pytest.param("undelivered", 30005, ["sent", "undelivered"], "30005", id="undelivered"),
        pytest.param("undelivered", None, ["sent", "undelivered"], "30003", id="undelivered, default code"),
        pytest.param("failed", 30007, ["failed"], "30007", id="failed"),
    ],
)
async def test_the_outcome_of_a_number(
    simulator: SimulatorClient,
    twilio: Client,
    product: Product,
    status: str,
    error_code: int | None,
    statuses: list[str],
    told_code: str,
) -> None:
    await simulator.outcome(CUSTOMER, status, error_code)

    message = await simulator.wait_for_message(await send(twilio, product))

    assert (message.status, message.error_code) == (status, int(told_code))
    assert told(product) == statuses
    assert product.at(PATH)[-1].params["ErrorCode"] == told_code
    fetched = await twilio.messages(message.sid).fetch_async()
    assert (fetched.status, fetched.error_code) == (status, int(told_code))
    assert fetched.error_message


async def test_a_message_may_stay_sent_for_good(simulator: SimulatorClient, twilio: Client, product: Product) -> None:
    await simulator.outcome(CUSTOMER, "sent")

    sid = await send(twilio, product)
    await simulator.wait_for_message(sid, statuses=["sent"])

    with pytest.raises(TimeoutError):
        await simulator.wait_for_message(sid, timeout=0.1)
    assert told(product) == ["sent"]


async def test_waiting_for_a_status_that_is_past_ends_too(
    simulator: SimulatorClient, twilio: Client, product: Product
) -> None:
    sid = await send(twilio, product)
    await simulator.wait_for_message(sid)

    assert (await simulator.wait_for_message(sid, statuses=["sent"])).status == "delivered"


async def test_without_a_callback_url_nobody_is_told(
    simulator: SimulatorClient, twilio: Client, product: Product
) -> None:
    created = await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hello")

    message = await simulator.wait_for_message(created.sid)

    assert message.callbacks == ()
    assert product.received == []


async def test_callbacks_follow_connection_overrides(
    simulator: SimulatorClient, twilio: Client, product: Product
) -> None:
    product.answers[PATH] = [Answer(503), Answer(503), Answer(204, "", {})]

    message = await simulator.wait_for_message(await send(twilio, product, "#rc=2&rp=5xx"))

    assert [[a.status for a in c.attempts] for c in message.callbacks] == [[503, 503, 204], [204]]


async def test_a_callback_that_nobody_answers_is_settled_too(
    simulator: SimulatorClient, twilio: Client, product: Product
) -> None:
    product.answers[PATH] = [Answer(hang=True)]

    message = await simulator.wait_for_message(await send(twilio, product, "#rt=100"))

    assert [c.settled for c in message.callbacks] == [True, True]
    assert {a.error_code for c in message.callbacks for a in c.attempts} == {11200}


async def test_fault_reversed(simulator: SimulatorClient, twilio: Client, product: Product) -> None:
    await simulator.fault("callback", "reversed", times=1)

    await send(twilio, product)

    assert [(await product.next()).params["MessageStatus"] for _ in range(2)] == ["delivered", "sent"]


async def test_fault_late_is_overtaken(simulator: SimulatorClient, twilio: Client, product: Product) -> None:
    await simulator.fault("callback", "late", milliseconds=1000, times=1)

    message = await simulator.wait_for_message(await send(twilio, product))

    assert [c.settled for c in message.callbacks] == [False, True]
    assert [(await product.next()).params["MessageStatus"] for _ in range(2)] == ["delivered", "sent"]


async def test_fault_repeat(simulator: SimulatorClient, twilio: Client, product: Product) -> None:
    await simulator.fault("callback", "repeat", copies=3, times=1)

    await simulator.wait_for_message(await send(twilio, product))

    assert told(product) == ["sent", "sent", "sent", "delivered"]


async def test_fault_lost(simulator: SimulatorClient, twilio: Client, product: Product) -> None:
    await simulator.fault("callback", "lost")

    message = await simulator.wait_for_message(await send(twilio, product))

    assert [c.lost for c in message.callbacks] == [True, True]
    assert product.received == []


async def test_fault_tamper(simulator: SimulatorClient, twilio: Client, product: Product) -> None:
    await simulator.fault("callback", "tamper", times=1)

    message: LoggedMessage = await simulator.wait_for_message(await send(twilio, product))

    assert message.status == "delivered"
    assert [one.signed_for(product.url, TOKEN) for one in product.at(PATH)] == [False, True]
