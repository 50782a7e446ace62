"""`keva numbers`: what Twilio lists now, and where it sends their texts."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.commands.numbers.setup import AccountSid, account_sids
from cli.hints.numbers import route_hint
from cli.session import Session
from cli.terminal import output
from client.lists import list_phone_numbers
from client.words.inbound_routes import route_text
from keva.sms.v1 import sms_service_pb2

Unable = Annotated[bool, typer.Option("--include-not-sms-capable", help="List numbers that cannot receive SMS too")]


async def list_numbers(session: Session, account_sid: AccountSid = "", include_not_sms_capable: Unable = False) -> None:
    """List the numbers of the connected Twilio accounts that can receive SMS, as Twilio has them now."""
    numbers: list[sms_service_pb2.PhoneNumber] = []
    for account in await account_sids(session, account_sid):
        numbers += await list_phone_numbers(session, account, include_not_sms_capable=include_not_sms_capable)
    if session.settings.as_json:
        return output.emit_json(numbers)
    _show(numbers)
    if numbers:
        output.remark("keva channels add NUMBER makes Keva answer one of them.")
    # Once each: an account may have hundreds of numbers that are none of Keva's business.
    for advice in dict.fromkeys(route_hint(number, "NUMBER") for number in numbers):
        if advice:
            output.remark(advice)
    return None


def _show(numbers: Sequence[sms_service_pb2.PhoneNumber]) -> None:
    output.show_table(
        ["Number", "Name", "Can", "Its texts go to", "Account SID"],
        [(n.phone_number, n.display_name, _capabilities(n), route_text(n), n.account_sid) for n in numbers],
        "Twilio lists no number that can receive SMS. Buy one in Twilio's console first.",
    )


def _capabilities(number: sms_service_pb2.PhoneNumber) -> str:
    able = [name for name, can in (("SMS", number.sms_capable), ("MMS", number.mms_capable)) if can]
    return ", ".join(able) or "no SMS"
