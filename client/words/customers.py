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
