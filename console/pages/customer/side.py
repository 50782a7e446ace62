"""The column beside a ticket: who its customer is."""

from typing import Any

from client.words.customers import location_text
from console.visit import Visit
from keva.ticket.v1 import ticket_service_pb2


async def side(visit: Visit, ticket: ticket_service_pb2.Ticket) -> dict[str, Any]:
    """What templates/customer/side.html needs. Raises Failure."""
    request = ticket_service_pb2.GetCustomerRequest(workspace_id=ticket.workspace_id, customer_id=ticket.customer_id)
    customer = (await visit.session.ask(visit.session.services.tickets.GetCustomer, request)).customer
    return {"customer": customer, "place": location_text(customer)}
