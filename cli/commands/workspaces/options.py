"""Arguments and options that several commands on workspaces have."""

from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration

from cli.terminal.choices import parse_duration

RetainOption = Annotated[
    Duration | None,
    typer.Option(
        parser=parse_duration, metavar="365d|off", help="How long closed tickets keep their texts; off is for ever"
    ),
]
WorkspaceArgument = Annotated[str, typer.Argument(metavar="WORKSPACE_ID")]
