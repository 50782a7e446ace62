"""`keva twilio shared-keys`: the keys that Twilio may sign webhooks with in place of the Auth Token (a beta of
Twilio's)."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.command import command
from cli.commands.twilio.accounts import AccountSid, require_account_sid
from cli.hints.organizations import remark_if_unknown
from cli.session import Session
from cli.terminal import output
from cli.terminal.secret_input import read_secret
from client.lists import list_twilio_accounts
from client.session import TWILIO_SECONDS
from keva.sms.v1 import sms_service_pb2 as pb

group = typer.Typer()


class Algorithm(StrEnum):
    """As Twilio calls them."""

    HMAC_SHA256 = "HMAC_SHA256"
    HMAC_SHA1 = "HMAC_SHA1"


KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="Its id at Twilio: webhooks_sharedkey_…")]
Signs = Annotated[
    Algorithm, typer.Option("--algorithm", metavar="|".join(Algorithm), help="The one algorithm that it signs with")
]
SecretFile = Annotated[
    Path | None,
    typer.Option("--secret-file", metavar="FILE", exists=True, dir_okay=False, help="Read the secret from a file"),
]
SecretStdin = Annotated[bool, typer.Option("--secret-stdin", help="Read the secret from standard input")]


@command(group, "add")
async def add(
    session: Session,
    key_id: KeyId,
    account_sid: AccountSid,
    algorithm: Signs = Algorithm.HMAC_SHA256,
    secret_file: SecretFile = None,
    secret_stdin: SecretStdin = False,
) -> None:
    """Accept webhooks that Twilio signs with a SharedKey, as well as those that it signs with the Auth Token.

    Asks for the secret (it is not shown), which Twilio shows only when the key is created. Add the key here before
    Twilio signs with it."""
    require_account_sid(account_sid)
    where = "Twilio shows it once, when the SharedKey is created."
    request = pb.AddSharedKeyRequest(
        organization_id=session.organization_id,
        account_sid=account_sid,
        shared_key_id=key_id,
        algorithm=pb.SigningAlgorithm.Value(f"SIGNING_ALGORITHM_{algorithm.value}"),
        secret=read_secret("secret", "--secret", where, secret_file, secret_stdin).reveal(),
    )
    account = (await session.ask(session.services.sms.AddSharedKey, request, TWILIO_SECONDS)).account
    if session.settings.as_json:
        return output.emit_json(account)
    return output.say(f"Webhooks of {account_sid} that {key_id} signs with {algorithm.value} are accepted now.")


@command(group, "list")
async def list_keys(session: Session) -> None:
    """List the SharedKeys of the connected accounts. Their secrets are never shown."""
    accounts = await list_twilio_accounts(session)
    await remark_if_unknown(session, accounts)
    if session.settings.as_json:
        return output.emit_json([account for account in accounts if account.shared_keys])
    output.show_table(
        ["Account SID", "SharedKey", "Algorithm", "Added"],
        [
            (account.account_sid, key.shared_key_id, _algorithm(key), output.when_stacked(key, "create_time"))
            for account in accounts
            for key in account.shared_keys
        ],
        "There is no SharedKey: Twilio signs with Auth Tokens.",
    )
    return None


@command(group, "remove")
async def remove(
    session: Session,
    key_id: KeyId,
    account_sid: AccountSid,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Remove a SharedKey: within half a minute, webhooks that it signs are refused."""
    require_account_sid(account_sid)
    if not yes:
        output.confirm(f"Webhooks that {key_id} signs will be refused. Remove it?")
    request = pb.DeleteSharedKeyRequest(
        organization_id=session.organization_id, account_sid=account_sid, shared_key_id=key_id
    )
    account = (await session.ask(session.services.sms.DeleteSharedKey, request)).account
    if session.settings.as_json:
        return output.emit_json(account)
    return output.say(f"Removed {key_id}.")


def _algorithm(key: pb.SharedKey) -> str:
    return pb.SigningAlgorithm.Name(key.algorithm).removeprefix("SIGNING_ALGORITHM_")
