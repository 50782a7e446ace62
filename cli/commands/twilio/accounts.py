"""`keva twilio`: connecting Twilio accounts. The Auth Token is asked for or read, never given as an argument: arguments
stand in the process list and in the shell's history."""

import re
from pathlib import Path
from typing import Annotated

import typer

from cli.command import command
from cli.connection import TWILIO_SECONDS, Session
from cli.failure import usage
from cli.paging import everything
from cli.terminal import output
from cli.terminal.secret_input import read_auth_token
from keva.sms.v1 import sms_service_pb2

group = typer.Typer()

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}\Z")

AccountSid = Annotated[str, typer.Option("--account-sid", metavar="AC…", help="The Account SID, from Twilio's console")]
TokenFile = Annotated[
    Path | None, typer.Option("--auth-token-file", exists=True, dir_okay=False, help="Read the Auth Token from a file")
]
TokenStdin = Annotated[bool, typer.Option("--auth-token-stdin", help="Read the Auth Token from standard input")]


@command(group, "connect")
async def connect(
    session: Session, account_sid: AccountSid, auth_token_file: TokenFile = None, auth_token_stdin: TokenStdin = False
) -> None:
    """Connect a Twilio account, or give a connected one its new Auth Token.

    Asks for the Auth Token (it is not shown), checks with Twilio that both belong together, and stores the token
    encrypted. A refused pair is not stored."""
    require_account_sid(account_sid)
    request = sms_service_pb2.ConnectTwilioAccountRequest(
        organization_id=session.settings.organization,
        account_sid=account_sid,
        auth_token=read_auth_token(auth_token_file, auth_token_stdin).reveal(),
    )
    account = (await session.ask(session.sms.ConnectTwilioAccount, request, TWILIO_SECONDS)).account
    if session.settings.as_json:
        return output.emit_json(account)
    output.say(f"Connected {account.account_sid} ({account.display_name}), token ending in {_last_four(account)}.")
    output.say("\nNext:")
    output.say(f"  keva numbers list --account-sid {account.account_sid}")
    output.say(f"  keva channels add NUMBER --account-sid {account.account_sid}")
    return None


@command(group, "list")
async def list_accounts(session: Session) -> None:
    """List the connected Twilio accounts."""
    accounts = await connected_accounts(session)
    if session.settings.as_json:
        return output.emit_json(accounts)
    output.show_table(
        ["Account SID", "Name", "Token", "Connected"],
        [
            (a.account_sid, a.display_name, f"…{_last_four(a)}", output.when_stacked(a, "connect_time"))
            for a in accounts
        ],
        "No Twilio account is connected. Connect one with: keva twilio connect --account-sid AC…",
    )
    for account in accounts:
        if account.HasField("rotation_start_time"):
            output.say(rotation_sentence(account), style="bold yellow")
        for stopped in account.stopped_senders:
            output.say(stopped_sentence(account, stopped), style="bold red")
    return None


def rotation_sentence(account: sms_service_pb2.TwilioAccount) -> str:
    """Since when the Auth Token is being changed, and what is to be done."""
    since = output.when(account, "rotation_start_time")
    return (
        f"The Auth Token of {account.account_sid} is being changed since {since}: the one ending in "
        f"{account.next_auth_token_last_four} is to come. Promote it at Twilio, then: "
        f"keva twilio rotate --promote --account-sid {account.account_sid}"
    )


def stopped_sentence(account: sms_service_pb2.TwilioAccount, stopped: sms_service_pb2.StoppedSender) -> str:
    """What Twilio refuses to send from, since when, and what to do."""
    sender = stopped.phone_number or f"any number of {account.account_sid}"
    since = output.when(stopped, "stop_time")
    return f"Nothing is sent from {sender} since {since} (Twilio's error {stopped.error_code}). {stopped.error_text}"


@command(group, "disconnect")
async def disconnect(
    session: Session,
    account_sid: Annotated[str, typer.Argument(metavar="ACCOUNT_SID")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Forget a Twilio account's Auth Tokens: its texts are refused from then on, and its replies wait. Channels and
    tickets stay."""
    require_account_sid(account_sid)
    if not yes:
        output.confirm(f"Texts to the numbers of {account_sid} will be refused. Disconnect it?")
    request = sms_service_pb2.DisconnectTwilioAccountRequest(
        organization_id=session.settings.organization, account_sid=account_sid
    )
    await session.ask(session.sms.DisconnectTwilioAccount, request)
    if session.settings.as_json:
        return output.emit_json({"account_sid": account_sid, "disconnected": True})
    return output.say(f"Disconnected {account_sid}. Its channels and tickets are still there.")


async def connected_accounts(session: Session) -> list[sms_service_pb2.TwilioAccount]:
    """All accounts of the organization. Raises CommandError."""
    request = sms_service_pb2.ListTwilioAccountsRequest(organization_id=session.settings.organization, page_size=200)
    return await everything(session, session.sms.ListTwilioAccounts, request, lambda page: page.accounts)


def require_account_sid(text: str) -> None:
    """Raises CommandError when `text` is no Account SID. It is not repeated: somebody may have pasted the token."""
    if not _ACCOUNT_SID.match(text):
        raise usage("That is no Account SID.", "It is AC and 32 hexadecimal digits, at the top of Twilio's console.")


def _last_four(account: sms_service_pb2.TwilioAccount) -> str:
    return account.auth_token_last_four
