"""`keva numbers configure`."""

from typing import Annotated

import typer

from cli.commands.numbers.setup import AccountSid, configure, owner_of, require_complete
from cli.session import Session
from cli.terminal import output
from client.selection import phone_number


async def configure_number(
    session: Session,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The number, in any notation")],
    account_sid: AccountSid = "",
    replace: Annotated[bool, typer.Option("--replace", help="Do it even if its texts go somewhere else now")] = False,
) -> None:
    """Make Twilio send a number's texts to Keva, and repeat those that fail.

    Sets the number's webhook, fallback URL and repeats at Twilio. If its texts go to another webhook or a TwiML app
    now, nothing is changed unless --replace is given. The exit status is 1 if a messaging service takes its texts even
    so."""
    address = phone_number(session, number)
    owner = await owner_of(session, address, account_sid)
    configured = await configure(session, owner, address, replace)
    if session.settings.as_json:
        output.emit_json(configured)
    require_complete(configured)
    if not session.settings.as_json:
        output.say(f"Twilio sends the texts of {address} to Keva now, and repeats those that fail.")
