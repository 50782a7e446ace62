"""Arguments and options that several commands on agents have."""

from typing import Annotated

import typer

from client.words.enums import AgentRole

AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="An e-mail address, an id (agt_…), or me")]
RoleOption = Annotated[
    AgentRole | None,
    typer.Option(
        "--role",
        metavar="|".join(AgentRole),
        help="What the agent may do: read, work on tickets, or everything",
        case_sensitive=False,
    ),
]
InWorkspaceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--in-workspace",
        metavar="ID",
        help="A workspace of the agent's; repeat it for several. Administrators belong to all",
    ),
]
