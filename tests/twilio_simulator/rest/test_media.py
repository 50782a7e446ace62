"""Pictures that customers send."""

import aiohttp
import pytest
from aiohttp import encode_basic_auth
from twilio.rest import Client
from yarl import URL

from dev.twilio_simulator.client import MediaFile, SimulatorClient
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN
from tests.twilio_simulator.product import Product

PICTURE = MediaFile("image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
CARD = MediaFile("text/vcard", b"BEGIN:VCARD\r\nEND:VCARD\r\n")
CREDENTIALS = {"Authorization": encode_basic_auth(ACCOUNT, TOKEN)}


@pytest.fixture
async def urls(simulator: SimulatorClient, product: Product) -> list[str]:
    """The media URLs that the product got with a text with a picture and a card."""
    sent = await simulator.text(CUSTOMER, NUMBER, "", media=[PICTURE, CARD])
    params = (await product.next()).params
    assert sent.message_sid.startswith("MM")
    assert (params["NumMedia"], params["MediaContentType0"]) == ("2", "image/png")
    assert params["MediaContentType1"] == "text/vcard"
    return [params["MediaUrl0"], params["MediaUrl1"]]


async def test_media_lies_behind_a_redirect_and_needs_credentials_only_before_it(
    urls: list[str], http: aiohttp.ClientSession
) -> None:
    async with http.get(urls[0], headers=CREDENTIALS, allow_redirects=False) as redirect:
        assert redirect.status == 307
        location = redirect.headers["Location"]
    assert (URL(urls[0]).host, URL(location).host) == ("127.0.0.1", "localhost")

    async with http.get(location) as stored:
        assert (stored.status, stored.content_type) == (200, "image/png")
        assert await stored.read() == PICTURE.content
    async with http.get(location, headers=CREDENTIALS) as refused:
        assert refused.status == 400


async def test_media_without_credentials_is_refused(urls: list[str], http: aiohttp.ClientSession) -> None:
    async with http.get(urls[0], allow_redirects=False) as refused:
        assert (refused.status, (await refused.json())["code"]) == (401, 20003)


async def test_media_resources(simulator: SimulatorClient, twilio: Client, urls: list[str]) -> None:
    [message] = await simulator.messages(direction="inbound")

    media = await twilio.messages(message.sid).media.list_async()
    fetched = await twilio.messages(message.sid).media(media[1].sid).fetch_async()

    assert [one.content_type for one in media] == ["image/png", "text/vcard"]
    assert [url.rpartition("/")[2] for url in urls] == [one.sid for one in media]
    assert (fetched.parent_sid, fetched.account_sid) == (message.sid, ACCOUNT)


@pytest.mark.parametrize(
    ("fault", "status"), [("loop", 307), ("gone", 403), ("huge", 200), ("endless", 200), ("silent", 200)]
)
async def test_store_misbehaves_on_order(
    simulator: SimulatorClient, urls: list[str], http: aiohttp.ClientSession, fault: str, status: int
) -> None:
    await simulator.fault("download_media", fault, times=1)
    async with http.get(urls[0], headers=CREDENTIALS, allow_redirects=False) as redirect:
        location = URL(redirect.headers["Location"], encoded=True)

    async with http.get(location, allow_redirects=False) as broken:
        assert broken.status == status
        assert ("Content-Length" in broken.headers) == (fault not in ("endless", "silent"))
        if fault in ("huge", "endless"):
            assert len(await broken.content.readexactly(10_000_000)) == 10_000_000


async def test_bomb_is_small_until_it_is_unfolded(
    simulator: SimulatorClient, urls: list[str], http: aiohttp.ClientSession
) -> None:
    await simulator.fault("download_media", "bomb", times=1)

    async with http.get(urls[0], headers=CREDENTIALS, allow_redirects=False) as redirect:
        location = redirect.headers["Location"]
    async with http.get(location) as bomb:
        assert int(bomb.headers["Content-Length"]) < 100_000
        assert len(await bomb.read()) > 60_000_000


@pytest.mark.parametrize(("fault", "host"), [("here", "127.0.0.1"), ("elsewhere", "127.0.0.2")])
async def test_media_may_be_at_the_api_or_where_nobody_expects_them(
    simulator: SimulatorClient, urls: list[str], http: aiohttp.ClientSession, fault: str, host: str
) -> None:
    await simulator.fault("download_media", fault, times=1)

    async with http.get(urls[0], headers=CREDENTIALS, allow_redirects=False) as redirect:
        location = URL(redirect.headers["Location"])

    assert location.host == host
    async with http.get(location.with_host("127.0.0.1")) as stored:
        assert await stored.read() == PICTURE.content


async def test_unknown_media_is_not_found(urls: list[str], http: aiohttp.ClientSession) -> None:
    url = urls[0].rpartition("/")[0] + "/ME" + "0" * 32

    async with http.get(url, headers=CREDENTIALS) as response:
        assert (response.status, (await response.json())["code"]) == (404, 20404)
