"""`keva workspaces`: the desks."""

import uuid
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from cli.command import command
from cli.commands.workspaces import ai_profile
from cli.connection import Session
from cli.failure import usage
from cli.paging import everything
from cli.terminal import output
from cli.terminal.choices import DurationOption, duration_text, parse_duration
from keva.ticket.v1 import ai_profile_pb2, workspace_service_pb2

group = typer.Typer()

_KEPT = "for ever"
RetainOption = Annotated[
    Duration | None,
    typer.Option(
        parser=parse_duration, metavar="365d|off", help="How long closed tickets keep their texts; off is for ever"
    ),
]
WorkspaceArgument = Annotated[str, typer.Argument(metavar="WORKSPACE_ID")]


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
    retain: RetainOption = None,
) -> None:
    """Make a workspace. Its resolved tickets are closed after 7 days unless --auto-close-after says otherwise."""
    request = workspace_service_pb2.CreateWorkspaceRequest(
        organization_id=session.settings.organization,
        display_name=name,
        auto_close_after=auto_close_after,
        retain_for=retain,
        request_id=str(uuid.uuid4()),
    )
    made = (await session.ask(session.workspaces.CreateWorkspace, request)).workspace
    if session.settings.as_json:
        return output.emit_json(made)
    output.say(f"Made the workspace {made.display_name}: {made.workspace_id}")
    return output.say(
        f"Let a number's tickets go there: keva channels update NUMBER --workspace-id {made.workspace_id}"
    )


@command(group, "show")
async def show(session: Session, workspace_id: WorkspaceArgument) -> None:
    """Show a workspace, and how the AI speaks for it."""
    request = workspace_service_pb2.GetWorkspaceRequest(
        organization_id=session.settings.organization, workspace_id=workspace_id
    )
    _show(session, (await session.ask(session.workspaces.GetWorkspace, request)).workspace)


@command(group, "update")
async def update(  # noqa: PLR0913, PLR0917 - one per field
    session: Session,
    workspace_id: WorkspaceArgument,
    name: Annotated[str | None, typer.Option("--name", help="What people call it")] = None,
    auto_close_after: DurationOption = None,
    retain: RetainOption = None,
    business_name: ai_profile.BusinessNameOption = None,
    tone: ai_profile.ToneOption = None,
    hours: ai_profile.HoursOption = None,
    language: ai_profile.LanguageOption = None,
    no_languages: ai_profile.NoLanguagesOption = False,
    hand_off_rule: ai_profile.RuleOption = None,
    no_hand_off_rules: ai_profile.NoRulesOption = False,
    hand_off_notice: ai_profile.NoticeOption = None,
    max_ai_replies: ai_profile.MaxRepliesOption = None,
) -> None:
    """Change a workspace's name, when its resolved tickets are closed, how long closed ones keep their texts, or how
    the AI speaks for it. What is not given stays."""
    profile = {
        "business_name": business_name,
        "tone": tone,
        "business_hours": hours,
        "languages": ai_profile.either("--language", language, "--no-languages", no_languages),
        "hand_off_rules": ai_profile.either("--hand-off-rule", hand_off_rule, "--no-hand-off-rules", no_hand_off_rules),
        "hand_off_notice": hand_off_notice,
        "max_replies_in_a_row": max_ai_replies,
    }
    fields = {"display_name": name, "auto_close_after": auto_close_after, "retain_for": retain}
    request = _change(session, workspace_id, fields, profile)
    _show(session, (await session.ask(session.workspaces.UpdateWorkspace, request)).workspace)


def _change(
    session: Session, workspace_id: str, fields: Mapping[str, Any], profile: Mapping[str, Any]
) -> workspace_service_pb2.UpdateWorkspaceRequest:
    given = {field: value for field, value in fields.items() if value is not None}
    spoken = {field: value for field, value in profile.items() if value is not None}
    if not given and not spoken:
        raise usage("Nothing to change.", "See keva workspaces update --help for what can be changed.")
    return workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=session.settings.organization,
        workspace=workspace_service_pb2.Workspace(
            workspace_id=workspace_id, ai_profile=ai_profile_pb2.AiProfile(**spoken), **given
        ),
        update_mask=FieldMask(paths=[*given, *(f"ai_profile.{field}" for field in spoken)]),
    )


def _show(session: Session, workspace: workspace_service_pb2.Workspace) -> None:
    if session.settings.as_json:
        return output.emit_json(workspace)
    output.say(f"Workspace {workspace.workspace_id}  {workspace.display_name}", style="bold")
    closes = ("Closes after", duration_text(workspace.auto_close_after))
    kept = (
        "Texts kept",
        f"{duration_text(workspace.retain_for)} after closing" if workspace.retain_for.seconds else _KEPT,
    )
    made = ("Made", output.when(workspace, "create_time"))
    return output.show_fields([closes, kept, made, *ai_profile.profile_lines(workspace.ai_profile)])
