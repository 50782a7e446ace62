"""`keva doctor`: everything that an operator wants to know at once."""

from typing import TYPE_CHECKING

import typer

from cli.command import command

if TYPE_CHECKING:
    from cli.session import Session


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    command(app, "doctor")(doctor)


async def doctor(session: "Session") -> None:
    """Check all of Keva: what works, what does not, and what to do about it.

    Checks every service, the certificates and keys, the databases, the Twilio accounts and numbers, and the AI with its
    articles. It looks as you, an operator, also where --as or KEVA_ACTOR names an agent. The exit status is 1 if
    something is wrong, and 4 if no service answers at all."""
    # `keva --help` needs none of it.
    from cli.doctor.report import report  # noqa: PLC0415

    await report(session)
