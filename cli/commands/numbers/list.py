"""`keva numbers`: what Twilio lists now, and where it sends their texts."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.command import command
from cli.commands.numbers import inbound_routes
from cli.commands.numbers.setup import account_sids, configure, numbers_of, owner_of, require_complete
from cli.connection import Session
from cli.selection import phone_number
from cli.terminal import output
from keva.sms.v1 import sms_service_pb2

group = typer.Typer()

AccountSid = Annotated[str, typer.Option("--account-sid", metavar="AC…", help="One account's only")]
Unable = Annotated[bool, typer.Option("--include-not-sms-capable", help="Numbers that cannot receive SMS too")]


@command(group, "list")
async def list_numbers(session: Session, account_sid: AccountSid = "", include_not_sms_capable: Unable = False) -> None:
    """List the SMS-capable numbers of the connected Twilio accounts, as Twilio has them now."""
    numbers: list[sms_service_pb2.PhoneNumber] = []
    for account in await account_sids(session, account_sid):
        numbers += await numbers_of(session, account, include_not_sms_capable=include_not_sms_capable)
    if session.settings.as_json:
        return output.emit_json(numbers)
    _show(numbers)
    if numbers:
        output.remark("keva channels add NUMBER makes Keva answer one of them.")
    # Once each: an account may have hundreds of numbers that are none of Keva's business.
    for advice in dict.fromkeys(inbound_routes.advice(number, "NUMBER") for number in numbers):
        if advice:
            output.remark(advice)
    return None


@command(group, "configure")
async def configure_number(
    session: Session,
    number: Annotated[str, typer.Argument(help="The number, as people write it")],
    account_sid: AccountSid = "",
    replace: Annotated[bool, typer.Option("--replace", help="Also if its texts go to somebody else now")] = False,
) -> None:
    """Make Twilio send a number's texts to Keva, and repeat those that fail.

    Sets the number's webhook, fallback and repeats at Twilio. Texts that go to another webhook or a TwiML app are left
    there unless --replace is given. The exit status is 1 when a messaging service takes them all the same."""
    address = phone_number(session, number)
    owner = await owner_of(session, address, account_sid)
    configured = await configure(session, owner, address, replace)
    if session.settings.as_json:
        output.emit_json(configured)
    require_complete(configured)
    if not session.settings.as_json:
        output.say(f"Twilio sends the texts of {address} to Keva, and repeats those that fail.")


def _show(numbers: Sequence[sms_service_pb2.PhoneNumber]) -> None:
    output.show_table(
        ["Number", "Name", "Can", "Its texts go to", "Account SID"],
        [(n.phone_number, n.display_name, _capabilities(n), inbound_routes.words(n), n.account_sid) for n in numbers],
        "Twilio lists no number that can receive SMS. Buy one in Twilio's console first.",
    )


def _capabilities(number: sms_service_pb2.PhoneNumber) -> str:
    able = [name for name, can in (("SMS", number.sms_capable), ("MMS", number.mms_capable)) if can]
    return ", ".join(able) or "no SMS"
