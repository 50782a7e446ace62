"""`keva workspaces show`."""

from cli.commands.workspaces.options import WorkspaceArgument
from cli.session import Session
from cli.terminal import output
from client.words.ai_profiles import ai_profile_lines
from client.words.times import duration_text
from keva.ticket.v1 import workspace_service_pb2

_KEPT = "for ever"


async def show(session: Session, workspace_id: WorkspaceArgument) -> None:
    """Show a workspace, and how the AI speaks for it."""
    request = workspace_service_pb2.GetWorkspaceRequest(
        organization_id=session.organization_id, workspace_id=workspace_id
    )
    show_workspace(session, (await session.ask(session.services.workspaces.GetWorkspace, request)).workspace)


def show_workspace(session: Session, workspace: workspace_service_pb2.Workspace) -> None:
    """All of it, one line per field."""
    if session.settings.as_json:
        return output.emit_json(workspace)
    output.say(f"Workspace {workspace.workspace_id}  {workspace.display_name}", style="bold")
    closes = ("Closes after", duration_text(workspace.auto_close_after))
    kept = (
        "Texts kept",
        f"{duration_text(workspace.retain_for)} after closing" if workspace.retain_for.seconds else _KEPT,
    )
    made = ("Created", output.when(workspace, "create_time"))
    return output.show_fields([closes, kept, made, *ai_profile_lines(workspace.ai_profile)])
