"""Two people, one customer: a reply whose writer has not seen what was said last."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticket_service import errors, outgoing_errors
from ticket_service.domain.message import Message
from ticket_service.domain.ticket_decision import TicketContext

_MOST_NAMED = 20


@dataclass(frozen=True)
class Seen:
    """The message that a writer has seen last, if they say so; `send_anyway`: whatever came behind it."""

    message_id: str = ""
    send_anyway: bool = False


NOT_COMPARED = Seen()


def require_nothing_newer(context: TicketContext, seen: Seen) -> None:
    """Raises NEWER_MESSAGES, or MESSAGE_NOT_FOUND when the ticket has no such message.

    Who decides in the transaction that stores the reply knows all that is on the ticket by then: of two replies that
    were written at the same moment, one is stored, and the other one meets it.
    """
    if not seen.message_id:
        return
    if context.seen is None:
        raise errors.message_not_found(seen.message_id)
    newer = _as_wholes(context.seen, context.newer)
    if newer and not seen.send_anyway:
        raise outgoing_errors.newer_messages([message.message_id for message in newer[-_MOST_NAMED:]], len(newer))


def _as_wholes(seen: Message, newer: Sequence[Message]) -> list[Message]:
    """A reply that was split counts as one, by its first message; who has seen that one has seen all of it."""
    parts = {part for message in (seen, *newer) for part in message.further_parts}
    return [message for message in newer if message.message_id not in parts]
