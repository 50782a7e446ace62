"""Attachments of customers', from sms_service, to whoever may read the message that they came with."""

from aiohttp import web

from console.pages.media.contact import read_contact
from console.pages.media.showing import file_name, how_shown, media_type_of
from console.rendering import render
from console.visit import VISIT
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2, ticket_service_pb2

# Whatever it is, and however it is opened: it runs nothing, and loads nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_INLINE = ("image", "audio", "video")
# It never changes, and belongs to whoever may see it.
_KEPT = "private, max-age=86400, immutable"


def media_path(message: message_pb2.Message, media_id: str) -> str:
    """Where an attachment of a message is."""
    return f"/media/{message.ticket_id}/{message.message_id}/{media_id}"


async def read_media(request: web.Request) -> sms_service_pb2.GetMediaResponse:
    """The attachment that the address names. sms_service knows no workspaces: the message, which one of the visitor's
    has, has to have it. Raises Failure."""
    session, named = request[VISIT].session, request.match_info
    read = ticket_service_pb2.GetMessageRequest(
        workspace_id=session.workspace_id, ticket_id=named["ticket_id"], message_id=named["message_id"]
    )
    message = (await session.ask(session.services.tickets.GetMessage, read)).message
    if named["media_id"] not in {media.media_id for media in message.media}:
        raise web.HTTPNotFound
    asked = sms_service_pb2.GetMediaRequest(organization_id=session.organization_id, media_id=named["media_id"])
    return await session.ask(session.services.sms.GetMedia, asked)


async def show(request: web.Request) -> web.Response:
    """The content: in place where it is a picture, a sound or a film of a known kind, else as a file to be saved."""
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
    url = request[VISIT].url(request.path.removesuffix("/contact"))
    return render(request, "media/contact.html", {"contact": read_contact(media.content), "url": url})


_PATH = "/media/{ticket_id}/{message_id}/{media_id}"
ROUTES = (web.get(_PATH, show), web.get(f"{_PATH}/contact", show_contact))
