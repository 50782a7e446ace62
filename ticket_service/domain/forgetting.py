"""Forgetting: what is left of customers and tickets whose content is erased."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ticket_service.domain import ticket_changes
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import NOWHERE, Customer
from ticket_service.domain.inbox.last_message import without_preview
from ticket_service.domain.ticket import Ticket, TicketChange

ERASED_SUBJECT = "(erased)"
FORGOTTEN_NAME = "Forgotten customer"
# Who erases what somebody has decided to forget.
THE_ERASER = Actor(ActorKind.SERVICE, "eraser")
# Who decides that a workspace's retention time is over.
RETENTION = Actor(ActorKind.SERVICE, "retention")


@dataclass(frozen=True)
class Forgetting:
    """The decision to forget a customer: the customer and the tickets that were not CLOSED, as they are written.
    Without entries nothing is written: it was decided before."""

    customer: Customer
    entries: tuple[AuditEntry, ...] = ()
    tickets: tuple[TicketChange, ...] = ()


# Decides to forget a customer, who has these tickets that are not CLOSED.
DecideForgetting = Callable[[Customer, Sequence[Ticket]], Forgetting]


@dataclass(frozen=True)
class Erasure:
    """What is to be erased, as it was claimed: all that a customer has, or one ticket (`ticket_id` set)."""

    organization_id: str
    workspace_id: str
    customer_id: str
    ticket_id: str
    lease_id: str
    create_time: datetime

    @property
    def subject_id(self) -> str:
        """Its name among all erasures."""
        return self.ticket_id or self.customer_id


def pseudonym(customer_id: str) -> str:
    """What a forgotten customer has instead of an address. No address has this form."""
    return f"forgotten:{customer_id}"


def forget(customer: Customer, unclosed: Sequence[Ticket], actor: Actor, now: datetime) -> Forgetting:
    """Nothing that identifies the customer is left, and the `unclosed` tickets are CLOSED.

    Who has opted out is kept by Twilio, for the number; what an agent noted of texts is gone, and so is a block. The
    next text from that number makes a new customer.
    """
    if customer.forget_time:
        return Forgetting(customer)
    forgotten = replace(
        customer,
        address=pseudonym(customer.customer_id),
        display_name=FORGOTTEN_NAME,
        email="",
        location=NOWHERE,
        phone="",
        edited=frozenset(),
        imported=frozenset(),
        consents=tuple(replace(consent, reason="") for consent in customer.consents),
        no_texts=None,
        takes_texts=None,
        blocked_time=None,
        block_reason="",
        blocked_by=None,
        update_time=now,
        forget_time=now,
    )
    changes = [ticket_changes.close(ticket, actor, now) for ticket in unclosed]
    return Forgetting(
        forgotten,
        (AuditEntry(AuditAction.CUSTOMER_FORGOTTEN, customer.customer_id, actor, now),),
        tuple(replace(c, ticket=_sealed(c.ticket, forgotten.address, now)) for c in changes),
    )


def _sealed(ticket: Ticket, address: str, now: datetime) -> Ticket:
    return replace(
        ticket,
        customer_address=address,
        customer_display_name=FORGOTTEN_NAME,
        subject=ERASED_SUBJECT,
        last_message=without_preview(ticket.last_message),
        seal_time=now,
    )


def ticket_erased(ticket: Ticket, erasure: Erasure, messages: int, now: datetime) -> TicketChange:
    """A ticket whose `messages` are all erased: by itself after its time, or with all that its customer has. It is
    CLOSED, unless nobody could read it when its customer was forgotten: then it is now."""
    closed = ticket_changes.close(ticket, THE_ERASER, now)
    details = {"messages": str(messages), "why": "retention" if erasure.ticket_id else "forgotten"}
    entry = AuditEntry(AuditAction.TICKET_ERASED, ticket.ticket_id, THE_ERASER, now, details)
    return TicketChange(replace(closed.ticket, erase_time=now), (*closed.entries, entry))


def customer_erased(customer: Customer, now: datetime) -> tuple[Customer, AuditEntry]:
    """A forgotten customer of whom nothing is left to erase."""
    entry = AuditEntry(AuditAction.CUSTOMER_ERASED, customer.customer_id, THE_ERASER, now)
    return replace(customer, erase_time=now), entry


def text_erased(message_id: str, now: datetime) -> AuditEntry:
    """A text without a ticket whose retention time is over."""
    return AuditEntry(AuditAction.MESSAGE_ERASED, message_id, RETENTION, now)
