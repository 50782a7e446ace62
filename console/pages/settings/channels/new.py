"""`/settings/channels/new`: Add SMS Number. First which number, then its rules."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from client.failure import Failure, not_found
from client.lists import list_channels, list_twilio_accounts
from client.selection import phone_number
from client.session import TWILIO_SECONDS
from client.words.language import say
from console.failures import is_about_who_asks
from console.pages.settings.channels.check import route_check
from console.pages.settings.channels.numbers import Numbers, offered_numbers
from console.pages.settings.channels.rules import BY_REASON, DEFAULTS, FIELDS, choices, read_rules
from console.pages.settings.channels.wiring import wire
from console.pages.settings.forms import Form, errors_of, typed
from console.pages.settings.home import CHANNELS
from console.rendering import render
from console.toasts import Toast, see_other
from console.visit import VISIT, Visit
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2

_PATH = f"{CHANNELS}/new"


async def show(request: web.Request) -> web.Response:
    """The numbers to choose from, or, of the one that `?number=` names, the rules."""
    visit, number = request[VISIT], request.query.get("number", "").strip()
    session = visit.session
    accounts, channels = await asyncio.gather(list_twilio_accounts(session), list_channels(session))
    sids = [account.account_sid for account in accounts]
    if not number:
        return _choose(request, await offered_numbers(session, sids, channels), Form())
    named = request.query.get("account", "")
    try:
        address = phone_number(session, number)
        found = await offered_numbers(session, [named] if named in sids else sids, channels, address)
        chosen = _only(found, number)
    except Failure as failure:
        every = await offered_numbers(session, sids, channels)
        return _choose(
            request, every, Form({"number": number}, errors_of(visit, failure, (), {failure.reason: "number"}))
        )
    if chosen is None:
        return _choose(request, found, Form())
    known = found.channel_of(chosen)
    if known is not None:
        return _known_already(visit, known.channel_id)
    return await _rules(request, chosen, Form(_defaults(visit, chosen)))


async def create(request: web.Request) -> web.Response:
    """Keva answers the number from then on; if it is wanted, Twilio is set up at once."""
    visit, given = request[VISIT], await typed(request, (*FIELDS, "account_sid", "phone_number", "wire"))
    fields, errors = read_rules(given)
    if errors:
        return await _again(request, given, errors)
    wanted = channel_service_pb2.CreateChannelRequest(
        organization_id=visit.session.organization_id,
        account_sid=given["account_sid"],
        phone_number=given["phone_number"],
        **fields,
    )
    try:
        answer = await visit.session.ask(visit.session.services.channels.CreateChannel, wanted, TWILIO_SECONDS)
    except Failure as failure:
        if failure.reason == "CHANNEL_ALREADY_EXISTS":
            return _known_already(visit, failure.metadata.get("channel_id", ""))
        return await _again(request, given, _errors(visit, failure))
    toast = await _wired(visit, answer.channel, given["wire"])
    return see_other(visit.url(f"{CHANNELS}/{answer.channel.channel_id}"), toast)


def _errors(visit: Visit, failure: Failure) -> dict[str, str]:
    return errors_of(visit, failure, FIELDS, BY_REASON)


async def _wired(visit: Visit, channel: channel_service_pb2.Channel, wanted: str) -> Toast:
    if not wanted:
        return Toast(say("Added. Twilio does not send its texts here yet."))
    try:
        await wire(visit.session, channel.account_sid, channel.phone_number, wanted == "take-over")
    except Failure:
        # The page that follows looks at the number, and says what is wrong.
        return Toast(say("Added. Twilio could not be set up: the check says why."))
    return Toast(say("Added. Its texts become tickets from now on."))


def _only(found: Numbers, typed_number: str) -> sms_service_pb2.PhoneNumber | None:
    """None: several accounts have it. Raises Failure when none has."""
    if len(found.listed) > 1:
        return None
    if found.listed:
        return found.listed[0]
    for failure in found.unread.values():
        if failure.reason == "PHONE_NUMBER_INVALID" or is_about_who_asks(failure):
            raise failure
    unread = "; ".join(f"{sid}: {failure.message}" for sid, failure in found.unread.items())
    if unread:
        raise not_found(
            say(
                "No account that could be asked has %(typed_number)s, and not all could: %(unread)s",
                typed_number=typed_number,
                unread=unread,
            )
        )
    message = say(
        "No connected Twilio account has %(typed_number)s, or it cannot receive SMS.", typed_number=typed_number
    )
    raise not_found(message, say("Choose one of the list, or connect the account that has it."))


def _known_already(visit: Visit, channel_id: str) -> web.Response:
    toast = Toast(say("Keva answers this number already: these are its settings."))
    return see_other(visit.url(f"{CHANNELS}/{channel_id}"), toast)


def _defaults(visit: Visit, number: sms_service_pb2.PhoneNumber) -> dict[str, str]:
    name = number.display_name or number.phone_number
    return {**DEFAULTS, "display_name": name, "workspace_id": visit.workspace_id}


def _choose(request: web.Request, numbers: Numbers, form: Form) -> web.Response:
    context = {"numbers": numbers.matching(request.query.get("q", "")), "form": form, "q": request.query.get("q", "")}
    return render(request, "settings/channels/choose.html", context, form.status)


async def _again(request: web.Request, given: dict[str, str], errors: dict[str, str]) -> web.Response:
    session = request[VISIT].session
    found = await offered_numbers(session, [given["account_sid"]], (), given["phone_number"])
    number = _only(found, given["phone_number"])
    assert number is not None  # one account was asked
    return await _rules(request, number, Form(given, errors))


async def _rules(request: web.Request, number: sms_service_pb2.PhoneNumber, form: Form) -> web.Response:
    offered: dict[str, Sequence[Any]] = {**await choices(request[VISIT], form.values.get("auto_assign", ""))}
    context = {"number": number, "route": route_check(number), "form": form, **offered}
    return render(request, "settings/channels/add.html", context, form.status)


ROUTES = (web.get(_PATH, show), web.post(_PATH, create))
