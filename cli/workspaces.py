"""`keva workspaces`: the desks."""

import uuid
from typing import Annotated, Any

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli import output
from cli.choices import DurationOption, duration_text
from cli.command import command
from cli.connection import Session
from cli.failure import usage
from cli.paging import everything
from keva.ticket.v1 import workspace_service_pb2

group = typer.Typer()


@command(group, "list")
async def list_workspaces(session: Session) -> None:
    """List the workspaces, with the time after which a resolved ticket is closed."""
    request = workspace_service_pb2.ListWorkspacesRequest(organization_id=session.settings.organization, page_size=200)
    found = await everything(session, session.workspaces.ListWorkspaces, request, lambda page: page.workspaces)
    if session.settings.as_json:
        return output.emit_json(found)
    return output.show_table(
        ["Workspace", "Name", "Closes after", "Made"],
        [
            (w.workspace_id, w.display_name, duration_text(w.auto_close_after), output.when_stacked(w, "create_time"))
            for w in found
        ],
        f"The organization {session.settings.organization} has no workspace.",
    )


@command(group, "add")
async def add(
    session: Session,
    name: Annotated[str, typer.Argument(help="What people call it")],
    auto_close_after: DurationOption = None,
) -> None:
    """Make a workspace. Its resolved tickets are closed after 7 days unless --auto-close-after says otherwise."""
    request = workspace_service_pb2.CreateWorkspaceRequest(
        organization_id=session.settings.organization,
        display_name=name,
        auto_close_after=auto_close_after,
        request_id=str(uuid.uuid4()),
    )
    made = (await session.ask(session.workspaces.CreateWorkspace, request)).workspace
    if session.settings.as_json:
        return output.emit_json(made)
    output.say(f"Made the workspace {made.display_name}: {made.workspace_id}")
    return output.say(
        f"Let a number's tickets go there: keva channels update NUMBER --workspace-id {made.workspace_id}"
    )


@command(group, "update")
async def update(
    session: Session,
    workspace_id: Annotated[str, typer.Argument(metavar="WORKSPACE_ID")],
    name: Annotated[str | None, typer.Option("--name", help="What people call it")] = None,
    auto_close_after: DurationOption = None,
) -> None:
    """Change a workspace's name, or when its resolved tickets are closed."""
    values: dict[str, Any] = {"display_name": name, "auto_close_after": auto_close_after}
    given = {field: value for field, value in values.items() if value is not None}
    if not given:
        raise usage("Nothing to change.", "Give --name or --auto-close-after.")
    request = workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=session.settings.organization,
        workspace=workspace_service_pb2.Workspace(workspace_id=workspace_id, **given),
        update_mask=FieldMask(paths=list(given)),
    )
    changed = (await session.ask(session.workspaces.UpdateWorkspace, request)).workspace
    if session.settings.as_json:
        return output.emit_json(changed)
    closes = duration_text(changed.auto_close_after)
    return output.say(f"{changed.workspace_id} is now {changed.display_name}; resolved tickets close after: {closes}.")
