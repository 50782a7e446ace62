"""From wishes to writes: which of them are granted together, and what they lead to. Reads nothing by itself, but asks
for what decisions need."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from servicekit.audit.chain import Keys
from servicekit.gathering import AGAIN, Again, Failed
from servicekit.ids import new_id
from ticket_service import errors
from ticket_service.domain.addresses.phone_forms import current_form
from ticket_service.domain.ai_turn import TurnEnd, TurnStart
from ticket_service.domain.audit import NO_TICKET, AuditEntry, AuditRecord, in_order
from ticket_service.domain.ingest_plan import IngestPlan
from ticket_service.domain.message import Message
from ticket_service.domain.outgoing.thread_decision import ThreadContext, ThreadWrite
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.mongo.audit_chains import extend_ticket
from ticket_service.mongo.commits.found import Found
from ticket_service.mongo.commits.threads import context_of, subjects_of, thread_of
from ticket_service.mongo.commits.wishes import ChangeWish, TextWish, ThreadWish, Wish
from ticket_service.mongo.commits.writes import Writes

ReadNeeds = Callable[[Found, Sequence[tuple[Ticket, Needs]]], None]


class Decisions:
    """Those of one commit. Afterwards `outcomes` has one per wish, in order, and `writes` what they lead to.

    Each ticket and each customer is decided about once in a commit; who comes second is asked to come AGAIN, so that
    every decision sees what is, and not what may be rolled back.
    """

    def __init__(self, keys: Keys, found: Found, wishes: Sequence[Wish]) -> None:
        self.writes = Writes()
        self.outcomes: list[Any] = [AGAIN] * len(wishes)
        self._keys = keys
        self._found = found
        self._wishes = wishes
        self._taken: set[Hashable] = set()

    def decide(self, read_needs: ReadNeeds) -> None:
        """Decides about all wishes. What is wrong with one of them is that one's outcome alone."""
        changes = {i: wish for i, wish in enumerate(self._wishes) if isinstance(wish, ChangeWish)}
        subjects: dict[int, tuple[Ticket, Needs]] = {}
        for i, wish in changes.items():
            try:
                subjects[i] = self._subject(wish)
            except Exception as error:
                self.outcomes[i] = Failed(error)
        read_needs(self._found, list(subjects.values()))
        self._store_texts()
        for i, (ticket, needs) in subjects.items():
            if not _subjects(ticket, needs) & self._taken:
                self.outcomes[i] = self._changed(changes[i], ticket, needs)
        for i, start in enumerate(self._wishes):
            if isinstance(start, ThreadWish):
                self.outcomes[i] = self._started(start)

    def number(self, tickets: Iterable[Ticket]) -> None:
        """Tells callers the numbers that their new tickets have got."""
        numbered = {ticket.ticket_id: ticket for ticket in tickets}
        for i, outcome in enumerate(self.outcomes):
            if isinstance(outcome, ThreadWrite) and outcome.ticket.ticket_id in numbered:
                self.outcomes[i] = replace(outcome, ticket=numbered[outcome.ticket.ticket_id])

    def _store_texts(self) -> None:
        texts = {i: wish for i, wish in enumerate(self._wishes) if isinstance(wish, TextWish)}
        if not texts:
            return
        first = next(iter(texts.values()))
        together = {i: wish for i, wish in texts.items() if wish.plan == first.plan}
        plan = first.plan([wish.text for wish in together.values()], self._found.snapshot)
        self._add_plan(plan)
        for i, outcome in zip(together, plan.outcomes, strict=True):
            self.outcomes[i] = outcome

    def _add_plan(self, plan: IngestPlan) -> None:
        writes, documents = self.writes, self._found.customer_documents
        records: dict[str, list[AuditRecord]] = {}
        for record in plan.records:
            records.setdefault(record.ticket_id, []).append(record)
        before = {ticket.ticket_id: ticket for ticket in self._found.snapshot.live_tickets.values()}
        for ticket in plan.changed_tickets.values():
            after = self._extended(ticket, records[ticket.ticket_id])
            writes.changed_tickets.append((before[ticket.ticket_id], after))
        for ticket in plan.new_tickets.values():
            writes.new_tickets.append(self._extended(ticket, records[ticket.ticket_id]))
        writes.new_customers += plan.new_customers.values()
        writes.changed_customers += [(documents[c.customer_id], c) for c in plan.changed_customers.values()]
        writes.new_messages += plan.messages
        tickets = {**plan.changed_tickets, **plan.new_tickets}
        writes.started_turns += [(tickets[ticket_id], start) for ticket_id, start in plan.ai_turns.items()]
        writes.records += records.get(NO_TICKET, [])
        writes.refused += plan.refused
        self._taken |= {*tickets, *plan.new_customers, *plan.changed_customers}
        self._taken |= {thread_of(ticket) for ticket in tickets.values()}
        self._taken |= {(c.workspace_id, current_form(c.address)) for c in plan.new_customers.values()}

    def _extended(self, ticket: Ticket, records: Sequence[AuditRecord]) -> Ticket:
        seen = self._found.organization_heads.get(ticket.organization_id)
        extended, signed = extend_ticket(self._keys, ticket, records, seen)
        self.writes.records += signed
        return extended

    def _subject(self, wish: ChangeWish) -> tuple[Ticket, Needs]:
        ticket_id = wish.ticket_id
        if wish.message_id:
            message = self._found.messages.get(wish.message_id)
            if message is None or message.workspace_id != wish.workspace_id or not message.ticket_id:
                raise errors.message_not_found(wish.message_id)
            ticket_id = message.ticket_id
        ticket = self._found.tickets.get(ticket_id)
        if ticket is None or ticket.workspace_id != wish.workspace_id:
            raise errors.ticket_not_found(ticket_id)
        return ticket, wish.needs if isinstance(wish.needs, Needs) else wish.needs(ticket)

    def _changed(self, wish: ChangeWish, ticket: Ticket, needs: Needs) -> TicketWrite | Failed:
        try:
            read = {need: self._found.value(need, ticket) for need in needs}
            message, *more = self._messages(wish) or (None,)
            seen, newer = self._found.behind(wish)
            context = TicketContext(ticket, message, tuple(part for part in more if part), read, seen, newer)
            write = wish.decide(context)
            return self._add_write(context, write) if write.entries else write
        except Exception as error:
            return Failed(error)

    def _messages(self, wish: ChangeWish) -> Sequence[Message]:
        if wish.message_id:
            message = self._found.messages[wish.message_id]
            repeats = [self._found.parts[message.retried_by]] if message.retried_by in self._found.parts else []
            return [message, *repeats]
        return self._found.requested.get((wish.workspace_id, wish.request_id), ()) if wish.request_id else ()

    def _add_write(self, context: TicketContext, write: TicketWrite) -> TicketWrite:
        writes, before = self.writes, write.ticket
        ticket = self._appended(before, write.entries)
        writes.changed_tickets.append((context.ticket, ticket))
        if context.message is None:
            writes.new_messages += [m for m in (write.message, *write.more_messages) if m is not None]
        elif write.message is not None and write.message != context.message:
            writes.changed_messages.append((context.message, write.message))
            writes.new_messages += write.more_messages
        writes.changed_messages += write.changed_messages
        if write.customer is not None and write.customer != context.read.get(Needs.CUSTOMER):
            document = self._found.customer_documents[write.customer.customer_id]
            writes.changed_customers.append((document, write.customer))
            self._taken.add(write.customer.customer_id)
        if write.question is not None:
            writes.questions.append(write.question)
        if write.ai_replies is not None:
            writes.ai_replies.append((ticket, context.ai_replies, write.ai_replies))
            self._taken |= _subjects(ticket, Needs.AI_REPLIES)
        if isinstance(write.ai_turn, TurnStart):
            writes.started_turns.append((ticket, write.ai_turn))
        elif isinstance(write.ai_turn, TurnEnd):
            writes.ended_turns.append(ticket.ticket_id)
        self._taken |= {ticket.ticket_id, thread_of(ticket)}
        return replace(write, ticket=ticket)

    def _started(self, wish: ThreadWish) -> ThreadWrite | Failed | Again:
        try:
            context = context_of(self._found, wish)
            if subjects_of(wish, context) & self._taken:
                return AGAIN
            write = wish.decide(context)
            if not write.entries:
                return write
            if write.first_texts is not None and ("first texts", write.ticket.organization_id) in self._taken:
                return AGAIN
            return self._add_start(context, wish, write)
        except Exception as error:
            return Failed(error)

    def _add_start(self, context: ThreadContext, wish: ThreadWish, write: ThreadWrite) -> ThreadWrite:
        writes, organization_id = self.writes, write.ticket.organization_id
        if write.succeeded is not None and context.live is not None:
            writes.changed_tickets.append(
                (context.live, self._appended(write.succeeded.ticket, write.succeeded.entries))
            )
        ticket = self._appended(write.ticket, write.entries)
        if write.is_new:
            writes.new_tickets.append(ticket)
        elif context.live is not None:
            writes.changed_tickets.append((context.live, ticket))
        writes.new_messages += write.messages
        if write.customer is not None and context.customer is None:
            writes.new_customers.append(write.customer)
        elif write.customer is not None:
            writes.changed_customers.append(
                (self._found.customer_documents[write.customer.customer_id], write.customer)
            )
        if write.first_texts is not None:
            writes.first_texts.append((organization_id, write.first_texts))
            self._taken.add(("first texts", organization_id))
        self._taken |= {ticket.ticket_id, *subjects_of(wish, context)}
        return replace(write, ticket=ticket)

    def _appended(self, ticket: Ticket, entries: Sequence[AuditEntry]) -> Ticket:
        end = (ticket.organization_id, ticket.workspace_id, ticket.ticket_id, ticket.audit_sequence)
        return self._extended(ticket, in_order(entries, *end, new_id))


def _subjects(ticket: Ticket, needs: Needs) -> set[Hashable]:
    """What a decision about a ticket is about that another one may have changed in the same commit."""
    counts = {("AI's replies", ticket.channel_id), ("AI's replies", ticket.customer_id)}
    return {ticket.ticket_id, ticket.customer_id, *(counts if Needs.AI_REPLIES in needs else ())}
