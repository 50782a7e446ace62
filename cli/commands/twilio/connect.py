"""`keva twilio connect`."""

from cli.commands.twilio.accounts import AccountSid, TokenFile, TokenStdin, require_account_sid
from cli.session import Session
from cli.terminal import output
from cli.terminal.secret_input import read_auth_token
from client.session import TWILIO_SECONDS
from keva.sms.v1 import sms_service_pb2


async def connect(
    session: Session, account_sid: AccountSid, auth_token_file: TokenFile = None, auth_token_stdin: TokenStdin = False
) -> None:
    """Connect a Twilio account, or give a connected one another Auth Token.

    Asks for the Auth Token (it is not shown), checks with Twilio that it belongs to the account, and stores it
    encrypted. A token that Twilio refuses is not stored. While Twilio takes the stored token as well, change it with
    keva twilio rotate."""
    require_account_sid(account_sid)
    request = sms_service_pb2.ConnectTwilioAccountRequest(
        organization_id=session.organization_id,
        account_sid=account_sid,
        auth_token=read_auth_token(auth_token_file, auth_token_stdin).reveal(),
    )
    account = (await session.ask(session.services.sms.ConnectTwilioAccount, request, TWILIO_SECONDS)).account
    if session.settings.as_json:
        return output.emit_json(account)
    output.say(
        f"Connected {account.account_sid} ({account.display_name}), token ending in {account.auth_token_last_four}."
    )
    output.say("\nNext:")
    output.say(f"  keva numbers list --account-sid {account.account_sid}")
    output.say(f"  keva channels add NUMBER --account-sid {account.account_sid}")
    return None
