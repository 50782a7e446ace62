"""`/settings/integrations/twilio`: the connected accounts, and how they are."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from client.doctor.numbers import ask_accounts
from client.failure import Failure, not_found
from client.lists import list_channels, list_twilio_accounts
from client.session import Session
from client.words.language import say
from console.pages.settings.home import TWILIO
from console.rendering import render
from console.visit import VISIT
from console.words.advice import Pages
from keva.sms.v1 import sms_service_pb2

# Twilio is asked about so many on the page of all; about each of the others on its own page.
_MOST_ASKED = 20


@dataclass(frozen=True)
class State:
    """Whether Twilio lets us into an account. `is_known`: Twilio was asked, and has answered."""

    is_good: bool
    is_known: bool
    words: str
    advice: str = ""


async def show(request: web.Request) -> web.Response:
    """All accounts, or the invitation to connect the first one."""
    session = request[VISIT].session
    accounts, channels = await asyncio.gather(list_twilio_accounts(session), list_channels(session))
    counted = {one.account_sid: sum(c.account_sid == one.account_sid for c in channels) for one in accounts}
    states = await states_of(session, [account.account_sid for account in accounts[:_MOST_ASKED]])
    context = {"accounts": accounts, "states": states, "numbers": counted}
    return render(request, "settings/twilio/accounts.html", context)


async def states_of(session: Session, account_sids: Sequence[str]) -> Mapping[str, State]:
    """Asks Twilio about each account."""
    asked = await ask_accounts(session, account_sids, ())
    return {sid: _state(sid, asked.failures.get(sid), asked.refused) for sid in account_sids}


def _state(account_sid: str, failure: Failure | None, refused: Mapping[str, Failure]) -> State:
    if failure is None:
        return State(True, True, say("Twilio lets Keva in"))
    return State(False, account_sid in refused, failure.message, Pages().account(account_sid, failure))


async def find_account(session: Session, account_sid: str) -> sms_service_pb2.TwilioAccount:
    """The connected account. Raises Failure."""
    for account in await list_twilio_accounts(session):
        if account.account_sid == account_sid:
            return account
    raise not_found(say("This Twilio account is not connected."), reason="TWILIO_ACCOUNT_NOT_FOUND")


ROUTES = (web.get(TWILIO, show),)
