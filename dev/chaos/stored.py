"""What ticket_service has stored, as a run reads it."""

from dataclasses import dataclass

from keva.ticket.v1 import message_pb2, ticket_service_pb2


@dataclass(frozen=True)
class Stored:
    """A message and the ticket that it is on."""

    ticket: ticket_service_pb2.Ticket
    message: message_pb2.Message
