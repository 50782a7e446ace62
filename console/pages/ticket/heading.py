"""What stands at the head of a ticket, beside whose it is: why it waits for a person, and what it is about."""

from client.words.hand_offs import hand_off_words
from keva.ticket.v1 import ticket_service_pb2

# The end of a subject that was cut.
_CUT = "…"


def hand_off_clause(ticket: ticket_service_pb2.Ticket) -> str:
    """Why the AI left it to a person, as a clause; empty unless the customer still waits for that person's answer."""
    waits = ticket.state == ticket_service_pb2.TICKET_STATE_OPEN and ticket.HasField("waiting_since")
    if not (ticket.hand_off_reason and waits):
        return ""
    # Who waits only since then had an answer to what the AI left.
    if ticket.waiting_since.ToNanoseconds() > ticket.hand_off_time.ToNanoseconds():
        return ""
    return hand_off_words(ticket.hand_off_reason).clause


def shown_subject(ticket: ticket_service_pb2.Ticket) -> str:
    """What it is about; empty where that is no more than the beginning of its only text, which stands right below."""
    said = ticket.last_message_preview.rstrip(_CUT)
    begins = said and said.startswith(ticket.subject.rstrip(_CUT)[: len(said)])
    return "" if ticket.message_count <= 1 and begins else ticket.subject
