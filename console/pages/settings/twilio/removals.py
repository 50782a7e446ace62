"""What cannot be undone asks on a page of its own: disconnecting an account, and forgetting a SharedKey."""

import asyncio

from aiohttp import web

from client.lists import list_channels
from client.words.language import say
from console.pages.settings.home import TWILIO
from console.pages.settings.twilio.account import PATH
from console.pages.settings.twilio.accounts import find_account
from console.rendering import render
from console.toasts import Toast, see_other
from console.visit import VISIT
from keva.sms.v1 import sms_service_pb2 as pb


async def ask_to_disconnect(request: web.Request) -> web.Response:
    """Says what happens to texts and replies."""
    session, account_sid = request[VISIT].session, request.match_info["account_sid"]
    account, channels = await asyncio.gather(find_account(session, account_sid), list_channels(session))
    own = [channel for channel in channels if channel.account_sid == account_sid]
    return render(request, "settings/twilio/disconnect.html", {"account": account, "channels": own})


async def disconnect(request: web.Request) -> web.Response:
    """Its tokens are forgotten."""
    visit, account_sid = request[VISIT], request.match_info["account_sid"]
    wanted = pb.DisconnectTwilioAccountRequest(organization_id=visit.session.organization_id, account_sid=account_sid)
    await visit.session.ask(visit.session.services.sms.DisconnectTwilioAccount, wanted)
    return see_other(
        visit.url(TWILIO),
        Toast(say("Disconnected %(account_sid)s. Its channels and tickets are still there.", account_sid=account_sid)),
    )


async def ask_to_remove_key(request: web.Request) -> web.Response:
    """Says which webhooks are refused then."""
    account = await find_account(request[VISIT].session, request.match_info["account_sid"])
    context = {"account": account, "key_id": request.match_info["key_id"]}
    return render(request, "settings/twilio/remove_key.html", context)


async def remove_key(request: web.Request) -> web.Response:
    """Its secret is forgotten."""
    visit, account_sid = request[VISIT], request.match_info["account_sid"]
    wanted = pb.DeleteSharedKeyRequest(
        organization_id=visit.session.organization_id,
        account_sid=account_sid,
        shared_key_id=request.match_info["key_id"],
    )
    await visit.session.ask(visit.session.services.sms.DeleteSharedKey, wanted)
    return see_other(visit.url(f"{TWILIO}/{account_sid}"), Toast(say("Removed the SharedKey.")))


_KEY = PATH + "/shared-keys/{key_id}/remove"
ROUTES = (
    web.get(f"{PATH}/disconnect", ask_to_disconnect),
    web.post(f"{PATH}/disconnect", disconnect),
    web.get(_KEY, ask_to_remove_key),
    web.post(_KEY, remove_key),
)
