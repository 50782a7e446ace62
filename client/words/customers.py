"""Customers in words."""

import re

from keva.ticket.v1 import ticket_service_pb2

# WA, NSW: states and provinces are often given by their codes.
_LONGEST_CODE = 3


def location_text(customer: ticket_service_pb2.Customer) -> str:
    """City, state, country and zip, as far as they are known."""
    state = customer.state if len(customer.state) <= _LONGEST_CODE else _as_people_write(customer.state)
    known = (_as_people_write(customer.city), state, customer.country, customer.zip)
    return ", ".join(part for part in known if part)


def _as_people_write(place: str) -> str:
    """Twilio writes places in capitals (SEATTLE, ST. JOHN'S); people do not (Seattle, St. John's)."""
    return re.sub(r"(?<=['’])S\b", "s", place.title()) if place.isupper() else place


def no_texts_text(customer: ticket_service_pb2.Customer, channel_address: str) -> str:
    """Why that number of ours cannot text the customer; empty when it can."""
    if customer.HasField("no_texts_time"):
        return f"they want no texts, as somebody noted: {customer.no_texts_reason}"
    if _is_opted_out(customer, channel_address):
        return "yes: this number cannot text the customer until they text START to it"
    return ""


def no_texts_cell(customer: ticket_service_pb2.Customer) -> tuple[str, ...]:
    """The same for a list: which of our numbers cannot text them."""
    if customer.HasField("no_texts_time"):
        return ("wants no texts",)
    numbers = [consent.channel_address or "all" for consent in customer.consents if consent.opted_out]
    return tuple(numbers) or ("yes" if customer.opted_out else "no",)


def _is_opted_out(customer: ticket_service_pb2.Customer, channel_address: str) -> bool:
    """A service that knows no numbers says it for all of them."""
    if not customer.consents:
        return customer.opted_out
    said = {consent.channel_address: consent.opted_out for consent in customer.consents}
    return said.get(channel_address, said.get("", False))
