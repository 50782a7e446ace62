"""Workspaces with their AI profiles, and what is changed of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration

from keva.ticket.v1 import ai_profile_pb2
from keva.ticket.v1 import workspace_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp
from ticket_service import errors
from ticket_service.domain.ai_profile import DEFAULT_MAX_REPLIES_IN_A_ROW, AiProfile
from ticket_service.domain.workspace import Workspace
from ticket_service.rpc.convert_values import paths_from_proto
from ticket_service.use_cases.workspaces import WorkspaceEdit


def workspace_to_proto(workspace: Workspace) -> pb.Workspace:
    return pb.Workspace(
        workspace_id=workspace.workspace_id,
        organization_id=workspace.organization_id,
        display_name=workspace.display_name,
        auto_close_after=_duration_to_proto(workspace.auto_close_after),
        retain_for=_duration_to_proto(workspace.retain_for),
        create_time=timestamp(workspace.create_time),
        ai_profile=ai_profile_to_proto(workspace.ai_profile),
    )


def ai_profile_to_proto(profile: AiProfile) -> ai_profile_pb2.AiProfile:
    return ai_profile_pb2.AiProfile(**{name: getattr(profile, name) for name in AiProfile.__dataclass_fields__})


def workspace_edit_from_proto(request: pb.UpdateWorkspaceRequest) -> WorkspaceEdit:
    """What UpdateWorkspace changes. Raises FIELD_REQUIRED and FIELD_INVALID."""
    new, profile = request.workspace, [f"ai_profile.{name}" for name in AiProfile.__dataclass_fields__]
    allowed = ("display_name", "auto_close_after", "retain_for", "ai_profile", *profile)
    chosen = paths_from_proto(request.update_mask, allowed)
    fields = profile if "ai_profile" in chosen else [path for path in profile if path in chosen]
    return WorkspaceEdit(
        display_name=new.display_name if "display_name" in chosen else None,
        auto_close_after=duration_from_proto(new.auto_close_after) if "auto_close_after" in chosen else None,
        retain_for=duration_from_proto(new.retain_for, "retain_for") if "retain_for" in chosen else None,
        ai_profile=_ai_profile_fields(new.ai_profile, [path.removeprefix("ai_profile.") for path in fields]),
    )


def _ai_profile_fields(message: ai_profile_pb2.AiProfile, names: Sequence[str]) -> dict[str, Any]:
    lists = ("languages", "hand_off_rules")
    values = {name: tuple(getattr(message, name)) if name in lists else getattr(message, name) for name in names}
    if values.get("max_replies_in_a_row") == 0:
        values["max_replies_in_a_row"] = DEFAULT_MAX_REPLIES_IN_A_ROW
    return values


def _duration_to_proto(time: timedelta) -> Duration:
    value = Duration()
    value.FromTimedelta(time)
    return value


def duration_from_proto(duration: Duration, field: str = "auto_close_after") -> timedelta:
    """Raises FIELD_INVALID when it is out of range."""
    try:
        return duration.ToTimedelta()
    except (OverflowError, ValueError):
        raise errors.invalid(field, "is out of range") from None
