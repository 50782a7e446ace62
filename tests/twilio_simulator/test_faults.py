"""Faults of the REST API and of the webhook sender."""

import asyncio

import aiohttp
import pytest
from aiohttp import encode_basic_auth
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from dev.twilio_simulator.client import LoggedMessage, SimulatorClient
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN
from tests.twilio_simulator.product import Product


async def logged(simulator: SimulatorClient) -> list[LoggedMessage]:
    return await simulator.messages(direction="outbound-api")


async def create(twilio: Client) -> None:
    await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hello")


@pytest.mark.parametrize(
    ("fault", "status", "code", "processed"),
    [
        pytest.param("429", 429, 20429, 0, id="429"),
        pytest.param("500_before", 500, 20500, 0, id="500_before"),
        pytest.param("500_after", 500, 20500, 1, id="500_after"),
        pytest.param("html_502", 502, 502, 0, id="html_502"),
    ],
)
async def test_a_broken_answer(
    simulator: SimulatorClient, twilio: Client, fault: str, status: int, code: int, processed: int
) -> None:
    await simulator.fault("create_message", fault, times=1)

    with pytest.raises(TwilioRestException) as broken:
        await create(twilio)

    assert (broken.value.status, broken.value.code) == (status, code)
    assert len(await logged(simulator)) == processed


@pytest.mark.parametrize(("fault", "processed"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection(simulator: SimulatorClient, twilio: Client, fault: str, processed: int) -> None:
    await simulator.fault("create_message", fault, times=1)

    with pytest.raises(aiohttp.ClientError):
        await create(twilio)

    assert len(await logged(simulator)) == processed


async def test_latency_does_the_work_and_answers_late(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.fault("create_message", "latency", milliseconds=60_000, times=1)

    waiting = asyncio.create_task(create(twilio))
    await simulator.wait_for_messages(1, to=CUSTOMER)

    assert not waiting.done()
    waiting.cancel()


async def test_latency_before_does_the_work_after_the_caller_is_gone(
    simulator: SimulatorClient, http: aiohttp.ClientSession
) -> None:
    await simulator.fault("create_message", "latency_before", milliseconds=1500, times=1)
    form = {"To": CUSTOMER, "From": NUMBER, "Body": "hello"}
    headers = {"Authorization": encode_basic_auth(ACCOUNT, TOKEN)}
    url = f"{simulator.base_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    with pytest.raises(TimeoutError):
        await http.post(url, data=form, headers=headers, timeout=aiohttp.ClientTimeout(total=0.1))

    assert await logged(simulator) == []
    assert len(await simulator.wait_for_messages(1, to=CUSTOMER)) == 1


async def test_a_fault_ends_after_its_times(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.fault("create_message", "429", times=2)

    for _ in range(2):
        with pytest.raises(TwilioRestException):
            await create(twilio)
    await create(twilio)

    assert await simulator.faults() == []


async def test_a_fault_without_times_lasts_until_cleared(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.fault("list_messages", "500_before")
    for _ in range(3):
        with pytest.raises(TwilioException):
            await twilio.messages.list_async()
    [fault] = await simulator.faults()

    await simulator.clear_faults()

    assert (fault["operation"], fault["times"]) == ("list_messages", None)
    assert await twilio.messages.list_async() == []


async def test_a_fault_breaks_its_operation_only(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.fault("fetch_account", "429")
    await simulator.fault("list_numbers", "html_502")

    with pytest.raises(TwilioRestException):
        await twilio.api.v2010.accounts(ACCOUNT).fetch_async()
    with pytest.raises(TwilioException):
        await twilio.incoming_phone_numbers.list_async()
    await create(twilio)


async def test_webhook_twice(simulator: SimulatorClient, product: Product) -> None:
    await simulator.fault("webhook", "twice", times=1)

    result = await simulator.text(CUSTOMER, NUMBER, "hi")
    await simulator.text(CUSTOMER, NUMBER, "again")

    sids = [one.params["MessageSid"] for one in product.received]
    assert (len(sids), sids.count(result.message_sid)) == (3, 2)


async def test_webhook_tamper(simulator: SimulatorClient, product: Product) -> None:
    await simulator.fault("webhook", "tamper", times=1)

    await simulator.text(CUSTOMER, NUMBER, "hi")
    await simulator.text(CUSTOMER, NUMBER, "again")

    assert [one.signed_for(product.url, TOKEN) for one in product.received] == [False, True]


async def test_webhook_lost(simulator: SimulatorClient, product: Product) -> None:
    await simulator.fault("webhook", "lost", times=1)

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    assert not result.acknowledged
    assert product.received == []
    assert [message.sid for message in await simulator.messages()] == [result.message_sid]


async def test_webhook_latency(simulator: SimulatorClient, product: Product) -> None:
    await simulator.fault("webhook", "latency", milliseconds=60_000, times=1)

    slow = await simulator.text(CUSTOMER, NUMBER, "slow", wait=False)
    quick = await simulator.text(CUSTOMER, NUMBER, "quick")

    assert slow.acknowledged is None
    assert [one.params["MessageSid"] for one in product.received] == [quick.message_sid]
