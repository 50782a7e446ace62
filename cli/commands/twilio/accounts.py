"""What commands on a Twilio account ask for: its Account SID and its Auth Token. The token is asked for or read, never
given as an argument: arguments stand in the process list and in the shell's history."""

import re
from pathlib import Path
from typing import Annotated

import typer

from client.failure import unusable

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}\Z")

AccountSid = Annotated[str, typer.Option("--account-sid", metavar="AC…", help="The Account SID, from Twilio's console")]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--auth-token-file", metavar="FILE", exists=True, dir_okay=False, help="Read the Auth Token from a file"
    ),
]
TokenStdin = Annotated[bool, typer.Option("--auth-token-stdin", help="Read the Auth Token from standard input")]


def require_account_sid(text: str) -> None:
    """Raises Failure when `text` is not an Account SID. It is not repeated: somebody may have pasted the token."""
    if not _ACCOUNT_SID.match(text):
        raise unusable(
            "That is not an Account SID.", "It is AC and 32 hexadecimal digits; Twilio's console shows it at the top."
        )
