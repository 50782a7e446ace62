"""`keva workspaces add`."""

import uuid
from typing import Annotated

import typer

from cli.commands.tickets.writing import RequestIdOption, repeatable
from cli.commands.workspaces.options import AutoCloseOption, RetainOption
from cli.session import Session
from cli.terminal import output
from keva.ticket.v1 import workspace_service_pb2


async def add(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it")],
    auto_close_after: AutoCloseOption = None,
    retain: RetainOption = None,
    request_id: RequestIdOption = "",
) -> None:
    """Add a workspace. It closes resolved tickets after 7 days unless --auto-close-after says otherwise."""
    request = workspace_service_pb2.CreateWorkspaceRequest(
        organization_id=session.organization_id,
        display_name=name,
        auto_close_after=auto_close_after,
        retain_for=retain,
        request_id=request_id or str(uuid.uuid4()),
    )
    with repeatable(f"--request-id {request.request_id}"):
        made = (await session.ask(session.services.workspaces.CreateWorkspace, request)).workspace
    if session.settings.as_json:
        return output.emit_json(made)
    output.say(f"Added the workspace {made.display_name}: {made.workspace_id}")
    return output.say(
        f"To send a number's tickets there: keva channels update NUMBER --workspace-id {made.workspace_id}"
    )
