"""Values that both protobuf and the domain have are the same on both sides, and what neither knows is refused."""

from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import (
    actor_pb2,
    audit_service_pb2,
    channel_service_pb2,
    hand_off_pb2,
    message_pb2,
    routing_pb2,
    ticket_service_pb2,
    workspace_service_pb2,
)
from servicekit.audit.verification import BreakKind
from servicekit.errors import InvalidArgument
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.channel import CreateTicketOn
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.message import DeliveryState, Direction, MediaState
from ticket_service.domain.texts.keyword import Keyword
from ticket_service.domain.ticket import Assignee, AssigneeKind, Priority, TicketState
from ticket_service.rpc.convert_audit import record_from_proto
from ticket_service.rpc.convert_channels import channel_settings_from_proto, new_channel_settings_from_proto
from ticket_service.rpc.convert_inbox import ticket_filter_from_proto
from ticket_service.rpc.convert_ingest import inbound_text_from_proto
from ticket_service.rpc.convert_messages import delivery_update_from_proto, media_news_from_proto
from ticket_service.rpc.convert_tickets import ticket_edit_from_proto
from ticket_service.rpc.convert_values import (
    actor_from_proto,
    actor_to_proto,
    assignee_from_proto,
    assignee_to_proto,
)
from ticket_service.rpc.convert_workspaces import workspace_edit_from_proto

UNKNOWN = 99


@pytest.mark.parametrize(
    ("proto", "domain"),
    [
        (actor_pb2.ActorKind, ActorKind),
        (audit_service_pb2.AuditBreakKind, BreakKind),
        (channel_service_pb2.CreateTicketOn, CreateTicketOn),
        (hand_off_pb2.HandOffReason, HandOffReason),
        (message_pb2.DeliveryState, DeliveryState),
        (message_pb2.MediaState, MediaState),
        (message_pb2.MessageDirection, Direction),
        (message_pb2.OptOutType, Keyword),
        (routing_pb2.AssigneeKind, AssigneeKind),
        (routing_pb2.Priority, Priority),
        (ticket_service_pb2.TicketState, TicketState),
    ],
    ids=lambda enum: enum.DESCRIPTOR.name if hasattr(enum, "DESCRIPTOR") else "",
)
def test_an_enum_has_the_same_members_on_both_sides(proto: Any, domain: type[Enum]) -> None:
    unspecified, *names = proto.keys()

    prefix = unspecified.removesuffix("UNSPECIFIED")
    found = {name.removeprefix(prefix) for name in names}
    # What stands for one of the agents is a channel's alone; no ticket is assigned to it.
    assert found - {"AVAILABLE_AGENT"} == {member.name for member in domain}


@pytest.mark.parametrize("kind", ActorKind)
def test_an_actor_goes_both_ways(kind: ActorKind) -> None:
    assert actor_from_proto(actor_to_proto(Actor(kind, "dana")), "actor") == Actor(kind, "dana")


@pytest.mark.parametrize("kind", AssigneeKind)
def test_an_assignee_goes_both_ways(kind: AssigneeKind) -> None:
    assert assignee_from_proto(assignee_to_proto(Assignee(kind, "dana")), "assignee") == Assignee(kind, "dana")


def _update_ticket(*paths: str, **fields: Any) -> ticket_service_pb2.UpdateTicketRequest:
    ticket = ticket_service_pb2.Ticket(**fields)
    return ticket_service_pb2.UpdateTicketRequest(ticket=ticket, update_mask=FieldMask(paths=paths))


def _update_channel(*paths: str, **fields: Any) -> channel_service_pb2.UpdateChannelRequest:
    channel = channel_service_pb2.Channel(**fields)
    return channel_service_pb2.UpdateChannelRequest(channel=channel, update_mask=FieldMask(paths=paths))


def _update_workspace(*paths: str, **fields: Any) -> workspace_service_pb2.UpdateWorkspaceRequest:
    workspace = workspace_service_pb2.Workspace(**fields)
    return workspace_service_pb2.UpdateWorkspaceRequest(workspace=workspace, update_mask=FieldMask(paths=paths))


def _audit_record(**fields: Any) -> audit_service_pb2.AuditRecord:
    return audit_service_pb2.AuditRecord(**{"actor": actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_SERVICE), **fields})


def _appended(record: audit_service_pb2.AuditRecord) -> object:
    return record_from_proto(record, "default")


