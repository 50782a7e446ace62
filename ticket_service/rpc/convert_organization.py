"""Channels, workspaces and audit records as protobuf messages, and back."""

from collections.abc import Collection, Sequence
from datetime import UTC, timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import actor_pb2, ai_profile_pb2, audit_service_pb2, channel_service_pb2, workspace_service_pb2
from ticket_service import errors
from ticket_service.domain.ai_profile import DEFAULT_MAX_REPLIES_IN_A_ROW, AiProfile
from ticket_service.domain.audit import NO_TICKET, Actor, ActorKind, AuditEntry, AuditRecord
from ticket_service.domain.channel import Channel, CreateTicketOn, Workspace
from ticket_service.rpc.convert import from_actor, from_assignee, from_priority, timestamp, to_assignee, to_priority
from ticket_service.use_cases.channels import ChannelSettings
from ticket_service.use_cases.workspaces import WorkspaceEdit


def paths(mask: FieldMask, allowed: Collection[str]) -> set[str]:
    """The paths of an update mask. Raises FIELD_REQUIRED when it is empty, FIELD_INVALID for others than `allowed`."""
    chosen = set(mask.paths)
    if not chosen:
        raise errors.required("update_mask")
    if unknown := chosen - set(allowed):
        raise errors.invalid("update_mask", f"has {sorted(unknown)[0]}, which cannot be changed here")
    return chosen


def from_channel(channel: Channel) -> channel_service_pb2.Channel:
    """A channel's message."""
    return channel_service_pb2.Channel(
        channel_id=channel.channel_id,
        organization_id=channel.organization_id,
        account_sid=channel.account_sid,
        phone_number=channel.phone_number,
        display_name=channel.display_name,
        workspace_id=channel.workspace_id,
        create_ticket_on=channel_service_pb2.CreateTicketOn.Value(f"CREATE_TICKET_ON_{channel.create_ticket_on.value}"),
        default_priority=from_priority(channel.default_priority),
        auto_assign=from_assignee(channel.auto_assign),
        segments_per_second=channel.segments_per_second,
        create_time=timestamp(channel.create_time),
        update_time=timestamp(channel.update_time),
    )


def from_subscribed(channel: Channel) -> channel_service_pb2.SubscribedNumber:
    """A number whose texts become tickets."""
    return channel_service_pb2.SubscribedNumber(
        organization_id=channel.organization_id,
        account_sid=channel.account_sid,
        phone_number=channel.phone_number,
        subscribe_time=timestamp(channel.create_time),
    )


def _to_create_ticket_on(value: "channel_service_pb2.CreateTicketOn.ValueType") -> CreateTicketOn | None:
    if value == channel_service_pb2.CREATE_TICKET_ON_UNSPECIFIED:
        return None
    try:
        return CreateTicketOn(channel_service_pb2.CreateTicketOn.Name(value).removeprefix("CREATE_TICKET_ON_"))
    except ValueError:
        raise errors.invalid("create_ticket_on", "is not known") from None


def to_new_channel_settings(request: channel_service_pb2.CreateChannelRequest) -> ChannelSettings:
    """What CreateChannel asks for; what is not given takes its default."""
    return ChannelSettings(
        display_name=request.display_name or None,
        workspace_id=request.workspace_id or None,
        create_ticket_on=_to_create_ticket_on(request.create_ticket_on),
        default_priority=to_priority(request.default_priority, "default_priority"),
        auto_assign=to_assignee(request.auto_assign, "auto_assign") if request.auto_assign.kind else None,
        segments_per_second=request.segments_per_second,
    )


def to_channel_settings(request: channel_service_pb2.UpdateChannelRequest) -> ChannelSettings:
    """What UpdateChannel changes."""
    new = request.channel
    values = {
        "display_name": new.display_name,
        "workspace_id": new.workspace_id,
        "create_ticket_on": _to_create_ticket_on(new.create_ticket_on),
        "default_priority": to_priority(new.default_priority, "channel.default_priority"),
        "auto_assign": to_assignee(new.auto_assign, "channel.auto_assign") if new.auto_assign.kind else None,
        "segments_per_second": new.segments_per_second,
    }
    chosen = paths(request.update_mask, values)
    for path in sorted(chosen):
        # 0 is a rate: that of the number's kind.
        if values[path] in (None, ""):
            raise errors.required(f"channel.{path}")
    return ChannelSettings(**{path: values[path] for path in chosen})  # type: ignore[arg-type]


