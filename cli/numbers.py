"""`keva numbers`: what Twilio lists now."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli import output
from cli.command import command
from cli.connection import TWILIO_SECONDS, Session
from cli.failure import not_found
from cli.paging import everything
from cli.twilio import connected_accounts, require_account_sid
from keva.sms.v1 import sms_service_pb2

group = typer.Typer()

AccountSid = Annotated[str, typer.Option("--account-sid", metavar="AC…", help="One account's only")]
Unable = Annotated[bool, typer.Option("--include-not-sms-capable", help="Numbers that cannot receive SMS too")]


@command(group, "list")
async def list_numbers(session: Session, account_sid: AccountSid = "", include_not_sms_capable: Unable = False) -> None:
    """List the SMS-capable numbers of the connected Twilio accounts, as Twilio has them now."""
    numbers: list[sms_service_pb2.PhoneNumber] = []
    for account in await _account_sids(session, account_sid):
        request = sms_service_pb2.ListPhoneNumbersRequest(
            organization_id=session.settings.organization,
            account_sid=account,
            page_size=200,
            include_not_sms_capable=include_not_sms_capable,
        )
        numbers += await everything(
            session, session.sms.ListPhoneNumbers, request, lambda page: page.phone_numbers, TWILIO_SECONDS
        )
    if session.settings.as_json:
        return output.emit_json(numbers)
    _show(numbers)
    if numbers:
        output.remark("keva channels add NUMBER makes Keva answer one of them.")
    return None


def _show(numbers: Sequence[sms_service_pb2.PhoneNumber]) -> None:
    output.show_table(
        ["Number", "Name", "Can", "Twilio sends its texts to", "Account SID"],
        [(n.phone_number, n.display_name, _capabilities(n), n.sms_url or "-", n.account_sid) for n in numbers],
        "Twilio lists no number that can receive SMS. Buy one in Twilio's console first.",
    )


async def _account_sids(session: Session, given: str) -> list[str]:
    if given:
        require_account_sid(given)
        return [given]
    accounts = [account.account_sid for account in await connected_accounts(session)]
    if not accounts:
        raise not_found("No Twilio account is connected.", "Connect one with: keva twilio connect --account-sid AC…")
    return accounts


def _capabilities(number: sms_service_pb2.PhoneNumber) -> str:
    able = [name for name, can in (("SMS", number.sms_capable), ("MMS", number.mms_capable)) if can]
    return ", ".join(able) or "no SMS"
