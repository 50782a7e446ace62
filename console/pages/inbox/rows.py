"""A ticket as a row of the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from google.protobuf.timestamp_pb2 import Timestamp

from client.words.language import say
from console.live.presence import Presence
from console.words.customers import called, place_of
from console.words.phone_numbers import international
from keva.ticket.v1 import actor_pb2, message_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.clock import utc_now


@dataclass(frozen=True)
class Names:
    """What people call our numbers and the agents, by id."""

    channels: Mapping[str, str]
    agents: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """What a row shows of a ticket. `name` is what the customer is called by, and `beside` what stands behind it where
    there is room; `said_by` is who wrote the last text, if we did (`You:`). `due` is when the customer is to be
    answered, if the workspace has such a target; `assignee` is empty where nobody is, or the AI. `draft`: what the
    visitor has begun to write there.
    `others` are the names of colleagues who are at it, `writers` of those who write."""

    ticket: pb.Ticket
    name: str
    beside: str
    said_by: str
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
    def is_ai(self) -> bool:
        """Whether the AI works on it."""
        return self.ticket.assignee.kind == routing_pb2.ASSIGNEE_KIND_AI

    @property
    def is_left(self) -> bool:
        """Whether the AI has left it to somebody who is still to be found: what was answered waits for nobody."""
        return self.ticket.state == pb.TICKET_STATE_OPEN and self.ticket.HasField("hand_off_time") and not self.assignee

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
    name, beside = _called(ticket)
    return Row(
        ticket=ticket,
        name=name,
        beside=beside,
        said_by=_said_by(ticket, names, agent_id),
        channel=names.channels.get(ticket.channel_id, "") or ticket.channel_address,
        assignee=names.agents.get(ticket.assignee.agent_id, "") if ticket.assignee.agent_id else "",
        is_mine=ticket.assignee.agent_id == agent_id,
        due=due,
        is_overdue=due is not None and due.ToDatetime(UTC) < utc_now(),
        draft=draft,
        others=tuple(one.name for one in people if one.agent_id != agent_id and not one.writing),
        writers=tuple(one.name for one in people if one.agent_id != agent_id and one.writing),
    )


def _called(ticket: pb.Ticket) -> tuple[str, str]:
    """A name and the number; of a customer without a name, whom the number alone tells apart, that and their place."""
    given, address = ticket.customer_display_name, ticket.customer_address
    name, number = called(given, address), international(address)
    return name, number if name != number else place_of(given, address)


def _said_by(ticket: pb.Ticket, names: Names, agent_id: str) -> str:
    """Empty where the customer has written last."""
    if ticket.last_message_direction != message_pb2.MESSAGE_DIRECTION_OUTBOUND:
        return ""
    author = ticket.last_message_author
    if author.kind == actor_pb2.ACTOR_KIND_AI:
        return say("AI:")
    if author.kind == actor_pb2.ACTOR_KIND_AGENT and author.id == agent_id:
        return say("You:")
    name = names.agents.get(author.id, "") if author.kind == actor_pb2.ACTOR_KIND_AGENT else ""
    return say("%(name)s:", name=name) if name else say("Us:")


def _due(ticket: pb.Ticket) -> Timestamp | None:
    first, later = ticket.HasField("first_answer_due_time"), ticket.HasField("next_answer_due_time")
    times = [ticket.first_answer_due_time] * first + [ticket.next_answer_due_time] * later
    return min(times, key=lambda time: (time.seconds, time.nanos), default=None)
