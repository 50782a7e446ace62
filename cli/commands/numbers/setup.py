"""Making Twilio send a number's texts to Keva: on command, and when a number becomes a channel."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from cli.commands.twilio.accounts import require_account_sid
from cli.hints.failures import account_hint, hint, sentence
from cli.hints.numbers import route_hint
from cli.hints.organizations import note_if_unknown
from cli.session import Session
from cli.terminal import output
from client.failure import Failure, not_found, refused, unusable
from client.lists import list_accounts_numbers, list_phone_numbers, list_twilio_accounts
from client.selection import phone_number
from client.session import TWILIO_SECONDS
from client.words.inbound_routes import is_free, route_text
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2

AccountSid = Annotated[str, typer.Option("--account-sid", metavar="AC…", help="Look in this account only")]
ConfigureOption = Annotated[
    bool | None,
    typer.Option(
        "--configure/--no-configure",
        help="Make Twilio send its texts to Keva, or do not; without either, you are asked at a terminal",
    ),
]


async def account_sids(session: Session, given: str) -> list[str]:
    """The account that is named, else all connected ones. Raises Failure."""
    if given:
        require_account_sid(given)
        return [given]
    accounts = [account.account_sid for account in await list_twilio_accounts(session)]
    if not accounts:
        failure = not_found("No Twilio account is connected.", reason="TWILIO_ACCOUNT_NOT_FOUND")
        if note := await note_if_unknown(session):
            failure.add_note(note)
        raise failure
    return accounts


async def owner_of(session: Session, address: str, account_sid: str) -> str:
    """The connected account that has the number. Raises Failure when none or several have."""
    accounts = await account_sids(session, account_sid)
    read = await list_accounts_numbers(session, accounts, address, include_not_sms_capable=True)
    owners = list(dict.fromkeys(number.account_sid for number in read.numbers))
    if not owners and read.unread:
        unread = "; ".join(f"{sid}: {sentence(failure)}" for sid, failure in read.unread.items())
        advice = " ".join(account_hint(sid, failure) for sid, failure in read.unread.items())
        raise refused(f"No Twilio account that can be asked has {address}, and not all can: {unread}", advice)
    if not owners:
        raise not_found(
            f"No connected Twilio account has {address}.",
            "keva numbers list shows the numbers of the connected accounts.",
        )
    if len(owners) > 1:
        raise unusable(f"Several Twilio accounts have {address}.", f"Add --account-sid: {', '.join(owners)}.")
    return owners[0]


def complain_of_unread(unread: Mapping[str, Failure]) -> None:
    """Names the accounts that could not be asked; what is shown is of the others."""
    for account_sid, failure in unread.items():
        message = f"The Twilio account {account_sid} is left out: {sentence(failure)}"
        output.complain(message, account_hint(account_sid, failure))


async def configure(session: Session, account_sid: str, address: str, replace: bool) -> pb.PhoneNumber:
    """Sets the number up at Twilio: how it is then. Raises Failure."""
    request = pb.ConfigurePhoneNumberRequest(
        organization_id=session.organization_id,
        account_sid=account_sid,
        phone_number=address,
        replace=replace,
    )
    return (await session.ask(session.services.sms.ConfigurePhoneNumber, request, TWILIO_SECONDS)).phone_number


def require_complete(number: pb.PhoneNumber) -> None:
    """Raises Failure when its texts still go elsewhere, or not all of them come."""
    if number.inbound_route != pb.INBOUND_ROUTE_KEVA:
        message = f"{number.phone_number} is set up, but its texts still go to: {route_text(number)}."
        raise refused(message, route_hint(number))


async def offer(session: Session, channel: channel_service_pb2.Channel, wanted: bool | None) -> None:
    """Sets up a number that has just become a channel, if that is wanted. It stays a channel whatever comes of it."""
    try:
        await _offer(session, channel, wanted)
    except Failure as failure:
        output.complain(sentence(failure), hint(failure))
        if not session.settings.as_json:
            output.say(f"{channel.phone_number} is a channel even so. Its texts come to Keva once Twilio sends them")
            output.say("(HTTP POST) to:")
            output.say(f"  {session.settings.webhook_url}")


async def _offer(session: Session, channel: channel_service_pb2.Channel, wanted: bool | None) -> None:
    if wanted is None and session.settings.as_json:
        return
    address, replace = phone_number(session, channel.phone_number), False
    if wanted is None:
        number = next(iter(await list_phone_numbers(session, channel.account_sid, address)), None)
        if number is None or number.inbound_route == pb.INBOUND_ROUTE_KEVA:
            return
        output.say(f"Twilio sends its texts to: {route_text(number)}.")
        replace = not is_free(number)
        wanted = _ask(number)
        if not wanted:
            output.say(route_hint(number))
    if wanted:
        require_complete(await configure(session, channel.account_sid, address, replace))
        if not session.settings.as_json:
            output.say("Twilio sends its texts to Keva now, and repeats those that fail.")


def _ask(number: pb.PhoneNumber) -> bool:
    if not sys.stdin.isatty() or number.messaging_service_sid:
        return False
    if is_free(number):
        return output.agreed("Make Twilio send its texts to Keva?", default=True)
    return output.agreed("Make Twilio send them to Keva instead?", default=False)
