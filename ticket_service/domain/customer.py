"""Customers: addresses within a workspace, named after the location that Twilio gives."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from ticket_service.domain.addresses.phone_forms import all_forms, current_form
from ticket_service.domain.audit import Actor
from ticket_service.domain.texts.consent import Consents, NoTexts, TakesTexts, is_opted_out

EMAIL_DOMAIN = "sms.keva.local"
EDITABLE_FIELDS = ("display_name", "email", "city", "state", "country", "zip")
# WA, NSW: states and provinces are often given by their codes.
_LONGEST_CODE = 3


@dataclass(frozen=True)
class Location:
    """Where a text came from, as Twilio gives it (FromCity, FromState, FromCountry, FromZip); empty when unknown."""

    city: str = ""
    state: str = ""
    country: str = ""
    zip: str = ""


NOWHERE = Location()


@dataclass(frozen=True)
class ClosedNotice:
    """The customer was told, through a channel, that nobody is there: in the closed period that began then."""

    channel_id: str
    closed_since: datetime


@dataclass(frozen=True)
class Customer:
    """An address within a workspace. `edited` names the fields that a person has set, `imported` those that came from a
    list: no text changes either, and no list what a person has set.
    `phone` is the current form of an address that has several, so that no two customers are one phone; else empty.
    `blocked_time`: since when their texts make no ticket and nobody texts them; `block_reason` is the agent's words."""

    customer_id: str
    organization_id: str
    workspace_id: str
    address: str
    display_name: str
    email: str
    location: Location
    create_time: datetime
    update_time: datetime
    # By our number: what the customer said to it by a keyword, or what Twilio says.
    consents: Consents = ()
    # What an agent noted, for all of our numbers: that they want none, or that they want some. While they want none, a
    # basis of before is kept, and counts for nothing.
    no_texts: NoTexts | None = None
    takes_texts: TakesTexts | None = None
    edited: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    # When it was decided to forget the customer, and when all was erased.
    forget_time: datetime | None = None
    erase_time: datetime | None = None
    phone: str = ""
    blocked_time: datetime | None = None
    block_reason: str = ""
    blocked_by: Actor | None = None
    # The newest one per channel.
    closed_notices: tuple[ClosedNotice, ...] = ()

    @property
    def has_own_name(self) -> bool:
        """Whether somebody has given the name: it is not generated."""
        return "display_name" in self.edited | self.imported

    @property
    def has_own_email(self) -> bool:
        """Whether somebody has given the e-mail address: it is not generated."""
        return "email" in self.edited | self.imported

    @property
    def opted_out(self) -> bool:
        """Whether any of our numbers may not text them."""
        return any(consent.opted_out for consent in self.consents)

    def takes_no_texts_from(self, our_number: str) -> bool:
        """Whether that number must not text them: they opted out of it, or want no texts at all."""
        return self.no_texts is not None or is_opted_out(self.consents, our_number)


def generated_name(address: str, location: Location) -> str:
    """`SMS from Seattle, WA`, from what there is, else `SMS from +15551234567`."""
    city, state = _as_people_write(location.city), location.state
    if len(state) > _LONGEST_CODE:
        state = _as_people_write(state)
    if city or state:
        parts = [city, state] if city and state else [city or state, location.country]
    else:
        parts = [location.country]
    return "SMS from " + (", ".join(part for part in parts if part) or address)


def _as_people_write(place: str) -> str:
    """Twilio writes places in capitals (SEATTLE, ST. JOHN'S); people do not (Seattle, St. John's)."""
    return re.sub(r"(?<=['’])S\b", "s", place.title()) if place.isupper() else place


def generated_email(address: str) -> str:
    """`{phone}@sms.keva.local`; what an address of another kind has that e-mail does not allow becomes a dot."""
    return re.sub(r"[^A-Za-z0-9+._-]", ".", address) + "@" + EMAIL_DOMAIN


def new_customer(
    customer_id: str, organization_id: str, workspace_id: str, address: str, location: Location, now: datetime
) -> Customer:
    """A customer who texts for the first time."""
    return Customer(
        customer_id=customer_id,
        organization_id=organization_id,
        workspace_id=workspace_id,
        address=address,
        display_name=generated_name(address, location),
        email=generated_email(address),
        location=location,
        create_time=now,
        update_time=now,
        phone=current_form(address) if len(all_forms(address)) > 1 else "",
    )


def fill_in(customer: Customer, location: Location, now: datetime) -> Customer:
    """The customer with what was missing taken from a later text. What is known, or was edited, stays."""

    def filled(name: str) -> str:
        known: str = getattr(customer.location, name)
        return known if known or name in customer.edited | customer.imported else getattr(location, name)

    merged = Location(filled("city"), filled("state"), filled("country"), filled("zip"))
    if merged == customer.location:
        return customer
    name = customer.display_name
    if not customer.has_own_name:
        name = generated_name(customer.address, merged)
    return replace(customer, location=merged, display_name=name, update_time=now)


def changed_fields(before: Customer, after: Customer) -> list[str]:
    """Which of EDITABLE_FIELDS differ."""
    return [name for name in EDITABLE_FIELDS if field_of(before, name) != field_of(after, name)]


def field_of(customer: Customer, name: str) -> str:
    """One of EDITABLE_FIELDS."""
    value: str = getattr(customer.location if name in Location.__dataclass_fields__ else customer, name)
    return value


def edit(customer: Customer, values: dict[str, str], now: datetime) -> Customer:
    """The customer with `values` (of EDITABLE_FIELDS) set by a person."""
    location = replace(customer.location, **{k: v for k, v in values.items() if k in Location.__dataclass_fields__})
    changed = replace(
        customer,
        location=location,
        display_name=values.get("display_name", customer.display_name),
        email=values.get("email", customer.email),
        edited=customer.edited | set(values),
        imported=customer.imported - set(values),
    )
    return customer if changed == customer else replace(changed, update_time=now)