def from_workspace(workspace: Workspace) -> workspace_service_pb2.Workspace:
    """A workspace's message."""
    return workspace_service_pb2.Workspace(
        workspace_id=workspace.workspace_id,
        organization_id=workspace.organization_id,
        display_name=workspace.display_name,
        auto_close_after=_duration(workspace.auto_close_after),
        retain_for=_duration(workspace.retain_for),
        create_time=timestamp(workspace.create_time),
        ai_profile=from_profile(workspace.ai_profile),
    )


def _duration(time: timedelta) -> Duration:
    value = Duration()
    value.FromTimedelta(time)
    return value


def from_profile(profile: AiProfile) -> ai_profile_pb2.AiProfile:
    """A profile's message."""
    return ai_profile_pb2.AiProfile(**{name: getattr(profile, name) for name in AiProfile.__dataclass_fields__})


def to_workspace_edit(request: workspace_service_pb2.UpdateWorkspaceRequest) -> WorkspaceEdit:
    """What UpdateWorkspace changes."""
    new, profile = request.workspace, [f"ai_profile.{name}" for name in AiProfile.__dataclass_fields__]
    chosen = paths(request.update_mask, ("display_name", "auto_close_after", "retain_for", "ai_profile", *profile))
    fields = profile if "ai_profile" in chosen else [path for path in profile if path in chosen]
    return WorkspaceEdit(
        display_name=new.display_name if "display_name" in chosen else None,
        auto_close_after=to_timedelta(new.auto_close_after) if "auto_close_after" in chosen else None,
        retain_for=to_timedelta(new.retain_for, "retain_for") if "retain_for" in chosen else None,
        ai_profile=_to_profile_fields(new.ai_profile, [path.removeprefix("ai_profile.") for path in fields]),
    )


def _to_profile_fields(message: ai_profile_pb2.AiProfile, names: Sequence[str]) -> dict[str, Any]:
    lists = ("languages", "hand_off_rules")
    values = {name: tuple(getattr(message, name)) if name in lists else getattr(message, name) for name in names}
    if values.get("max_replies_in_a_row") == 0:
        values["max_replies_in_a_row"] = DEFAULT_MAX_REPLIES_IN_A_ROW
    return values


def to_timedelta(duration: Duration, field: str = "auto_close_after") -> timedelta:
    """A duration. Raises FIELD_INVALID when it is out of range."""
    try:
        return duration.ToTimedelta()
    except (OverflowError, ValueError):
        raise errors.invalid(field, "is out of range") from None


def from_record(record: AuditRecord) -> audit_service_pb2.AuditRecord:
    """An audit record's message."""
    return audit_service_pb2.AuditRecord(
        audit_record_id=record.audit_record_id,
        organization_id=record.organization_id,
        workspace_id=record.workspace_id,
        ticket_id=record.ticket_id,
        sequence=record.sequence,
        record_time=timestamp(record.entry.time),
        actor=from_actor(record.entry.actor),
        action=record.entry.action,
        subject_id=record.entry.subject_id,
        details=record.entry.details,
        key_id=record.key_id,
        mac=record.mac,
    )


def to_record(message: audit_service_pb2.AuditRecord, organization_id: str) -> AuditRecord:
    """A record of another service; its place in the trail is still to be given."""
    try:
        kind = ActorKind(actor_pb2.ActorKind.Name(message.actor.kind).removeprefix("ACTOR_KIND_").lower())
    except ValueError:
        raise errors.required("audit_records.actor.kind") from None
    try:
        time = message.record_time.ToDatetime(UTC)
    except (OverflowError, ValueError):
        raise errors.invalid("audit_records.record_time", "is out of range") from None
    entry = AuditEntry(
        action=message.action,
        subject_id=message.subject_id,
        actor=Actor(kind, message.actor.id),
        time=time,
        details=dict(message.details),
    )
    return AuditRecord(message.audit_record_id, organization_id, message.workspace_id, NO_TICKET, 0, entry)
