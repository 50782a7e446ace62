"""Customers' phones: who has one, what is on it, and what becomes of texts to it."""

from typing import Any

import aiohttp
import pytest
from twilio.rest import Client

from dev.twilio_simulator.client import MediaFile, SimulatorClient
from tests.twilio_simulator.conftest import ACCOUNT, CONTROL_TOKEN, CUSTOMER, NUMBER
from tests.twilio_simulator.product import Answer, Product

MAYA = "+14155550101"


class Phones:
    """The control calls about phones."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = f"{url}/control/phones"
        self._headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}

    async def show(self, phone: str = "", **query: str) -> Any:
        async with self._http.get(self._url, params={"phone": phone, **query}, headers=self._headers) as response:
            return await response.json()

    async def of(self, number: str) -> Any:
        (found,) = [phone for phone in (await self.show())["phones"] if phone["phone_number"] == number]
        return found

    async def put(self, number: str, status: int = 200, **change: object) -> Any:
        async with self._http.put(f"{self._url}/{number}", json=change, headers=self._headers) as response:
            assert response.status == status
            return await response.json()


@pytest.fixture
def phones(simulator: SimulatorClient, http: aiohttp.ClientSession) -> Phones:
    return Phones(http, simulator.base_url)


async def _reply(twilio: Client, to: str, body: str = "hello") -> str:
    return str((await twilio.messages.create_async(to=to, from_=NUMBER, body=body)).sid)


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_nobody_sees_or_changes_them_without_the_token(
    simulator: SimulatorClient, http: aiohttp.ClientSession, method: str
) -> None:
    path = f"/control/phones{f'/{MAYA}' if method == 'PUT' else ''}"

    async with http.request(method, simulator.base_url + path) as response:
        assert response.status == 401


async def test_some_people_have_phones_from_the_beginning(phones: Phones) -> None:
    shown = await phones.show()

    assert [phone["name"] for phone in shown["phones"]] == ["Maya Torres", "Jonas Weber", "Priya Shah"]
    assert shown["numbers"] == [
        {"account_sid": ACCOUNT, "account": "Account 1", "phone_number": NUMBER, "name": NUMBER}
    ]


async def test_whoever_has_texted_has_one_and_it_shows_both_sides(
    phones: Phones, simulator: SimulatorClient, twilio: Client
) -> None:
    await simulator.text(CUSTOMER, NUMBER, "Look", media=[MediaFile("image/png", b"a picture")])
    await simulator.wait_for_message(await _reply(twilio, CUSTOMER, "Nice"))

    shown = await phones.show(CUSTOMER)

    assert [phone["phone_number"] for phone in shown["phones"]][3:] == [CUSTOMER]
    assert [(text["is_inbound"], text["body"], text["our_number"]) for text in shown["texts"]] == [
        (True, "Look", NUMBER),
        (False, "Nice", NUMBER),
    ]
    assert shown["texts"][0]["media"][0]["content_type"] == "image/png"
    assert shown["texts"][0]["acknowledged"] is True
    phone = await phones.of(CUSTOMER)
    assert (phone["received"], phone["last_text"]["body"]) == (1, "Nice")
    assert (await phones.show(MAYA))["texts"] == []


async def test_what_the_product_refused_is_seen(phones: Phones, simulator: SimulatorClient, product: Product) -> None:
    product.answers["/sms"] = [Answer(503)]
    await simulator.text(MAYA, NUMBER, "hello")

    (text,) = (await phones.show(MAYA))["texts"]

    assert (text["acknowledged"], text["answer"]) == (False, 503)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("+49 30 1234567", "+49301234567", id="with spaces"),
        pytest.param("(416) 555-0199", "+14165550199", id="as Americans write it"),
        pytest.param(MAYA, MAYA, id="one that is there"),
    ],
)
async def test_a_phone_is_added_under_its_number_however_it_is_written(
    phones: Phones, written: str, number: str
) -> None:
    added = await phones.put(written, name=" Zoë ")

    assert (added["phone_number"], added["name"]) == (number, "Zoë")
    assert (await phones.of(number))["name"] == "Zoë"


@pytest.mark.parametrize(
    ("number", "change", "says"),
    [
        pytest.param("hello", {}, "hello is not a phone number", id="no number"),
        pytest.param("+1415", {}, "write it like", id="too short"),
        pytest.param(MAYA, {"name": "x" * 81}, "at most 80", id="a long name"),
        pytest.param(MAYA, {"next": {"status": "eaten"}}, "not an outcome", id="no outcome"),
        pytest.param(MAYA, {"next": {"status": "failed", "error_code": 7}}, "10000", id="no error code"),
        pytest.param(MAYA, {"colour": "red"}, "colour", id="unknown field"),
    ],
)
async def test_what_cannot_be_is_refused(phones: Phones, number: str, change: dict[str, object], says: str) -> None:
    assert says in (await phones.put(number, 400, **change))["error"]


async def test_a_text_to_a_phone_that_is_off_waits_until_it_is_on(
    phones: Phones, simulator: SimulatorClient, twilio: Client
) -> None:
    await phones.put(MAYA, is_on=False)

    sid = await _reply(twilio, MAYA)
    waiting = await simulator.wait_for_message(sid, statuses=["sent"])
    assert (await phones.of(MAYA))["received"] == 0
    await phones.put(MAYA, is_on=True)
    arrived = await simulator.wait_for_message(sid)

    assert (waiting.status, arrived.status) == ("sent", "delivered")
    assert (await phones.of(MAYA))["received"] == 1


async def test_the_next_text_alone_meets_what_was_ordered(
    phones: Phones, simulator: SimulatorClient, twilio: Client
) -> None:
    await phones.put(MAYA, next={"status": "undelivered", "error_code": 30007})
    assert (await phones.of(MAYA))["next"] == {"status": "undelivered", "error_code": 30007}

    first = await simulator.wait_for_message(await _reply(twilio, MAYA))
    second = await simulator.wait_for_message(await _reply(twilio, MAYA))

    assert (first.status, first.error_code) == ("undelivered", 30007)
    assert second.status == "delivered"
    assert (await phones.of(MAYA))["next"] is None


async def test_what_was_ordered_can_be_called_off(phones: Phones, simulator: SimulatorClient, twilio: Client) -> None:
    await phones.put(MAYA, next={"status": "failed"})
    await phones.put(MAYA, name="Maya")
    assert (await phones.of(MAYA))["next"] is not None

    await phones.put(MAYA, next=None)

    assert (await simulator.wait_for_message(await _reply(twilio, MAYA))).status == "delivered"


async def test_a_text_that_is_lost_stays_sent(phones: Phones, simulator: SimulatorClient, twilio: Client) -> None:
    await phones.put(MAYA, next={"status": "sent"})

    lost = await _reply(twilio, MAYA)
    await simulator.wait_for_message(lost, statuses=["sent"])
    await simulator.wait_for_message(await _reply(twilio, MAYA))

    assert [text["status"] for text in (await phones.show(MAYA))["texts"]] == ["sent", "delivered"]


async def test_whoever_has_seen_all_is_answered_when_something_changes(
    phones: Phones, simulator: SimulatorClient
) -> None:
    seen = (await phones.show(MAYA))["version"]
    await simulator.text(MAYA, NUMBER, "hello")

    changed = await phones.show(MAYA, seen=seen)

    assert changed["version"] != seen
    assert [text["body"] for text in changed["texts"]] == ["hello"]


async def test_a_new_number_is_news(phones: Phones, simulator: SimulatorClient) -> None:
    seen = (await phones.show())["version"]
    await simulator.put_number(ACCOUNT, "+12065550199", friendly_name="Sales")

    changed = await phones.show(seen=seen)

    assert changed["version"] != seen
    assert [number["name"] for number in changed["numbers"]] == [NUMBER, "Sales"]


async def test_a_reset_gives_the_first_phones_back(phones: Phones, simulator: SimulatorClient) -> None:
    await phones.put(MAYA, name="Somebody else", is_on=False)
    await phones.put(CUSTOMER, name="Dana")

    await simulator.reset()

    shown = (await phones.show())["phones"]
    assert [(phone["name"], phone["is_on"]) for phone in shown] == [
        ("Maya Torres", True),
        ("Jonas Weber", True),
        ("Priya Shah", True),
    ]
