"""Why and when the AI left a ticket to a person, in plain words."""

from cli.terminal import output
from keva.ticket.v1 import hand_off_pb2, ticket_service_pb2

# Reason: a few words for a list, and a sentence.
_WORDS: dict[str, tuple[str, str]] = {
    "NOT_KNOWN": ("not known", "the articles do not hold the answer, or not for certain"),
    "ASKED_FOR_PERSON": ("asked for a person", "the customer asks for a person"),
    "UPSET": ("upset", "the customer is upset"),
    "PAYMENT_MATTER": ("payment", "it is about the customer's money"),
    "LEGAL_MATTER": ("legal", "it is about law or personal data"),
    "SAFETY_MATTER": ("safety", "somebody's health or safety may be at stake"),
    "OPTED_OUT": ("opted out", "the customer has opted out and must not be texted"),
    "NOT_A_QUESTION": ("no question", "nothing was asked that waits for an answer"),
    "WORKSPACE_RULE": ("hand-off rule", "one of the workspace's hand-off rules applies"),
    "MODEL_FAILED": ("model failed", "the model failed, was slow, or could not be understood"),
    "DRAFT_REFUSED": ("draft refused", "the AI's draft broke a rule"),
    "RESPONDER_UNAVAILABLE": ("no responder", "no responder answered; keva doctor says more"),
    "TOO_MANY_REPLIES": ("too many replies", "the AI has answered as often in a row as it may"),
    "CANNOT_REPLY": ("cannot reply", "the number was removed, or the customer's address takes no texts"),
}


def hand_off_sentence(ticket: ticket_service_pb2.Ticket) -> str:
    """When and why; empty unless the AI handed it off."""
    if not ticket.hand_off_reason:
        return ""
    return f"{output.when(ticket, 'hand_off_time')}, by the AI: {_words(ticket)[1]}".removeprefix(", ")


def hand_off_cell(ticket: ticket_service_pb2.Ticket) -> tuple[str, ...]:
    """The same in a few words, for a list; empty unless the AI handed it off."""
    if not ticket.hand_off_reason:
        return ()
    return (f"AI: {_words(ticket)[0]}", *output.when_stacked(ticket, "hand_off_time"))


def _words(ticket: ticket_service_pb2.Ticket) -> tuple[str, str]:
    """A reason that only a newer service knows keeps its number."""
    known = hand_off_pb2.HandOffReason.DESCRIPTOR.values_by_number.get(ticket.hand_off_reason)
    name = known.name.removeprefix("HAND_OFF_REASON_") if known else str(ticket.hand_off_reason)
    return _WORDS.get(name, (name, f"reason {name}"))
