"""Messaging services: listed through Twilio's own client, and where they make their numbers' texts go."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from dev.twilio_simulator.client import SimulatorClient, SimulatorError
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER
from tests.twilio_simulator.product import Answer, Product

SERVICE = "MG" + "0a" * 16
OTHER_NUMBER = "+12065550199"


def _paths(product: Product) -> list[str]:
    return [webhook.target for webhook in product.received]


async def test_services_are_listed_on_pages_with_their_numbers(simulator: SimulatorClient, twilio: Client) -> None:
    number = await simulator.put_number(ACCOUNT, OTHER_NUMBER)
    for last in range(5):
        await simulator.put_service(ACCOUNT, f"MG{last:032x}", [OTHER_NUMBER] if last == 4 else [])

    services = await twilio.messaging.v1.services.list_async(page_size=2)
    numbers = await twilio.messaging.v1.services(services[4].sid).phone_numbers.list_async()

    assert [service.sid for service in services] == [f"MG{last:032x}" for last in range(5)]
    assert (services[0].inbound_request_url, services[0].use_inbound_webhook_on_number) == (None, False)
    assert [(one.sid, one.phone_number, one.service_sid) for one in numbers] == [
        (number.sid, OTHER_NUMBER, services[4].sid)
    ]


async def test_numbers_of_an_unknown_service_are_refused(twilio: Client) -> None:
    with pytest.raises(TwilioException):
        await twilio.messaging.v1.services(SERVICE).phone_numbers.list_async()


async def test_a_services_url_takes_its_numbers_texts(simulator: SimulatorClient, product: Product) -> None:
    await simulator.put_service(ACCOUNT, SERVICE, [NUMBER], inbound_request_url=f"{product.url}/service")

    result = await simulator.text(CUSTOMER, NUMBER, "hello")

    assert result.acknowledged
    assert _paths(product) == ["/service"]
    assert product.received[0].params["MessagingServiceSid"] == SERVICE


async def test_a_service_has_a_fallback_of_its_own(simulator: SimulatorClient, product: Product) -> None:
    product.answers["/service"] = [Answer(500)]
    urls = {"inbound_request_url": f"{product.url}/service#rc=0", "fallback_url": f"{product.url}/second"}
    await simulator.put_service(ACCOUNT, SERVICE, [NUMBER], **urls)

    await simulator.text(CUSTOMER, NUMBER, "hello")

    assert _paths(product) == ["/service", "/second"]


async def test_a_service_that_defers_to_the_number_changes_nothing(
    simulator: SimulatorClient, product: Product
) -> None:
    fields: dict[str, Any] = {"use_inbound_webhook_on_number": True, "inbound_request_url": f"{product.url}/service"}
    await simulator.put_service(ACCOUNT, SERVICE, [NUMBER], **fields)

    await simulator.text(CUSTOMER, NUMBER, "hello")

    assert _paths(product) == ["/sms"]


async def test_a_service_without_a_url_loses_its_numbers_texts(simulator: SimulatorClient, product: Product) -> None:
    await simulator.put_service(ACCOUNT, SERVICE, [NUMBER])

    result = await simulator.text(CUSTOMER, NUMBER, "hello")

    assert (result.attempts, product.received) == ((), [])
    assert await simulator.messages(to=NUMBER) == []


async def test_a_number_is_in_one_service_at_a_time(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.put_service(ACCOUNT, SERVICE, [NUMBER])
    await simulator.put_service(ACCOUNT, "MG" + "0b" * 16, [NUMBER])

    assert await twilio.messaging.v1.services(SERVICE).phone_numbers.list_async() == []


async def test_a_service_needs_an_id_like_twilios(simulator: SimulatorClient) -> None:
    with pytest.raises(SimulatorError):
        await simulator.put_service(ACCOUNT, "banana", [NUMBER])
