"""Making Twilio send a number's texts to Keva: on command, and when a number is subscribed."""

import sys
from typing import Annotated

import typer

from cli.commands.numbers import inbound_routes
from cli.commands.twilio.accounts import connected_accounts, require_account_sid
from cli.connection import TWILIO_SECONDS, Session
from cli.failure import CommandError, ExitCode, not_found, usage
from cli.paging import everything
from cli.selection import phone_number
from cli.terminal import output
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2

ConfigureOption = Annotated[
    bool | None,
    typer.Option(
        "--configure/--no-configure", help="Make Twilio send its texts to Keva, or not; unless given, a terminal asks"
    ),
]


async def numbers_of(
    session: Session, account_sid: str, address: str = "", include_not_sms_capable: bool = False
) -> list[pb.PhoneNumber]:
    """The account's numbers as Twilio lists them now; only `address` (E.164), if given. Raises CommandError."""
    request = pb.ListPhoneNumbersRequest(
        organization_id=session.settings.organization,
        account_sid=account_sid,
        page_size=200,
        phone_number=address,
        include_not_sms_capable=include_not_sms_capable,
    )
    listed = await everything(
        session, session.sms.ListPhoneNumbers, request, lambda page: page.phone_numbers, TWILIO_SECONDS
    )
    return [number for number in listed if address in ("", number.phone_number)]


async def account_sids(session: Session, given: str) -> list[str]:
    """The account that is named, else all connected ones. Raises CommandError."""
    if given:
        require_account_sid(given)
        return [given]
    accounts = [account.account_sid for account in await connected_accounts(session)]
    if not accounts:
        raise not_found("No Twilio account is connected.", "Connect one with: keva twilio connect --account-sid AC…")
    return accounts


async def owner_of(session: Session, address: str, account_sid: str) -> str:
    """The connected account that has the number. Raises CommandError when none or several have."""
    owners = [
        account
        for account in await account_sids(session, account_sid)
        if await numbers_of(session, account, address, include_not_sms_capable=True)
    ]
    if not owners:
        raise not_found(
            f"No connected Twilio account has {address}.", "keva numbers list shows the numbers that there are."
        )
    if len(owners) > 1:
        raise usage(f"Several Twilio accounts have {address}.", f"Add --account-sid: {', '.join(owners)}.")
    return owners[0]


async def configure(session: Session, account_sid: str, address: str, replace: bool) -> pb.PhoneNumber:
    """The number as it is once Twilio was told. Raises CommandError."""
    request = pb.ConfigurePhoneNumberRequest(
        organization_id=session.settings.organization,
        account_sid=account_sid,
        phone_number=address,
        replace=replace,
    )
    return (await session.ask(session.sms.ConfigurePhoneNumber, request, TWILIO_SECONDS)).phone_number


def require_complete(number: pb.PhoneNumber) -> None:
    """Raises CommandError when its texts still go elsewhere, or not all of them come."""
    if number.inbound_route != pb.INBOUND_ROUTE_KEVA:
        message = f"{number.phone_number} is set up, and yet its texts go to: {inbound_routes.words(number)}."
        raise CommandError(ExitCode.FAILED, message, inbound_routes.advice(number))


async def offer(session: Session, channel: channel_service_pb2.Channel, wanted: bool | None) -> None:
    """Sets a number that was subscribed just now up, if that is wanted. It stays subscribed whatever comes of it."""
    try:
        await _offer(session, channel, wanted)
    except CommandError as error:
        output.complain(error.message, error.hint)
        if not session.settings.as_json:
            output.say(f"{channel.phone_number} is subscribed all the same. Its texts come to Keva once Twilio sends")
            output.say("them (HTTP POST) to:")
            output.say(f"  {session.settings.webhook_url}")


async def _offer(session: Session, channel: channel_service_pb2.Channel, wanted: bool | None) -> None:
    if wanted is None and session.settings.as_json:
        return
    address, replace = phone_number(session, channel.phone_number), False
    if wanted is None:
        number = next(iter(await numbers_of(session, channel.account_sid, address)), None)
        if number is None or number.inbound_route == pb.INBOUND_ROUTE_KEVA:
            return
        output.say(f"Twilio sends its texts to: {inbound_routes.words(number)}.")
        replace = not inbound_routes.is_free(number)
        wanted = _ask(number)
        if not wanted:
            output.say(inbound_routes.advice(number))
    if wanted:
        require_complete(await configure(session, channel.account_sid, address, replace))
        if not session.settings.as_json:
            output.say("Twilio sends its texts to Keva, and repeats those that fail.")


def _ask(number: pb.PhoneNumber) -> bool:
    if not sys.stdin.isatty() or number.messaging_service_sid:
        return False
    if inbound_routes.is_free(number):
        return output.agreed("Shall Twilio send its texts to Keva?", default=True)
    return output.agreed("Shall Keva take its texts over from there?", default=False)
