"""`keva workspaces update`."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.commands.workspaces import ai_profile_options as ai
from cli.commands.workspaces.options import AutoCloseOption, RetainOption, WorkspaceArgument
from cli.commands.workspaces.show import show_workspace
from cli.session import Session
from client.failure import unusable
from keva.ticket.v1 import ai_profile_pb2, workspace_service_pb2


async def update(  # noqa: PLR0913, PLR0917 - one per field
    session: Session,
    workspace_id: WorkspaceArgument,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What people call it")] = None,
    auto_close_after: AutoCloseOption = None,
    retain: RetainOption = None,
    business_name: ai.BusinessNameOption = None,
    tone: ai.ToneOption = None,
    hours: ai.HoursOption = None,
    language: ai.LanguageOption = None,
    no_languages: ai.NoLanguagesOption = False,
    hand_off_rule: ai.RuleOption = None,
    no_hand_off_rules: ai.NoRulesOption = False,
    hand_off_notice: ai.NoticeOption = None,
    max_ai_replies: ai.MaxRepliesOption = None,
    max_ai_replies_per_day: ai.MaxPerDayOption = None,
    max_ai_replies_per_hour: ai.MaxPerHourOption = None,
) -> None:
    """Change a workspace: its name, when it closes resolved tickets, how long closed ones keep their texts, and how the
    AI speaks for it. What you leave out stays as it is."""
    profile = {
        "business_name": business_name,
        "tone": tone,
        "business_hours": hours,
        "languages": ai.either("--language", language, "--no-languages", no_languages),
        "hand_off_rules": ai.either("--hand-off-rule", hand_off_rule, "--no-hand-off-rules", no_hand_off_rules),
        "hand_off_notice": hand_off_notice,
        "max_replies_in_a_row": max_ai_replies,
        "max_replies_per_channel_per_day": max_ai_replies_per_day,
        "max_replies_per_customer_per_hour": max_ai_replies_per_hour,
    }
    fields = {"display_name": name, "auto_close_after": auto_close_after, "retain_for": retain}
    request = _change(session, workspace_id, fields, profile)
    show_workspace(session, (await session.ask(session.services.workspaces.UpdateWorkspace, request)).workspace)


def _change(
    session: Session, workspace_id: str, fields: Mapping[str, Any], profile: Mapping[str, Any]
) -> workspace_service_pb2.UpdateWorkspaceRequest:
    given = {field: value for field, value in fields.items() if value is not None}
    spoken = {field: value for field, value in profile.items() if value is not None}
    if not given and not spoken:
        raise unusable("Nothing to change.", "See keva workspaces update --help for what can be changed.")
    return workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=session.organization_id,
        workspace=workspace_service_pb2.Workspace(
            workspace_id=workspace_id, ai_profile=ai_profile_pb2.AiProfile(**spoken), **given
        ),
        update_mask=FieldMask(paths=[*given, *(f"ai_profile.{field}" for field in spoken)]),
    )
