"""`keva numbers`: what Twilio lists now, and where it sends their texts."""

from collections.abc import Collection, Sequence
from typing import Annotated

import typer

from cli.commands.numbers.setup import AccountSid, account_sids, complain_of_unread
from cli.hints.failures import sentence
from cli.hints.numbers import route_hint
from cli.session import Session
from cli.terminal import output
from client.failure import Failure
from client.lists import list_accounts_numbers, list_channels
from client.words.inbound_routes import is_wrong, route_text
from keva.sms.v1 import sms_service_pb2

Unable = Annotated[bool, typer.Option("--include-not-sms-capable", help="List numbers that cannot receive SMS too")]


async def list_numbers(session: Session, account_sid: AccountSid = "", include_not_sms_capable: Unable = False) -> None:
    """List the numbers of the connected Twilio accounts that can receive SMS, as Twilio has them now.

    WRONG is said of a number whose texts are lost: Keva answers it, and they do not come; or they come in a way that
    Keva refuses. An account that Twilio refuses is named, and left out."""
    accounts = await account_sids(session, account_sid)
    read = await list_accounts_numbers(session, accounts, include_not_sms_capable=include_not_sms_capable)
    complain_of_unread(read.unread)
    if session.settings.as_json:
        return output.emit_json(read.numbers)
    _show(read.numbers, await _answered(session) if read.numbers else ())
    if read.numbers:
        output.remark("keva channels add NUMBER makes Keva answer one of them.")
    # Once each: an account may have hundreds of numbers that are none of Keva's business.
    for advice in dict.fromkeys(route_hint(number, "NUMBER") for number in read.numbers):
        if advice:
            output.remark(advice)
    return None


async def _answered(session: Session) -> Collection[tuple[str, str]]:
    """Account and number of each channel, as far as they can be read: Twilio's list is worth showing without them."""
    try:
        return {(channel.account_sid, channel.phone_number) for channel in await list_channels(session)}
    except Failure as failure:
        output.remark(f"Which of them Keva answers is not known: {sentence(failure)}")
        return ()


def _show(numbers: Sequence[sms_service_pb2.PhoneNumber], answered: Collection[tuple[str, str]]) -> None:
    output.show_table(
        ["Number", "Name", "Can", "Its texts go to", "Account SID"],
        [(n.phone_number, n.display_name, _capabilities(n), _route(n, answered), n.account_sid) for n in numbers],
        "Twilio lists no number that can receive SMS. Buy one in Twilio's console first.",
    )


def _route(number: sms_service_pb2.PhoneNumber, answered: Collection[tuple[str, str]]) -> str:
    wrong = is_wrong(number, (number.account_sid, number.phone_number) in answered)
    return f"WRONG: {route_text(number)}" if wrong else route_text(number)


def _capabilities(number: sms_service_pb2.PhoneNumber) -> str:
    able = [name for name, can in (("SMS", number.sms_capable), ("MMS", number.mms_capable)) if can]
    return ", ".join(able) or "no SMS"