@pytest.mark.parametrize(
    ("convert", "message", "reason", "field"),
    [
        pytest.param(
            ticket_filter_from_proto,
            ticket_service_pb2.ListTicketsRequest(states=[ticket_service_pb2.TICKET_STATE_UNSPECIFIED]),
            "FIELD_INVALID",
            "states",
            id="tickets of no state",
        ),
        pytest.param(
            ticket_filter_from_proto,
            ticket_service_pb2.ListTicketsRequest(states=[UNKNOWN]),  # type: ignore[list-item]
            "FIELD_INVALID",
            "states",
            id="tickets of an unknown state",
        ),
        pytest.param(
            ticket_filter_from_proto,
            ticket_service_pb2.ListTicketsRequest(number=-1),
            "FIELD_INVALID",
            "number",
            id="a negative number",
        ),
        pytest.param(ticket_edit_from_proto, _update_ticket(), "FIELD_REQUIRED", "update_mask", id="no mask"),
        pytest.param(
            ticket_edit_from_proto, _update_ticket("state"), "FIELD_INVALID", "update_mask", id="a state in the mask"
        ),
        pytest.param(
            ticket_edit_from_proto, _update_ticket("priority"), "FIELD_REQUIRED", "ticket.priority", id="no priority"
        ),
        pytest.param(
            ticket_edit_from_proto,
            _update_ticket("priority", priority=UNKNOWN),
            "FIELD_INVALID",
            "ticket.priority",
            id="an unknown priority",
        ),
        pytest.param(
            new_channel_settings_from_proto,
            channel_service_pb2.CreateChannelRequest(create_ticket_on=UNKNOWN),  # type: ignore[arg-type]
            "FIELD_INVALID",
            "create_ticket_on",
            id="an unknown rule for new tickets",
        ),
        pytest.param(
            channel_settings_from_proto,
            _update_channel("auto_assign"),
            "FIELD_REQUIRED",
            "channel.auto_assign",
            id="assigned to nobody in particular",
        ),
        pytest.param(
            channel_settings_from_proto,
            _update_channel("phone_number", phone_number="+15550002000"),
            "FIELD_INVALID",
            "update_mask",
            id="another number",
        ),
        pytest.param(
            workspace_edit_from_proto,
            _update_workspace("retain_for", retain_for=Duration(seconds=10**15)),
            "FIELD_INVALID",
            "retain_for",
            id="a duration out of range",
        ),
        pytest.param(
            delivery_update_from_proto,
            message_pb2.DeliveryUpdate(message_id="msg_1"),
            "FIELD_REQUIRED",
            "update.state",
            id="news without a state",
        ),
        pytest.param(
            delivery_update_from_proto,
            message_pb2.DeliveryUpdate(message_id="msg_1", state=UNKNOWN),  # type: ignore[arg-type]
            "FIELD_INVALID",
            "update.state",
            id="news of an unknown state",
        ),
        pytest.param(
            media_news_from_proto, message_pb2.MediaItem(), "FIELD_REQUIRED", "media.url", id="media without a URL"
        ),
        pytest.param(
            media_news_from_proto,
            message_pb2.MediaItem(url="u"),
            "FIELD_REQUIRED",
            "media.state",
            id="media without a state",
        ),
        pytest.param(
            media_news_from_proto,
            message_pb2.MediaItem(url="u", state=message_pb2.MEDIA_STATE_STORED),
            "FIELD_REQUIRED",
            "media.media_id",
            id="stored media without an id",
        ),
        pytest.param(
            _appended,
            audit_service_pb2.AuditRecord(),
            "FIELD_REQUIRED",
            "audit_records.actor.kind",
            id="a record of nobody",
        ),
        pytest.param(
            _appended,
            _audit_record(record_time=Timestamp(seconds=10**13)),
            "FIELD_INVALID",
            "audit_records.record_time",
            id="a record out of time",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(
    convert: Callable[[Any], object], message: Any, reason: str, field: str
) -> None:
    with pytest.raises(InvalidArgument) as refused:
        convert(message)

    assert (refused.value.reason, refused.value.metadata["field"]) == (reason, field)


def test_a_text_is_taken_whatever_its_time_and_opt_out_type_are() -> None:
    text = inbound_text_from_proto(
        message_pb2.InboundMessage(
            twilio_message_sid="SM1",
            sent_time=Timestamp(seconds=10**13),
            opt_out_type=UNKNOWN,  # type: ignore[arg-type]
        ),
        "default",
    )

    assert (text.twilio_message_sid, text.sent_time, text.opt_out_type) == ("SM1", None, None)
