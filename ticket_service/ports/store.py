"""What the use cases need of the database. Each method's docstring is its contract; tests/ticket_service/test_store.py
holds an implementation to it. Every method may raise Unavailable STORE_UNAVAILABLE, and every one that writes Aborted
CONCURRENT_UPDATE; then nothing was written. What has been written is on a majority's journals when a method returns."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ticket_service.domain.ai_turn import AiTurn, TurnEnd, TurnStart
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.channel import Channel, Workspace
from ticket_service.domain.customer import Customer
from ticket_service.domain.ingest_plan import IngestPlan, Outcome, Snapshot
from ticket_service.domain.message import InboundText, Message
from ticket_service.domain.ticket import Assignee, Ticket, TicketState


@dataclass(frozen=True)
class TicketFilter:
    """Which tickets; empty values match all. `before` is the last ticket id of the page before."""

    workspace_id: str
    states: tuple[TicketState, ...] = ()
    assignee: Assignee | None = None
    channel_id: str = ""
    customer_address: str = ""
    text: str = ""
    number: int = 0
    before: str = ""


@dataclass(frozen=True)
class AuditFilter:
    """Which audit records; empty values match all. `before` is the last record id of the page before."""

    organization_id: str
    workspace_id: str = ""
    ticket_id: str = ""
    action: str = ""
    before: str = ""


@dataclass(frozen=True)
class TicketContext:
    """A ticket with what decisions about it need, all read at one moment.

    `channel` is None when it was removed; `live_ticket_id` is who holds the thread; `message` is the one that was asked
    for, by its id or by its request_id, and `more_messages` are its further parts, where a request_id asked for a reply
    that was split; `ai_turn` is the version of the AI's turn, empty when it has none.
    """

    ticket: Ticket
    customer: Customer
    channel: Channel | None
    live_ticket_id: str | None
    message: Message | None = None
    ai_turn: str = ""
    more_messages: tuple[Message, ...] = ()


@dataclass(frozen=True)
class TicketWrite:
    """What a decision writes: the ticket (its audit sequence is the store's to set), new audit entries, a message, new
    or changed, new ones that go on where that one ends, and the AI's turn when it starts or ends. Without entries
    nothing is written."""

    ticket: Ticket
    entries: tuple[AuditEntry, ...] = ()
    message: Message | None = None
    customer: Customer | None = None
    ai_turn: TurnStart | TurnEnd | None = None
    more_messages: tuple[Message, ...] = ()


Decide = Callable[[TicketContext], TicketWrite]


class IngestStore(Protocol):
    """Stores texts."""

    async def ingest(
        self, texts: Sequence[InboundText], plan: Callable[[Sequence[InboundText], Snapshot], IngestPlan]
    ) -> list[Outcome]:
        """Reads a snapshot, asks `plan` what to do, and writes it in one transaction; one outcome per text, in order.

        `plan` is asked again when somebody else was faster. A text that the database will never take is refused
        (MESSAGE_REJECTED) by itself; its neighbours are stored.
        """
        ...


class TicketStore(Protocol):
    """Reads and changes tickets."""

    async def get_ticket(self, workspace_id: str, ticket_id: str) -> Ticket:
        """Raises NotFound TICKET_NOT_FOUND."""
        ...

    async def list_tickets(self, tickets: TicketFilter, limit: int) -> list[Ticket]:
        """At most `limit`, newest first."""
        ...

    async def change_ticket(
        self, workspace_id: str, ticket_id: str, decide: Decide, request_id: str = ""
    ) -> TicketWrite:
        """Writes what `decide` says of the ticket, in one transaction, and returns it as written.

        `decide` may be asked several times, and what it raises is raised. With a `request_id` that a message of the
        workspace has already, the context has that message. Raises NotFound TICKET_NOT_FOUND.
        """
        ...

    async def change_message(self, workspace_id: str, message_id: str, decide: Decide) -> TicketWrite:
        """Like change_ticket, for the ticket of a message. Raises NotFound MESSAGE_NOT_FOUND."""
        ...

    async def list_resolved(self, workspace_id: str, before: datetime, limit: int) -> list[Ticket]:
        """RESOLVED tickets that were resolved before that time, oldest first."""
        ...


class MessageStore(Protocol):
    """Reads messages, and the outbox of those that wait for sending."""

    async def list_messages(
        self, workspace_id: str, ticket_id: str, after: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        """The ticket's messages in the order of (message_time, message_id), from behind `after`."""
        ...

    async def latest_messages(self, workspace_id: str, ticket_id: str, limit: int) -> list[Message]:
        """The ticket's last `limit` texts in the order in which they were stored; notes are left out.

        Not in the order of their times: a text that is recovered was sent long before it is stored, and replicas'
        clocks differ.
        """
        ...

    async def stored_times(
        self, organization_id: str, account_sid: str, message_sids: Collection[str]
    ) -> dict[str, datetime]:
        """The message_time of those of the account's texts that are on a majority's journals, by MessageSid."""
        ...

    async def change_text(
        self,
        organization_id: str,
        account_sid: str,
        twilio_message_sid: str,
        media_url: str,
        decide: Callable[[Message], tuple[Message, tuple[AuditEntry, ...]]],
    ) -> None:
        """Like change_customer, for the media of the inbound text with that MessageSid and an attachment at that URL;
        entries go into its ticket's trail. Raises NotFound MESSAGE_NOT_FOUND."""
        ...

    async def claim_outbox(self, now: datetime, lease_until: datetime, limit: int) -> list[Message]:
        """QUEUED replies that are due, at most `limit`, oldest first; nobody else gets them until `lease_until`.

        A reply is held back while an earlier one of its ticket waits, or is claimed by somebody else.
        """
        ...

    async def postpone(self, message_id: str, due: datetime) -> None:
        """A claimed reply is due again at `due`; no effect once it is not QUEUED any more."""
        ...


class AiTurnStore(Protocol):
    """The AI's turns that wait. They start with a text or an assignment, and end with what the AI writes."""

    async def claim_turn(self, now: datetime, lease_until: datetime) -> AiTurn | None:
        """A turn that is due, the longest waiting first; nobody else gets it until `lease_until`. None: none is due."""
        ...

    async def release_turn(self, turn: AiTurn, due: datetime, latest: datetime, failing_since: datetime | None) -> None:
        """Gives a claimed turn back. A newer version that waits for the customer's next text keeps its own `due`, and
        waits until `latest` at most. No effect when the lease has gone to somebody else."""
        ...

    async def adopt_tickets(self, untouched_since: datetime, now: datetime) -> int:
        """Starts a turn, due now, on tickets that wait for the AI, have none, and were last changed before
        `untouched_since`; how many. Only tickets of a version without turns need it."""
        ...

    async def finish_turn(self, turn: AiTurn) -> None:
        """Ends a claimed turn that owes nothing any more; no effect once it has another version."""
        ...


class CustomerStore(Protocol):
    """Reads and changes customers."""

    async def get_customer(self, workspace_id: str, customer_id: str) -> Customer:
        """Raises NotFound CUSTOMER_NOT_FOUND."""
        ...

    async def list_customers(self, workspace_id: str, address: str, before: str, limit: int) -> list[Customer]:
        """At most `limit`, newest first; `before` is the last customer id of the page before."""
        ...

    async def change_customer(
        self, workspace_id: str, customer_id: str, decide: Callable[[Customer], tuple[Customer, tuple[AuditEntry, ...]]]
    ) -> Customer:
        """Like change_ticket, for a customer. Raises NotFound CUSTOMER_NOT_FOUND."""
        ...


class ChannelStore(Protocol):
    """Channels, removed ones (`delete_time`) included where said."""

    async def get_channel(self, organization_id: str, channel_id: str) -> Channel:
        """Removed ones too. Raises NotFound CHANNEL_NOT_FOUND."""
        ...

    async def list_channels(self, organization_id: str, after: str, limit: int) -> list[Channel]:
        """Subscribed ones, oldest first; `after` is the last channel id of the page before."""
        ...

    async def list_subscribed(self, after: str, limit: int) -> list[Channel]:
        """Subscribed ones of all organizations; `after` is the last channel id of the page before."""
        ...

    async def subscribe(
        self, channel: Channel, decide: Callable[[Channel | None], tuple[Channel, tuple[AuditEntry, ...]]]
    ) -> Channel:
        """Writes what `decide` makes of the channel that has the same account and number, if there is one."""
        ...

    async def change_channel(
        self,
        organization_id: str,
        channel_id: str,
        decide: Callable[[Channel], tuple[Channel, tuple[AuditEntry, ...]]],
    ) -> Channel:
        """Like change_ticket, for a channel, a removed one too. Raises NotFound CHANNEL_NOT_FOUND."""
        ...


class WorkspaceStore(Protocol):
    """Workspaces."""

    async def create_workspace(self, workspace: Workspace, request_id: str, entry: AuditEntry) -> Workspace:
        """Stores it; the same request_id in the organization gives the one that was made then, as it is now.

        Raises AlreadyExists REQUEST_ID_REUSED when that one was asked for under another name or auto-close time.
        """
        ...

    async def get_workspace(self, organization_id: str, workspace_id: str) -> Workspace:
        """Raises NotFound WORKSPACE_NOT_FOUND."""
        ...

    async def list_workspaces(self, organization_id: str, after: str, limit: int) -> list[Workspace]:
        """Oldest first; `after` is the last workspace id of the page before."""
        ...

    async def organization_of(self, workspace_id: str) -> str:
        """The organization that a workspace belongs to, for ever. Raises NotFound WORKSPACE_NOT_FOUND."""
        ...

    async def list_auto_closing(self) -> list[Workspace]:
        """Those of all organizations whose auto-close is on."""
        ...

    async def list_retaining(self) -> list[Workspace]:
        """Those of all organizations that keep content for some time only."""
        ...

    async def change_workspace(
        self,
        organization_id: str,
        workspace_id: str,
        decide: Callable[[Workspace], tuple[Workspace, tuple[AuditEntry, ...]]],
    ) -> Workspace:
        """Like change_ticket, for a workspace. Raises NotFound WORKSPACE_NOT_FOUND."""
        ...
