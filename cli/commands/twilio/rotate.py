"""`keva twilio rotate`: from one Auth Token to the next, while texts come in and replies go out."""

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.twilio.accounts import AccountSid, TokenFile, TokenStdin, require_account_sid
from cli.session import Session
from cli.terminal import output
from cli.terminal.secret_input import read_auth_token
from client.failure import unusable
from client.session import TWILIO_SECONDS
from keva.sms.v1 import sms_service_pb2 as pb

New = Annotated[bool, typer.Option("--new", help="Store the new token, before you promote it at Twilio")]
Promote = Annotated[
    bool, typer.Option("--promote", help="Delete the old token, after you promoted the new one at Twilio")
]
Cancel = Annotated[bool, typer.Option("--cancel", help="Delete the new token, if you did not promote it at Twilio")]


async def rotate(
    session: Session,
    account_sid: AccountSid,
    new: New = False,
    promote: Promote = False,
    cancel: Cancel = False,
    auth_token_file: TokenFile = None,
    auth_token_stdin: TokenStdin = False,
) -> None:
    """Change an account's Auth Token without losing a text or a reply.

    1. Create a secondary Auth Token in Twilio's console.

    2. Run this with --new: it asks for the token (it is not shown), and from then on both tokens are accepted.

    3. Promote the secondary token in Twilio's console.

    4. Run this with --promote."""
    require_account_sid(account_sid)
    step = _step(new, promote, cancel)
    request = pb.RotateAuthTokenRequest(
        organization_id=session.organization_id,
        account_sid=account_sid,
        step=step,
        auth_token=_given_token(step, auth_token_file, auth_token_stdin),
    )
    account = (await session.ask(session.services.sms.RotateAuthToken, request, TWILIO_SECONDS)).account
    if session.settings.as_json:
        return output.emit_json(account)
    return output.say(_done(step, account))


def _step(new: bool, promote: bool, cancel: bool) -> pb.RotationStep.ValueType:
    steps = [(new, pb.ROTATION_STEP_ADD), (promote, pb.ROTATION_STEP_PROMOTE), (cancel, pb.ROTATION_STEP_CANCEL)]
    chosen = [step for wanted, step in steps if wanted]
    if len(chosen) != 1:
        raise unusable(
            "Give one of --new, --promote and --cancel.", "keva twilio rotate --help shows which comes when."
        )
    return chosen[0]


def _given_token(step: pb.RotationStep.ValueType, file: Path | None, from_stdin: bool) -> str:
    if step == pb.ROTATION_STEP_ADD:
        return read_auth_token(file, from_stdin).reveal()
    if file is not None or from_stdin:
        raise unusable("An Auth Token can be given with --new only.")
    return ""


def _done(step: pb.RotationStep.ValueType, account: pb.TwilioAccount) -> str:
    in_use, coming = account.auth_token_last_four, account.next_auth_token_last_four
    if step == pb.ROTATION_STEP_ADD:
        return (
            f"Both tokens of {account.account_sid} are accepted now: the old one (ending in {in_use}) and the new one "
            f"(ending in {coming}).\n\nNext: promote the new one in Twilio's console, then\n"
            f"  keva twilio rotate --promote --account-sid {account.account_sid}"
        )
    gone = "The old token" if step == pb.ROTATION_STEP_PROMOTE else "The new token"
    return f"{gone} of {account.account_sid} is deleted; the one ending in {in_use} is in use."
