"""Arguments and options that several commands on workspaces have."""

from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration

from cli.terminal.choices import parse_duration

AutoCloseOption = Annotated[
    Duration | None,
    typer.Option(
        parser=parse_duration, metavar="7d|36h|off", help="Close resolved tickets after this time; off: never"
    ),
]

RetainOption = Annotated[
    Duration | None,
    typer.Option(
        parser=parse_duration, metavar="365d|off", help="Erase the texts of closed tickets after this time; off: never"
    ),
]
WorkspaceArgument = Annotated[
    str, typer.Argument(metavar="WORKSPACE_ID", help="Its id, as keva workspaces list shows it")
]
