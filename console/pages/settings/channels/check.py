"""Whether a channel's texts come, and its replies leave: asked at Twilio, with what puts it right."""

import asyncio
from dataclasses import dataclass

from client.doctor.recovery import recovery
from client.failure import Failure
from client.lists import list_phone_numbers, list_twilio_accounts
from client.session import Session
from client.words.inbound_routes import is_free, reaches_keva, route_text
from client.words.language import say
from console.words.advice import Pages
from console.words.phone_numbers import international
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2, ticket_service_pb2


@dataclass(frozen=True)
class Check:
    """`fix` is what the button beside it does: `wire` has Twilio send the texts here, `take-over` does although they go
    somewhere else now, `connect` leads to the account; empty: nothing that Keva can do."""

    is_good: bool
    words: str
    advice: str = ""
    fix: str = ""


async def check_channel(session: Session, channel: channel_service_pb2.Channel) -> list[Check]:
    """What was found, the way of its texts first."""
    route, senders, missed = await asyncio.gather(
        _route(session, channel), _stopped(session, channel), recovery(session, [channel], Pages())
    )
    found = [Check(False, f"{one.subject}: {one.words}", one.advice) for one in missed]
    return [route, *senders, *found]


async def last_ticket(session: Session, channel: channel_service_pb2.Channel) -> ticket_service_pb2.Ticket | None:
    """The ticket of the number on which something happened last."""
    request = ticket_service_pb2.ListTicketsRequest(
        workspace_id=channel.workspace_id,
        channel_id=channel.channel_id,
        order_by=ticket_service_pb2.TICKET_ORDER_LAST_ACTIVITY,
        page_size=1,
    )
    return next(iter((await session.ask(session.services.tickets.ListTickets, request)).tickets), None)


async def _route(session: Session, channel: channel_service_pb2.Channel) -> Check:
    sid, address = channel.account_sid, channel.phone_number
    try:
        numbers = await list_phone_numbers(session, sid, address, include_not_sms_capable=True)
    except Failure as failure:
        fix = "connect" if failure.reason in ("TWILIO_ACCOUNT_NOT_FOUND", "TWILIO_CREDENTIALS_REFUSED") else ""
        return Check(False, failure.message, Pages().account(sid, failure), fix)
    if not numbers:
        words = say(
            "Twilio no longer lists %(number)s: no texts come, no replies leave.", number=international(address)
        )
        return Check(False, words, say("See in Twilio's console what became of it, or remove it here."))
    return route_check(numbers[0])


def route_check(number: pb.PhoneNumber) -> Check:
    """Where Twilio sends the texts of one of its numbers."""
    shown = international(number.phone_number)
    if number.inbound_route == pb.INBOUND_ROUTE_KEVA:
        return Check(True, say("Twilio sends the texts of %(shown)s here", shown=shown))
    takes_over = bool(number.inbound_trouble) or not is_free(number)
    if reaches_keva(number):
        words = say("Texts of %(shown)s come here, and are lost if Keva does not answer at once.", shown=shown)
        return Check(False, words, number.inbound_trouble and f"{number.inbound_trouble}.", _fix(takes_over))
    words = say("Texts of %(shown)s do not come here: they go to %(where)s.", shown=shown, where=route_text(number))
    if number.inbound_route == pb.INBOUND_ROUTE_NONE:
        words = say("Twilio sends the texts of %(shown)s nowhere yet.", shown=shown)
    if number.inbound_route == pb.INBOUND_ROUTE_MESSAGING_SERVICE:
        return Check(False, words, Pages().route(number))
    return Check(False, words, "", _fix(takes_over))


def _fix(takes_over: bool) -> str:
    return "take-over" if takes_over else "wire"


async def _stopped(session: Session, channel: channel_service_pb2.Channel) -> list[Check]:
    try:
        accounts = await list_twilio_accounts(session)
    except Failure:
        # The way of its texts says what is wrong.
        return []
    return [
        Check(
            False,
            say(
                "Replies wait: Twilio's error %(error_code)s. %(error_text)s",
                error_code=sender.error_code,
                error_text=sender.error_text,
            ),
            Pages().resume_sending(),
        )
        for account in accounts
        if account.account_sid == channel.account_sid
        for sender in account.stopped_senders
        if sender.phone_number in ("", channel.phone_number)
    ]
