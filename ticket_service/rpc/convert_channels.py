"""Channels and their settings."""

from typing import Any

from keva.ticket.v1 import channel_service_pb2 as pb
from keva.ticket.v1 import routing_pb2
from servicekit.rpc.proto_values import enum_to_proto, optional_enum_from_proto, timestamp
from ticket_service import errors
from ticket_service.domain.channel import AiAutonomy, Channel, CreateTicketOn
from ticket_service.domain.ticket import NOBODY
from ticket_service.rpc.convert_values import (
    assignee_from_proto,
    assignee_to_proto,
    paths_from_proto,
    priority_from_proto,
)
from ticket_service.use_cases.channels import ChannelSettings


def channel_to_proto(channel: Channel) -> pb.Channel:
    return pb.Channel(
        channel_id=channel.channel_id,
        organization_id=channel.organization_id,
        account_sid=channel.account_sid,
        phone_number=channel.phone_number,
        display_name=channel.display_name,
        workspace_id=channel.workspace_id,
        create_ticket_on=enum_to_proto(pb.CreateTicketOn, channel.create_ticket_on.value),
        default_priority=enum_to_proto(routing_pb2.Priority, channel.default_priority.value),
        auto_assign=_auto_assign_to_proto(channel),
        segments_per_second=channel.segments_per_second,
        ai_autonomy=enum_to_proto(pb.AiAutonomy, channel.ai_autonomy.value),
        create_time=timestamp(channel.create_time),
        update_time=timestamp(channel.update_time),
    )


def subscribed_number_to_proto(channel: Channel) -> pb.SubscribedNumber:
    """A number whose texts become tickets."""
    return pb.SubscribedNumber(
        organization_id=channel.organization_id,
        account_sid=channel.account_sid,
        phone_number=channel.phone_number,
        subscribe_time=timestamp(channel.create_time),
    )


def new_channel_settings_from_proto(request: pb.CreateChannelRequest) -> ChannelSettings:
    """What CreateChannel asks for; what is not given takes its default. Raises FIELD_INVALID."""
    return ChannelSettings(
        display_name=request.display_name or None,
        workspace_id=request.workspace_id or None,
        create_ticket_on=_create_ticket_on_from_proto(request.create_ticket_on),
        default_priority=priority_from_proto(request.default_priority, "default_priority"),
        **_auto_assign_from_proto(request.auto_assign, "auto_assign"),
        segments_per_second=request.segments_per_second,
        ai_autonomy=_ai_autonomy_from_proto(request.ai_autonomy, "ai_autonomy"),
    )


def channel_settings_from_proto(request: pb.UpdateChannelRequest) -> ChannelSettings:
    """What UpdateChannel changes. Raises FIELD_REQUIRED and FIELD_INVALID."""
    new = request.channel
    values = {
        "display_name": new.display_name,
        "workspace_id": new.workspace_id,
        "create_ticket_on": _create_ticket_on_from_proto(new.create_ticket_on),
        "default_priority": priority_from_proto(new.default_priority, "channel.default_priority"),
        **_auto_assign_from_proto(new.auto_assign, "channel.auto_assign"),
        "segments_per_second": new.segments_per_second,
        "ai_autonomy": _ai_autonomy_from_proto(new.ai_autonomy, "channel.ai_autonomy"),
    }
    chosen = paths_from_proto(request.update_mask, values.keys() - {"round_robin"})
    for path in sorted(chosen):
        # 0 is a rate: that of the number's kind.
        if values[path] in (None, ""):
            raise errors.required(f"channel.{path}")
    if "auto_assign" in chosen:
        chosen.add("round_robin")
    return ChannelSettings(**{path: values[path] for path in chosen})


def _auto_assign_to_proto(channel: Channel) -> routing_pb2.Assignee:
    if channel.round_robin:
        return routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT)
    return assignee_to_proto(channel.auto_assign)


def _auto_assign_from_proto(assignee: routing_pb2.Assignee, field: str) -> dict[str, Any]:
    """What a channel keeps of it; nothing where none is given. Raises FIELD_INVALID."""
    if not assignee.kind:
        return {"auto_assign": None, "round_robin": None}
    if assignee.kind != routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT:
        return {"auto_assign": assignee_from_proto(assignee, field), "round_robin": False}
    if assignee.agent_id:
        raise errors.invalid(f"{field}.agent_id", "can only be set with ASSIGNEE_KIND_AGENT")
    return {"auto_assign": NOBODY, "round_robin": True}


def _create_ticket_on_from_proto(value: int) -> CreateTicketOn | None:
    return optional_enum_from_proto(pb.CreateTicketOn, value, CreateTicketOn, "create_ticket_on")


def _ai_autonomy_from_proto(value: int, field: str) -> AiAutonomy | None:
    return optional_enum_from_proto(pb.AiAutonomy, value, AiAutonomy, field)
