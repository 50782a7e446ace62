"""Use case: record what became of a reply, and why it waits."""

from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from ticket_service import errors
from ticket_service.domain.audit import THE_SERVICE, Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer
from ticket_service.domain.message import Delivery, DeliveryState, DeliveryUpdate, Message, advance
from ticket_service.domain.texts.consent import Consent, ConsentSource, is_opted_out, with_consent
from ticket_service.domain.ticket_changes import delivery_changed
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.outgoing.given_up import note_ends


class Deliveries:
    """Deliveries of all workspaces."""

    def __init__(self, store: TicketStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def record(self, workspace_id: str, update: DeliveryUpdate) -> Delivery:
        """The delivery after `update`; late and repeated news changes nothing. Raises MESSAGE_NOT_FOUND."""
        if not update.message_id:
            raise errors.required("update.message_id")
        needs = Needs.CUSTOMER if update.opted_out else Needs.NOTHING_MORE
        write = await self._store.change_message(
            workspace_id, update.message_id, lambda context: self._advance(context, update), needs
        )
        note_ends(write)
        return _delivery(write.message, update.message_id)

    async def record_trouble(self, message: Message, error_code: int, error_text: str) -> None:
        """Notes on a QUEUED reply why it could not be sent yet; the same trouble again records nothing."""

        def decide(context: TicketContext) -> TicketWrite:
            known = context.message
            delivery = _delivery(known, message.message_id)
            same = (delivery.error_code, delivery.error_text) == (error_code, error_text)
            if same or delivery.state is not DeliveryState.QUEUED:
                return TicketWrite(context.ticket, (), known)
            now = self._clock()
            after = replace(delivery, error_code=error_code, error_text=error_text, update_time=now)
            entry = AuditEntry(
                AuditAction.MESSAGE_SEND_POSTPONED,
                message.message_id,
                THE_SERVICE,
                now,
                {"error_code": str(error_code)},
            )
            return TicketWrite(context.ticket, (entry,), replace(known, delivery=after) if known else None)

        await self._store.change_message(message.workspace_id, message.message_id, decide)

    def _advance(self, context: TicketContext, update: DeliveryUpdate) -> TicketWrite:
        message = context.message
        before = _delivery(message, update.message_id)
        now = self._clock()
        after = advance(message, update, now) if message else None
        if after is None or after == message or after.delivery is None:
            return TicketWrite(context.ticket, (), message)
        actor = Actor(ActorKind.TWILIO, after.account_sid)
        details = {"from": before.state.value, "to": after.delivery.state.value}
        if after.delivery.presumed:
            details["presumed"] = "true"
        if after.delivery.error_code:
            details["error_code"] = str(after.delivery.error_code)
        entries = [AuditEntry(AuditAction.MESSAGE_DELIVERY_CHANGED, after.message_id, actor, now, details)]
        customer = None
        # Only when it is news: the customer may have texted START since.
        known = (before.state, before.error_code)
        is_news = update.opted_out and known != (after.delivery.state, after.delivery.error_code)
        if is_news and not is_opted_out(context.customer.consents, context.ticket.channel_address):
            customer = _opted_out(context, now)
            details = {"by": str(update.error_code), "channel_id": context.ticket.channel_id}
            entries.append(AuditEntry(AuditAction.CUSTOMER_OPTED_OUT, customer.customer_id, actor, now, details))
        failed = after.delivery.state is DeliveryState.FAILED and before.state is not DeliveryState.FAILED
        ticket = delivery_changed(context.ticket, failed, now)
        return TicketWrite(ticket, tuple(entries), after, customer)


def _opted_out(context: TicketContext, now: datetime) -> Customer:
    """Of the number that the reply was to leave from: Twilio keeps it by pairs."""
    refused = Consent(context.ticket.channel_address, opted_out=True, time=now, source=ConsentSource.REFUSED_REPLY)
    customer = context.customer
    return replace(customer, consents=with_consent(customer.consents, refused), update_time=now)


def _delivery(message: Message | None, message_id: str) -> Delivery:
    if message is None or message.delivery is None:
        raise errors.message_not_found(message_id)
    return message.delivery
