"""Decides what a text does: which ticket it joins or makes. README.md has the rules as a table. It decides from a
snapshot, so that it can be run again when somebody else was faster."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from ticket_service.domain import ai_turn, ingest_records, ticket_changes
from ticket_service.domain.addresses.phone_forms import by_phone, of_phone
from ticket_service.domain.ai_turn import Patience
from ticket_service.domain.audit import NO_TICKET, Actor, ActorKind, AuditEntry, in_order
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import Channel, CreateTicketOn
from ticket_service.domain.customer import Customer, fill_in, new_customer
from ticket_service.domain.inbox import summary
from ticket_service.domain.ingest_plan import IngestPlan, Outcome, RefusedText, Snapshot, StoredText
from ticket_service.domain.message import Direction, InboundText, Message
from ticket_service.domain.texts.consent import (
    Consent,
    ConsentSource,
    consent_to,
    is_opted_out,
    opted_out_numbers,
    with_consent,
)
from ticket_service.domain.texts.keyword import Keyword, keyword_of
from ticket_service.domain.texts.phrases import Phrases
from ticket_service.domain.texts.subject import subject_of
from ticket_service.domain.ticket import Ticket, TicketState
from ticket_service.domain.work.dealing import opened_by_text
from ticket_service.domain.work.office import Offices
from ticket_service.domain.work.out_of_office import due_notice, notice_message
from ticket_service.domain.work.waiting import waits_again, waits_first

NewId = Callable[[str], str]
_ALWAYS_OPEN = Offices()


def plan(
    texts: Sequence[InboundText],
    snapshot: Snapshot,
    new_id: NewId,
    now: datetime,
    patience: Patience,
    phrases: Phrases,
    offices: Offices = _ALWAYS_OPEN,
) -> IngestPlan:
    """What to write for `texts`, in their order: a later one sees what an earlier one did."""
    planner = _Planner(snapshot, new_id, now, patience, phrases, offices)
    planner.plan.outcomes.extend(planner.decide(text) for text in texts)
    return planner.plan


class _Planner:
    def __init__(
        self,
        snapshot: Snapshot,
        new_id: NewId,
        now: datetime,
        patience: Patience,
        phrases: Phrases,
        offices: Offices,
    ) -> None:
        self.plan = IngestPlan()
        self._channels = snapshot.channels
        self._stored = dict(snapshot.messages)
        self._live = dict(snapshot.live_tickets)
        self._customers = dict(snapshot.customers)
        self._refused = set(snapshot.refused)
        self._new_id = new_id
        self._now = now
        self._patience = patience
        self._phrases = phrases
        self._offices = offices

    def decide(self, text: InboundText) -> Outcome:
        channel = self._channels.get((text.account_sid, text.channel_address))
        if channel is None or channel.organization_id != text.organization_id:
            return self._refuse_unsubscribed(text)
        key = (text.account_sid, text.twilio_message_sid)
        if key in self._stored:
            return replace(self._stored[key], duplicate=True, ticket_created=False)
        self._stored[key] = stored = self._store(text, channel)
        return stored

    def _refuse_unsubscribed(self, text: InboundText) -> RefusedText:
        key = (text.organization_id, text.twilio_message_sid)
        # Its webhook can be sent again for ever, by Twilio and by whoever has captured it.
        if key not in self._refused:
            self._refused.add(key)
            self.plan.refused.append(key)
            self._record_refusal(text)
        return RefusedText("CHANNEL_NOT_FOUND", "this number is not subscribed in this Twilio account")

    def _record_refusal(self, text: InboundText) -> None:
        details = {"reason": "CHANNEL_NOT_FOUND", "number": "…" + text.channel_address[-4:]}
        actor = Actor(ActorKind.TWILIO, text.account_sid)
        entry = AuditEntry(AuditAction.MESSAGE_REFUSED, text.twilio_message_sid, actor, self._now, details)
        self.plan.records += in_order([entry], text.organization_id, "", NO_TICKET, -1, self._new_id)

    def _store(self, text: InboundText, channel: Channel) -> StoredText:
        live = of_phone(self._live, channel.channel_id, text.customer_address)
        reaction = self._is_reaction(text, channel, live)
        joined = live if reaction or not _is_left_alone(live, channel) else None
        customer, entries = self._customer(text, joined.workspace_id if joined else channel.workspace_id)
        blocked = customer.blocked_time is not None
        joined = None if blocked else joined
        if joined is None:
            # Written, so that a customer who is forgotten or blocked at the same moment gets nothing new: one of both
            # transactions conflicts, and starts again.
            customer = self._changed(customer, replace(customer, update_time=self._now))
        keyword = _keyword(text, channel, customer)
        starts_nothing = blocked or _starts_nothing(keyword, reaction, joined, channel)
        message = self._message(text, channel, customer)
        entries.append(ingest_records.received(message, text, keyword, reaction, blocked))
        ticket = joined
        if joined is not None and not starts_nothing:
            change = ticket_changes.customer_texted(joined, message.author, self._now)
            office = self._offices.of(joined.workspace_id)
            ticket = waits_again(opened_by_text(joined, change.ticket, channel), office, message.message_time)
            entries += change.entries
        elif joined is None and not starts_nothing:
            ticket = self._new_ticket(text, channel, customer, live)
            office = self._offices.of(ticket.workspace_id)
            ticket = waits_first(ticket, office, message.message_time)
            entries.insert(-1, ingest_records.created(ticket, message.author))
        if ticket is not None and not starts_nothing:
            ticket = summary.waiting(ticket, message)
            if ticket.waits_for_ai:
                self.plan.ai_turns[ticket.ticket_id] = ai_turn.start(self._now, self._patience)
        entries += self._consent(customer, keyword, message.message_time, text, channel)
        message = self._write(message, ticket, entries, customer)
        told = not (starts_nothing or keyword or reaction) and self._say_closed(text, message.ticket_id, customer)
        created = joined is None and ticket is not None
        to_deal = ticket is not None and ticket.to_deal and not (joined and joined.to_deal)
        stored = (message.message_id, message.workspace_id, message.ticket_id)
        return StoredText(*stored, ticket_created=created, told=told, to_deal=to_deal)

    def _say_closed(self, text: InboundText, ticket_id: str, customer: Customer) -> bool:
        """Whether the customer is told that nobody is there."""
        ticket = self.plan.new_tickets.get(ticket_id) or self.plan.changed_tickets[ticket_id]
        if ticket.waits_for_ai:
            return False
        notice = due_notice(ticket, customer, self._offices, self._now, text.sent_time)
        if notice is None or self._phrases.no_texts.are_in(text.text):
            return False
        self._changed(customer, notice.customer)
        message, entry = notice_message(ticket, notice.out_of_office, self._new_id("msg"), text.account_sid, self._now)
        self._record(summary.with_messages(ticket, [message], self._now), [entry])
        self.plan.messages.append(message)
        return True

    def _is_reaction(self, text: InboundText, channel: Channel, live: Ticket | None) -> bool:
        """Whoever has never texted us has nothing to react to."""
        is_known = (
            live is not None or of_phone(self._customers, channel.workspace_id, text.customer_address) is not None
        )
        return is_known and self._phrases.reactions.are(text.text)

    def _write(
        self, message: Message, ticket: Ticket | None, entries: Sequence[AuditEntry], customer: Customer
    ) -> Message:
        if ticket is not None:
            if ticket.customer_display_name != customer.display_name:
                ticket = replace(ticket, customer_display_name=customer.display_name)
            ticket = summary.with_messages(ticket, [message], self._now)
            message = replace(message, ticket_id=ticket.ticket_id, position=ticket.last_position)
            self._record(ticket, entries)
        else:
            owner = (message.organization_id, message.workspace_id)
            self.plan.records += in_order(entries, *owner, NO_TICKET, -1, self._new_id)
        self.plan.messages.append(message)
        return message

    def _record(self, ticket: Ticket, entries: Sequence[AuditEntry]) -> None:
        trail = (ticket.organization_id, ticket.workspace_id, ticket.ticket_id)
        self.plan.records += in_order(entries, *trail, ticket.audit_sequence, self._new_id)
        kept = replace(ticket, audit_sequence=ticket.audit_sequence + len(entries))
        is_new = ticket.ticket_id in self.plan.new_tickets
        (self.plan.new_tickets if is_new else self.plan.changed_tickets)[ticket.ticket_id] = kept
        if kept.holds_thread:
            self._live |= by_phone(kept.channel_id, kept.customer_address, kept)

    def _customer(self, text: InboundText, workspace_id: str) -> tuple[Customer, list[AuditEntry]]:
        known = of_phone(self._customers, workspace_id, text.customer_address)
        if known is not None:
            located = self._changed(known, fill_in(known, text.location, self._now))
            return located, ingest_records.located(known, located, self._now)
        identity = (text.organization_id, workspace_id, text.customer_address)
        customer = new_customer(self._new_id("cus"), *identity, text.location, self._now)
        self.plan.new_customers[customer.customer_id] = customer
        self._customers |= by_phone(workspace_id, customer.address, customer)
        actor = Actor(ActorKind.CUSTOMER, customer.customer_id)
        return customer, [AuditEntry(AuditAction.CUSTOMER_CREATED, customer.customer_id, actor, self._now)]

    def _changed(self, before: Customer, after: Customer) -> Customer:
        if after != before:
            is_new = after.customer_id in self.plan.new_customers
            (self.plan.new_customers if is_new else self.plan.changed_customers)[after.customer_id] = after
            self._customers |= by_phone(after.workspace_id, after.address, after)
        return after

    def _consent(
        self, customer: Customer, keyword: Keyword | None, said: datetime, text: InboundText, channel: Channel
    ) -> list[AuditEntry]:
        """The last word to that number counts, not what reached us last: a STOP may be recovered after a START."""
        before = consent_to(customer.consents, channel.phone_number)
        earlier = before is not None and before.is_after(said)
        if keyword not in (Keyword.STOP, Keyword.START) or earlier:
            return []
        source = ConsentSource.OPT_OUT_TYPE if text.opt_out_type is not None else ConsentSource.KEYWORD
        word = Consent(channel.phone_number, keyword is Keyword.STOP, said, source)
        consents = with_consent(customer.consents, word)
        self._changed(customer, replace(customer, consents=consents, update_time=self._now))
        freed = not opted_out_numbers(customer.consents) <= opted_out_numbers(consents)
        if not (freed or (word.opted_out and not (before is not None and before.opted_out))):
            return []
        action = AuditAction.CUSTOMER_OPTED_OUT if word.opted_out else AuditAction.CUSTOMER_OPTED_IN
        actor = Actor(ActorKind.CUSTOMER, customer.customer_id)
        details = {"by": source.value.lower(), "channel_id": channel.channel_id}
        return [AuditEntry(action, customer.customer_id, actor, self._now, details)]

    def _message(self, text: InboundText, channel: Channel, customer: Customer) -> Message:
        return Message(
            message_id=self._new_id("msg"),
            organization_id=text.organization_id,
            workspace_id=customer.workspace_id,
            ticket_id=NO_TICKET,
            customer_id=customer.customer_id,
            channel_id=channel.channel_id,
            direction=Direction.INBOUND,
            author=Actor(ActorKind.CUSTOMER, customer.customer_id),
            text=text.text,
            message_time=text.sent_time or self._now,
            create_time=self._now,
            account_sid=text.account_sid,
            twilio_message_sid=text.twilio_message_sid,
            media=text.media,
            recovered=text.recovered,
        )

    def _new_ticket(self, text: InboundText, channel: Channel, customer: Customer, before: Ticket | None) -> Ticket:
        ticket = Ticket(
            ticket_id=self._new_id("tkt"),
            organization_id=channel.organization_id,
            workspace_id=channel.workspace_id,
            number=0,
            state=TicketState.OPEN,
            subject=subject_of(text.text),
            priority=channel.default_priority,
            assignee=channel.auto_assign,
            to_deal=channel.round_robin,
            channel_id=channel.channel_id,
            account_sid=channel.account_sid,
            channel_address=channel.phone_number,
            customer_id=customer.customer_id,
            customer_address=customer.address,
            create_time=self._now,
            update_time=self._now,
            waiting_since=self._now,
        )
        if before is not None:
            actor = Actor(ActorKind.CUSTOMER, customer.customer_id)
            left = ticket_changes.give_up_thread(before, ticket.ticket_id, actor, self._now)
            self._record(left.ticket, left.entries)
        self.plan.new_tickets[ticket.ticket_id] = ticket
        return ticket


def _is_left_alone(live: Ticket | None, channel: Channel) -> bool:
    """Under ANY_MESSAGE a RESOLVED ticket stays as it is."""
    on_any_message = channel.create_ticket_on is CreateTicketOn.ANY_MESSAGE
    return live is not None and live.state is TicketState.RESOLVED and on_any_message


def _keyword(text: InboundText, channel: Channel, customer: Customer) -> Keyword | None:
    opted_out = is_opted_out(customer.consents, channel.phone_number)
    return keyword_of(text.text, text.opt_out_type, opted_out, channel.phone_number)


def _starts_nothing(keyword: Keyword | None, reaction: bool, joined: Ticket | None, channel: Channel) -> bool:
    """A reaction moves no ticket. Under NEW_THREAD a carrier keyword asks nothing of us: Twilio has answered it."""
    if channel.create_ticket_on is CreateTicketOn.NEW_THREAD:
        return reaction or keyword is not None
    return reaction and joined is not None
