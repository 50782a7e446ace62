"""`/settings/integrations/twilio/AC…`: one account: how it is, its Auth Token and its SharedKeys."""

import asyncio

from aiohttp import web

from client.failure import Failure
from client.lists import list_channels
from client.session import TWILIO_SECONDS
from client.words.language import marked, say
from console.pages.settings.forms import Form, errors_of, typed
from console.pages.settings.home import TWILIO
from console.pages.settings.twilio.accounts import find_account, states_of
from console.rendering import render
from console.toasts import Toast, see_other
from console.visit import VISIT
from keva.sms.v1 import sms_service_pb2 as pb

PATH = TWILIO + "/{account_sid:AC[0-9a-fA-F]{32}}"
_STEPS = {
    "add": (
        pb.ROTATION_STEP_ADD,
        marked("Both tokens are accepted now. Promote the new one in Twilio's console next."),
    ),
    "promote": (pb.ROTATION_STEP_PROMOTE, marked("The new Auth Token is the one in use. The old one is forgotten.")),
    "cancel": (pb.ROTATION_STEP_CANCEL, marked("The new Auth Token is forgotten. The old one stays in use.")),
}
_ALGORITHMS = {
    "HMAC_SHA256": pb.SIGNING_ALGORITHM_HMAC_SHA256,
    "HMAC_SHA1": pb.SIGNING_ALGORITHM_HMAC_SHA1,
}
_KEY_FIELDS = ("shared_key_id", "secret", "algorithm")
_KEY_REASONS = {"SHARED_KEY_ALREADY_EXISTS": "shared_key_id", "TOO_MANY_SHARED_KEYS": "shared_key_id"}


async def show(request: web.Request) -> web.Response:
    """The account."""
    return await _page(request, Form())


async def rotate(request: web.Request) -> web.Response:
    """One step of the change from one Auth Token to the next."""
    visit, given = request[VISIT], await typed(request, ("step", "new_auth_token"))
    step, done = _STEPS.get(given["step"], (pb.ROTATION_STEP_UNSPECIFIED, ""))
    wanted = pb.RotateAuthTokenRequest(
        organization_id=visit.session.organization_id,
        account_sid=request.match_info["account_sid"],
        step=step,
        auth_token=given["new_auth_token"],
    )
    try:
        await visit.session.ask(visit.session.services.sms.RotateAuthToken, wanted, TWILIO_SECONDS)
    except Failure as failure:
        is_about_token = given["step"] == "add" and failure.reason != "ROTATION_UNDER_WAY"
        place = "new_auth_token" if is_about_token else "rotation"
        by_reason = {failure.reason: place, "TWILIO_ACCOUNT_NOT_FOUND": ""}
        errors = errors_of(visit, failure, (), by_reason)
        return await _page(request, Form({}, errors))
    return see_other(visit.url(_path(request)), Toast(say(done)))


async def add_shared_key(request: web.Request) -> web.Response:
    """Webhooks that Twilio signs with this key are accepted from then on."""
    visit, given = request[VISIT], await typed(request, _KEY_FIELDS)
    wanted = pb.AddSharedKeyRequest(
        organization_id=visit.session.organization_id,
        account_sid=request.match_info["account_sid"],
        shared_key_id=given["shared_key_id"],
        algorithm=_ALGORITHMS.get(given["algorithm"], pb.SIGNING_ALGORITHM_HMAC_SHA256),
        secret=given["secret"],
    )
    try:
        await visit.session.ask(visit.session.services.sms.AddSharedKey, wanted, TWILIO_SECONDS)
    except Failure as failure:
        errors = errors_of(visit, failure, _KEY_FIELDS, _KEY_REASONS)
        return await _page(request, Form({**given, "secret": ""}, errors))
    return see_other(visit.url(_path(request)), Toast(say("Webhooks signed with this SharedKey are accepted now.")))


async def _page(request: web.Request, form: Form) -> web.Response:
    session, account_sid = request[VISIT].session, request.match_info["account_sid"]
    account, channels, states = await asyncio.gather(
        find_account(session, account_sid), list_channels(session), states_of(session, [account_sid])
    )
    context = {
        "account": account,
        "state": states[account_sid],
        "channels": [channel for channel in channels if channel.account_sid == account_sid],
        "form": form,
        "algorithms": [(name, name) for name in _ALGORITHMS],
        "algorithm_names": {number: name for name, number in _ALGORITHMS.items()},
        "path": _path(request),
    }
    return render(request, "settings/twilio/account.html", context, form.status)


def _path(request: web.Request) -> str:
    return f"{TWILIO}/{request.match_info['account_sid']}"


ROUTES = (
    web.get(PATH, show),
    web.post(f"{PATH}/rotate", rotate),
    web.post(f"{PATH}/shared-keys", add_shared_key),
)
