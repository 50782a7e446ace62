"""`keva twilio disconnect`."""

from typing import Annotated

import typer

from cli.commands.twilio.accounts import require_account_sid
from cli.session import Session
from cli.terminal import output
from keva.sms.v1 import sms_service_pb2


async def disconnect(
    session: Session,
    account_sid: Annotated[
        str, typer.Argument(metavar="ACCOUNT_SID", help="Its Account SID, as keva twilio list shows it")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Disconnect a Twilio account, and delete its Auth Tokens.

    From then on its texts are refused, and its replies wait. Its channels and tickets stay."""
    require_account_sid(account_sid)
    if not yes:
        output.confirm(f"Texts to the numbers of {account_sid} will be refused. Disconnect it?")
    request = sms_service_pb2.DisconnectTwilioAccountRequest(
        organization_id=session.organization_id, account_sid=account_sid
    )
    await session.ask(session.services.sms.DisconnectTwilioAccount, request)
    if session.settings.as_json:
        return output.emit_json({"account_sid": account_sid, "disconnected": True})
    return output.say(f"Disconnected {account_sid}. Its channels and tickets are still there.")
