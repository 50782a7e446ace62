"""What a list of texts does to the database: the snapshot that it is decided from, and what is written."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import AuditRecord
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import Customer
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket

ThreadKey = tuple[str, str]
# Organization id and MessageSid.
RefusedKey = tuple[str, str]


@dataclass(frozen=True)
class StoredText:
    """The text is stored, now or before (`duplicate`)."""

    message_id: str
    workspace_id: str
    ticket_id: str
    duplicate: bool = False
    ticket_created: bool = False
    to_deal: bool = False  # it made or opened a ticket that one of the available agents is to get
    told: bool = False  # it was answered by the out-of-office text, which waits in the outbox now


@dataclass(frozen=True)
class RefusedText:
    """The text will never be stored as it is; error_reason.proto lists the reasons."""

    reason: str
    detail: str


Outcome = StoredText | RefusedText


@dataclass(frozen=True)
class Snapshot:
    """What the database holds that concerns a list of texts, all read at one moment."""

    channels: Mapping[tuple[str, str], Channel]  # by (account SID, number); subscribed ones only
    messages: Mapping[tuple[str, str], StoredText]  # by (account SID, MessageSid): stored before
    live_tickets: Mapping[ThreadKey, Ticket]  # by (channel id, customer address)
    customers: Mapping[tuple[str, str], Customer]  # by (workspace id, address)
    refused: Set[RefusedKey] = frozenset()  # texts to numbers that are not subscribed, recorded before


@dataclass
class IngestPlan:
    """What to write, all or nothing, and one outcome per text. Numbers of new tickets and sequences of records that
    belong to no ticket are 0: the store gives them."""

    outcomes: list[Outcome] = field(default_factory=list)
    new_customers: dict[str, Customer] = field(default_factory=dict)
    changed_customers: dict[str, Customer] = field(default_factory=dict)
    new_tickets: dict[str, Ticket] = field(default_factory=dict)
    changed_tickets: dict[str, Ticket] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    records: list[AuditRecord] = field(default_factory=list)
    refused: list[RefusedKey] = field(default_factory=list)  # recorded now, and never again
    ai_turns: dict[str, TurnStart] = field(default_factory=dict)  # by ticket id
