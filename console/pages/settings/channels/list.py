"""`/settings/channels`: the numbers that Keva answers."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from client.failure import Failure
from client.lists import list_channels, list_phone_numbers, list_twilio_accounts
from client.session import Session
from client.words.language import say
from console.pages.settings.channels.check import Check, last_ticket, route_check
from console.pages.settings.channels.rules import assignee_names, typed_rules
from console.pages.settings.home import CHANNELS
from console.rendering import render
from console.visit import VISIT
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2, ticket_service_pb2

_Numbers = Mapping[str, sms_service_pb2.PhoneNumber]
# Of more than so many, the last text is on the page of each.
_MOST_LOOKED_UP = 50


@dataclass(frozen=True)
class Row:
    """A channel, where Twilio sends its texts, and what happened last."""

    channel: channel_service_pb2.Channel
    route: Check
    last: ticket_service_pb2.Ticket | None
    rules: Mapping[str, str]


async def show(request: web.Request) -> web.Response:
    """All of them, or the invitation to add the first one."""
    visit = request[VISIT]
    session = visit.session
    channels, accounts, names = await asyncio.gather(
        list_channels(session), list_twilio_accounts(session), assignee_names(session)
    )
    known, last = await asyncio.gather(_at_twilio(session, channels), _last(session, channels))
    rows = [_row(channel, known[channel.account_sid], last.get(channel.channel_id)) for channel in channels]
    workspaces = {one.workspace_id: one.display_name or one.workspace_id for one in visit.workspaces}
    context = {"rows": rows, "has_account": bool(accounts), "assignees": names, "workspaces": workspaces}
    return render(request, "settings/channels/list.html", context)


async def _at_twilio(
    session: Session, channels: Sequence[channel_service_pb2.Channel]
) -> Mapping[str, _Numbers | Failure]:
    async def read(account_sid: str) -> _Numbers | Failure:
        try:
            numbers = await list_phone_numbers(session, account_sid, include_not_sms_capable=True)
        except Failure as failure:
            return failure
        return {number.phone_number: number for number in numbers}

    sids = sorted({channel.account_sid for channel in channels})
    return dict(zip(sids, await asyncio.gather(*map(read, sids)), strict=True))


async def _last(
    session: Session, channels: Sequence[channel_service_pb2.Channel]
) -> Mapping[str, ticket_service_pb2.Ticket | None]:
    looked_up = channels[:_MOST_LOOKED_UP]
    found = await asyncio.gather(*(last_ticket(session, channel) for channel in looked_up))
    return {channel.channel_id: ticket for channel, ticket in zip(looked_up, found, strict=True)}


def _row(
    channel: channel_service_pb2.Channel, known: _Numbers | Failure, last: ticket_service_pb2.Ticket | None
) -> Row:
    rules = typed_rules(channel)
    if isinstance(known, Failure):
        return Row(channel, Check(False, known.message), last, rules)
    number = known.get(channel.phone_number)
    gone = Check(False, say("Twilio no longer lists it"))
    return Row(channel, route_check(number) if number else gone, last, rules)


ROUTES = (web.get(CHANNELS, show),)
