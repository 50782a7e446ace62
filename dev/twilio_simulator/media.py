"""REST: the media of a message. The bytes lie in a store elsewhere, behind a redirect."""

from aiohttp import web

from dev.twilio_simulator.directory import Account
from dev.twilio_simulator.errors import TwilioError
from dev.twilio_simulator.log import Media
from dev.twilio_simulator.messages import find_message
from dev.twilio_simulator.paging import page
from dev.twilio_simulator.rest import rest, rfc2822
from dev.twilio_simulator.state import SIMULATOR, Simulator

STORE = "/media-storage"


async def list_media(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    message = find_message(simulator, account, request)
    items = [((index, 0), media) for index, media in enumerate(message.media)]
    return page(request, "media_list", items, media_resource)


async def fetch_media(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    return web.json_response(media_resource(_find(simulator, account, request)))


async def download_media(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    media = _find(simulator, account, request)
    location = f"{simulator.base_url}{STORE}/{media.message_sid}/{media.sid}"
    return web.Response(status=307, headers={"Location": location})


async def download_from_store(request: web.Request) -> web.Response:
    """The bytes. Like Twilio's store, it takes the link alone and refuses credentials beside it."""
    if "Authorization" in request.headers:
        error = "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>"
        return web.Response(status=400, text=error, content_type="application/xml")
    message = request.app[SIMULATOR].messages.find(request.match_info["message_sid"])
    media = _media_of(message.media if message else [], request)
    if media is None:
        return web.Response(status=404)
    return web.Response(body=media.content, headers={"Content-Type": media.content_type})


def _find(simulator: Simulator, account: Account, request: web.Request) -> Media:
    media = _media_of(find_message(simulator, account, request).media, request)
    if media is None:
        raise TwilioError(20404, request.path)
    return media


def _media_of(media: list[Media], request: web.Request) -> Media | None:
    return next((one for one in media if one.sid == request.match_info["media_sid"]), None)


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
