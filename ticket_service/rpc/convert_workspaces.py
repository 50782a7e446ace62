"""Workspaces with their AI profiles, and what is changed of them."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration

from keva.ticket.v1 import ai_profile_pb2
from keva.ticket.v1 import workspace_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp
from ticket_service import errors
from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.workspace import Workspace
from ticket_service.rpc.convert_values import paths_from_proto
from ticket_service.rpc.work.convert_business_hours import business_hours_from_proto, business_hours_to_proto
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
        business_hours=business_hours_to_proto(workspace.business_hours),
        out_of_office_text=workspace.out_of_office_text,
        first_answer_target=_duration_to_proto(workspace.first_answer_target),
        next_answer_target=_duration_to_proto(workspace.next_answer_target),
        max_open_tickets=workspace.max_open_tickets,
    )


def ai_profile_to_proto(profile: AiProfile) -> ai_profile_pb2.AiProfile:
    return ai_profile_pb2.AiProfile(**{name: getattr(profile, name) for name in AiProfile.__dataclass_fields__})


def workspace_edit_from_proto(request: pb.UpdateWorkspaceRequest) -> WorkspaceEdit:
    """What UpdateWorkspace changes. Raises FIELD_REQUIRED and FIELD_INVALID."""
    new, profile = request.workspace, [f"ai_profile.{name}" for name in AiProfile.__dataclass_fields__]
    allowed = ("display_name", "auto_close_after", "retain_for", "ai_profile", *_OFFICE, *profile)
    chosen = paths_from_proto(request.update_mask, allowed)
    fields = profile if "ai_profile" in chosen else [path for path in profile if path in chosen]
    return WorkspaceEdit(
        display_name=new.display_name if "display_name" in chosen else None,
        auto_close_after=duration_from_proto(new.auto_close_after) if "auto_close_after" in chosen else None,
        retain_for=duration_from_proto(new.retain_for, "retain_for") if "retain_for" in chosen else None,
        ai_profile=_ai_profile_fields(new.ai_profile, [path.removeprefix("ai_profile.") for path in fields]),
        office={path: read(new) for path, read in _OFFICE.items() if path in chosen},
    )


def _ai_profile_fields(message: ai_profile_pb2.AiProfile, names: Sequence[str]) -> dict[str, Any]:
    lists = ("languages", "hand_off_rules")
    values = {name: tuple(getattr(message, name)) if name in lists else getattr(message, name) for name in names}
    limits = [name for name, value in values.items() if name.startswith("max_replies") and not value]
    return {**values, **{name: getattr(AiProfile(), name) for name in limits}}


def _target(field: str) -> Callable[[pb.Workspace], timedelta]:
    return lambda workspace: duration_from_proto(getattr(workspace, field), field)


# What a workspace says of answering, and how it is read, by the names that Workspace has too.
_OFFICE: dict[str, Callable[[pb.Workspace], Any]] = {
    "business_hours": lambda new: (
        business_hours_from_proto(new.business_hours) if new.HasField("business_hours") else None
    ),
    "out_of_office_text": lambda new: new.out_of_office_text.strip(),
    "first_answer_target": _target("first_answer_target"),
    "next_answer_target": _target("next_answer_target"),
    "max_open_tickets": lambda new: new.max_open_tickets,
}


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
