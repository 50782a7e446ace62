"""`/settings/channels/chn_…`: one number: its check, its rules, and its end."""

import asyncio

from aiohttp import web
from google.protobuf.field_mask_pb2 import FieldMask

from client.failure import Failure
from client.lists import list_twilio_accounts
from client.session import Session
from client.words.language import say
from console.pages.settings.channels.check import check_channel, last_ticket
from console.pages.settings.channels.rules import BY_REASON, FIELDS, choices, read_rules, typed_rules
from console.pages.settings.channels.wiring import wire
from console.pages.settings.forms import Form, errors_of, typed
from console.pages.settings.home import CHANNELS
from console.pages.shown import as_if_shown, changed, shown
from console.rendering import render
from console.toasts import Toast, Undo, see_other
from console.visit import VISIT
from keva.ticket.v1 import channel_service_pb2 as pb

_PATH = CHANNELS + "/{channel_id:chn_[0-9A-Za-z]+}"


async def show(request: web.Request) -> web.Response:
    """Its check runs whenever the page is shown, so also after each save."""
    channel, _ = await asyncio.gather(_channel(request), list_twilio_accounts(request[VISIT].session))
    return await _page(request, channel, Form(typed_rules(channel)))


async def update(request: web.Request) -> web.Response:
    """Changes the rules that the form has changed."""
    visit, given = request[VISIT], await typed(request, FIELDS)
    channel = await _channel(request)
    fields, errors = read_rules(given)
    if errors:
        return await _page(request, channel, Form(given, errors))
    before = typed_rules(channel)
    names = changed(given, await shown(request, before))
    wanted = pb.UpdateChannelRequest(
        organization_id=visit.session.organization_id,
        channel=pb.Channel(channel_id=channel.channel_id, **{name: fields[name] for name in names}),
        update_mask=FieldMask(paths=names),
    )
    if names:
        try:
            await visit.session.ask(visit.session.services.channels.UpdateChannel, wanted)
        except Failure as failure:
            return await _page(request, channel, Form(given, errors_of(visit, failure, FIELDS, BY_REASON)))
    path = visit.url(f"{CHANNELS}/{channel.channel_id}")
    # What others change in between stays as they want it.
    back = {**given, **{name: before[name] for name in names}, **as_if_shown(given)}
    return see_other(path, Toast(say("Saved. It holds for texts from now on."), Undo(path, back) if names else None))


async def wire_number(request: web.Request) -> web.Response:
    """Has Twilio send its texts here."""
    visit, given = request[VISIT], await typed(request, ("take_over",))
    channel = await _channel(request)
    try:
        await wire(visit.session, channel.account_sid, channel.phone_number, bool(given["take_over"]))
    except Failure as failure:
        return await _page(request, channel, Form(typed_rules(channel), errors_of(visit, failure, (), {})))
    return see_other(visit.url(f"{CHANNELS}/{channel.channel_id}"), Toast(say("Twilio is set up.")))


async def ask_to_remove(request: web.Request) -> web.Response:
    """Says what happens to texts."""
    channel, _ = await asyncio.gather(_channel(request), list_twilio_accounts(request[VISIT].session))
    return render(request, "settings/channels/remove.html", {"channel": channel})


async def remove(request: web.Request) -> web.Response:
    """Ends the subscription; adding the number again takes it up where it was."""
    visit = request[VISIT]
    wanted = pb.DeleteChannelRequest(
        organization_id=visit.session.organization_id, channel_id=request.match_info["channel_id"]
    )
    await visit.session.ask(visit.session.services.channels.DeleteChannel, wanted)
    return see_other(visit.url(CHANNELS), Toast(say("Removed. Its tickets are still there.")))


async def _channel(request: web.Request) -> pb.Channel:
    session = request[VISIT].session
    return await _find(session, request.match_info["channel_id"])


async def _find(session: Session, channel_id: str) -> pb.Channel:
    wanted = pb.GetChannelRequest(organization_id=session.organization_id, channel_id=channel_id)
    return (await session.ask(session.services.channels.GetChannel, wanted)).channel


async def _page(request: web.Request, channel: pb.Channel, form: Form) -> web.Response:
    visit = request[VISIT]
    checks, last, offered = await asyncio.gather(
        check_channel(visit.session, channel),
        last_ticket(visit.session, channel),
        choices(visit, form.values.get("auto_assign", "")),
    )
    was = await shown(request, typed_rules(channel))
    context = {"channel": channel, "checks": checks, "last": last, "form": form, "shown": was, **offered}
    return render(request, "settings/channels/edit.html", context, form.status)


ROUTES = (
    web.get(_PATH, show),
    web.post(_PATH, update),
    web.post(f"{_PATH}/wire", wire_number),
    web.get(f"{_PATH}/remove", ask_to_remove),
    web.post(f"{_PATH}/remove", remove),
)
