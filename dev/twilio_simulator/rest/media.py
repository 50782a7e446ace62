"""REST: the media of a message. The bytes lie in a store at another host, as at Twilio, behind a redirect."""

from aiohttp import web
from yarl import URL

from dev.twilio_simulator.directory import Account
from dev.twilio_simulator.faults import MEDIA_FAULTS
from dev.twilio_simulator.log import Media
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.rest.media_store import STORE, download_from_store, media_of
from dev.twilio_simulator.rest.messages import find_message
from dev.twilio_simulator.rest.operations import rest, rfc2822
from dev.twilio_simulator.rest.paging import page
from dev.twilio_simulator.state import Simulator

_API, MEDIA_HOST, _ELSEWHERE = "127.0.0.1", "localhost", "127.0.0.2"


async def list_media(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    message = find_message(simulator, account, request)
    items = [((index, 0), media) for index, media in enumerate(message.media)]
    return page(request, "media_list", items, media_resource)


async def fetch_media(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    return web.json_response(media_resource(_find(simulator, account, request)))


async def download_media(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    media = _find(simulator, account, request)
    ordered = simulator.faults.take("download_media", MEDIA_FAULTS)
    fault = ordered.fault if ordered else ""
    location = URL(f"{simulator.base_url}{STORE}/{media.message_sid}/{media.sid}")
    # Under another name of this machine, unless somebody else gave the simulator its name.
    if location.host == _API and fault != "here":
        location = location.with_host(_ELSEWHERE if fault == "elsewhere" else MEDIA_HOST)
    if fault not in ("", "here", "elsewhere"):
        location = location.with_query(fault=fault)
    return web.Response(status=307, headers={"Location": str(location)})


def _find(simulator: Simulator, account: Account, request: web.Request) -> Media:
    media = media_of(find_message(simulator, account, request).media, request)
    if media is None:
        raise TwilioError(20404, request.path)
    return media


def media_resource(media: Media) -> dict[str, object]:
    path = f"/2010-04-01/Accounts/{media.account_sid}/Messages/{media.message_sid}/Media/{media.sid}.json"
    return {
        "sid": media.sid,
        "account_sid": media.account_sid,
        "parent_sid": media.message_sid,
        "content_type": media.content_type,
        "date_created": rfc2822(media.date_created),
        "date_updated": rfc2822(media.date_created),
        "uri": path,
    }


def routes() -> list[web.RouteDef]:
    media = "/2010-04-01/Accounts/{account_sid:\\w+}/Messages/{message_sid:\\w+}/Media"
    return [
        web.get(media + ".json", rest("list_media", list_media)),
        web.get(media + "/{media_sid:\\w+}.json", rest("fetch_media", fetch_media)),
        web.get(media + "/{media_sid:\\w+}", rest("download_media", download_media)),
        web.get(STORE + "/{message_sid:\\w+}/{media_sid:\\w+}", download_from_store),
    ]
