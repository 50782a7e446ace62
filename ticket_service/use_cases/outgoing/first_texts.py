"""Use case: text somebody first. On a live ticket of the thread that is a reply; else it makes one. Which of both is
decided in the transaction that stores it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from servicekit import phone_numbers
from servicekit.clock import Clock
from servicekit.ids import new_id
from servicekit.phone_numbers import AddressKind
from ticket_service import errors, outgoing_errors
from ticket_service.domain import ticket_changes
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import Channel, CreateTicketOn
from ticket_service.domain.customer import NOWHERE, Customer, new_customer
from ticket_service.domain.ingest_records import created
from ticket_service.domain.message import Message
from ticket_service.domain.outgoing.thread_decision import ThreadContext, ThreadWrite
from ticket_service.domain.texts.consent import Consent, ConsentSource, with_consent
from ticket_service.domain.texts.subject import subject_of
from ticket_service.domain.ticket import NOBODY, Assignee, AssigneeKind, Ticket, TicketChange, TicketState
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.domain.ticket_decision import Needs, TicketContext, TicketWrite
from ticket_service.ports.outgoing.threads import ThreadStore
from ticket_service.ports.work.tags import TagStore
from ticket_service.use_cases.checks import normalized_address, require_edit, require_request_id
from ticket_service.use_cases.outgoing.reply_contents import PreparedReply, ReplyContent, digest_of
from ticket_service.use_cases.replies import stored
from ticket_service.use_cases.work.tags import known_spellings

_MOST_CHARACTERS = 200


@dataclass(frozen=True)
class FirstText:
    """What to text to whom. `basis`: why they may be texted, in the writer's words. `new_ticket`: what a new ticket
    gets; None leaves it to the text and the channel."""

    workspace_id: str
    channel_id: str
    address: str
    content: ReplyContent
    request_id: str = ""
    basis: str = ""
    new_ticket: TicketEdit = field(default_factory=TicketEdit)


@dataclass(frozen=True)
class Started:
    """The messages of a first text, in the order in which they leave, and its ticket; `created`: it made that one."""

    messages: tuple[Message, ...]
    ticket: Ticket
    created: bool


class FirstTexts:
    """First texts of all workspaces. `per_hour`: so many conversations an organization may begin within an hour.
    `region` is what phone numbers without a country code are taken for. `wake_outbox` is called after each."""

    def __init__(
        self,
        store: ThreadStore,
        tags: TagStore,
        clock: Clock,
        region: str,
        per_hour: int,
        wake_outbox: Callable[[], None],
    ) -> None:
        self._store = store
        self._tags = tags
        self._clock = clock
        self._region = region
        self._per_hour = per_hour
        self._wake_outbox = wake_outbox

    async def start(self, first: FirstText, actor: Actor, validate_only: bool = False) -> Started:
        """ticket_service.proto, StartConversation, names what is raised. Stores nothing if it is to validate only; then
        nothing new has an id."""
        reply = first.content.prepared()
        require_request_id(first.request_id)
        require_edit(first.new_ticket, of="")
        if len(first.basis) > _MOST_CHARACTERS:
            raise errors.invalid("consent_basis", f"is longer than {_MOST_CHARACTERS} characters")
        address = normalized_address(first.address, self._region, "address")
        reply = replace(reply, digest=_digest(first, address))
        # Only now: the same request is the same one, however its tags are spelled meanwhile.
        known = await known_spellings(self._tags, first.workspace_id, first.new_ticket.tags or ())
        first = replace(first, address=address, new_ticket=replace(first.new_ticket, tags=known))

        def decide(context: ThreadContext) -> ThreadWrite:
            if context.message is not None:
                return _earlier(context, context.message, reply, first.request_id)
            beginning = _Beginning(first, reply, actor, self._clock())
            write = beginning.of(context, self._per_hour)
            return _preview(context, write) if validate_only else write

        names = (first.workspace_id, first.channel_id, address, first.request_id)
        write = await self._store.change_thread(*names, decide)
        self._wake_outbox()
        return Started(write.messages, write.ticket, write.is_new)


@dataclass(frozen=True)
class _Beginning:
    first: FirstText
    reply: PreparedReply
    actor: Actor
    now: datetime

    def of(self, context: ThreadContext, per_hour: int) -> ThreadWrite:
        channel, live = context.channel, context.live
        if channel is None or channel.workspace_id != self.first.workspace_id:
            raise outgoing_errors.channel_not_in_workspace(self.first.channel_id)
        if live is not None and live.workspace_id != self.first.workspace_id:
            raise outgoing_errors.thread_of_another_workspace()
        if live is not None and not _is_left_alone(live, channel):
            assert context.customer is not None
            return self._joined(live, channel, context.customer)
        return self._new(context, channel, per_hour)

    def _joined(self, live: Ticket, channel: Channel, customer: Customer) -> ThreadWrite:
        is_later = self.reply.content.send_time is not None
        again = TicketChange(live) if is_later else ticket_changes.begun_again(live, self.actor, self.now)
        write = self._texted(again.ticket, channel, customer)
        # Until it leaves, if it ever does, nothing has begun.
        waits = is_later and live.state is TicketState.RESOLVED
        messages = tuple(replace(message, reopens=waits) for message in _messages(write))
        entries = (self._started(live.ticket_id, created=False), *again.entries, *write.entries)
        return ThreadWrite(write.ticket, messages, entries)

    def _new(self, context: ThreadContext, channel: Channel, per_hour: int) -> ThreadWrite:
        customer, entries = self._customer(context, channel)
        _require_phone(customer, channel)
        ticket = self._ticket(customer, channel)
        succeeded = None
        if context.live is not None:
            succeeded = ticket_changes.give_up_thread(context.live, ticket.ticket_id, self.actor, self.now)
        write = self._texted(ticket, channel, customer)
        started = self._started(ticket.ticket_id, created=True)
        return ThreadWrite(
            write.ticket,
            _messages(write),
            (*entries, created(ticket, self.actor), started, *write.entries),
            is_new=True,
            # Written, so that a customer who is forgotten at the same moment gets nothing new.
            customer=self._with_basis(customer, channel),
            succeeded=succeeded,
            first_texts=context.first_texts.one_more(per_hour, self.now),
        )

    def _with_basis(self, customer: Customer, channel: Channel) -> Customer:
        """The basis takes the place of an earlier one, and of no word of the customer's."""
        consents = customer.consents
        if self.first.basis:
            source = ConsentSource.FIRST_TEXT
            basis = Consent(channel.phone_number, False, self.now, source, self.first.basis, self.actor)
            consents = with_consent(consents, basis)
        return replace(customer, consents=consents, update_time=self.now)

    def _texted(self, ticket: Ticket, channel: Channel, customer: Customer) -> TicketWrite:
        read = {Needs.CUSTOMER: customer, Needs.CHANNEL: channel}
        write = stored(TicketContext(ticket, read=read), self.reply, self.first.request_id, self.actor, self.now)
        assert write.message is not None
        return replace(write, message=replace(write.message, consent_basis=self.first.basis))

    def _customer(self, context: ThreadContext, channel: Channel) -> tuple[Customer, tuple[AuditEntry, ...]]:
        if context.customer is not None:
            return context.customer, ()
        of = (channel.organization_id, channel.workspace_id, self.first.address)
        customer = new_customer(new_id("cus"), *of, NOWHERE, self.now)
        entry = AuditEntry(AuditAction.CUSTOMER_CREATED, customer.customer_id, self.actor, self.now)
        return customer, (entry,)

    def _ticket(self, customer: Customer, channel: Channel) -> Ticket:
        chosen = self.first.new_ticket
        by_agent = self.actor.kind is ActorKind.AGENT
        return Ticket(
            ticket_id=new_id("tkt"),
            organization_id=channel.organization_id,
            workspace_id=channel.workspace_id,
            number=0,
            state=TicketState.PENDING,
            subject=chosen.subject or subject_of(self.first.content.text),
            priority=chosen.priority or channel.default_priority,
            assignee=Assignee(AssigneeKind.AGENT, self.actor.id) if by_agent else NOBODY,
            channel_id=channel.channel_id,
            account_sid=channel.account_sid,
            channel_address=channel.phone_number,
            customer_id=customer.customer_id,
            customer_address=customer.address,
            create_time=self.now,
            update_time=self.now,
            tags=chosen.tags or (),
            customer_display_name=customer.display_name,
        )

    def _started(self, ticket_id: str, created: bool) -> AuditEntry:
        # The basis is in somebody's own words: the trail does not quote it.
        basis = "given" if self.first.basis else "none"
        details = {"channel_id": self.first.channel_id, "consent_basis": basis, "created": str(created).lower()}
        return AuditEntry(AuditAction.CONVERSATION_STARTED, ticket_id, self.actor, self.now, details)


