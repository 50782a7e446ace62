"""What a customer is told when a person must answer."""

from dataclasses import dataclass, replace
from datetime import datetime

from servicekit.errors import KevaError
from ticket_service.domain.ai_turn import THE_RESPONDER, AiTurn
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import AiAutonomy
from ticket_service.domain.customer import Customer
from ticket_service.domain.hand_off import WITHOUT_NOTICE, HandOffReason
from ticket_service.domain.message import Message
from ticket_service.domain.ticket_decision import TicketContext
from ticket_service.domain.work.office import Offices
from ticket_service.domain.work.out_of_office import AUTHOR, due_notice
from ticket_service.use_cases.replies import queued_text


@dataclass(frozen=True)
class Notice:
    """A message, what the audit trail says of it, and the customer as somebody who has been told, where that is kept
    with them. Without a message nothing is said."""

    message: Message | None = None
    entries: tuple[AuditEntry, ...] = ()
    customer: Customer | None = None


@dataclass(frozen=True)
class Notices:
    """That a person will answer (`hand_off`, empty: nothing), once until one has, where the channel lets the AI speak;
    or, while nobody is there, the out-of-office text, once in a closed period."""

    hand_off: str
    offices: Offices
    # When the text was sent that this is about, if it was found later: it may be none of this closed period.
    sent: datetime | None = None

    def of(self, turn: AiTurn, context: TicketContext, reason: HandOffReason, now: datetime) -> Notice:
        """What is said now."""
        opted_out = context.customer.takes_no_texts_from(context.ticket.channel_address)
        if reason in WITHOUT_NOTICE or opted_out:
            return Notice()
        closed = due_notice(context.ticket, context.customer, self.offices, now, self.sent)
        text = closed.out_of_office.text if closed else self._that_a_person_will_answer(context)
        if not text.strip():
            return Notice()
        author = AUTHOR if closed else THE_RESPONDER
        try:
            message, entry = queued_text(context, text, f"ai-notice:{turn.version}", author, now)
        except KevaError:
            return Notice()
        if closed:
            entry = replace(entry, details={**entry.details, "out_of_office": "true"})
        return Notice(replace(message, is_notice=True), (entry,), closed.customer if closed else None)

    def _that_a_person_will_answer(self, context: TicketContext) -> str:
        speaks = context.channel is not None and context.channel.ai_autonomy is AiAutonomy.SURE
        return self.hand_off if speaks and not context.ticket.hand_off_announced else ""
