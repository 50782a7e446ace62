"""Why and when the AI left a ticket to a person, as lists and `keva tickets show` say it."""

from cli.terminal import output
from client.words.hand_offs import hand_off_words
from keva.ticket.v1 import hand_off_pb2, ticket_service_pb2

# What only the command can advise.
_MORE = {
    hand_off_pb2.HAND_OFF_REASON_RESPONDER_UNAVAILABLE: "; keva doctor says more",
    hand_off_pb2.HAND_OFF_REASON_ASKED_FOR_NO_TEXTS: "; keva customers no-texts notes it for all of our numbers",
}


def hand_off_sentence(ticket: ticket_service_pb2.Ticket) -> str:
    """When and why; empty unless the AI handed it off."""
    if not ticket.hand_off_reason:
        return ""
    more = _MORE.get(ticket.hand_off_reason, "")
    clause = hand_off_words(ticket.hand_off_reason).clause
    return f"{output.when(ticket, 'hand_off_time')}, by the AI: {clause}{more}".removeprefix(", ")


def hand_off_cell(ticket: ticket_service_pb2.Ticket) -> tuple[str, ...]:
    """The same in a few words, for a list; empty unless the AI handed it off."""
    if not ticket.hand_off_reason:
        return ()
    return (f"AI: {hand_off_words(ticket.hand_off_reason).few}", *output.when_stacked(ticket, "hand_off_time"))