def _digest(first: FirstText, address: str) -> str:
    """What identifies the request: whom it was for, too."""
    content, new = first.content, first.new_ticket
    later = content.send_time.isoformat() if content.send_time else ""
    about = [new.subject or "", new.priority.value if new.priority else "", *(new.tags or ())]
    what = (content.text, content.media_urls, content.split, later, first.basis, about)
    return digest_of("first text", first.channel_id, address, *what)


def _earlier(context: ThreadContext, message: Message, reply: PreparedReply, request_id: str) -> ThreadWrite:
    """What the same request did before. Raises REQUEST_ID_REUSED when it was not the same request."""
    if message.request_digest != reply.digest or context.ticket is None:
        raise errors.request_id_reused(request_id)
    is_new = context.ticket.create_time == message.create_time
    return ThreadWrite(context.ticket, (message, *context.more_messages), is_new=is_new)


def _require_phone(customer: Customer, channel: Channel) -> None:
    """Raises RECIPIENT_CANNOT_RECEIVE, also for what a reply may go to: whoever texted us can be answered."""
    address = phone_numbers.normalize(customer.address, "ZZ")
    is_phone = address is not None and address.kind is AddressKind.E164
    if not is_phone or customer.address == channel.phone_number:
        raise outgoing_errors.first_text_cannot_be_received()


def _is_left_alone(live: Ticket, channel: Channel) -> bool:
    """Under ANY_MESSAGE a RESOLVED ticket stays as it is."""
    return live.state is TicketState.RESOLVED and channel.create_ticket_on is CreateTicketOn.ANY_MESSAGE


def _messages(write: TicketWrite) -> tuple[Message, ...]:
    return tuple(message for message in (write.message, *write.more_messages) if message is not None)


def _preview(context: ThreadContext, write: ThreadWrite) -> ThreadWrite:
    """The same, to be looked at: it is not written, and nothing new in it has an id."""
    ticket = write.ticket
    if write.is_new:
        ticket = replace(ticket, ticket_id="", customer_id=context.customer.customer_id if context.customer else "")
    messages = tuple(
        replace(message, message_id="", ticket_id=ticket.ticket_id, customer_id=ticket.customer_id)
        for message in write.messages
    )
    return ThreadWrite(ticket, messages, is_new=write.is_new)
