"""Customers in words."""

from keva.ticket.v1 import ticket_service_pb2


def location_text(customer: ticket_service_pb2.Customer) -> str:
    """City, state, country and zip, as far as they are known."""
    return ", ".join(part for part in (customer.city, customer.state, customer.country, customer.zip) if part)
