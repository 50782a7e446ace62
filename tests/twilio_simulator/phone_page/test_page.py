"""The page on which a person is the customer, over HTTP and in a browser."""

import aiohttp
import pytest
from playwright.async_api import Page, expect
from twilio.rest import Client

from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.phone_page.page import PATH
from tests.browsers import LOOKS, PHONE, WIDE, Look, OpenPage, axe, overflow
from tests.twilio_simulator.conftest import CONTROL_TOKEN, NUMBER
from tests.twilio_simulator.product import Answer, Product

MAYA = "+14155550101"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccf50cf"
    "c0000004850180a4db0b2e0000000049454e44ae426082"
)


async def _open(open_page: OpenPage, simulator: SimulatorClient, look: Look = WIDE) -> Page:
    """By the link that Keva prints."""
    page = await open_page(look)
    await page.goto(f"{simulator.base_url}{PATH}#{CONTROL_TOKEN}")
    return page


async def _reply(twilio: Client, body: str) -> None:
    await twilio.messages.create_async(to=MAYA, from_=NUMBER, body=body)


async def test_the_page_itself_holds_no_secret_and_takes_nothing_from_elsewhere(
    simulator: SimulatorClient, http: aiohttp.ClientSession
) -> None:
    async with http.get(simulator.base_url + PATH) as response:
        html = await response.text()

    assert CONTROL_TOKEN not in html
    assert "default-src 'none'; script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("fragment", ["", "#wrong"])
async def test_whoever_has_no_token_reads_where_the_link_is(
    simulator: SimulatorClient, open_page: OpenPage, fragment: str
) -> None:
    page = await open_page()

    await page.goto(simulator.base_url + PATH + fragment)

    await expect(page.get_by_text("Keva prints the link")).to_be_visible()
    await expect(page.get_by_label("Text", exact=True)).to_be_hidden()


@pytest.mark.parametrize("look", LOOKS)
async def test_it_can_be_read_and_used_by_all(
    simulator: SimulatorClient, twilio: Client, open_page: OpenPage, look: Look
) -> None:
    await simulator.text(MAYA, NUMBER, "Are you open on Sunday? " * 20)
    await _reply(twilio, "x" * 400)
    page = await _open(open_page, simulator, look)

    assert await axe(page) == []
    await page.get_by_role("button", name="Maya Torres").click()
    await expect(page.get_by_role("log")).to_contain_text("x" * 400)
    assert await axe(page) == []
    assert await overflow(page) == 0
    if look.width < 600:
        await page.get_by_role("button", name="What happens to this phone").click()
    await page.get_by_label("is not delivered by the carrier").check()
    await expect(page.get_by_label("Twilio's error code")).to_have_value("30003")
    assert await axe(page) == []


async def test_a_customer_texts_and_sees_the_answer_arrive(
    simulator: SimulatorClient, twilio: Client, product: Product, open_page: OpenPage
) -> None:
    page = await _open(open_page, simulator, PHONE)
    assert CONTROL_TOKEN not in page.url
    await page.get_by_role("button", name="Maya Torres").click()

    await page.get_by_label("Text", exact=True).fill("<b>hello</b>")
    await page.get_by_label("Add pictures").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    await page.get_by_role("button", name="Send").click()
    received = await product.next()
    await _reply(twilio, "Hi Maya")

    texts = page.get_by_role("log")
    await expect(texts.locator(".mine .body")).to_have_text("<b>hello</b>")
    await expect(texts.locator(".mine")).to_contain_text("taken by Keva")
    await expect(texts.get_by_text("Hi Maya")).to_be_visible()
    assert (received.params["From"], received.params["Body"]) == (MAYA, "<b>hello</b>")
    assert (received.params["NumMedia"], received.params["MediaContentType0"]) == ("1", "image/png")
    await expect(texts.get_by_role("img")).to_have_js_property("naturalWidth", 1)


async def test_what_the_product_refused_is_said(
    simulator: SimulatorClient, product: Product, open_page: OpenPage
) -> None:
    product.answers["/sms"] = [Answer(403)]
    page = await _open(open_page, simulator)

    await page.get_by_label("Text", exact=True).fill("hello")
    await page.get_by_label("Text", exact=True).press("Enter")

    await expect(page.get_by_role("log")).to_contain_text("Keva answered 403")


async def test_a_phone_is_added_and_what_is_no_number_is_said(simulator: SimulatorClient, open_page: OpenPage) -> None:
    page = await _open(open_page, simulator)
    await page.get_by_text("Add a phone").click()

    await page.get_by_label("Name").fill("Zoë <i>")
    await page.get_by_label("Number").fill("hello")
    await page.get_by_role("button", name="Add this phone").click()
    await expect(page.get_by_text("hello is not a phone number")).to_be_visible()
    await page.get_by_label("Number").fill("(416) 555-0199")
    await page.get_by_role("button", name="Add this phone").click()

    await expect(page.get_by_role("heading", name="Zoë <i>")).to_be_visible()
    await expect(page.get_by_text("+1 416 555 0199").first).to_be_visible()


async def test_each_phone_has_texts_of_its_own_and_new_ones_are_counted(
    simulator: SimulatorClient, twilio: Client, open_page: OpenPage
) -> None:
    page = await _open(open_page, simulator)
    await page.get_by_role("button", name="Jonas Weber").click()
    await expect(page.get_by_role("heading", name="Jonas Weber")).to_be_visible()

    await _reply(twilio, "for Maya")
    await expect(page.get_by_title("1 new")).to_be_visible()
    await expect(page.get_by_role("log")).to_be_empty()
    await page.get_by_role("button", name="Maya Torres").click()

    await expect(page.get_by_role("log")).to_contain_text("for Maya")
    await expect(page.get_by_title("1 new")).to_have_count(0)


async def test_a_text_waits_for_a_phone_that_is_off_and_the_next_one_fails_on_order(
    simulator: SimulatorClient, twilio: Client, open_page: OpenPage
) -> None:
    page = await _open(open_page, simulator)
    texts = page.get_by_role("log")

    await page.get_by_role("switch").click()
    await expect(page.get_by_role("switch")).not_to_be_checked()
    await _reply(twilio, "while it is off")
    await expect(texts.get_by_text("has not arrived: sent")).to_be_visible()
    await page.get_by_role("switch").click()
    await expect(texts.get_by_text("has not arrived: sent")).to_have_count(0)

    await page.get_by_label("is not delivered by the carrier").check()
    await page.get_by_label("Twilio's error code").fill("30006")
    await page.get_by_role("button", name="Fail the next text").click()
    await expect(page.get_by_text("Texts after it arrive again")).to_be_visible()
    await _reply(twilio, "to a landline")
    await expect(texts.get_by_text("did not arrive: undelivered, error 30006")).to_be_visible()
    await expect(page.get_by_label("arrives", exact=True)).to_be_checked()
