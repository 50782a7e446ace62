"""Attachments of customers', from sms_service."""

from aiohttp import web

from console.pages.media.contact import read_contact
from console.pages.media.showing import file_name, how_shown, media_type_of
from console.rendering import render
from console.visit import VISIT
from keva.sms.v1 import sms_service_pb2

# Whatever it is, and however it is opened: it runs nothing, and loads nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_INLINE = ("image", "audio")
# It never changes, and belongs to whoever may see it.
_KEPT = "private, max-age=86400, immutable"


async def read_media(request: web.Request) -> sms_service_pb2.GetMediaResponse:
    """The attachment that the address names. Raises Failure."""
    session = request[VISIT].session
    asked = sms_service_pb2.GetMediaRequest(
        organization_id=session.organization_id, media_id=request.match_info["media_id"]
    )
    return await session.ask(session.services.sms.GetMedia, asked)


async def show(request: web.Request) -> web.Response:
    """The content: in place where it is a picture or a sound of a known kind, else as a file to be saved."""
    media = await read_media(request)
    in_place = how_shown(media.content_type) in _INLINE
    name = file_name(request.match_info["media_id"], media.content_type)
    headers = {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'{"inline" if in_place else "attachment"}; filename="{name}"',
        "Cache-Control": _KEPT,
    }
    content_type = media_type_of(media.content_type) if in_place else "application/octet-stream"
    return web.Response(body=media.content, content_type=content_type, headers=headers)


async def show_contact(request: web.Request) -> web.Response:
    """A contact in words; its file can be saved below it."""
    media = await read_media(request)
    if how_shown(media.content_type) != "contact":
        raise web.HTTPNotFound
    url = request[VISIT].url(f"/media/{request.match_info['media_id']}")
    return render(request, "media/contact.html", {"contact": read_contact(media.content), "url": url})


ROUTES = (web.get("/media/{media_id}", show), web.get("/media/{media_id}/contact", show_contact))
