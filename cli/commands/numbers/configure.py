"""`keva numbers configure`."""

from typing import Annotated

import typer

from cli.commands.numbers.setup import AccountSid, configure, owner_of, require_complete
from cli.session import Session
from cli.terminal import output
from client.selection import phone_number


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
