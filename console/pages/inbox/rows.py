"""A ticket as a row of the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from google.protobuf.timestamp_pb2 import Timestamp

from console.live.presence import Presence
from keva.ticket.v1 import message_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.clock import utc_now


@dataclass(frozen=True)
class Names:
    """What people call our numbers and the agents, by id."""

    channels: Mapping[str, str]
    agents: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """What a row shows of a ticket. `due` is when the customer is to be answered, if the workspace has such a target;
    `assignee` is empty where nobody is, or the AI. `draft`: what the visitor has begun to write there.
    `others` are the names of colleagues who are at it, `writers` of those who write."""

    ticket: pb.Ticket
    channel: str
    assignee: str
    is_mine: bool
    due: Timestamp | None
    is_overdue: bool
    draft: str = ""
    others: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether the customer waits for us."""
        return self.ticket.HasField("waiting_since")

    @property
    def is_ours(self) -> bool:
        """Whether the last text is ours."""
        return self.ticket.last_message_direction == message_pb2.MESSAGE_DIRECTION_OUTBOUND

    @property
    def is_ai(self) -> bool:
        """Whether the AI works on it."""
        return self.ticket.assignee.kind == routing_pb2.ASSIGNEE_KIND_AI

    @property
    def is_urgent(self) -> bool:
        """Other priorities are not worth a mark."""
        return self.ticket.priority == routing_pb2.PRIORITY_URGENT

    @property
    def is_settled(self) -> bool:
        """Whether it is resolved or closed."""
        return self.ticket.state in (pb.TICKET_STATE_RESOLVED, pb.TICKET_STATE_CLOSED)


def row_of(ticket: pb.Ticket, names: Names, agent_id: str, draft: str = "", people: Sequence[Presence] = ()) -> Row:
    """`agent_id` is the visitor, `people` who is at the ticket, the visitor among them."""
    due = _due(ticket)
    return Row(
        ticket=ticket,
        channel=names.channels.get(ticket.channel_id, "") or ticket.channel_address,
        assignee=names.agents.get(ticket.assignee.agent_id, "") if ticket.assignee.agent_id else "",
        is_mine=ticket.assignee.agent_id == agent_id,
        due=due,
        is_overdue=due is not None and due.ToDatetime(UTC) < utc_now(),
        draft=draft,
        others=tuple(one.name for one in people if one.agent_id != agent_id and not one.writing),
        writers=tuple(one.name for one in people if one.agent_id != agent_id and one.writing),
    )


def _due(ticket: pb.Ticket) -> Timestamp | None:
    first, later = ticket.HasField("first_answer_due_time"), ticket.HasField("next_answer_due_time")
    times = [ticket.first_answer_due_time] * first + [ticket.next_answer_due_time] * later
    return min(times, key=lambda time: (time.seconds, time.nanos), default=None)
