"""What a commit has read, as decisions are made by it."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from servicekit.audit.chain import Head
from ticket_service.domain.addresses.phone_forms import current_form, of_phone
from ticket_service.domain.ai.reply_limits import ReplyCounts
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import Customer
from ticket_service.domain.ingest_plan import Snapshot
from ticket_service.domain.message import Message
from ticket_service.domain.outgoing.first_texts import FirstTexts
from ticket_service.domain.ticket import Ticket
from ticket_service.domain.ticket_decision import Needs
from ticket_service.mongo.ai.reply_limits import counts_of
from ticket_service.mongo.commits.wishes import ChangeWish, TextWish, ThreadWish, Wish
from ticket_service.mongo.customers import customer_from_document
from ticket_service.mongo.mapper import Document

Number = tuple[str, str]


@dataclass
class Found:
    """What was read, by what it is asked for. `customer_documents` are the customers as they are stored, by id;
    `organization_heads` are those of organizations' own chains, as far as they are genuine; `heads` are all heads of
    chains as they are stored. `parts` are messages that others name: their further parts, and what repeats them;
    `newer` is what came behind those that were `seen`, by their ids. `starts` are the wishes about threads, and what
    follows them is theirs: live tickets, customers, what organizations have begun, and tickets of earlier requests."""

    snapshot: Snapshot = field(default_factory=lambda: Snapshot({}, {}, {}, {}))
    tickets: dict[str, Ticket] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    requested: dict[tuple[str, str], list[Message]] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    customer_documents: dict[str, Document] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    live_tickets: dict[tuple[str, str], str] = field(default_factory=dict)
    turns: dict[str, str] = field(default_factory=dict)
    scheduled: dict[str, list[Message]] = field(default_factory=dict)
    ai_replies: dict[str, Document] = field(default_factory=dict)
    parts: dict[str, Message] = field(default_factory=dict)
    seen: dict[str, Message] = field(default_factory=dict)
    newer: dict[str, tuple[Message, ...]] = field(default_factory=dict)
    starts: Sequence[ThreadWish] = ()
    threads: dict[tuple[str, str], Ticket] = field(default_factory=dict)
    thread_customers: dict[tuple[str, str], Customer] = field(default_factory=dict)
    first_texts: dict[str, FirstTexts] = field(default_factory=dict)
    earlier_tickets: dict[str, Ticket] = field(default_factory=dict)
    organization_heads: dict[str, Head] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)

    def add_customers(self, documents: Iterable[Document]) -> None:
        for document in documents:
            self.customer_documents[document["_id"]] = document
            self.customers[document["_id"]] = customer_from_document(document)

    def subject(self, wish: Wish) -> Hashable:
        """What the wish is about: the thread, or, where there is none, what it names."""
        if isinstance(wish, TextWish):
            channel = self.snapshot.channels.get((wish.text.account_sid, wish.text.channel_address))
            if channel is None:
                return wish.text.channel_address
            return channel.channel_id, current_form(wish.text.customer_address)
        if isinstance(wish, ThreadWish):
            return wish.thread
        ticket = self._ticket(wish)
        return (
            (ticket.channel_id, current_form(ticket.customer_address)) if ticket else wish.ticket_id or wish.message_id
        )

    def version(self, wish: Wish) -> object:
        """What changes whenever what the wish is about does."""
        if isinstance(wish, ChangeWish):
            ticket = self._ticket(wish)
            return (ticket.audit_head, ticket.seal_time) if ticket else None
        if isinstance(wish, ThreadWish):
            live = of_phone(self.threads, wish.channel_id, wish.address)
            known = of_phone(self.thread_customers, wish.workspace_id, wish.address)
            return live and live.audit_head, known and self.customer_documents[known.customer_id]
        channel = self.snapshot.channels.get((wish.text.account_sid, wish.text.channel_address))
        if channel is None:
            return None
        live = of_phone(self.snapshot.live_tickets, channel.channel_id, wish.text.customer_address)
        customer = of_phone(self.snapshot.customers, channel.workspace_id, wish.text.customer_address)
        return live and live.audit_head, customer and self.customer_documents[customer.customer_id]

    def _ticket(self, wish: ChangeWish) -> Ticket | None:
        message = self.messages.get(wish.message_id)
        return self.tickets.get(message.ticket_id if message else wish.ticket_id)

    def behind(self, wish: ChangeWish) -> tuple[Message | None, tuple[Message, ...]]:
        """The message of its ticket that the wish says was seen last, and what came behind it."""
        seen, ticket = self.seen.get(wish.seen_id), self._ticket(wish)
        if seen is None or ticket is None or seen.ticket_id != ticket.ticket_id:
            return None, ()
        return seen, self.newer.get(seen.message_id, ())

    def value(self, need: Needs, ticket: Ticket) -> Customer | Channel | str | list[Message] | ReplyCounts | None:
        """What a decision about `ticket` needs."""
        if need is Needs.CUSTOMER:
            return self.customers[ticket.customer_id]
        if need is Needs.CHANNEL:
            return self.channels.get(ticket.channel_id)
        if need is Needs.LIVE_TICKET:
            thread = (ticket.channel_id, ticket.customer_address)
            return ticket.ticket_id if ticket.holds_thread else self.live_tickets.get(thread)
        if need is Needs.AI_REPLIES:
            return counts_of(self.ai_replies, ticket)
        if need is Needs.SCHEDULED:
            return self.scheduled.get(ticket.ticket_id, [])
        return self.turns.get(ticket.ticket_id, "")
