"""Which part of the audit trail `keva audit verify` and `export` are about."""

from typing import Annotated

import typer

ChainOption = Annotated[
    str, typer.Option("--ticket", metavar="TICKET", help="Only this ticket's chain: its number (12) or id (tkt_…)")
]
WorkspaceOnlyOption = Annotated[
    bool, typer.Option("--in-workspace", help="Only tickets of the workspace that --workspace names")
]
