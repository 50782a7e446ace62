"""`keva workspaces list`."""

from cli.hints.organizations import remark_if_unknown
from cli.session import Session
from cli.terminal import output
from client.lists import list_workspaces
from client.words.times import duration_text


async def list_all(session: Session) -> None:
    """List the workspaces, and after how long each closes a resolved ticket."""
    found = await list_workspaces(session)
    await remark_if_unknown(session, found)
    if session.settings.as_json:
        return output.emit_json(found)
    return output.show_table(
        ["Workspace", "Name", "Closes after", "Created"],
        [
            (w.workspace_id, w.display_name, duration_text(w.auto_close_after), output.when_stacked(w, "create_time"))
            for w in found
        ],
        f"The organization {session.organization_id} has no workspace.",
    )
