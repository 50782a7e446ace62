"""An event as browsers get it: what happened to what, without a text, a name or a number."""

import json
from dataclasses import dataclass
from functools import cached_property

from client.words.actors import actor_text, assignee_text
from keva.ticket.v1 import event_service_pb2


@dataclass(frozen=True)
class Happening:
    """`ticket_number` is 0 where there is no ticket. `assignee` (as client.words.actors writes it) and `customer` are
    those of the ticket now, and `mentions` are ids of agents: for notices alone, browsers do not get them."""

    event_id: str
    type: str
    workspace_id: str
    ticket_id: str
    ticket_number: int
    subject_id: str
    actor: str
    sequence: int
    assignee: str = ""
    customer: str = ""
    mentions: frozenset[str] = frozenset()

    @cached_property
    def body(self) -> str:
        """What scripts get of it, as JSON: made once for all browsers."""
        return json.dumps(
            {
                "id": self.event_id,
                "type": self.type,
                "workspace_id": self.workspace_id,
                "ticket_id": self.ticket_id,
                "ticket_number": self.ticket_number,
                "subject_id": self.subject_id,
                "actor": self.actor,
                "sequence": self.sequence,
            }
        )


@dataclass(frozen=True)
class Batch:
    """What happened since the batch before. `token` is what to go on with behind it."""

    happened: tuple[Happening, ...]
    token: str


def batch_of(response: event_service_pb2.WatchEventsResponse) -> Batch:
    """What a response of WatchEvents says."""
    return Batch(tuple(map(_happening, response.events)), response.resume_token)


def _happening(event: event_service_pb2.Event) -> Happening:
    mentions = event.details.get("mentions", "")
    return Happening(
        event_id=event.event_id,
        type=event.type,
        workspace_id=event.workspace_id,
        ticket_id=event.ticket_id,
        ticket_number=event.ticket.number,
        subject_id=event.subject_id,
        actor=actor_text(event.actor),
        sequence=event.sequence,
        assignee=assignee_text(event.ticket.assignee) if event.HasField("ticket") else "",
        customer=event.ticket.customer_display_name,
        mentions=frozenset(filter(None, mentions.split(", "))),
    )
