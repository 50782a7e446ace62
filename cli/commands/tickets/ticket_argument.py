"""How commands name a ticket."""

from typing import Annotated

import typer

TicketArgument = Annotated[str, typer.Argument(metavar="TICKET", help="Its number (12) or id (tkt_…)")]
