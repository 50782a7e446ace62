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
    """Say what works, what does not, and what to do about it.

    Looks at each service, the certificates and keys, the databases, the Twilio accounts and numbers, and the AI: what
    it runs on and what articles it has. The exit status is 1 when something is wrong, and 4 when no service answers at
    all."""
    # `keva --help` needs none of it.
    from cli.doctor.report import report  # noqa: PLC0415

    await report(session)
