"""The audit trail's records: who did what to what, and when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class ActorKind(Enum):
    """What kind of actor did something."""

    CUSTOMER = "customer"
    AGENT = "agent"
    AI = "ai"
    OPERATOR = "operator"
    SERVICE = "service"
    TWILIO = "twilio"


@dataclass(frozen=True)
class Actor:
    """Who did something: an agent's or operator's id, a service's name, a customer's id, an Account SID."""

    kind: ActorKind
    id: str


# What ticket_service does by itself.
THE_SERVICE = Actor(ActorKind.SERVICE, "ticket_service")


@dataclass(frozen=True)
class AuditEntry:
    """What happened, before it has its place in a chain.

    `action` is an AuditAction; read from the database, or appended by another service, it may be any name. `details`
    never holds a secret, a text or a whole phone number.
    """

    action: str
    subject_id: str
    actor: Actor
    time: datetime
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditRecord:
    """An entry in its place: `sequence` counts within the ticket, or within the organization when there is none.

    `mac` signs it together with the record before it, with the key `key_id`; empty until the store has signed it.
    `organization_head`: place and MAC of the organization's newest record that its writer had seen; empty where that is
    not said.
    """

    audit_record_id: str
    organization_id: str
    workspace_id: str
    ticket_id: str
    sequence: int
    entry: AuditEntry
    key_id: str = ""
    mac: str = ""
    organization_head: str = ""


@dataclass(frozen=True)
class AuditFilter:
    """Which audit records; empty values match all. `before` is the last record id of the page before."""

    organization_id: str
    workspace_id: str = ""
    ticket_id: str = ""
    action: str = ""
    before: str = ""


@dataclass(frozen=True)
class ChainScope:
    """Which audit chains: a ticket's, those of a workspace's tickets, or all of the organization."""

    organization_id: str
    workspace_id: str = ""
    ticket_id: str = ""


@dataclass(frozen=True)
class ChainPlace:
    """How far chains have been read: up to this place of this chain; `is_open` while it may have more records."""

    ticket_id: str = ""
    sequence: int = -1
    is_open: bool = True


# The trail of an organization, for what belongs to no ticket.
NO_TICKET = ""


def in_order(
    entries: Sequence[AuditEntry],
    organization_id: str,
    workspace_id: str,
    ticket_id: str,
    after: int,
    new_id: Callable[[str], str],
) -> list[AuditRecord]:
    """The records that follow the one with sequence `after` in their ticket's trail, or in the organization's."""
    return [
        AuditRecord(new_id("aud"), organization_id, workspace_id, ticket_id, sequence, entry)
        for sequence, entry in enumerate(entries, after + 1)
    ]
