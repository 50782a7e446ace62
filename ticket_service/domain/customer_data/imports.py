"""Customers that come from a list: what of a row counts against what is known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import NOWHERE, Customer, Location, edit, field_of
from ticket_service.domain.texts.consent import ConsentSource, TakesTexts

CONSENTS = "consents"


class RowResult(Enum):
    """What became of a row."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    REPLACED = "REPLACED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Row:
    """A row whose number is in order. `values` are of EDITABLE_FIELDS, none of them empty."""

    address: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Import:
    """How the rows are taken: `overwrite` what people have edited; `consent_basis` may be empty."""

    actor: Actor
    time: datetime
    overwrite: bool = False
    consent_basis: str = ""


@dataclass(frozen=True)
class Imported:
    """The customer after a row. Nothing is written without an entry but when they were `listed` last, if the row
    changes nothing of somebody known."""

    customer: Customer
    result: RowResult
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    entry: AuditEntry | None = None
    listed: datetime | None = None


@dataclass(frozen=True)
class Unreadable:
    """A customer of whom something is stored that cannot be read."""


# What is known of the customer with a row's number; None: nothing.
Known = Customer | Unreadable | None
# Decides about rows whose customers are these; None for what stays as it is, whoever it is.
DecideImport = Callable[[Sequence[Known]], Sequence[Imported | None]]


def imported(known: Customer | None, unknown: Customer, row: Row, how: Import) -> Imported:
    """What the row makes of the customer who is `known`, or of the `unknown` one whom nobody knew."""
    customer = known or unknown
    differing = {name: value for name, value in row.values.items() if field_of(customer, name) != value}
    kept = {name for name in differing if name in customer.edited and not how.overwrite}
    taken = {name: value for name, value in differing.items() if name not in kept}
    changed = customer
    if taken:
        as_edited = edit(customer, taken, how.time)
        changed = replace(as_edited, edited=customer.edited - set(taken), imported=customer.imported | set(taken))
    changed, of_consent = _with_basis(changed, how)
    if of_consent is None:
        kept.add(CONSENTS)
    fields = tuple(sorted([*taken, *([CONSENTS] if of_consent else [])]))
    if known is not None and not fields:
        return Imported(customer, RowResult.UNCHANGED, kept=tuple(sorted(kept)), listed=how.time)
    details = {"fields": ", ".join(fields)}
    if known is None:
        details["imported"] = "true"
    # Which fields, and never what they hold: names and addresses are personal.
    action = AuditAction.CUSTOMER_CREATED if known is None else AuditAction.CUSTOMER_IMPORTED
    entry = AuditEntry(action, customer.customer_id, how.actor, how.time, details)
    result = RowResult.CREATED if known is None else RowResult.UPDATED
    return Imported(replace(changed, update_time=how.time), result, fields, tuple(sorted(kept)), entry)


def _with_basis(customer: Customer, how: Import) -> tuple[Customer, bool | None]:
    """The customer with the basis of consent, and whether that changed it: None when something stands against it."""
    if not how.consent_basis:
        return customer, False
    known = customer.takes_texts
    if customer.no_texts or customer.opted_out or customer.blocked_time:
        return customer, None
    if known is not None and known.reason == how.consent_basis:
        return customer, False
    if known is not None and known.source is not ConsentSource.IMPORT:
        return customer, None
    basis = TakesTexts(how.consent_basis, how.time, how.actor, ConsentSource.IMPORT)
    return replace(customer, takes_texts=basis), True


def location_of(values: Mapping[str, str]) -> Location:
    """The location in a row, after which a customer without a name is named."""
    return Location(**{name: values.get(name, "") for name in Location.__dataclass_fields__})


def without_location(customer: Customer) -> Customer:
    """The customer as nothing is known of where they are, whatever they are called after."""
    return replace(customer, location=NOWHERE)


def without_id(one: Imported) -> Imported:
    """The same of a customer who is not written."""
    return replace(one, customer=replace(one.customer, customer_id=""))
